import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { ContainerHealthCheck } from './container-health-check';
import { CpuArchitecture } from './cpu-architecture';
import { EntryPoint } from './entry-point';
import { EnvironmentConvention } from '../../config/environment-convention';
import { EnvironmentSecret } from '../../config/environment-secret';
import { ProcessDuty } from '../../config/process';
import { DjangoImage } from '../images/django-image';

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
   * User inside the container that runs the command: a name that the image knows or a number, perhaps with a group, e.g. `1000:1000`.
   * @default - the image's own
   */
  readonly user?: string;

  /**
   * Whether an init process starts the command, passes signals on to it and clears away what it leaves behind. Without it a command that has no handler
   * of its own for SIGTERM, like most of `manage.py`, does not stop when it should: Linux ignores the signal for the first process. Set it to false for an
   * image whose own entry point must be the first process (s6-overlay, systemd).
   * @default true
   */
  readonly initProcess?: boolean;

  /**
   * Whether the root file system is read-only. Then `/tmp` is memory that every user may write to, as `/dev/shm` always is; everything
   * else that the project writes to, like files next to its code, is refused. `XDG_RUNTIME_DIR` is `/tmp` where you do not set it. ECS Exec does not
   * work then.
   *
   * For a larger directory than memory has room for, declare it in the Dockerfile (`RUN chown app /scratch`, then `VOLUME /scratch`: without it the
   * directory is root's) and add it with `taskDefinition.addVolume` and `container.addMountPoints`.
   * @default false
   * @see https://aws.amazon.com/about-aws/whats-new/2026/01/amazon-ecs-tmpfs-mounts-aws-fargate-managed-instances/
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
   */
  readonly readonlyRootFilesystem?: boolean;

  /**
   * Room in `/tmp` in MiB where the root file system is read-only, at most half of the memory. What is written there counts as memory of the task.
   * @default 128
   */
  readonly temporaryDirectoryMiB?: number;

  /**
   * Health check inside the container.
   * @default - none; the load balancer's alone
   */
  readonly healthCheck?: ContainerHealthCheck;

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
   * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
   */
  readonly memoryLimitMiB?: number;

  /**
   * Ephemeral storage in GiB, 21 to 200; the image takes its part of it.
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
   * Time that a container gets between SIGTERM and SIGKILL, 2 to 120 seconds.
   * @default Duration.seconds(35)
   * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
   */
  readonly stopTimeout?: Duration;

  /**
   * Role of the running project, e.g. `application.taskRole` for a process that may do what the application may. A right that one process gets
   * counts for every process that has the role.
   * @default - a new one
   */
  readonly taskRole?: iam.IRole;

  /**
   * Role with which ECS starts the tasks: pulls the image, reads the secrets, writes the log. E.g. `application.executionRole`.
   * @default - a new one
   */
  readonly executionRole?: iam.IRole;

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
