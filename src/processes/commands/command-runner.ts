import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, IDependable } from 'constructs';
import { CommandHandler, DeploymentRights } from './command-handler';
import { METRIC } from './command-machine-report';
import { executionsArn } from './command-rights';
import { CommandRunnerProps } from './command-runner-props';
import { COMMAND_RUNNER_RULES } from './command-runner-rules';
import { CommandStateMachine } from './command-state-machine';
import { requireGrantee } from '../../private/grantee';
import { given } from '../../private/options';
import { definitionError, validateProps } from '../../private/validation';
import { acknowledgeForcedWildcards } from '../../private/wildcard';
import { ProcessDefinition } from '../definition/process-definition';
import { otherVpcProblem, selectTaskSubnets, warnAboutMissingAddress } from '../definition/task-subnets';

/**
 * Runner of commands that run to completion in a container: one state machine for all of them.
 *
 * The state machine takes name, command, process, timeout and what is to happen beside an earlier run as input, runs one task, waits for it
 * and succeeds when the exit code is 0. Repeated is what never started, once more a command that ended with exit code 75 (`EX_TEMPFAIL`, try
 * again later), and what failed as often as the input says. Each failure is published to `alarmTopic`, and a run that asks for it writes a
 * metric. A run that CloudFormation asked for is answered by a small Lambda function, also when the state machine itself breaks down; it is
 * made with the first `Release` or `Preparation`, and nothing polls.
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

  /**
   * State machine that runs the commands. AWS keeps the history of an execution for 90 days, with its input: whoever may read it sees the commands,
   * and for some hours the address at which CloudFormation takes the answer of a release.
   */
  public readonly stateMachine: sfn.StateMachine;

  /** Topic that learns of failed runs, if there is one. */
  public readonly alarmTopic?: sns.ITopic;

  /** Process of the runs that name no task definition, if there is one. */
  public readonly defaultProcess?: ProcessDefinition;

  private readonly subnets: ec2.SelectedSubnets;
  private readonly machine: CommandStateMachine;
  private readonly createHandler: () => CommandHandler;
  private readonly processes = new Map<ProcessDefinition, IDependable>();
  private readonly deployments = new Map<string, IDependable[]>();
  private commandHandler?: CommandHandler;

  public constructor(scope: Construct, id: string, props: CommandRunnerProps) {
    super(scope, id);
    props = validateProps(this, 'CommandRunner', props, COMMAND_RUNNER_RULES);

    this.cluster = props.cluster;
    this.alarmTopic = props.alarmTopic ?? undefined;
    this.defaultProcess = props.defaultProcess ?? undefined;
    this.subnets = selectTaskSubnets(props);

    this.machine = new CommandStateMachine(this, {
      cluster: this.cluster,
      subnetIds: this.subnets.subnetIds,
      assignPublicIp: props.assignPublicIp ?? false,
      defaultProcess: this.defaultProcess,
      alarmTopic: this.alarmTopic,
      handlerArn: () => this.handler?.functionArn,
    });
    this.stateMachine = this.machine.stateMachine;
    this.createHandler = () => new CommandHandler(this, {
      stateMachine: this.stateMachine, logRetention: props.logRetention, removalPolicy: props.removalPolicy,
    });
    warnAboutMissingAddress(this, props);
    if (this.defaultProcess) {
      this.addProcess(this.defaultProcess);
    }
  }

  /** Function that starts runs for CloudFormation and answers it; there is none before the first `Release` or `Preparation`. */
  public get handler(): lambda.Function | undefined {
    return this.commandHandler?.function;
  }

  /** Log group of the handler, if there is one. */
  public get handlerLogs(): logs.LogGroup | undefined {
    return this.commandHandler?.logs;
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
    const rights = new DependencyGroup(...this.machine.grantProcess(process));
    this.processes.set(process, rights);
    return rights;
  }

  /**
   * Lets someone start runs and learn how they ended.
   * @param grantee who may, e.g. the role of a pipeline
   */
  public grantRun(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'CommandRunner', grantee);
    const executions = executionsArn(this.stateMachine);
    const start = iam.Grant.addToPrincipal({ grantee, actions: ['states:StartExecution'], resourceArns: [this.stateMachine.stateMachineArn] });
    const read = iam.Grant.addToPrincipal({ grantee, actions: ['states:DescribeExecution'], resourceArns: [executions] });
    if (Construct.isConstruct(grantee.grantPrincipal)) {
      acknowledgeForcedWildcards(grantee.grantPrincipal, [executions], 'The names of executions are known only when they run; the state machine is named');
    }
    return start.combine(read);
  }

  /**
   * Metric of the runs of a name that ask for it (`heartbeat`), e.g. of a scheduled task: 1 for each that succeeded, 0 for each that failed or
   * timed out. A run that was skipped, or that never began, writes nothing.
   * @param name name of the runs
   * @param options statistic (the sum by default), period and so on
   */
  public metricSucceeded(name: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      ...METRIC,
      dimensionsMap: { StateMachine: this.stateMachine.stateMachineName, Command: name },
      statistic: cloudwatch.Stats.SUM,
      ...given(options),
    });
  }

  /**
   * Everything that must exist before the first run of a process, also what it needs itself: for what starts runs by itself.
   * @internal
   */
  public _whenReady(process: ProcessDefinition): IDependable {
    const dependencies = new DependencyGroup(this.addProcess(process), this.stateMachine, process.startDependencies);
    dependencies.add(this.subnets.internetConnectivityEstablished);
    return dependencies;
  }

  /**
   * Lets the handler serve a custom resource that runs a process.
   * @internal
   */
  public _addDeployment(scope: Construct, process: ProcessDefinition): DeploymentRights {
    const handler = this.obtainHandler();
    const key = `${Stack.of(scope).node.addr} ${process.node.addr}`;
    const rights = this.deployments.get(key) ?? handler.grant(scope, [
      new iam.PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [Stack.of(scope).stackId] }),
      new iam.PolicyStatement({ actions: ['logs:GetLogEvents'], resources: [process.logGroup.logGroupArn] }),
    ]);
    this.deployments.set(key, rights);
    return { handlerArn: handler.function.functionArn, dependencies: new DependencyGroup(this._whenReady(process), ...rights) };
  }

  private obtainHandler(): CommandHandler {
    if (!this.commandHandler) {
      this.commandHandler = this.createHandler();
      this.machine.grantInvoke(this.commandHandler.function);
    }
    return this.commandHandler;
  }
}
