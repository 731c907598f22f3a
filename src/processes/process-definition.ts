import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { CpuArchitecture } from './cpu-architecture';
import { DjangoImage } from './django-image';
import { EntryPoint } from './entry-point';
import { DjangoVariable } from '../config/django-variable';
import { EnvironmentConvention } from '../config/environment-convention';
import { EnvironmentSecret } from '../config/environment-secret';
import { IProcess, ProcessDuty } from '../config/process';
import { environmentNameProblem } from '../private/environment-name';
import { fargateSize } from '../private/fargate-size';
import { definitionError, integerBetween, isKnown, Rule, validateProps } from '../private/validation';

const DEFAULT_SIZE = { cpu: 512, memoryLimitMiB: 1024 };
const STREAM_PREFIX = 'django';

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
   * @default EntryPoint.allowTaskAddress()
   */
  readonly entryPoint?: EntryPoint;

  /**
   * Command in exec form.
   * @default - the image's own
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
   * @default 1024
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
   * @default 30
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

const RULES: Rule<ProcessDefinitionProps>[] = [
  fargateSize(DEFAULT_SIZE),
  integerBetween('ephemeralStorageGiB', 21, 200, 'GiB'),
  integerBetween('stopTimeoutSeconds', 2, 120, 'seconds', 'Fargate kills a container after two minutes at the latest'),
  integerBetween('containerPort', 1, 65535),
  ({ environment, secrets }) => {
    const problems = [...Object.keys(environment ?? {}), ...Object.keys(secrets ?? {})]
      .map((name) => ({ name, problem: environmentNameProblem(name) }))
      .filter(({ problem }) => problem !== undefined)
      .map(({ name, problem }) => `the variable ${JSON.stringify(name)} ${problem}`);
    return problems.length > 0 ? problems.join('\n- ') : undefined;
  },
  ({ environment, secrets }) => {
    const both = Object.keys(environment ?? {}).filter((name) => secrets?.[name] !== undefined);
    return both.length > 0 ? `'environment' and 'secrets' both set ${both.join(', ')}: keep it in one of them` : undefined;
  },
  ({ environment }) => {
    const wrong = Object.entries(environment ?? {}).filter(([, value]) => isKnown(value) && typeof value !== 'string');
    return wrong.length > 0
      ? `'environment' must have strings as values, got ${wrong.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')}: quote them`
      : undefined;
  },
];

/**
 * Definition of a process: which image runs, in which size, with which environment, rights and network.
 *
 * A web service, a release and commands run tasks of it. Backing services attach themselves to it.
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

  /** Security group of the tasks. */
  public readonly securityGroup: ec2.ISecurityGroup;

  /** Connections of the tasks. */
  public readonly connections: ec2.Connections;

  /** Role of the running project. */
  public readonly grantPrincipal: iam.IPrincipal;

  /** Everything that must exist before a task of this process starts. */
  public readonly startDependencies: IDependable;

  /** CPU units of a task; 1024 is one vCPU. */
  public readonly cpu: number;

  /** Time between SIGTERM and SIGKILL, in seconds. */
  public readonly stopTimeoutSeconds: number;

  private readonly convention: EnvironmentConvention;
  private readonly origins = new Map<string, string>();
  private readonly startGroup = new DependencyGroup();

  public constructor(scope: Construct, id: string, props: ProcessDefinitionProps) {
    super(scope, id);
    validateProps(this, 'ProcessDefinition', props, RULES);

    this.duty = props.duty ?? ProcessDuty.APPLICATION;
    this.containerName = props.containerName ?? 'django';
    this.streamPrefix = STREAM_PREFIX;
    this.cpu = props.cpu ?? DEFAULT_SIZE.cpu;
    this.stopTimeoutSeconds = props.stopTimeoutSeconds ?? 30;
    this.convention = props.convention ?? EnvironmentConvention.standard();
    const architecture = props.cpuArchitecture ?? CpuArchitecture.X86_64;

    this.securityGroup = props.securityGroup ?? new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc: props.vpc,
      description: `Tasks of ${this.node.path}`,
    });
    this.logGroup = props.logGroup ?? new logs.LogGroup(this, 'Logs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.taskDefinition = new ecs.FargateTaskDefinition(this, 'Task', {
      cpu: this.cpu,
      memoryLimitMiB: props.memoryLimitMiB ?? DEFAULT_SIZE.memoryLimitMiB,
      ephemeralStorageGiB: props.ephemeralStorageGiB,
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.of(architecture),
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.container = this.createContainer(props, architecture);
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup] });
    this.grantPrincipal = this.taskDefinition.taskRole;

    Object.entries(props.environment ?? {}).forEach(([name, value]) => this.addEnvironment(name, value));
    Object.entries(props.secrets ?? {}).forEach(([name, secret]) => this.addSecret(name, secret.bind(this, `Secret${name}`)));
    // ECS pulls the image and reads the secrets with the execution role: its policy must be there first.
    this.startGroup.add(this.taskDefinition.obtainExecutionRole(), this.taskDefinition.taskRole, this.securityGroup, this.logGroup);
    this.startDependencies = this.startGroup;
  }

  public addVariable(variable: DjangoVariable, value: string): void {
    this.convention.namesOf(variable).forEach((name) => this.setEnvironment(name, value, originOf(variable)));
  }

  public addSecretVariable(variable: DjangoVariable, secret: ecs.Secret): void {
    this.convention.namesOf(variable).forEach((name) => this.setSecret(name, secret, originOf(variable)));
  }

  public addEnvironment(name: string, value: string): void {
    this.setEnvironment(name, value, OWN);
  }

  public addSecret(name: string, secret: ecs.Secret): void {
    this.setSecret(name, secret, OWN);
  }

  /**
   * Hands over a value unless the name is set already: a default that users override.
   * @param name name of the environment variable
   * @param value the value, may hold tokens
   */
  public addDefaultEnvironment(name: string, value: string): void {
    if (!this.origins.has(name)) {
      this.setEnvironment(name, value, 'the library');
    }
  }

  public startAfter(...dependables: IDependable[]): void {
    this.startGroup.add(...dependables);
  }

  private createContainer(props: ProcessDefinitionProps, architecture: CpuArchitecture): ecs.ContainerDefinition {
    return this.taskDefinition.addContainer('Container', {
      containerName: this.containerName,
      image: props.image.bind(this, architecture),
      entryPoint: (props.entryPoint ?? EntryPoint.allowTaskAddress()).bind(this.convention),
      command: props.command,
      portMappings: props.containerPort === undefined ? undefined : [{ containerPort: props.containerPort }],
      stopTimeout: Duration.seconds(this.stopTimeoutSeconds),
      logging: ecs.LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: this.streamPrefix }),
    });
  }

  private setEnvironment(name: string, value: string, origin: string): void {
    this.claim(name, origin);
    this.container.addEnvironment(name, value);
  }

  private setSecret(name: string, secret: ecs.Secret, origin: string): void {
    this.claim(name, origin);
    this.container.addSecret(name, secret);
  }

  /** A name has one origin: setting it twice would silently drop one value. */
  private claim(name: string, origin: string): void {
    const problem = environmentNameProblem(name);
    if (problem) {
      throw new Error(definitionError(this, 'ProcessDefinition', [`the variable ${JSON.stringify(name)} ${problem}`]));
    }
    const before = this.origins.get(name);
    if (before !== undefined) {
      throw new Error(definitionError(this, 'ProcessDefinition', [
        `the variable ${JSON.stringify(name)} is set by ${before} and by ${origin}: remove yours, ` +
        'or give the library\'s another name with `EnvironmentConvention.custom`',
      ]));
    }
    this.origins.set(name, origin);
  }
}

const OWN = 'you';

function originOf(variable: DjangoVariable): string {
  return `the library (DjangoVariable.${variable})`;
}
