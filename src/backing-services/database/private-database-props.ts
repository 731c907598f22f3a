import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { AuroraServerlessOptions } from './aurora-serverless-props';
import { DatabaseAccessOptions } from './database-access-props';
import { DatabaseInsights } from './database-insights';
import { DatabaseProxyOptions } from './database-proxy-props';
import { DatabaseRotationOptions } from './database-rotation-props';

/** Options of a `PrivateDatabase`. */
export interface PrivateDatabaseOptions extends DatabaseAccessOptions {
  /**
   * Version of PostgreSQL: the major version alone (`17`), so that an automatic minor upgrade does not
   * break the next deployment, or a full one (`17.5`). **WARNING**: a higher major version upgrades Aurora with the deployment, without being
   * asked again: CloudFormation always allows it there.
   * @default '17'
   */
  readonly engineVersion?: string;

  /**
   * Whether a higher major version in `engineVersion` may upgrade the instance. **WARNING**: the database stands still meanwhile, and there
   * is no way back but a snapshot. It has no effect with `auroraServerless`, where CloudFormation always allows it.
   *
   * Give a full version for the jump: a major version alone stands for RDS's default minor version.
   *
   * @default false
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
   */
  readonly allowMajorVersionUpgrade?: boolean;

  /**
   * Aurora Serverless v2 instead of an instance: its capacity follows the load. **WARNING**: a change between the two makes a new, empty database; the
   * old one and its logs are kept and their names taken: before the way back, delete them or take them over by `cdk import`.
   * @default - an instance
   */
  readonly auroraServerless?: AuroraServerlessOptions;

  /**
   * Instance class, e.g. `t4g.small` or `m7g.large`.
   * @default 't4g.small'; in `DjangoOnFargate` as the profile says
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html
   */
  readonly instanceType?: string;

  /**
   * Name of the database. **WARNING**: a change makes a new, empty database with a secret of its own; the old ones are kept, and their names
   * taken: before the way back, delete the old database and its logs or take them over by `cdk import`.
   * @default 'django'
   */
  readonly databaseName?: string;

  /**
   * Name of the administrator. **WARNING**: a change makes a new, empty database with a secret of its own, as that of `databaseName` does.
   * @default 'django'
   */
  readonly username?: string;

  /**
   * Storage in GiB (gp3) at the start, 20 to 65,536.
   * @default 20
   */
  readonly allocatedStorageGiB?: number;

  /**
   * Storage in GiB up to which RDS grows it by itself: at least a tenth more than at the start.
   * @default - 100, or five times the storage at the start up to 65,536; it does not grow where the start is known at deployment only
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
   */
  readonly maxAllocatedStorageGiB?: number;

  /**
   * Key that encrypts the storage. **WARNING**: a change makes a new, empty database, as that of `databaseName` does.
   * @default - the key of RDS in this account
   */
  readonly storageEncryptionKey?: kms.IKey;

  /**
   * Snapshot to begin with, by its identifier or ARN: `databaseName` and `username` must be those in it; the password becomes a new one. The
   * storage is encrypted as the snapshot is. **WARNING**: a change, or leaving it out later, makes a new database; the old one and its logs are
   * kept and their names taken: before the way back, delete them or take them over by `cdk import`.
   * @default - an empty database
   */
  readonly snapshotIdentifier?: string;

  /**
   * A standby in a second availability zone: doubles the cost, a failover takes about a minute.
   * @default true; in `DjangoOnFargate` as the profile says
   */
  readonly multiAz?: boolean;

  /**
   * Read replicas, 0 to 15: each costs as much as the database. The first one of Aurora is the standby too. One that is taken away is deleted.
   *
   * **WARNING**: one of an instance that is protected and kept (`deletionProtection`, `removalPolicy`) stays instead, goes on costing, and bars the
   * way back by its name: deploy once with `deletionProtection` false before you take it away, or delete it and its logs by hand after that.
   *
   * @default 0
   */
  readonly readReplicas?: number;

  /**
   * RDS Proxy between tasks and database, which shares few connections among many tasks and outlives a failover. It costs per vCPU or ACU. The
   * release and the preparation connect to the database itself: what lives in a session, like an advisory lock, would pin the proxy's connections.
   *
   * CloudFormation waits for up to 20 minutes until the proxy has logged in: the preparation, which makes the user that it does so as, must be in the
   * same stack and done by then. Other users, or another way to log in, are another proxy, and the one before is deleted when the new version serves.
   *
   * @default - none
   */
  readonly proxy?: DatabaseProxyOptions;

  /**
   * Rotation of the passwords by AWS's own functions, in a nested stack that CloudFormation makes: the users' by alternating with a second one, so that
   * running tasks keep a password that works until the rotation after the next, the administrator's by a new password for the same user. Tasks must
   * be started anew in between, e.g. by a `RegularRollout`.
   * @default - passwords do not change
   */
  readonly rotation?: DatabaseRotationOptions;

  /**
   * Parameters of PostgreSQL, e.g. `{ log_min_duration_statement: '500' }`. `rds.force_ssl` stays on.
   * @default - PostgreSQL's as RDS sets them
   */
  readonly parameters?: { readonly [name: string]: string };

  /**
   * How closely RDS watches the load.
   * @default DatabaseInsights.STANDARD
   */
  readonly databaseInsights?: DatabaseInsights;

  /**
   * Interval of metrics of the operating system: 1, 5, 10, 15, 30 or 60 seconds. **WARNING**: leaving it out later does not switch them off; do so
   * by `aws rds modify-db-instance --monitoring-interval 0`.
   * @default - no enhanced monitoring
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.html
   */
  readonly enhancedMonitoringInterval?: Duration;

  /**
   * Time that the logs of the database are kept.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Daily time of the backups in UTC, e.g. `01:00-01:30`, half an hour at least.
   * @default - RDS chooses
   */
  readonly preferredBackupWindow?: string;

  /**
   * Weekly time of maintenance in UTC, e.g. `sun:02:00-sun:03:00`, half an hour at least.
   * @default - RDS chooses
   */
  readonly preferredMaintenanceWindow?: string;

  /**
   * Time that daily backups are kept, 1 to 35 days. You can restore to any second in it.
   * @default Duration.days(7); in `DjangoOnFargate` as the profile says
   */
  readonly backupRetention?: Duration;

  /**
   * Protection against deletion. **WARNING**: it also keeps CloudFormation from rolling back a first deployment
   * that failed; leave it off until the first one has succeeded.
   * @default true; in `DjangoOnFargate` as the profile says
   */
  readonly deletionProtection?: boolean;

  /**
   * What happens to the database, the protected replicas of an instance, secrets, security group, subnet group, parameter group and logs when
   * they are removed from the stack. What holds nothing of its own is always deleted: proxy, readers of Aurora, unprotected replicas. `SNAPSHOT` keeps
   * a last snapshot of the data and nothing else.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; in `DjangoOnFargate` as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of a `PrivateDatabase`. */
export interface PrivateDatabaseProps extends PrivateDatabaseOptions {
  /** Network of the database. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the database; public ones are refused.
   * @default - the isolated subnets, else the private subnets
   */
  readonly vpcSubnets?: ec2.SubnetSelection;
}
