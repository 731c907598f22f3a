import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { TaskSchedule } from './task-schedule';
import { CommandRunner } from '../commands/command-runner';
import { ProcessDefinition } from '../definition/process-definition';

/** Options of a `ScheduledTask` that are its own wherever it runs. */
export interface ScheduledTaskOptions {
  /**
   * Command in exec form, e.g. `['python', 'manage.py', 'clearsessions']`. `<aws.scheduler.scheduled-time>` in it becomes the time of the schedule.
   * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
   */
  readonly command: string[];

  /** When it runs, e.g. `TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin')`. */
  readonly schedule: TaskSchedule;

  /**
   * Time in which a run must have ended, with the start of its container and all retries; 1 minute to 7 days. What takes longer is stopped and
   * has failed.
   * @default Duration.hours(1)
   */
  readonly timeout?: Duration;

  /**
   * Whether a run starts while the previous one is still going. Without, it is skipped.
   * @default false
   */
  readonly allowOverlap?: boolean;

  /**
   * Further tries of a run that failed, a minute apart, within `timeout`; 0 to 10. What never started is tried again in any case.
   * @default 0
   */
  readonly retryAttempts?: number;

  /**
   * Whether the schedule is on. Paused, the task stays as it is but does not run, and its alarm is away.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * CPU units of a run; 1024 is one vCPU.
   * @default - those of the process
   */
  readonly cpu?: number;

  /**
   * Memory of a run in MiB. Fargate accepts certain pairs with `cpu` only.
   * @default - that of the process, or the smallest that `cpu` allows where it does not fit
   */
  readonly memoryLimitMiB?: number;

  /**
   * Time without a run that succeeded after which the alarm fires, up to 7 days; in whole hours when longer than a day. Must be longer than the
   * schedule's longest time between two runs.
   * @default - the schedule's longest time between two runs, the timeout, and a little more
   */
  readonly alarmAfter?: Duration;

  /**
   * Name that people know the task by: in notifications, in the metric, and in the names of its runs. It must be its own on the runner.
   * @default - the path of the task in its stack
   */
  readonly taskName?: string;
}

/** Properties of a `ScheduledTask`. */
export interface ScheduledTaskProps extends ScheduledTaskOptions {
  /** Process that the command runs as: its image, environment, rights and network. */
  readonly process: ProcessDefinition;

  /**
   * Runner that runs the command. Give either this or `cluster`.
   * @default - a new one in `cluster`
   */
  readonly commandRunner?: CommandRunner;

  /**
   * Cluster in which the command runs, for a task with a runner of its own.
   * @default - that of `commandRunner`
   */
  readonly cluster?: ecs.ICluster;

  /**
   * Subnets in which the command runs, together with `cluster`.
   * @default - the public subnets with `assignPublicIp`, else the private ones, else the isolated ones
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Whether the task gets a public address, together with `cluster`. In public subnets it reaches nothing without one.
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Topic that learns of failed runs and of alarms, together with `cluster`.
   * @default - that of `commandRunner`, or nobody is told
   */
  readonly alarmTopic?: sns.ITopic;
}
