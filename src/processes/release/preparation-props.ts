import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { IPreparedService } from '../../config/preparation';
import { CommandRunner } from '../commands/command-runner';

/** Properties of a `Preparation`. */
export interface PreparationProps {
  /** Runner that runs the command. */
  readonly commandRunner: CommandRunner;

  /** Backing service that is prepared; it must have something to prepare. */
  readonly service: IPreparedService;

  /** Network in which the task runs, the one of the runner's cluster. */
  readonly vpc: ec2.IVpc;

  /**
   * Security group of the task.
   * @default - a new one
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * Log group of the task.
   * @default - a new one
   */
  readonly logGroup?: logs.ILogGroup;

  /**
   * Time that log lines are kept.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the log group when it is removed from the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Text that runs the preparation again when it changes.
   * @default - the preparation runs again when its image, command, SQL, users or the address of the service change
   */
  readonly nonce?: string;
}
