import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { WebDeployment } from './web-deployment';
import { ScalingSchedule } from './web-scaling-props';
import { WebServer } from './web-server';
import { FargateSpotOptions } from '../definition/fargate-spot-props';
import { ProcessDefinition } from '../definition/process-definition';

/** Options of a `WebService`. */
export interface WebServiceOptions {
  /**
   * Server that runs in the tasks, with its workers and threads.
   * @default WebServer.gunicorn()
   */
  readonly server?: WebServer;

  /**
   * Path that answers the health check with 200. It should not touch the database: an outage of the
   * database would have every task replaced.
   * @default '/health/'
   */
  readonly healthCheckPath?: string;

  /**
   * Status codes that count as healthy, e.g. `200` or `200,204`.
   * @default '200'
   */
  readonly healthCheckCodes?: string;

  /**
   * Port of the health check, where it is not the container's: of a second container of the task, say.
   * @default - the port of the container
   */
  readonly healthCheckPort?: number;

  /**
   * Time between two health checks, 5 to 300 whole seconds.
   * @default Duration.seconds(5)
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
   */
  readonly healthCheckInterval?: Duration;

  /**
   * Time for the answer to a health check, 2 to 120 whole seconds, less than the interval.
   * @default Duration.seconds(4)
   */
  readonly healthCheckTimeout?: Duration;

  /**
   * Health checks in a row that an unhealthy task must pass to get requests again, 2 to 10.
   * @default 2
   */
  readonly healthyThresholdCount?: number;

  /**
   * Health checks in a row that fail until a task is replaced, 2 to 10.
   * @default 5
   */
  readonly unhealthyThresholdCount?: number;

  /**
   * Time after its start in which a failing health check does not stop a task.
   * @default Duration.minutes(2)
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * Time over which a new task gets its share of the requests little by little, 30 seconds to 15 minutes: for what warms up a cache first.
   * @default - a task gets its whole share at once
   */
  readonly slowStart?: Duration;

  /**
   * Longest time for one request, 1 to 115 seconds, and at least two seconds less than the stop timeout of the process.
   * The server's graceful timeout (and gunicorn's `--timeout`) and the load balancer's deregistration delay follow it, so that a deployment cuts
   * no such request off. It ends none by itself: gunicorn's threads run on, and the load balancer gives up when nothing came for its idle timeout.
   * @default Duration.seconds(30)
   */
  readonly requestTimeout?: Duration;

  /**
   * Tasks at least.
   * @default 2, or `maxCapacity` if that is less; in `DjangoOnFargate` as the profile says
   */
  readonly minCapacity?: number;

  /**
   * Tasks at most. The same as `minCapacity` switches autoscaling off.
   * @default 10, or twice `minCapacity` if that is more; in `DjangoOnFargate` as the profile says
   */
  readonly maxCapacity?: number;

  /**
   * CPU utilisation, in percent, that autoscaling aims at.
   * @default 70
   */
  readonly targetCpuPercent?: number;

  /**
   * Memory utilisation, in percent, that autoscaling aims at.
   * @default 80
   */
  readonly targetMemoryPercent?: number;

  /**
   * Requests per minute and task that autoscaling aims at. Goes with a rolling deployment only: AWS counts the requests of one target group.
   * @default - requests do not scale the service
   */
  readonly targetRequestsPerMinute?: number;

  /**
   * Other numbers of tasks from certain times on, e.g. none at night.
   * @default - the same at all times
   */
  readonly scalingSchedules?: ScalingSchedule[];

  /**
   * Part of the tasks on Fargate Spot, `{}` for a half of those above the first. The cluster must have the capacity providers `FARGATE` and
   * `FARGATE_SPOT`; the one of `DjangoOnFargate` gets them.
   *
   * **WARNING**: to begin or end with it replaces the service: the new one starts beside the old one, but where it scales, with one task, and then with
   * the least there may be: do it at a quiet hour, or with a higher `minCapacity` in the same deployment.
   * @default - all on demand
   */
  readonly fargateSpot?: FargateSpotOptions;

  /**
   * Way in which the service goes over to a new version.
   * @default WebDeployment.rolling()
   */
  readonly deployment?: WebDeployment;

  /**
   * Alarms that roll a deployment back when they go off during it. An alarm on the service itself needs an `alarmName`; add alarms that come
   * later by `addRollbackAlarm`. ECS watches for some minutes after the tasks are replaced, so a rolling deployment takes that much longer.
   * @default - none but the one of `rollbackErrorPercent`
   */
  readonly rollbackAlarms?: cloudwatch.IAlarm[];

  /**
   * Share of requests that end with 5xx, in percent, 1 to 100, at which a deployment is rolled back. Its alarm costs up to 0.40 USD a month and
   * counts from 20 requests in a minute on, in each target group by itself: of a canary those that reach the new tasks. 0 makes none.
   * @default 5 with a deployment that moves the requests and so takes its time anyway; 0 with a rolling one
   */
  readonly rollbackErrorPercent?: number;

  /**
   * ECS Exec: a shell in a running task for those with `ecs:ExecuteCommand`.
   * @default false; in `DjangoOnFargate` as the profile says
   */
  readonly enableExecuteCommand?: boolean;
}

/** Properties of a `WebService`. */
export interface WebServiceProps extends WebServiceOptions {
  /** Cluster that the service runs in. */
  readonly cluster: ecs.ICluster;

  /** Process that serves the requests; its container must have a port. */
  readonly process: ProcessDefinition;

  /**
   * Subnets of the tasks.
   * @default - the public subnets with `assignPublicIp`, else the private ones, else the isolated ones
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Whether the tasks get a public address. In public subnets they reach nothing without one.
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Time after which the load balancer closes an idle connection. The server keeps it five seconds longer.
   * @default Duration.seconds(60)
   */
  readonly loadBalancerIdleTimeout?: Duration;
}
