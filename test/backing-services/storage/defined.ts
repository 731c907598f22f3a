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
    expect(statement).toEqual({ Effect: 'Allow', Action: expect.anything(), Resource: expect.anything() });
    [statement.Action].flat().forEach((action: string) => { allowed[action] = [...allowed[action] ?? [], ...[statement.Resource].flat()]; });
  });
  return allowed;
}

/** File storage with a process that uses it, not synthesised yet. */
export function attach(props: FileStorageProps = {}, duty = ProcessDuty.APPLICATION, stack = newStack()) {
  const process = new RecordingProcess(stack, 'Process', duty);
  const files = new FileStorage(stack, 'Files', props);
  files.attachTo(process);
  return { stack, files, process };
}
