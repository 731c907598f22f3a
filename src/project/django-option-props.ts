import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { PrivateDatabaseOptions } from '../backing-services/database/private-database-props';
import { FileStorageOptions } from '../backing-services/storage/file-storage-props';
import { IBackingService } from '../config/backing-service';
import { WafProtectedAlb } from '../edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbOptions } from '../edge/load-balancer/waf-protected-alb-props';
import { NetworkOptions } from '../network/network-props';
import { ContainerHealthCheck } from '../processes/definition/container-health-check';
import { EntryPoint } from '../processes/definition/entry-point';
import { ReleaseOptions } from '../processes/release/release-props';
import { WebServiceOptions } from '../processes/web/web-service-props';

/** Network of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoNetworkOptions extends NetworkOptions {
  /**
   * A VPC of yours instead of a new one; the options of a new one must then be left out.
   * @default - a new VPC
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of the tasks in your VPC.
   * @default - the private subnets with egress; else the public ones, with a public IP for each task
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Subnets of the database in your VPC.
   * @default - the isolated subnets, else the private ones
   */
  readonly databaseSubnets?: ec2.SubnetSelection;
}

/** Database of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoDatabaseOptions extends PrivateDatabaseOptions {
  /**
   * A database of yours instead of a new one, e.g. a `PrivateDatabase` of another stack.
   * @default - a new `PrivateDatabase`
   */
  readonly existing?: IBackingService;
}

/** File storage of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoStorageOptions extends FileStorageOptions {
  /**
   * A file storage of yours instead of a new one.
   * @default - a new `FileStorage`
   */
  readonly existing?: IBackingService;
}

/** Web service of a `DjangoOnFargate`. */
export interface DjangoWebOptions extends WebServiceOptions {
  /**
   * Command in exec form, e.g. `['gunicorn', 'core.wsgi:application', '--max-requests', '1000']`. gunicorn
   * takes address, workers, threads and timeouts from `GUNICORN_CMD_ARGS` and `WEB_CONCURRENCY`.
   * @default - `gunicorn` with the project's WSGI application
   */
  readonly command?: string[];

  /**
   * Entry point of the container, e.g. `EntryPoint.none()` for a project that allows the address of its task by itself.
   * @default EntryPoint.allowTaskAddress()
   */
  readonly entryPoint?: EntryPoint;

  /**
   * Port that the server listens on.
   * @default 8000
   */
  readonly containerPort?: number;

  /**
   * CPU units of a task; 1024 is one vCPU.
   * @default - as the profile says: 512 in production, else 256
   */
  readonly cpu?: number;

  /**
   * Memory of a task in MiB. Fargate accepts certain pairs with `cpu` only.
   * @default - the smallest that `cpu` allows, or as the profile says
   */
  readonly memoryLimitMiB?: number;

  /**
   * Ephemeral storage of a task in GiB, 21 to 200.
   * @default - Fargate's 20 GiB
   */
  readonly ephemeralStorageGiB?: number;

  /**
   * Health check that ECS makes inside the container, beside the load balancer's.
   * @default - none: the load balancer's tells enough
   */
  readonly containerHealthCheck?: ContainerHealthCheck;

  /**
   * Paths that the web service gets, e.g. `['/api/*', '/admin/*', '/static/*']`, where another service of `addService` gets the rest.
   * @default - every path that no other service has
   */
  readonly paths?: string[];

  /**
   * A cluster of yours instead of a new one. It must be in the same VPC.
   * @default - a new cluster
   */
  readonly cluster?: ecs.ICluster;
}

/** Release of a `DjangoOnFargate`: what runs once per deployment, before the new version serves, and what is checked afterwards. */
export interface DjangoReleaseOptions extends ReleaseOptions {
  /**
   * Command in exec form that runs when the new version serves, e.g. `['python', 'manage.py', 'check', '--database', 'default']`. When it
   * fails, the deployment fails and CloudFormation rolls back to the former version.
   * @default - nothing is checked
   */
  readonly checkCommand?: string[];

  /**
   * Longest time for `checkCommand`, 1 to 55 minutes.
   * @default Duration.minutes(15)
   */
  readonly checkTimeout?: Duration;
}

/** Who is told when something goes wrong. */
export interface DjangoAlarmOptions {
  /**
   * Topic of yours that is told. It must let CloudWatch publish where it is encrypted with a key of yours.
   * @default - a new one where there are `emails`
   */
  readonly topic?: sns.ITopic;

  /**
   * Addresses that get a mail each time. AWS asks each of them once to confirm.
   * @default - none
   */
  readonly emails?: string[];
}

/** How long logs are kept and what the cluster measures. */
export interface DjangoMonitoringOptions {
  /**
   * Time for which every log in CloudWatch Logs is kept, where no other prop says otherwise.
   * @default - as the profile says: three months in production, one in staging, one week in development
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Container Insights of the new cluster.
   * @default - as the profile says: on in production
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContainerInsights.html
   */
  readonly containerInsights?: ecs.ContainerInsights;

  /**
   * Bucket for the access logs of load balancer and buckets and for flow logs, e.g. a `LogBucket`, which takes the logs of the web ACL as well:
   * `loadBalancer: { webAcl: { logs: WebAclLogs.s3(logBucket.bucket) } }`. It must not be encrypted with a KMS key.
   * @default - a new private bucket
   */
  readonly logBucket?: s3.IBucket;
}

/** Load balancer of a `DjangoOnFargate`: a new one by these options, or one of yours. */
export interface DjangoLoadBalancerOptions extends WafProtectedAlbOptions {
  /**
   * A load balancer of yours instead of a new one. It must be in the same VPC.
   * @default - a new `WafProtectedAlb`
   */
  readonly existing?: WafProtectedAlb;
}
