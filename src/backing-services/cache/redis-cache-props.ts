import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** Engine of a `RedisCache`. Both speak the protocol of Redis. */
export enum CacheEngine {
  /** Valkey, the free successor of Redis: the same commands, a fifth cheaper on nodes and a third cheaper serverless. */
  VALKEY = 'VALKEY',

  /** Redis OSS, which ElastiCache keeps at 7.1. */
  REDIS = 'REDIS',
}

/** Options of a serverless `RedisCache`. */
export interface ServerlessCacheOptions {
  /**
   * Data in GB at which it evicts keys, or refuses writes where none may be evicted: 1 to 5,000. A ceiling for the bill.
   * @default - no limit
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.html
   */
  readonly maxStorageGb?: number;

  /**
   * ElastiCache processing units per second above which it throttles: 1,000 to 15,000,000. A ceiling for the bill.
   * @default - no limit
   */
  readonly maxEcpuPerSecond?: number;

  /**
   * Time of the daily snapshot, in UTC, e.g. `03:00`.
   * @default - ElastiCache chooses one
   */
  readonly dailySnapshotTime?: string;

  /**
   * ARNs of snapshots to start with. **WARNING**: only a new cache can start with one, and its name is taken while the old one
   * lives: to give, change or leave out this option later, give the construct another id.
   * @default - the cache starts empty
   */
  readonly snapshotArnsToRestore?: string[];
}

/** Options of a `RedisCache`. */
export interface RedisCacheOptions {
  /**
   * Engine. A running Redis can become Valkey in place, not the other way round.
   * @default CacheEngine.VALKEY
   */
  readonly engine?: CacheEngine;

  /**
   * Version of the engine: major and minor for nodes (`8.2`), the major one for serverless (`8`). The defaults are the
   * last minor version of their major one, so no automatic upgrade gets ahead of the template.
   * @default - Valkey 8.2, Redis 7.1; serverless Valkey 8, Redis 7
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
   */
  readonly engineVersion?: string;

  /**
   * Type of the nodes, e.g. `cache.t4g.small` or `cache.m7g.large`.
   * @default 'cache.t4g.micro'; in `DjangoOnFargate` as the profile says
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
   */
  readonly nodeType?: string;

  /**
   * Further nodes that take over when the first one fails, 0 to 5, in other availability zones. Each costs as much as the first one.
   * With 0, a failed node is replaced in some minutes and what it held is lost.
   * @default 0; in `DjangoOnFargate` as the profile says
   */
  readonly replicas?: number;

  /**
   * Whether a replica takes over by itself when the first node fails, and the nodes stand in different availability zones.
   * **WARNING**: CloudFormation cannot change this and the number of replicas from or to 0 in one deployment. To go from no replicas to
   * some, or back, deploy with some replicas and `false` here in between.
   * @default - as soon as there are replicas
   * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/383
   */
  readonly automaticFailover?: boolean;

  /**
   * Serverless instead of nodes. **WARNING**: a serverless cache is a cluster, which commands on several keys at once fail on. It cannot be
   * Celery's broker, and Django's `get_many` and `set_many` fail on it. To change between the two replaces the cache.
   * @default - nodes
   */
  readonly serverless?: ServerlessCacheOptions;

  /**
   * Time that daily snapshots are kept, up to 35 days; `Duration.days(0)` takes none.
   * @default Duration.days(5)
   */
  readonly snapshotRetention?: Duration;

  /**
   * Daily time in UTC at which nodes take the snapshot, 60 minutes or more, e.g. `03:00-04:00`.
   * @default - ElastiCache chooses one
   */
  readonly snapshotWindow?: string;

  /**
   * Weekly time in UTC at which nodes may be patched, 60 minutes or more, e.g. `sun:04:00-sun:05:00`.
   * @default - ElastiCache chooses one
   */
  readonly maintenanceWindow?: string;

  /**
   * Parameters of the engine on nodes, e.g. `{ 'maxmemory-policy': 'volatile-ttl' }`.
   * @default - those of ElastiCache, with which only keys that expire are evicted (`volatile-lru`)
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
   */
  readonly parameters?: { [name: string]: string };

  /**
   * Key that encrypts data at rest. **WARNING**: a change replaces nodes, without their data; a serverless cache it cannot replace
   * under the same id.
   * @default - a key of AWS
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Name of the snapshot that nodes start with. **WARNING**: to give, change or leave it out later replaces the cache by one with
   * the data of that snapshot, or with none.
   * @default - the cache starts empty
   */
  readonly snapshotName?: string;

  /**
   * Time that the slow log and the log of the engine are kept in CloudWatch. Only nodes have them.
   * @default - no logs
   * @see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the data when the cache is removed from the stack or replaced. `SNAPSHOT` keeps a last snapshot and nothing else;
   * what is retained goes on costing, and keeps its subnets from being deleted. A `RedisCache` that became serverless twice has one name for
   * both last snapshots: delete the first before the second removal, which fails otherwise.
   * @default RemovalPolicy.SNAPSHOT; in `DjangoOnFargate` as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * What stands before the names of the variables, for a second cache: `SESSIONS_` gives `SESSIONS_REDIS_URL`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}

/** Properties of a `RedisCache`. */
export interface RedisCacheProps extends RedisCacheOptions {
  /** Network of the cache. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the cache; public ones are refused. A serverless cache stands in the first one of each zone, in three at most.
   *
   * **WARNING**: a serverless cache cannot be moved: a deployment that gives it other subnets, also by a further zone of the VPC when it stood
   * in two, fails. Give those that it has, or a cache under another id.
   *
   * @default - the isolated subnets, else the private subnets
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticache-serverlesscache.html
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}

/** Attributes of a cache that was there before, for `RedisCache.fromAttributes`. */
export interface RedisCacheAttributes {
  /** Host name of the cache, e.g. `master.shop.abc123.euc1.cache.amazonaws.com`. */
  readonly host: string;

  /**
   * Port of the cache.
   * @default 6379
   */
  readonly port?: number;

  /**
   * Whether it is reached by TLS. **WARNING**: without, whoever hears the connection reads everything.
   * @default true
   */
  readonly tls?: boolean;

  /**
   * Secret with the password as a key of its JSON. Letters and digits only: the password becomes part of a URL as it is.
   * @default - the cache asks for no password
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Key of the password in the JSON of the secret.
   * @default 'password'
   */
  readonly passwordKey?: string;

  /**
   * User that the password belongs to: letters, digits and `.`, `_`, `~`, `-`, which a URL takes as they are.
   * @default - the default user
   */
  readonly username?: string;

  /**
   * Security group of the cache, which shall let processes in. An imported one that is not `mutable` is left as it is.
   * @default - the cache lets the processes in already
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * What stands before the names of the variables, for a second cache: `SESSIONS_` gives `SESSIONS_REDIS_URL`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}
