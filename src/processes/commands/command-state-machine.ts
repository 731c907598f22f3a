import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Lazy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct, IDependable } from 'constructs';
import { commandMachine } from './command-machine';
import { machineStatements, processStatements, revisionsArn, tasksArn } from './command-rights';
import { processInput } from './run-input';
import { acknowledgeForcedWildcards } from '../../private/wildcard';
import { ProcessDefinition } from '../definition/process-definition';

/** What the state machine is made of. */
export interface CommandStateMachineProps {
  readonly cluster: ecs.ICluster;
  readonly subnetIds: string[];
  readonly assignPublicIp: boolean;
  readonly defaultProcess?: ProcessDefinition;
  readonly alarmTopic?: sns.ITopic;

  /** Function that answers CloudFormation, asked for at synthesis: whether there is one is known late. */
  readonly handlerArn: () => string | undefined;
}

/** The state machine of a runner, with what it may do. Its constructs are children of the runner. */
export class CommandStateMachine {
  public readonly stateMachine: sfn.StateMachine;
  private readonly role: iam.Role;
  private readonly rights: iam.PolicyDocument;
  private readonly listRights: iam.Policy;

  public constructor(private readonly runner: Construct, private readonly props: CommandStateMachineProps) {
    // All inline policies of a role have 10,240 characters together: what processes have in common is said once.
    this.rights = new iam.PolicyDocument({ minimize: true, statements: machineStatements(runner, props.cluster, props.alarmTopic) });
    this.role = this.createRole();
    this.stateMachine = this.createStateMachine();
    // Apart from the role, which the state machine refers to.
    this.listRights = new iam.Policy(runner, 'ListRights', {
      roles: [this.role],
      statements: [new iam.PolicyStatement({ actions: ['states:ListExecutions'], resources: [this.stateMachine.stateMachineArn] })],
    });
  }

  /**
   * Lets it run tasks of a process: from the process's side when it is in another stack, so that no reference leads back; but the default
   * process is referred to in any case. Gives what must exist before the first run.
   */
  public grantProcess(process: ProcessDefinition): IDependable[] {
    const statements = processStatements(process, this.props.cluster);
    const elsewhere = Stack.of(process) !== Stack.of(this.runner) && process !== this.props.defaultProcess;
    const holder = elsewhere ? new iam.Policy(process, 'CommandRunnerRights', { roles: [this.role], statements }) : this.role;
    if (!elsewhere) {
      this.rights.addStatements(...statements);
    }
    acknowledgeForcedWildcards(holder, [revisionsArn(process)], 'Every deployment makes a new revision; the family is named');
    return [holder, this.listRights];
  }

  /** Lets it call the handler. */
  public grantInvoke(handler: lambda.Function): void {
    this.rights.addStatements(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] }));
  }

  private createRole(): iam.Role {
    const role = new iam.Role(this.runner, 'StateMachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      // Inside the role, so that no run can begin between the role and its rights.
      inlinePolicies: { Run: this.rights },
    });
    acknowledgeForcedWildcards(role, [tasksArn(this.runner, this.props.cluster)], 'The ids of tasks are known only when they run; the cluster is named');
    acknowledgeForcedWildcards(role, ['*'], 'AWS has no resource for cloudwatch:PutMetricData; its namespace is named');
    return role;
  }

  private createStateMachine(): sfn.StateMachine {
    const stack = Stack.of(this.runner);
    const { cluster, subnetIds, assignPublicIp, defaultProcess, alarmTopic, handlerArn } = this.props;
    const definition = Lazy.string({
      produce: () => stack.toJsonString(commandMachine({
        partition: stack.partition,
        clusterArn: cluster.clusterArn,
        subnetIds,
        assignPublicIp,
        defaultProcess: defaultProcess && processInput(defaultProcess),
        topicArn: alarmTopic?.topicArn,
        handlerArn: handlerArn(),
      })),
    });
    const machine = new sfn.StateMachine(this.runner, 'StateMachine', { definitionBody: sfn.DefinitionBody.fromString(definition), role: this.role });
    Validations.of(machine).acknowledge(
      { id: 'AwsSolutions-SF1', reason: 'Step Functions keeps every event of an execution for 90 days, and each command has its own log stream' },
      { id: 'AwsSolutions-SF2', reason: 'A run is one task: a trace would show its start and its end, as the history of the execution does' },
    );
    return machine;
  }
}
