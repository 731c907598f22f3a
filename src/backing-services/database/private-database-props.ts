import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** Options of a `PrivateDatabase`. */
export interface PrivateDatabaseOptions {
  /**
   * Version of PostgreSQL: the major version alone (`17`), so that an automatic minor upgrade does not
   * break the next deployment, or a full one (`17.5`).
   * @default '17'
   */
  readonly engineVersion?: string;

  /**
   * Instance class, e.g. `t4g.small` or `m7g.large`.
   * @default 't4g.small'; in `DjangoOnFargate` as the profile says
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.html
   */
  readonly instanceType?: string;

  /**
   * Name of the database. **WARNING**: a change replaces the database and its password; the old one is kept, note its password before.
   * @default 'django'
   */
  readonly databaseName?: string;

  /**
   * Name of the user. **WARNING**: a change replaces the database and its password; the old one is kept, note its password before.
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
   * A standby in a second availability zone: doubles the cost, a failover takes about a minute.
   * @default true; in `DjangoOnFargate` as the profile says
   */
  readonly multiAz?: boolean;

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
   * What happens to the instance, its secret, security group, subnet group and parameter group when they are removed from
   * the stack. `SNAPSHOT` keeps a last snapshot of the data and nothing else.
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
