import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { CpuArchitecture } from './cpu-architecture';
import { DjangoImage } from './django-image';
import { EntryPoint } from './entry-point';
import { EnvironmentConvention } from '../config/environment-convention';
import { EnvironmentSecret } from '../config/environment-secret';
import { ProcessDuty } from '../config/process';

/** Properties of a `ProcessDefinition`. */
export interface ProcessDefinitionProps {
  /** Network in which the tasks run. */
  readonly vpc: ec2.IVpc;

  /** Image of the project. */
  readonly image: DjangoImage;

  /**
   * Name of the container.
   * @default 'django'
   */
  readonly containerName?: string;

  /**
   * Duty of the process: what it may do with the backing services.
   * @default ProcessDuty.APPLICATION
   */
  readonly duty?: ProcessDuty;

  /**
   * Entry point of the container.
   * @default - `EntryPoint.allowTaskAddress()` where a `command` is given, else the image's own
   */
  readonly entryPoint?: EntryPoint;

  /**
   * Command in exec form. ECS does not use the image's own command where an entry point is given.
   * @default - the image's own, where the entry point is the image's own too
   */
  readonly command?: string[];

  /**
   * Port that the container listens on.
   * @default - none
   */
  readonly containerPort?: number;

  /**
   * CPU units; 1024 is one vCPU.
   * @default 512
   */
  readonly cpu?: number;

  /**
   * Memory in MiB. Fargate accepts certain pairs with `cpu` only.
   * @default - the smallest that `cpu` allows: 1024 with 512
   */
  readonly memoryLimitMiB?: number;

  /**
   * Ephemeral storage in GiB, 21 to 200.
   * @default - Fargate's 20 GiB
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-storage.html
   */
  readonly ephemeralStorageGiB?: number;

  /**
   * Processor that the tasks run on.
   * @default CpuArchitecture.X86_64
   */
  readonly cpuArchitecture?: CpuArchitecture;

  /**
   * Names of what the library hands over.
   * @default EnvironmentConvention.standard()
   */
  readonly convention?: EnvironmentConvention;

  /**
   * Environment variables of your own. Values stand in the template: give secrets by `secrets`.
   * @default - none
   */
  readonly environment?: { [name: string]: string };

  /**
   * Secret environment variables of your own.
   * @default - none
   */
  readonly secrets?: { [name: string]: EnvironmentSecret };

  /**
   * Time that a container gets between SIGTERM and SIGKILL, in seconds, 2 to 120.
   * @default 35
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
   */
  readonly stopTimeoutSeconds?: number;

  /**
   * Security group of the tasks.
   * @default - a new one
   */
  readonly securityGroup?: ec2.ISecurityGroup;

  /**
   * Log group of the tasks.
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
}
