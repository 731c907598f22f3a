import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Annotations, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { ContainerWithDefaults } from './container-with-defaults';
import { CpuArchitecture } from './cpu-architecture';
import { EntryPoint } from './entry-point';
import { ProcessDefinitionProps } from './process-definition-props';
import { DEFAULT_CPU, PROCESS_DEFINITION_RULES, smallestMemory, warnAboutRisks } from './process-definition-rules';
import { DjangoVariable } from '../config/django-variable';
import { EnvironmentConvention } from '../config/environment-convention';
import { IProcess, ProcessDuty } from '../config/process';
import { describe } from '../private/description';
import { environmentNameProblem } from '../private/environment-name';
import { environmentValueProblem } from '../private/environment-rules';
import { definitionError, validateProps } from '../private/validation';

/** Longer than the default request timeout of a web service. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 35;
const STREAM_PREFIX = 'django';
/** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html */
const MAX_TASK_DEFINITION_BYTES = 65536;
/** ECS reads all secrets of a container before it starts it. */
const MANY_SECRETS = 60;

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

  /** Network of the tasks. */
  public readonly vpc: ec2.IVpc;

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
  private readonly defaults = new Map<string, string>();
  private readonly startGroup = new DependencyGroup();
  private secretCount = 0;

  public constructor(scope: Construct, id: string, props: ProcessDefinitionProps) {
    super(scope, id);
    validateProps(this, 'ProcessDefinition', props, PROCESS_DEFINITION_RULES);
    warnAboutRisks(this, props);

    this.duty = props.duty ?? ProcessDuty.APPLICATION;
    this.vpc = props.vpc;
    this.containerName = props.containerName ?? 'django';
    this.streamPrefix = STREAM_PREFIX;
    this.cpu = props.cpu ?? DEFAULT_CPU;
    this.stopTimeoutSeconds = props.stopTimeoutSeconds ?? DEFAULT_STOP_TIMEOUT_SECONDS;
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
      runtimePlatform: {
        cpuArchitecture: ecs.CpuArchitecture.of(architecture),
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.container = this.createContainer(props, architecture);
    this.connections = new ec2.Connections({ securityGroups: [this.securityGroup] });
    this.grantPrincipal = this.taskDefinition.taskRole;

    Validations.of(this.taskDefinition).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'AWS has no resource for ecr:GetAuthorizationToken and for the ssmmessages actions of ECS Exec; every other statement names its own',
    }, {
      id: 'AwsSolutions-ECS2',
      reason: 'Django projects read their settings from environment variables; what is secret comes from Secrets Manager or the Parameter Store',
    });
    Object.entries(props.environment ?? {}).forEach(([name, value]) => this.addEnvironment(name, value));
    Object.entries(props.secrets ?? {}).forEach(([name, secret]) => this.addSecret(name, secret.bind(this, `Secret${name}`)));
    // ECS pulls the image and reads the secrets with the execution role: its policy must be there first.
    this.startGroup.add(this.taskDefinition.obtainExecutionRole(), this.taskDefinition.taskRole, this.securityGroup, this.logGroup);
    this.startDependencies = this.startGroup;
    this.node.addValidation({ validate: () => this.tooLarge() });
  }

  public addVariable(variable: DjangoVariable, value: string, prefix: string = ''): void {
    this.convention.namesOf(variable, prefix).forEach((name) => this.setEnvironment(name, value, originOf(variable)));
  }

  public addSecretVariable(variable: DjangoVariable, secret: ecs.Secret, prefix: string = ''): void {
    this.convention.namesOf(variable, prefix).forEach((name) => this.setSecret(name, secret, originOf(variable)));
  }

  public reads(variable: DjangoVariable): boolean {
    return this.convention.namesOf(variable).length > 0;
  }

  public addEnvironment(name: string, value: string): void {
    this.setEnvironment(name, value, OWN);
  }

  public addSecret(name: string, secret: ecs.Secret): void {
    this.setSecret(name, secret, OWN);
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
    this.refuse(name, environmentNameProblem(name) ?? environmentValueProblem(value));
    if (!this.origins.has(name)) {
      this.defaults.set(name, value);
    }
  }

  /**
   * Whether a variable is set already, by more than a default.
   * @internal
   */
  public _sets(name: string): boolean {
    return this.origins.has(name);
  }

  public startAfter(...dependables: IDependable[]): void {
    this.startGroup.add(...dependables);
  }

  private createContainer(props: ProcessDefinitionProps, architecture: CpuArchitecture): ecs.ContainerDefinition {
    return new ContainerWithDefaults(this.taskDefinition, 'Container', {
      taskDefinition: this.taskDefinition,
      containerName: this.containerName,
      image: props.image.bind(this, architecture),
      entryPoint: (props.entryPoint ?? (props.command ? EntryPoint.allowTaskAddress() : EntryPoint.ofImage())).bind(this.convention),
      command: props.command,
      portMappings: props.containerPort === undefined ? undefined : [{ containerPort: props.containerPort }],
      stopTimeout: Duration.seconds(this.stopTimeoutSeconds),
      logging: ecs.LogDriver.awsLogs({ logGroup: this.logGroup, streamPrefix: this.streamPrefix }),
    }, this.defaults);
  }

  private setEnvironment(name: string, value: string, origin: string): void {
    this.claim(name, origin, environmentValueProblem(value));
    this.container.addEnvironment(name, value);
  }

  private setSecret(name: string, secret: ecs.Secret, origin: string): void {
    this.claim(name, origin);
    this.container.addSecret(name, secret);
    this.secretCount += 1;
    if (this.secretCount === MANY_SECRETS + 1) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:many-secrets',
        `A task reads more than ${MANY_SECRETS} secrets before it starts, which makes starts slow and runs into limits of the secret store. ` +
        'Keep several values as keys of one secret and read it as JSON.');
    }
  }

  /** A name has one origin: setting it twice would silently drop one value. */
  private claim(name: string, origin: string, valueProblem?: string): void {
    this.refuse(name, environmentNameProblem(name) ?? valueProblem ?? this.originProblem(name, origin));
    this.origins.set(name, origin);
    this.defaults.delete(name);
  }

  private refuse(name: string, problem?: string): void {
    if (problem) {
      throw new Error(definitionError(this, 'ProcessDefinition', [`the variable ${JSON.stringify(name)} ${problem}`]));
    }
  }

  private originProblem(name: string, origin: string): string | undefined {
    const before = this.origins.get(name);
    if (before === undefined) {
      return undefined;
    }
    if (before === OWN && origin === OWN) {
      return 'is set twice by you: keep one of them';
    }
    return before === OWN || origin === OWN
      ? `is set by ${before} and by ${origin}: remove yours, or give the library's another name with \`EnvironmentConvention.custom\``
      : `is set by ${before} and again by ${origin}: attach one backing service of the kind only`;
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

const OWN = 'you';

function originOf(variable: DjangoVariable): string {
  return `the library (DjangoVariable.${variable})`;
}
