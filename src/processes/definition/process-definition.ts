import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { ContainerVariables, originOf, OWN } from './container-variables';
import { ContainerWithDefaults } from './container-with-defaults';
import { CpuArchitecture } from './cpu-architecture';
import { EntryPoint } from './entry-point';
import { ProcessDefinitionProps } from './process-definition-props';
import { DEFAULT_CPU, DEFAULT_TEMPORARY_DIRECTORY_MIB, PROCESS_DEFINITION_RULES, smallestMemory, warnAboutRisks } from './process-definition-rules';
import { acknowledgeForcedResources, roleInStack } from './process-roles';
import { DjangoVariable } from '../../config/django-variable';
import { EnvironmentConvention } from '../../config/environment-convention';
import { IProcess, ProcessDuty } from '../../config/process';
import { describe } from '../../private/description';
import { definitionError, validateProps } from '../../private/validation';

/** Longer than the default request timeout of a web service. */
const DEFAULT_STOP_TIMEOUT = Duration.seconds(35);
const STREAM_PREFIX = 'django';
const TEMPORARY_DIRECTORY = '/tmp';
/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_TASK_DEFINITION_BYTES = 65536;

/**
 * Definition of a process: which image runs, in which size, with which environment, rights and network.
 *
 * A web service, a release and commands run tasks of it. Backing services attach themselves to it. A further process of the project may share its roles,
 * security group and log group, and then costs a task definition only. Containers of your own stand beside the project's with
 * `taskDefinition.addContainer`; what must be there before the project starts, with `container.addContainerDependencies`.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * declare const database: PrivateDatabase;
 * const worker = new ProcessDefinition(this, 'Worker', {
 *   vpc,
 *   image: DjangoImage.fromDirectory('backend'),
 *   command: ['celery', '-A', 'shop', 'worker'],
 * });
 * database.attachTo(worker);
 */
export class ProcessDefinition extends Construct implements IProcess {
  /** Duty of this process. */
  public readonly duty: ProcessDuty;

  /** Task definition of the process. */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  /** Container of the project. */
  public readonly container: ecs.ContainerDefinition;

  /** Name of the container of the project. */
  public readonly containerName: string;

  /** Log group of the tasks. */
  public readonly logGroup: logs.ILogGroup;

  /** Prefix of the log streams: `<prefix>/<container>/<task id>`. */
  public readonly streamPrefix: string;

  /** Network of the tasks. */
  public readonly vpc: ec2.IVpc;

  /** Security group of the tasks. */
  public readonly securityGroup: ec2.ISecurityGroup;

  /** Connections of the tasks. */
  public readonly connections: ec2.Connections;

  /** Role of the running project. */
  public readonly taskRole: iam.IRole;

  /** Role with which ECS starts the tasks. */
  public readonly executionRole: iam.IRole;

  /** Principal of the running project: its role. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Everything that must exist before a task of this process starts. */
  public readonly startDependencies: IDependable;

  /** CPU units of a task; 1024 is one vCPU. */
  public readonly cpu: number;

  /** Time between SIGTERM and SIGKILL. */
  public readonly stopTimeout: Duration;

  /** Whether the root file system is read-only; ECS Exec does not work then. */
  public readonly readonlyRootFilesystem: boolean;

  /**
   * Command of the container; absent where it is the image's own.
   * @internal
   */
  public readonly _command?: string[];

  private readonly convention: EnvironmentConvention;
  private readonly variables: ContainerVariables;
  private readonly startGroup = new DependencyGroup();

  public constructor(scope: Construct, id: string, props: ProcessDefinitionProps) {
    super(scope, id);
    props = validateProps(this, 'ProcessDefinition', props, PROCESS_DEFINITION_RULES);
    warnAboutRisks(this, props);

    this.duty = props.duty ?? ProcessDuty.APPLICATION;
    this.vpc = props.vpc;
    this.containerName = props.containerName ?? 'django';
    this.streamPrefix = STREAM_PREFIX;
    this.cpu = props.cpu ?? DEFAULT_CPU;
    this.stopTimeout = props.stopTimeout ?? DEFAULT_STOP_TIMEOUT;
    this.readonlyRootFilesystem = props.readonlyRootFilesystem ?? false;
    this._command = props.command;
    this.convention = props.convention ?? EnvironmentConvention.standard();
    const architecture = props.cpuArchitecture ?? CpuArchitecture.X86_64;

    this.securityGroup = props.securityGroup ?? new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: describe('Tasks of', this),
    });
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: this.cpu,
      memoryLimitMiB: props.memoryLimitMiB ?? smallestMemory(props.cpu),
      ephemeralStorageGiB: props.ephemeralStorageGiB,
      taskRole: roleInStack(this, 'TaskRole', props.taskRole),
      executionRole: roleInStack(this, 'ExecutionRole', props.executionRole),
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.of(architecture),
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.taskRole = this.taskDefinition.taskRole;
    this.executionRole = this.taskDefinition.obtainExecutionRole();
    const defaults = new Map<string, string>();
    this.container = this.createContainer(props, architecture, defaults);
    this.variables = new ContainerVariables(this, this.container, defaults);
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup] });
    this.grantPrincipal = this.taskRole;

    Validations.of(this).acknowledge({
      id: 'AwsSolutions-ECS2',
      reason: 'Django projects read their settings from environment variables; what is secret comes from Secrets Manager or the Parameter Store',
    });
    [this, this.taskRole, this.executionRole].forEach(acknowledgeForcedResources);
    Object.entries(props.environment ?? {}).forEach(([name, value]) => this.addEnvironment(name, value));
    Object.entries(props.secrets ?? {}).forEach(([name, secret]) => this.addSecret(name, secret.bind(this, `Secret${name}`)));
    if (this.readonlyRootFilesystem) {
      // Where gunicorn puts its control socket, which it would make in the home directory otherwise.
      this.addDefaultEnvironment('XDG_RUNTIME_DIR', TEMPORARY_DIRECTORY);
    }
    // ECS pulls the image and reads the secrets with the execution role: its policy must be there first.
    this.startGroup.add(this.executionRole, this.taskRole, this.securityGroup, this.logGroup);
    this.startDependencies = this.startGroup;
    this.node.addValidation({ validate: () => this.tooLarge() });
  }

  public addVariable(variable: DjangoVariable, value: string, prefix: string = ''): void {
    this.convention.namesOf(variable, prefix).forEach((name) => this.variables.set(name, value, originOf(variable)));
  }

  public addSecretVariable(variable: DjangoVariable, secret: ecs.Secret, prefix: string = ''): void {
    this.convention.namesOf(variable, prefix).forEach((name) => this.variables.setSecret(name, secret, originOf(variable)));
  }

  public reads(variable: DjangoVariable): boolean {
    return this.convention.namesOf(variable).length > 0;
  }

  public addEnvironment(name: string, value: string): void {
    this.variables.set(name, value, OWN);
  }

  public addSecret(name: string, secret: ecs.Secret): void {
    this.variables.setSecret(name, secret, OWN);
  }

  /**
   * Hands over a value under the names that the environment convention has for it, each unless something else sets it, now or later.
   * @param variable what the value means
   * @param value the value, may hold tokens
   */
  public addDefaultVariable(variable: DjangoVariable, value: string): void {
    this.convention.namesOf(variable).forEach((name) => this.addDefaultEnvironment(name, value));
  }

  /**
   * Hands over a value unless something else sets the name, now or later.
   * @param name name of the environment variable
   * @param value the value, may hold tokens
   */
  public addDefaultEnvironment(name: string, value: string): void {
    this.variables.setDefault(name, value);
  }

  /**
   * Whether a variable is set already, by more than a default.
   * @internal
   */
  public _sets(name: string): boolean {
    return this.variables.has(name);
  }

  /**
   * Whether more than a default sets a variable whose name fits.
   * @internal
   */
  public _setsOneLike(name: RegExp): boolean {
    return this.variables.hasOneLike(name);
  }

  public startAfter(...dependables: IDependable[]): void {
    this.startGroup.add(...dependables);
  }

  private createContainer(props: ProcessDefinitionProps, architecture: CpuArchitecture, defaults: Map<string, string>): ecs.ContainerDefinition {
    return new ContainerWithDefaults(this.taskDefinition, 'Container', {
      taskDefinition: this.taskDefinition,
      containerName: this.containerName,
      image: props.image.bind(this, architecture),
      entryPoint: (props.entryPoint ?? (props.command ? EntryPoint.allowTaskAddress() : EntryPoint.ofImage())).bind(this.convention),
      command: props.command,
      user: props.user,
      readonlyRootFilesystem: this.readonlyRootFilesystem || undefined,
      linuxParameters: this.createLinuxParameters(props),
      healthCheck: props.healthCheck && { ...props.healthCheck, command: ['CMD', ...props.healthCheck.command] },
      portMappings: props.containerPort === undefined ? undefined : [{ containerPort: props.containerPort }],
      stopTimeout: this.stopTimeout,
      logging: ecs.LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: this.streamPrefix }),
    }, defaults);
  }

  private createLinuxParameters(props: ProcessDefinitionProps): ecs.LinuxParameters | undefined {
    const initProcessEnabled = props.initProcess ?? true;
    if (!initProcessEnabled && !this.readonlyRootFilesystem) {
      return undefined;
    }
    const parameters = new ecs.LinuxParameters(this, 'LinuxParameters', { initProcessEnabled });
    if (this.readonlyRootFilesystem) {
      // Memory and no volume: a volume is root's, whatever the image's user is.
      parameters.addTmpfs({ containerPath: TEMPORARY_DIRECTORY, size: props.temporaryDirectoryMiB ?? DEFAULT_TEMPORARY_DIRECTORY_MIB });
    }
    return parameters;
  }

  private tooLarge(): string[] {
    // Tokens count with their CloudFormation expression, which is about as long as what it becomes.
    const { containerDefinitions } = this.taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
    const bytes = Buffer.byteLength(JSON.stringify(Stack.of(this).resolve(containerDefinitions)));
    return bytes > MAX_TASK_DEFINITION_BYTES
      ? [definitionError(this, 'ProcessDefinition', [
        `the task definition has about ${bytes} bytes, ECS accepts ${MAX_TASK_DEFINITION_BYTES}: keep long values in a secret, a parameter or the image`,
      ])]
      : [];
  }
}
