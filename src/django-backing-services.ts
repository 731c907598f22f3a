import * as s3 from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { PrivateDatabase } from './backing-services/database/private-database';
import { SecretKey } from './backing-services/secret-key';
import { FileStorage } from './backing-services/storage/file-storage';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { INetwork } from './network/vpc-network';
import { given } from './private/options';
import { ProfileDefaults } from './profile-defaults';

/** The database; none where the user gave one. */
export function createDatabase(
  scope: Construct, { database, deletionProtection }: DjangoOnFargateProps, defaults: ProfileDefaults, network: INetwork,
): PrivateDatabase | undefined {
  return database?.existing ? undefined : new PrivateDatabase(scope, 'Database', {
    vpc: network.vpc,
    vpcSubnets: network.databaseSubnets,
    instanceType: defaults.instanceType,
    multiAz: defaults.multiAz,
    backupRetention: defaults.backupRetention,
    deletionProtection: deletionProtection ?? defaults.deletionProtection,
    removalPolicy: defaults.databaseRemovalPolicy,
    ...given(database),
  });
}

/** The storage of media and static files; none where the user gave one. */
export function createStorage(scope: Construct, { storage }: DjangoOnFargateProps, accessLogBucket: s3.IBucket): FileStorage | undefined {
  return storage?.existing ? undefined : new FileStorage(scope, 'Storage', { accessLogBucket, ...given(storage) });
}

/** Django's `SECRET_KEY`; none where the user gave one. */
export function createSecretKey(scope: Construct, { secretKey }: DjangoOnFargateProps, { removalPolicy }: ProfileDefaults): SecretKey | undefined {
  return secretKey ? undefined : new SecretKey(scope, 'SecretKey', { removalPolicy });
}

/** The VPC stays with a database that is kept in it, and with one that we do not know. A snapshot stands in no VPC. */
export function vpcRemovalPolicy(database: DjangoOnFargateProps['database'], { databaseRemovalPolicy }: ProfileDefaults): RemovalPolicy {
  const policy = database?.existing ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : database?.removalPolicy ?? databaseRemovalPolicy;
  return policy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : policy;
}
