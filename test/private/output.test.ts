import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createOutput } from '../../src/private/output';

test('an output is named by its path in the stack', () => {
  const stack = new Stack(new Stack(new App(), 'Outer'), 'Inner');
  createOutput(new Construct(new Construct(stack, 'my-shop'), 'Manage'), 'Run', { value: 'line', description: 'what it does' });
  expect(Template.fromStack(stack).findOutputs('*')).toEqual({ myshopManageRun: { Value: 'line', Description: 'what it does' } });
});
