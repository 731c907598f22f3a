import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Lazy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { executionsArn } from './command-rights';
import { CommandRunner } from './command-runner';
import { DatabaseEndpoint, ManagementCommandsProps } from './management-commands-props';
import { MANAGEMENT_COMMANDS_RULES } from './management-commands-rules';
import { processInput } from './run-input';
import { logsLine, manageLine, releaseLine, ServiceTask, shellLine, tunnelLine } from './shell-lines';
import { requireGrantee } from '../../private/grantee';
import { createOutput } from '../../private/output';
import { validateProps } from '../../private/validation';
import { acknowledgeForcedWildcards } from '../../private/wildcard';
import { ProcessDefinition } from '../definition/process-definition';
import { Release } from '../release/release';

/** What is surely accepted as the value of an output: what an export of one may have. */
const MAX_CHARACTERS = 1024;
/** What a reference is reckoned to become: the ARN of a state machine is longer, the id of a security group shorter. */
const REFERENCE_CHARACTERS = 64;
/** What a region or an account is reckoned to be. */
const PSEUDO_PARAMETER_CHARACTERS = 14;

/**
 * Management commands for people and pipelines: outputs of the stack with the lines to paste into bash.
 *
 * - `Run`: defines `manage`, which runs a management command in a task of its own, waits for it, shows its log and how it ended, and fails when it
 *   failed: `manage check --database default`. Ctrl-C ends the waiting, not the command.
 * - `Logs`: follows the log.
 * - `Shell`: defines `shell`, which opens one in a running task, or a command that asks for input: `shell python manage.py shell`.
 * - `Tunnel`: defines `tunnel`, which makes the database answer on a port of your machine.
 * - `Release`: defines `release`, after the line of `Run`, by which a pipeline runs the release with the revision of the task definition that it has
 *   registered, before it rolls the service out: `release arn:aws:ecs:…`. It waits for a release that runs already.
 *
 * They need version 2 of the AWS CLI; shell and tunnel its Session Manager plugin too, and a service with ECS Exec. Whoever runs management commands
 * may do with the project's data what they like: see `grantRun`.
 *
 * @example
 *
 * declare const runner: CommandRunner;
 * declare const process: ProcessDefinition;
 * declare const web: WebService;
 * new ManagementCommands(this, 'Manage', { commandRunner: runner, process, service: web.service });
 */
export class ManagementCommands extends Construct {
  /** Line that runs a management command. */
  public readonly runLine: string;

  /** Line that follows the log. */
  public readonly logsLine: string;

  /** Line that opens a shell, or a comment that says why it would not; absent without `service`. */
  public readonly shellLine?: string;

  /** Line that opens a tunnel to the database, or a comment that says why it would not; absent without `service` or `databaseEndpoint`. */
  public readonly tunnelLine?: string;

  /** Line that runs the release with another task definition; absent without `release`. */
  public readonly releaseLine?: string;

  private readonly commandRunner: CommandRunner;
  private readonly process: ProcessDefinition;
  private readonly logGroupArns: Set<string>;

  public constructor(scope: Construct, id: string, props: ManagementCommandsProps) {
    super(scope, id);
    props = validateProps(this, 'ManagementCommands', props, MANAGEMENT_COMMANDS_RULES);

    const { commandRunner, process, service, databaseEndpoint, release, pythonExecutable = 'python' } = props;
    this.commandRunner = commandRunner;
    this.process = process;
    this.logGroupArns = new Set([process, ...release ? [release.process] : []].map(({ logGroup }) => logGroup.logGroupArn));
    commandRunner.addProcess(process);

    this.runLine = manageLine(Stack.of(this), pythonExecutable, commandRunner.stateMachine.stateMachineArn, this.runOf(process));
    this.logsLine = logsLine(Stack.of(this), process.logGroup.logGroupName);
    this.output('Run', 'Paste it into bash, then run any management command: manage check --database default; or any other: run alembic current', this.runLine);
    this.output('Logs', 'Follows the log', this.logsLine);
    if (service) {
      this.shellLine = this.inTask(service, (task) => shellLine(Stack.of(this), task));
      this.output('Shell', 'Opens a shell in a running task; once pasted, also: shell python manage.py shell', this.shellLine);
      this.tunnelLine = databaseEndpoint && this.inTask(service, (task) => this.tunnelTo(databaseEndpoint, task));
      this.output('Tunnel', 'Makes the database answer on port 15432 of this machine; once pasted, on another: tunnel 5432', this.tunnelLine);
    }
    this.releaseLine = release && this.lineOf(release);
    this.output('Release', 'For pipelines, after the line of Run: release <ARN of the task definition of the release that was registered>', this.releaseLine);
  }

  /**
   * Lets someone run management commands and releases, wait for them and read their log. **WARNING**: a management command may read and change
   * everything that the project may.
   * @param grantee who may, e.g. the role of a pipeline
   */
  public grantRun(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'ManagementCommands', grantee);
    const executions = executionsArn(this.commandRunner.stateMachine);
    if (Construct.isConstruct(grantee.grantPrincipal)) {
      acknowledgeForcedWildcards(grantee.grantPrincipal, [executions], 'The names of executions are known only when they run; the state machine is named');
    }
    return this.commandRunner.grantRun(grantee)
      .combine(iam.Grant.addToPrincipal({ grantee, actions: ['states:GetExecutionHistory'], resourceArns: [executions] }))
      .combine(iam.Grant.addToPrincipal({ grantee, actions: ['logs:FilterLogEvents'], resourceArns: [...this.logGroupArns] }));
  }

  private runOf(process: ProcessDefinition) {
    return {
      input: this.inputOf(process),
      logGroup: process.logGroup.logGroupName,
      logStream: `${process.streamPrefix}/${process.containerName}/`,
    };
  }

  /** What the input must say of a process, beyond what the runner takes for granted. Whoever waits for a run learns how it ended: nobody else is told. */
  private inputOf(process: ProcessDefinition): { [name: string]: unknown } {
    const { defaultProcess } = this.commandRunner;
    const known: { [name: string]: unknown } = defaultProcess ? { ...processInput(defaultProcess) } : {};
    const { taskDefinition, container, securityGroups } = processInput(process);
    const told = Object.entries({ taskDefinition, container, securityGroups }).filter(([name, value]) => String(known[name]) !== String(value));
    return { ...Object.fromEntries(told), notify: false };
  }

  private inTask(service: ecs.IBaseService, line: (task: ServiceTask) => string): string {
    const resource = service.node.defaultChild as ecs.CfnService | undefined;
    // Of a service that is imported nobody knows.
    return resource && resource.enableExecuteCommand !== true
      ? "# ECS Exec is off: set the service's 'enableExecuteCommand' to true and deploy, then this is the line"
      : line({ cluster: service.cluster.clusterName, service: service.serviceName, container: this.process.containerName });
  }

  private tunnelTo({ host, port }: DatabaseEndpoint, task: ServiceTask): string {
    return tunnelLine(Stack.of(this), task, host, port);
  }

  /** One release at a time, whoever starts it. */
  private lineOf(release: Release): string {
    const { taskDefinition: _, ...input } = this.inputOf(release.process);
    const lock = release._lock;
    return releaseLine(lock, {
      ...this.runOf(release.process), input: { ...input, command: release.command, name: release.node.path, exclusive: lock, whenRunning: 'WAIT' },
    });
  }

  private output(id: string, description: string, line: string | undefined): void {
    if (line !== undefined) {
      const value = Lazy.string({
        produce: () => this.lengthOf(line) > MAX_CHARACTERS
          ? `# The line has more than ${MAX_CHARACTERS} characters, which is too long for an output: start an execution of the state machine by yourself`
          : line,
      });
      createOutput(this, id, { description, value });
    }
  }

  /** About, since references become something at deployment only. */
  private lengthOf(line: string): number {
    const resolved = Stack.of(this).resolve(line) as string | { 'Fn::Join': [string, unknown[]] };
    const parts = typeof resolved === 'string' ? [resolved] : resolved['Fn::Join']?.[1] ?? [];
    return parts.map((part) => typeof part === 'string' ? part.length : JSON.stringify(part).includes('"AWS::') ? PSEUDO_PARAMETER_CHARACTERS : REFERENCE_CHARACTERS)
      .reduce((sum, length) => sum + length, 0);
  }
}
