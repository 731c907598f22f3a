import { Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib/core';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { FileStorageProps } from '../../../src/backing-services/storage/file-storage-props';
import { ProcessDuty } from '../../../src/config/process';
import { newStack } from '../../helpers';
import { RecordingProcess } from '../recording-process';

/** File storage alone in a stack, synthesised. */
export function define(props?: FileStorageProps, stack = newStack()): { stack: Stack; files: FileStorage; template: Template } {
  const files = new FileStorage(stack, 'Files', props);
  return { stack, files, template: Template.fromStack(stack) };
}

/** The resources that a role's own policy allows each action on. */
export function rights(stack: Stack, process: RecordingProcess): { [action: string]: unknown[] } {
  const role = stack.resolve(process.grantPrincipal.roleName);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: [role] } }));
  const allowed: { [action: string]: unknown[] } = {};
  policies.flatMap((policy) => policy.Properties.PolicyDocument.Statement).forEach((statement) => {
    const { Condition: _, ...rest } = statement;
    expect(rest).toEqual({ Effect: 'Allow', Action: expect.anything(), Resource: expect.anything() });
    [statement.Action].flat().forEach((action: string) => { allowed[action] = [...allowed[action] ?? [], ...[statement.Resource].flat()]; });
  });
  return allowed;
}

/** What must be so for a role's own policy to allow something on a resource, for each statement about it. */
export function conditionsOn(stack: Stack, process: RecordingProcess, resource: unknown): unknown[] {
  const role = stack.resolve(process.grantPrincipal.roleName);
  return Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: [role] } }))
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
    .filter((statement) => [statement.Resource].flat().some((one: unknown) => JSON.stringify(one) === JSON.stringify(resource)))
    .map(({ Condition }) => Condition);
}

/** File storage with a process that uses it, not synthesised yet. */
export function attach(props: FileStorageProps = {}, duty = ProcessDuty.APPLICATION, stack = newStack()) {
  const process = new RecordingProcess(stack, 'Process', duty);
  const files = new FileStorage(stack, 'Files', props);
  files.attachTo(process);
  return { stack, files, process };
}
