import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import { runInput, RunOptions } from '../../../src/processes/commands/run-input';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { fromPython, IMAGE, newStack, TOKEN } from '../../helpers';

const stack = newStack('Shop');
const process = new ProcessDefinition(stack, 'Process', { vpc: new ec2.Vpc(stack, 'Vpc'), image: IMAGE });
const RUN: RunOptions = { name: 'Cleanup', command: ['python', 'manage.py', 'clearsessions'] };

describe('runInput', () => {
  test('names the newest revision of the process and leaves everything else to the state machine', () => {
    expect(runInput(process, RUN)).toEqual({
      name: 'Cleanup',
      command: ['python', 'manage.py', 'clearsessions'],
      taskDefinition: process.taskDefinition.family,
      container: 'django',
      securityGroups: [process.securityGroup.securityGroupId],
      logGroup: process.logGroup.logGroupName,
      logStreamPrefix: 'django',
    });
  });

  test('holds nothing that is undefined, also from Python', () => {
    expect(Object.values(runInput(process, fromPython(RUN, 'timeout', 'exclusive', 'heartbeat', 'cpu', 'memoryLimitMiB')))).not.toContain(undefined);
  });

  test('names an exact revision on demand', () => {
    expect(runInput(process, { ...RUN, exactRevision: true }).taskDefinition).toBe(process.taskDefinition.taskDefinitionArn);
  });

  test('holds everything that is given, as the state machine reads it', () => {
    expect(runInput(process, {
      ...RUN, timeout: Duration.minutes(5), exclusive: 'Cleanup', whenRunning: 'WAIT', retryAttempts: 0, heartbeat: true, notify: false, cpu: 1024, memoryLimitMiB: 4096,
    })).toMatchObject({
      timeoutSeconds: 300, exclusive: 'Cleanup', whenRunning: 'WAIT', retryAttempts: 0, heartbeat: true, notify: false, cpu: '1024', memory: '4096',
    });
  });

  test('lets sizes be tokens', () => {
    const input = runInput(process, { ...RUN, cpu: TOKEN.number(2048), memoryLimitMiB: TOKEN.number(8192) });
    expect(stack.resolve([input.cpu, input.memory])).toEqual(['2048', '8192']);
  });

  test('refuses a hyphen in the name that excludes, since the name of an execution has the rest behind it', () => {
    expect(() => runInput(process, { ...RUN, exclusive: 'Cleanup-Old' })).toThrow(new Error(
      "'exclusive' must not hold a hyphen, which ends it in the name of an execution, got 'Cleanup-Old'"));
    expect(() => runInput(process, { ...RUN, exclusive: Lazy.string({ produce: () => 'later' }) })).not.toThrow();
  });
});
