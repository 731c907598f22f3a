import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CommandRunner } from './command-runner';
import { runInput } from './run-input';
import { ProcessDefinition } from '../definition/process-definition';

const DEFAULT_TIMEOUT = Duration.minutes(15);
/** For what happens before and after the command: the start of a second try, and the answer. Waiting and both tries share the command's own time. */
const ANSWER_MARGIN = Duration.minutes(5);

/** What CloudFormation runs once per deployment. */
export interface DeploymentCommand {
  readonly resourceType: string;
  readonly commandRunner: CommandRunner;
  readonly process: ProcessDefinition;

  /** Words that the container gets as its command. */
  readonly command: string[];
  readonly timeout?: Duration;
  readonly nonce?: string;
}

/** A custom resource that runs a command when it is made or changed, and that CloudFormation waits for. */
export function runOnDeployment(
  scope: Construct, { resourceType, commandRunner, process, command, timeout = DEFAULT_TIMEOUT, nonce }: DeploymentCommand,
): CustomResource {
  const input = runInput(process, { name: scope.node.path, command, timeout, exactRevision: true });
  const { handlerArn, dependencies } = commandRunner._addDeployment(scope, process);
  const customResource = new CustomResource(scope, 'Run', {
    resourceType,
    serviceToken: handlerArn,
    // The timeout is for waiting (until the run of a cancelled deployment has ended), for the command and for its second try.
    serviceTimeout: timeout.isUnresolved() ? Duration.hours(1) : timeout.plus(ANSWER_MARGIN),
    properties: {
      StateMachine: commandRunner.stateMachine.stateMachineArn,
      ConstructPath: input.name,
      // A new revision, i.e. another image, command or environment, is another value: the command runs again.
      TaskDefinition: input.taskDefinition,
      Container: input.container,
      Command: input.command,
      TimeoutSeconds: input.timeoutSeconds,
      SecurityGroups: input.securityGroups,
      LogGroup: input.logGroup,
      LogStreamPrefix: input.logStreamPrefix,
      Nonce: nonce,
    },
  });
  customResource.node.addDependency(dependencies);
  return customResource;
}
