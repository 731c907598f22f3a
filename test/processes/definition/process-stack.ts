import { Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib/core';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { givenVpc, IMAGE, newStack } from '../../helpers';

export const COMMAND = ['gunicorn', 'shop.wsgi:application'];

/** A process in a stack. */
export function define(props: Partial<ProcessDefinitionProps> = {}, stack = newStack()) {
  const vpc = givenVpc(stack);
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: COMMAND, ...props });
  return { stack, vpc, process };
}

/** The container as CloudFormation gets it, with environment and secrets by name. */
export function containerOf(stack: Stack) {
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  const [container] = definition.Properties.ContainerDefinitions;
  return {
    EntryPoint: undefined,
    Command: undefined,
    LinuxParameters: undefined,
    ...container,
    task: definition.Properties,
    environment: Object.fromEntries((container.Environment ?? []).map(({ Name, Value }: any) => [Name, Value])),
    secrets: Object.fromEntries((container.Secrets ?? []).map(({ Name, ValueFrom }: any) => [Name, ValueFrom])),
  };
}
