import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy } from 'aws-cdk-lib/core';

/** A PostgreSQL server as its users see it, whatever runs it: an instance, a cluster, or a server that was there before. */
export interface DatabaseServer {
  /** Host that the project connects to: the server's own, or the one of its proxy. */
  readonly host: string;

  /** Host of the server itself, for what must not go through a proxy. */
  readonly directHost: string;

  readonly port: string;

  /** Hosts of the read replicas as libpq takes them, separated by commas; absent without replicas. */
  readonly replicaHost?: string;

  readonly databaseName: string;

  /** Ids by which IAM knows what is connected to (`rds-db:connect`): of instance, cluster, replicas or proxy. Empty when not known. */
  readonly resourceIds: string[];
}

/** What the secrets of the users need to know of the server. */
export interface DatabaseSecretContext {
  /** The administrator's secret (`username`, `password`, `host`, `port`, `dbname`); absent where a server of somebody else gave none. */
  readonly masterSecret?: secretsmanager.ISecret;

  /** What a secret of a user is attached to, which completes its JSON; absent for a server that was there before. */
  readonly secretTarget?: secretsmanager.ISecretAttachmentTarget;

  /** Name of the administrator; absent for a server that was there before. */
  readonly administrator?: string;

  readonly databaseName: string;
  readonly removalPolicy: RemovalPolicy;
}
