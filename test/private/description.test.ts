import { App, Stack, Stage } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { describe as description } from '../../src/private/description';
import { newStack } from '../helpers';

describe('the description of a resource', () => {
  test('says what it is of, below its stack: one that moves in the app must not change it', () => {
    expect(description('Tasks of', new Construct(new Construct(newStack('Shop'), 'Web'), 'Task'))).toBe('Tasks of Web/Task');
    expect(description('Tasks of', new Construct(new Stack(new Stage(new App(), 'Production'), 'Shop'), 'Web'))).toBe('Tasks of Web');
  });

  test('has only characters that EC2 accepts', () => {
    expect(description('Tasks of', new Construct(newStack('Shop'), "Bücher's <Web> \"1\" _ok-.:"))).toBe('Tasks of B_cher_s _Web_ _1_ _ok-.:');
  });

  test('is at most as long as EC2 accepts', () => {
    expect(description('Tasks of', new Construct(newStack('Shop'), 'x'.repeat(300)))).toBe(`Tasks of ${'x'.repeat(246)}`);
  });
});
