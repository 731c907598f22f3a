import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { CommandRunner } from './command-runner';
import { ProcessDefinition } from './process-definition';

const DEFAULT_TIMEOUT = Duration.minutes(15);
/** For what happens before and after the command: the start of a second try, and the answer. Both tries share the command's own time. */
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
  const customResource = new CustomResource(scope, 'Run', {
    resourceType,
    serviceToken: commandRunner.handler.functionArn,
    serviceTimeout: timeout.isUnresolved() ? Duration.hours(1) : timeout.plus(ANSWER_MARGIN),
    properties: {
      StateMachine: commandRunner.stateMachine.stateMachineArn,
      ConstructPath: scope.node.path,
      // A new revision, i.e. another image, command or environment, is another value: the command runs again.
      TaskDefinition: process.taskDefinition.taskDefinitionArn,
      Container: process.containerName,
      Command: command,
      TimeoutSeconds: timeout.toSeconds(),
      SecurityGroups: [process.securityGroup.securityGroupId],
      LogGroup: process.logGroup.logGroupName,
      LogStreamPrefix: process.streamPrefix,
      Nonce: nonce,
    },
  });
  customResource.node.addDependency(commandRunner._addDeployment(scope, process));
  return customResource;
}
