import { Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DependencyGroup } from 'constructs';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { RolloutCheck } from '../../../src/processes/release/rollout-check';
import { RolloutCheckProps } from '../../../src/processes/release/rollout-check-props';
import { fromPython, givenVpc, IMAGE, messageOf, TOKEN } from '../../helpers';

const CHECK = ['python', 'manage.py', 'check', '--deploy', '--database', 'default'];

function setUp(props: Partial<RolloutCheckProps> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const vpc = givenVpc(stack);
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE });
  const service = new ecs.FargateService(stack, 'Service', { cluster, taskDefinition: process.taskDefinition, minHealthyPercent: 100 });
  const commandRunner = new CommandRunner(stack, 'Commands', { cluster });
  const check = new RolloutCheck(stack, 'Check', { commandRunner, process, command: CHECK, after: [service], ...props });
  return { app, stack, process, commandRunner, service, check };
}

function resourceOf(stack: Stack) {
  const [entry, ...others] = Object.entries(Template.fromStack(stack).findResources('Custom::DjangoRolloutCheck'));
  expect(others).toEqual([]);
  return { id: entry[0], ...entry[1] } as unknown as { id: string; Properties: Record<string, unknown>; DependsOn: string[] };
}

describe('RolloutCheck', () => {
  test('runs the command as the process of the application, each time its revision changes', () => {
    const { stack, process } = setUp();
    expect(resourceOf(stack).Properties).toMatchObject({
      ConstructPath: 'Shop/Check',
      TaskDefinition: stack.resolve(process.taskDefinition.taskDefinitionArn),
      Container: 'django',
      Command: CHECK,
      TimeoutSeconds: 900,
      SecurityGroups: [stack.resolve(process.securityGroup.securityGroupId)],
    });
  });

  test('is one resource beside the runner', () => {
    const { stack, check } = setUp();
    expect(check.node.findAll().filter((construct) => 'cfnResourceType' in construct)).toHaveLength(1);
    expect(resourceOf(stack).id).toBe('CheckRunAC0FA2A3');
  });

  test('waits for what is rolled out, also for what comes later', () => {
    const { stack, service, check, process } = setUp();
    const worker = new ecs.FargateService(stack, 'Worker', { cluster: service.cluster, taskDefinition: process.taskDefinition, minHealthyPercent: 100 });
    check.node.addDependency(worker);
    for (const { node } of [service, worker]) {
      expect(resourceOf(stack).DependsOn).toContain(stack.getLogicalId(node.defaultChild as any));
    }
  });

  test('waits for a group', () => {
    const { stack, service } = setUp();
    new RolloutCheck(stack, 'Second', { ...second(stack), after: [new DependencyGroup(service)] });
    const resources = Object.values(Template.fromStack(stack).findResources('Custom::DjangoRolloutCheck'));
    expect(resources.map(({ DependsOn }) => DependsOn.includes(stack.getLogicalId(service.node.defaultChild as any)))).toEqual([true, true]);
  });

  test('takes a timeout and a nonce', () => {
    expect(resourceOf(setUp({ timeout: Duration.minutes(2), nonce: '7' }).stack).Properties)
      .toMatchObject({ TimeoutSeconds: 120, ServiceTimeout: '420', Nonce: '7' });
  });

  test('takes props as Python gives them, and tokens', () => {
    const { stack } = setUp(fromPython<Partial<RolloutCheckProps>>({ command: ['python', TOKEN.string()] }, 'timeout', 'nonce'));
    expect(resourceOf(stack).Properties.Command).toEqual(['python', 'later']);
  });

  test('leaves nothing to acknowledge', () => {
    const { app, check } = setUp();
    app.synth();
    expect(new AwsSolutionsChecks(app).validateScope(check).violations).toEqual([]);
  });

  describe('refuses', () => {
    test.each<[string, object, string]>([
      ['no command', { command: undefined }, "'command' must be given: the words of a command"],
      ['a line for a shell', { command: 'python manage.py check' },
        "'command' must be a list of words, got \"python manage.py check\": write ['python', 'manage.py', 'check']"],
      ['an empty command', { command: [] }, "'command' must hold at least the program: give it, or leave the list out"],
      ['to wait for nothing said', { after: undefined }, "'after' must be given: what the check waits for, e.g. [web]"],
      ['to wait for nothing', { after: [] }, "'after' must be a list of what is rolled out, got []: e.g. [web]"],
      ['to wait for a name', { after: ['web'] }, "'after' must be a list of what is rolled out, got \"web\" at index 0: e.g. [web]"],
      ['a timeout that CloudFormation does not know', { timeout: Duration.hours(1) },
        "'timeout' must be between 1 minute and 55 minutes, got 1 hour: CloudFormation waits one hour at most"],
      ['a number as nonce', { nonce: 7 }, "'nonce' must be text, got 7"],
      ['no runner', { commandRunner: undefined }, "'commandRunner' must be given: make one"],
      ['something else as process', { process: 7 }, "'process' must be a ProcessDefinition, got 7: make one"],
    ])('%s', (_, props, message) => {
      expect(messageOf(() => setUp(props))).toBe(`RolloutCheck at 'Shop/Check' cannot be defined:\n- ${message}`);
    });
  });
});

function second(stack: Stack) {
  return {
    commandRunner: stack.node.findChild('Commands') as CommandRunner, process: stack.node.findChild('Process') as ProcessDefinition, command: CHECK,
  };
}
