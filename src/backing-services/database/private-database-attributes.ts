import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { DatabaseAccessOptions } from './database-access-props';

/** What is known of a PostgreSQL database that was there before. */
export interface PrivateDatabaseAttributes extends DatabaseAccessOptions {
  /** Host name of the database: of an instance, or the writer's endpoint of a cluster. */
  readonly host: string;

  /** Port of the database, usually 5432. */
  readonly port: number;

  /** Name of the database. */
  readonly databaseName: string;

  /** Security groups of the database, e.g. `[ec2.SecurityGroup.fromSecurityGroupId(this, 'DatabaseGroup', 'sg-…')]`: they let the processes in. */
  readonly securityGroups: ec2.ISecurityGroup[];

  /**
   * Secret of the administrator, a JSON object with `username` and `password`; with `host`, `port` and `dbname` too where the project reads it as a whole.
   * @default - none, which only DatabaseAuthentication.iam() can do without
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Name of the secret of the administrator, instead of `secret`.
   * @default - `secret`
   */
  readonly secretName?: string;

  /**
   * Id by which IAM knows the database: `db-…` of an instance, `cluster-…` of Aurora, `prx-…` of a proxy.
   * @default - none; DatabaseAuthentication.iam() needs it
   */
  readonly resourceId?: string;

  /**
   * Hosts of the read replicas, separated by commas.
   * @default - none
   */
  readonly replicaHost?: string;

  /**
   * Connections that the database accepts, to be held against what the web service opens.
   * @default - not known
   */
  readonly maxConnections?: number;

  /**
   * What happens to secrets of users that are made for it, when they are removed from the stack; `SNAPSHOT` deletes them, since they have none.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
