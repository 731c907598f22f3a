import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { FargateSpotOptions } from '../definition/fargate-spot-props';
import { ProcessDefinition } from '../definition/process-definition';

/** Number of tasks that follows the messages in an SQS queue: those that wait and those that are being worked on. */
export interface WorkerQueueScaling {
  /** Queue, e.g. `broker.queue` of an `SqsBroker`. */
  readonly queue: sqs.IQueue;

  /**
   * Messages for each task: what a task may have before it, at the time for one message and the delay that is bearable.
   * With 10, there are 3 tasks for 21 to 30 messages.
   */
  readonly messagesPerTask: number;
}

/** Number of tasks that follows a metric. */
export interface WorkerMetricScaling {
  /** Metric, e.g. the length of a list in Redis that the project publishes. */
  readonly metric: cloudwatch.IMetric;

  /**
   * Value that autoscaling aims at (target tracking). The metric must fall when tasks are added, so take one that is per task.
   * @default - `steps` say it
   */
  readonly targetValue?: number;

  /**
   * Steps of the metric and what each does to the number of tasks; 2 to 40 (step scaling). Needed to begin with no task at all.
   * @default - `targetValue` says it
   * @see https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-step-scaling-policies.html
   */
  readonly steps?: appscaling.ScalingInterval[];

  /**
   * What the `change` of a step means.
   * @default AdjustmentType.CHANGE_IN_CAPACITY
   */
  readonly adjustmentType?: appscaling.AdjustmentType;
}

/** Options of a `Worker`. */
export interface WorkerOptions {
  /**
   * Tasks at least. With 0, something must start the first one: `queueScaling`, or `metricScaling` with `steps`. 0 as `maxCapacity` too
   * pauses the worker. SQS says up to 15 minutes late that there is work in a queue that nobody used for six hours: keep 1 where that is too long.
   * @default 1, or `maxCapacity` if that is less
   */
  readonly minCapacity?: number;

  /**
   * Tasks at most. The same as `minCapacity` switches autoscaling off.
   * @default - 10, or twice `minCapacity` if that is more, where an option says what to scale on; else `minCapacity`
   */
  readonly maxCapacity?: number;

  /**
   * CPU utilisation, in percent, that autoscaling aims at.
   * @default 70 where nothing else scales the worker; else CPU does not
   */
  readonly targetCpuPercent?: number;

  /**
   * Memory utilisation, in percent, that autoscaling aims at. Python seldom gives memory back, so what was added for it may stay.
   * @default - memory does not scale the worker
   */
  readonly targetMemoryPercent?: number;

  /**
   * Autoscaling on an SQS queue, down to no task at all where `minCapacity` is 0.
   * @default - no queue scales the worker
   */
  readonly queueScaling?: WorkerQueueScaling;

  /**
   * Autoscaling on a metric of your own.
   * @default - no further metric scales the worker
   */
  readonly metricScaling?: WorkerMetricScaling;

  /**
   * Part of the tasks on Fargate Spot, `{}` for a half of those above the first. AWS takes a task back with two minutes' notice by SIGTERM: let Celery
   * acknowledge late (`task_acks_late`), so that what is cut off runs again. The cluster must have the capacity providers `FARGATE` and
   * `FARGATE_SPOT`; the one of `DjangoOnFargate` gets them.
   *
   * **WARNING**: to begin or end with it replaces the service: the new one starts beside the old one, with one task until it scales.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
   */
  readonly fargateSpot?: FargateSpotOptions;

  /**
   * ECS Exec: a shell in a running task for those with `ecs:ExecuteCommand`.
   * @default false; in `DjangoOnFargate` as the profile says
   */
  readonly enableExecuteCommand?: boolean;
}

/** Properties of a `Worker`. */
export interface WorkerProps extends WorkerOptions {
  /** Cluster that the service runs in. */
  readonly cluster: ecs.ICluster;

  /** Process that does the work, e.g. with the command `CeleryCommand.worker('shop')`, and with `stopTimeout: Duration.seconds(120)`. */
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
}
