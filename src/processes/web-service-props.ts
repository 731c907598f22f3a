import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import { ProcessDefinition } from './process-definition';

/** Options of a `WebService`. */
export interface WebServiceOptions {
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
   * Time after its start in which a failing health check does not stop a task.
   * @default Duration.minutes(2)
   */
  readonly healthCheckGracePeriod?: Duration;

  /**
   * Longest time for one request, 1 to 115 seconds, and at least two seconds less than the stop timeout of the process.
   * gunicorn's `--timeout`, its graceful timeout and the load balancer's deregistration delay follow it, so that a deployment cuts no such request off.
   * It ends none by itself: gunicorn's threads run on, and the load balancer gives up when nothing came for its idle timeout.
   * @default Duration.seconds(30)
   */
  readonly requestTimeout?: Duration;

  /**
   * gunicorn's worker processes per task.
   * @default - one for each vCPU, at least one
   */
  readonly workers?: number;

  /**
   * gunicorn's threads per worker. Each may hold a database connection.
   * @default 16
   */
  readonly threads?: number;

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
   * Requests per minute and task that autoscaling aims at.
   * @default - requests do not scale the service
   */
  readonly targetRequestsPerMinute?: number;

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
   * @default - the private subnets of the cluster's VPC; the public ones with `assignPublicIp`
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Gives tasks a public IP address. Needed on public subnets, where there is no NAT.
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Time after which the load balancer closes an idle connection. gunicorn keeps it five seconds longer.
   * @default Duration.seconds(60)
   */
  readonly loadBalancerIdleTimeout?: Duration;
}
