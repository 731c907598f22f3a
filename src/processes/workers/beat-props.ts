import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { ProcessDefinition } from '../definition/process-definition';

/** Options of a `Beat`. */
export interface BeatOptions {
  /**
   * Whether it runs. `false` stops it, and keeps everything else.
   * @default true
   */
  readonly enabled?: boolean;

  /**
   * ECS Exec: a shell in the running task for those with `ecs:ExecuteCommand`.
   * @default false; in `DjangoOnFargate` as the profile says
   */
  readonly enableExecuteCommand?: boolean;
}

/** Properties of a `Beat`. */
export interface BeatProps extends BeatOptions {
  /** Cluster that the service runs in. */
  readonly cluster: ecs.ICluster;

  /** Process that keeps the schedule, e.g. with the command `CeleryCommand.beat('shop')`. The smallest size is enough. */
  readonly process: ProcessDefinition;

  /**
   * Subnets of the task.
   * @default - the public subnets with `assignPublicIp`, else the private ones, else the isolated ones
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Whether the task gets a public address. In public subnets it reaches nothing without one.
   * @default false
   */
  readonly assignPublicIp?: boolean;
}
