import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { ArnFormat, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { commandMachine } from './command-machine';
import { ProcessDefinition } from './process-definition';
import { otherVpcProblem, selectTaskSubnets, taskSubnetsRule, warnAboutMissingAddress } from './task-subnets';
import { describe } from '../private/description';
import { createPythonHandler } from '../private/python-handler';
import { definitionError, Rule, validateProps } from '../private/validation';
import { acknowledgeForcedWildcards } from '../private/wildcard';

/** Properties of a `CommandRunner`. */
export interface CommandRunnerProps {
  /** Cluster in which the commands run. */
  readonly cluster: ecs.ICluster;

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

const RULES: Rule<CommandRunnerProps>[] = [taskSubnetsRule];

/**
 * Runner of commands that run to completion in a container: one state machine for all of them.
 *
 * The state machine takes name, task definition, container, command, timeout and security groups as input, runs one task, waits for it
 * and succeeds when the exit code is 0. Repeated is what never started, and once more a command that ended with exit code 75
 * (`EX_TEMPFAIL`, try again later). A run that CloudFormation asked for is answered by a small Lambda function, also when the state machine
 * itself breaks down; nothing polls.
 *
 * @example
 *
 * declare const cluster: ecs.Cluster;
 * declare const shop: ProcessDefinition;
 * const runner = new CommandRunner(this, 'Commands', { cluster });
 * runner.addProcess(shop);
 */
export class CommandRunner extends Construct {
  /** Cluster in which the commands run. */
  public readonly cluster: ecs.ICluster;

  /** State machine that runs the commands. Its execution history is kept for 90 days. */
  public readonly stateMachine: sfn.StateMachine;

  /** Function that starts runs for CloudFormation and answers it. */
  public readonly handler: lambda.Function;

  /** Log group of the handler. */
  public readonly handlerLogs: logs.LogGroup;

  private readonly subnets: ec2.SelectedSubnets;
  private readonly machineRole: iam.Role;
  private readonly machineRights: iam.PolicyDocument;
  private readonly handlerRole: iam.Role;
  private readonly handlerRights: iam.Policy;
  private readonly processes = new Map<ProcessDefinition, IDependable>();
  private readonly deployments = new Map<string, IDependable>();

  public constructor(scope: Construct, id: string, props: CommandRunnerProps) {
    super(scope, id);
    validateProps(this, 'CommandRunner', props, RULES);

    this.cluster = props.cluster;
    this.subnets = selectTaskSubnets(props);

    this.handlerLogs = new logs.LogGroup(this, 'HandlerLogs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.handlerRole = this.createHandlerRole();
    this.handler = createPythonHandler(this, {
      purpose: 'command-runner',
      description: describe('Starts commands for CloudFormation and answers it:', this),
      role: this.handlerRole,
      logGroup: this.handlerLogs,
      timeout: Duration.minutes(2),
    });
    this.machineRights = new iam.PolicyDocument({ statements: this.machineStatements() });
    this.machineRole = this.createMachineRole();
    this.stateMachine = this.createStateMachine(props.assignPublicIp ?? false);
    this.handlerRights = this.createHandlerRights();
    this.createWatch();
    warnAboutMissingAddress(this, props);
  }

  /**
   * Lets the runner run tasks of a process. Gives what must exist before the first run.
   * @param process whose tasks it may run, with any command
   */
  public addProcess(process: ProcessDefinition): IDependable {
    const known = this.processes.get(process);
    if (known) {
      return known;
    }
    const problem = otherVpcProblem(process, this.cluster);
    if (problem) {
      throw new Error(definitionError(this, 'CommandRunner', [problem]));
    }
    const { taskDefinition } = process;
    const revisions = Stack.of(process).formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${taskDefinition.family}:*` });
    const statements = [
      // Any revision of the family: the policy must not change whenever the image does.
      new iam.PolicyStatement({
        actions: ['ecs:RunTask'],
        resources: [revisions],
        conditions: { ArnEquals: { 'ecs:cluster': this.cluster.clusterArn } },
      }),
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [taskDefinition.taskRole.roleArn, taskDefinition.obtainExecutionRole().roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
      }),
    ];
    const rights = this.grantMachine(process, statements, revisions);
    this.processes.set(process, rights);
    return rights;
  }

  /**
   * Lets the handler serve a custom resource that runs a process. Gives what must exist before the custom resource.
   * @internal
   */
  public _addDeployment(scope: Construct, process: ProcessDefinition): IDependable {
    const dependencies = new DependencyGroup();
    dependencies.add(this.addProcess(process), this.stateMachine, this.handlerRights, process.startDependencies);
    dependencies.add(this.subnets.internetConnectivityEstablished);
    const key = `${Stack.of(scope).node.addr} ${process.node.addr}`;
    const rights = this.deployments.get(key) ?? this.grantHandler(scope, [
      new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(scope).stackId] }),
      new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [process.logGroup.logGroupArn] }),
    ]);
    this.deployments.set(key, rights);
    dependencies.add(rights);
    return dependencies;
  }

  private createHandlerRole(): iam.Role {
    return new iam.Role(this, 'HandlerRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Logs: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [this.handlerLogs.logGroupArn],
          })],
        }),
      },
    });
  }

  private machineStatements(): iam.PolicyStatement[] {
    return [
      new iam.PolicyStatement({ actions: ['ecs:DescribeTasks', 'ecs:StopTask'], resources: [this.tasksArn()] }),
      // How Step Functions learns that a task has ended; AWS made the name.
      new iam.PolicyStatement({
        actions: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
        resources: [Stack.of(this).formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForECSTaskRule' })],
      }),
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.handler.functionArn] }),
    ];
  }

  private createMachineRole(): iam.Role {
    const role = new iam.Role(this, 'StateMachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      // Inside the role, so that no run can begin between the role and its rights.
      inlinePolicies: { Run: this.machineRights },
    });
    acknowledgeForcedWildcards(role, [this.tasksArn()], 'The ids of tasks are known only when they run; the cluster is named');
    return role;
  }

  private createStateMachine(assignPublicIp: boolean): sfn.StateMachine {
    const stack = Stack.of(this);
    const definition = commandMachine({
      partition: stack.partition,
      clusterArn: this.cluster.clusterArn,
      subnetIds: this.subnets.subnetIds,
      assignPublicIp,
      handlerArn: this.handler.functionArn,
    });
    const machine = new sfn.StateMachine(this, 'StateMachine', {
      comment: `Runs the commands of ${this.node.path}`,
      definitionBody: sfn.DefinitionBody.fromString(stack.toJsonString(definition)),
      role: this.machineRole,
    });
    Validations.of(machine).acknowledge(
      { id: 'AwsSolutions-SF1', reason: 'Step Functions keeps every event of an execution for 90 days, and each command has its own log stream' },
      { id: 'AwsSolutions-SF2', reason: 'A run is one task: a trace would show its start and its end, as the history of the execution does' },
    );
    return machine;
  }

  /** Apart from the role, because the state machine refers to the handler. */
  private createHandlerRights(): iam.Policy {
    const executions = Stack.of(this).formatArn({
      service: 'states', resource: 'execution', resourceName: `${this.stateMachine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    const rights = new iam.Policy(this, 'HandlerRights', {
      roles: [this.handlerRole],
      statements: [
        new iam.PolicyStatement({ actions: ['states:StartExecution'], resources: [this.stateMachine.stateMachineArn] }),
        new iam.PolicyStatement({ actions: ['states:DescribeExecution', 'states:GetExecutionHistory'], resources: [executions] }),
      ],
    });
    acknowledgeForcedWildcards(rights, [executions], 'The names of executions are known only when they run; the state machine is named');
    return rights;
  }

  /** A state machine that is stopped or breaks down cannot answer: EventBridge tells the handler. */
  private createWatch(): void {
    const rule = new events.Rule(this, 'Watch', {
      description: describe('Answers CloudFormation when a run ends without having done so:', this),
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'], stateMachineArn: [this.stateMachine.stateMachineArn] },
      },
      targets: [{ bind: () => ({ arn: this.handler.functionArn }) }],
    });
    this.handler.addPermission('Watch', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn });
  }

  /** From the process's side when it is in another stack, so that no reference leads back. */
  private grantMachine(process: ProcessDefinition, statements: iam.PolicyStatement[], revisions: string): IDependable {
    const elsewhere = Stack.of(process) !== Stack.of(this);
    const holder = elsewhere ? new iam.Policy(process, 'CommandRunnerRights', { roles: [this.machineRole], statements }) : this.machineRole;
    if (!elsewhere) {
      this.machineRights.addStatements(...statements);
    }
    acknowledgeForcedWildcards(holder, [revisions], 'Every deployment makes a new revision; the family is named');
    return holder;
  }

  private grantHandler(scope: Construct, statements: iam.PolicyStatement[]): IDependable {
    if (Stack.of(scope) !== Stack.of(this)) {
      return new iam.Policy(scope, 'CommandRunnerHandlerRights', { roles: [this.handlerRole], statements });
    }
    this.handlerRights.addStatements(...statements);
    return this.handlerRights;
  }

  private tasksArn(): string {
    return Stack.of(this).formatArn({ service: 'ecs', resource: 'task', resourceName: `${this.cluster.clusterName}/*` });
  }
}
