import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct, IDependable } from 'constructs';
import { executionsArn } from './command-rights';
import { describe } from '../../private/description';
import { createPythonHandler } from '../../private/python-handler';
import { acknowledgeForcedWildcards } from '../../private/wildcard';

/** What the handler is made of. */
export interface CommandHandlerProps {
  readonly stateMachine: sfn.StateMachine;
  readonly logRetention?: logs.RetentionDays;
  readonly removalPolicy?: RemovalPolicy;
}

/** What a custom resource needs of the runner. */
export interface DeploymentRights {
  /** ARN of the function that serves it. */
  readonly handlerArn: string;

  /** What must exist before it. */
  readonly dependencies: IDependable;
}

/**
 * The function that starts runs for CloudFormation and answers it, with what it needs. Its constructs are children of the runner, which had
 * them before schedules could do without: their ids stay.
 */
export class CommandHandler {
  public readonly logs: logs.LogGroup;
  public readonly function: lambda.Function;
  private readonly role: iam.Role;
  private readonly rights: iam.Policy;

  public constructor(private readonly runner: Construct, props: CommandHandlerProps) {
    this.logs = new logs.LogGroup(runner, 'HandlerLogs', {
      retention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    this.role = this.createRole();
    this.function = createPythonHandler(runner, {
      purpose: 'command-runner',
      description: describe('Starts commands for CloudFormation and answers it:', runner),
      role: this.role,
      logGroup: this.logs,
      timeout: Duration.minutes(2),
    });
    this.rights = this.createRights(props.stateMachine);
    this.createWatch(props.stateMachine);
  }

  /** Gives the handler rights, from the side of a scope in another stack, so that no reference leads back. Gives what must exist before they hold. */
  public grant(scope: Construct, statements: iam.PolicyStatement[]): IDependable[] {
    if (Stack.of(scope) !== Stack.of(this.runner)) {
      return [this.rights, new iam.Policy(scope, 'CommandRunnerHandlerRights', { roles: [this.role], statements })];
    }
    this.rights.addStatements(...statements);
    return [this.rights];
  }

  private createRole(): iam.Role {
    return new iam.Role(this.runner, 'HandlerRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Logs: new iam.PolicyDocument({
          statements: [new iam.PolicyStatement({
            actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
            resources: [this.logs.logGroupArn],
          })],
        }),
      },
    });
  }

  /** Apart from the role, because the state machine refers to the handler. */
  private createRights(stateMachine: sfn.StateMachine): iam.Policy {
    const executions = executionsArn(stateMachine);
    const rights = new iam.Policy(this.runner, 'HandlerRights', {
      roles: [this.role],
      statements: [
        new iam.PolicyStatement({ actions: ['states:ListExecutions', 'states:StartExecution'], resources: [stateMachine.stateMachineArn] }),
        new iam.PolicyStatement({ actions: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'], resources: [executions] }),
      ],
    });
    acknowledgeForcedWildcards(rights, [executions], 'The names of executions are known only when they run; the state machine is named');
    return rights;
  }

  /** A state machine that is stopped or breaks down cannot answer: EventBridge tells the handler. */
  private createWatch(stateMachine: sfn.StateMachine): void {
    const rule = new events.Rule(this.runner, 'Watch', {
      description: describe('Answers CloudFormation when a run ends without having done so:', this.runner),
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'], stateMachineArn: [stateMachine.stateMachineArn] },
      },
      targets: [{ bind: () => ({ arn: this.function.functionArn }) }],
    });
    this.function.addPermission('Watch', { principal: new iam.ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn });
  }
}
