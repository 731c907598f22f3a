import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { isSameOrigin, knownOriginsOfApp } from './django-spa';
import { ProfileDefaults } from './profile-defaults';
import { RedisCache } from '../backing-services/cache/redis-cache';
import { PrivateDatabase } from '../backing-services/database/private-database';
import { addressOf, domainOf, liesIn } from '../backing-services/email/email-address';
import { SesSmtp } from '../backing-services/email/ses-smtp';
import { SecretKey } from '../backing-services/secret-key';
import { FileStorage } from '../backing-services/storage/file-storage';
import { StaticFiles } from '../backing-services/storage/file-storage-props';
import { INetwork } from '../network/vpc-network';
import { given } from '../private/options';
import { isKnown } from '../private/validation';

/** The database; none where the user gave one. */
export function createDatabase(
  scope: Construct, { database, deletionProtection }: DjangoOnFargateProps, defaults: ProfileDefaults, network: INetwork,
): PrivateDatabase | undefined {
  return database?.existing ? undefined : new PrivateDatabase(scope, 'Database', {
    vpc: network.vpc,
    vpcSubnets: network.databaseSubnets,
    // The first reader of Aurora is the standby.
    ...database?.auroraServerless ? { readReplicas: defaults.multiAz ? 1 : 0 } : { instanceType: defaults.instanceType, multiAz: defaults.multiAz },
    backupRetention: defaults.backupRetention,
    logRetention: defaults.logRetention,
    deletionProtection: deletionProtection ?? defaults.deletionProtection,
    removalPolicy: defaults.databaseRemovalPolicy,
    ...given(database),
  });
}

/** The storage of media and static files; none where the user gave one. */
export function createStorage(scope: Construct, props: DjangoOnFargateProps, accessLogBucket: s3.IBucket): FileStorage | undefined {
  const { storage } = props;
  return storage?.existing ? undefined : new FileStorage(scope, 'Storage', {
    accessLogBucket,
    staticFiles: isSameOrigin(props) ? StaticFiles.SAME_ORIGIN : undefined,
    corsAllowedOrigins: storage?.mediaBucket ? undefined : knownOriginsOfApp(props),
    ...given(storage),
  });
}

/** The cache, where it is wanted. */
export function createCache(scope: Construct, { cache }: DjangoOnFargateProps, defaults: ProfileDefaults, network: INetwork): RedisCache | undefined {
  return cache && new RedisCache(scope, 'Cache', {
    vpc: network.vpc,
    vpcSubnets: network.databaseSubnets,
    // A serverless cache has no nodes to count.
    replicas: cache.serverless ? undefined : defaults.cacheReplicas,
    removalPolicy: defaults.cacheRemovalPolicy,
    ...given(cache),
  });
}

/** Mail, where it is wanted. Its records go into the zone of the site where the sender lies in it. */
export function createEmail(
  scope: Construct, { email, domain }: DjangoOnFargateProps, defaults: ProfileDefaults, { vpc, taskSubnets }: INetwork,
): SesSmtp | undefined {
  const zone = domain?.hostedZone;
  const inZone = email && zone && !email.identityName && isKnown(zone.zoneName) && liesIn(domainOf(addressOf(email.fromAddress)), zone.zoneName);
  return email && new SesSmtp(scope, 'Email', {
    hostedZone: inZone ? zone : undefined,
    // Tasks without internet reach SES by an endpoint only.
    vpcEndpoint: !email.existingVpcEndpoint && areIsolated(vpc, taskSubnets) ? { vpc, subnets: taskSubnets } : undefined,
    removalPolicy: defaults.removalPolicy,
    logRetention: defaults.logRetention,
    ...given(email),
  });
}

/** Django's `SECRET_KEY`: the user's, or a new one. Another framework may know none. */
export function createSecretKey(scope: Construct, { project, secretKey }: DjangoOnFargateProps, { removalPolicy }: ProfileDefaults): SecretKey | undefined {
  return !project && !secretKey ? undefined : new SecretKey(scope, 'SecretKey', secretKey ? { existing: secretKey } : { removalPolicy });
}

/** Whether nothing leads from the subnets to the internet. */
function areIsolated(vpc: ec2.IVpc, selection: ec2.SubnetSelection): boolean {
  const isolated = new Set(vpc.isolatedSubnets.map(({ subnetId }) => subnetId));
  return vpc.selectSubnets(selection).subnetIds.some((id) => isolated.has(id));
}
