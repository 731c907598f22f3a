import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as rds from 'aws-cdk-lib/aws-rds';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { PrivateDatabaseProps } from './private-database-props';

/** What is the same for an instance and a cluster, resolved. */
export interface ServerSettings {
  readonly props: PrivateDatabaseProps;
  readonly version: string;
  readonly databaseName: string;
  readonly username: string;
  readonly secret: rds.DatabaseSecret;
  readonly securityGroup: ec2.SecurityGroup;
  readonly subnetGroup: rds.SubnetGroup;
  readonly iamAuthentication: boolean;
  readonly monitoringRole?: iam.IRole;
  readonly removalPolicy: RemovalPolicy;
  /** Of everything that is not the data itself. */
  readonly companionPolicy: RemovalPolicy;
}

/** An instance or a cluster as the rest of a `PrivateDatabase` sees it. */
export interface PostgresServer {
  /** The administrator's secret, completed with the address. */
  readonly masterSecret: secretsmanager.ISecret;
  readonly secretTarget: secretsmanager.ISecretAttachmentTarget;
  readonly proxyTarget: rds.ProxyTarget;
  readonly host: string;
  readonly port: string;
  readonly replicaHost?: string;
  readonly resourceIds: string[];
  readonly instance?: rds.IDatabaseInstance;
  readonly replicas: rds.DatabaseInstanceReadReplica[];
  readonly cluster?: rds.IDatabaseCluster;
}

/** Enough for what is not the data itself: a snapshot holds the data; what stood beside it is of no use without it. */
export function companionOf(removalPolicy: RemovalPolicy): RemovalPolicy {
  return removalPolicy === RemovalPolicy.SNAPSHOT ? RemovalPolicy.DESTROY : removalPolicy;
}
