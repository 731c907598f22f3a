import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../definition/process-definition';

/** Properties of a `CommandRunner`. */
export interface CommandRunnerProps {
  /** Cluster in which the commands run. */
  readonly cluster: ecs.ICluster;

  /**
   * Process of the runs that name no task definition. With it `name` and `command` are enough as input of the state machine.
   * Always the newest revision runs, so that the state machine does not change with each image.
   * @default - each run must name its task definition, container and security groups
   */
  readonly defaultProcess?: ProcessDefinition;

  /**
   * Topic that learns of every run that failed or timed out: name, reason, and links to its log and its execution. Failures that CloudFormation
   * waits for are told by CloudFormation instead. It must be a standard topic.
   * @default - nobody is told
   */
  readonly alarmTopic?: sns.ITopic;

  /**
   * Subnets in which the commands run. They need a way to the registry of the image and to CloudWatch Logs.
   * @default - the public subnets with `assignPublicIp`, else the private ones, else the isolated ones
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * Whether the tasks get a public address. In public subnets they reach nothing without one.
   * @default false
   */
  readonly assignPublicIp?: boolean;

  /**
   * Time that the log lines of the handler are kept.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the handler's log group when it is removed from the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
