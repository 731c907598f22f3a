import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CommandRunner } from '../../src/processes/command-runner';
import { DjangoImage } from '../../src/processes/django-image';
import { EntryPoint } from '../../src/processes/entry-point';
import { ProcessDefinition } from '../../src/processes/process-definition';
import { Release, ReleaseProps } from '../../src/processes/release';
import { releaseEntryPoint } from '../../src/processes/release-command';

const MIGRATE = ['python', 'manage.py', 'migrate', '--noinput'];

function setUp(props: Partial<ReleaseProps> = {}, image = 'shop/backend:1') {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const process = new ProcessDefinition(stack, 'Process', {
    vpc, image: DjangoImage.fromRegistry(image), entryPoint: EntryPoint.of(...releaseEntryPoint()),
  });
  const commandRunner = new CommandRunner(stack, 'Commands', { cluster });
  const release = new Release(stack, 'Release', { commandRunner, process, commands: [MIGRATE], ...props });
  return { app, stack, vpc, cluster, process, commandRunner, release };
}

function resourceOf(stack: Stack) {
  return Object.values(Template.fromStack(stack).findResources('Custom::DjangoRelease'))[0];
}

describe('Release', () => {
  test('is a custom resource that carries everything that the run needs', () => {
    const { stack, process, commandRunner } = setUp();
    expect(resourceOf(stack).Properties).toEqual({
      ServiceToken: stack.resolve(commandRunner.handler.functionArn),
      ServiceTimeout: '1200',
      StateMachine: stack.resolve(commandRunner.stateMachine.stateMachineArn),
      ConstructPath: 'Shop/Release',
      TaskDefinition: stack.resolve(process.taskDefinition.taskDefinitionArn),
      Container: 'django',
      Command: ['--wait-for-database', ...MIGRATE],
      TimeoutSeconds: 900,
      SecurityGroups: [stack.resolve(process.securityGroup.securityGroupId)],
      LogGroup: stack.resolve(process.logGroup.logGroupName),
      LogStreamPrefix: 'django',
    });
  });

  test('with its runner and its process makes at most 18 resources and one Lambda function', () => {
    const { stack } = setUp();
    const resources = Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>)
      .filter(([name]) => !name.startsWith('Vpc') && !name.startsWith('Cluster'));
    expect(resources).toHaveLength(15);
    expect(resources.filter(([, { Type }]) => Type === 'AWS::Lambda::Function')).toHaveLength(1);
  });

  test('makes one resource more for each further release on the same runner and process', () => {
    const { stack, commandRunner, process } = setUp();
    new Release(stack, 'Second', { commandRunner, process, commands: [['python', 'manage.py', 'loaddata', 'shop']] });
    const count = (of: Stack) => Object.keys(Template.fromStack(of).toJSON().Resources).length;
    expect(count(stack)).toBe(count(setUp().stack) + 1);
  });

  test('runs several commands in one container, in order', () => {
    const { stack, release } = setUp({ commands: [MIGRATE, ['python', 'manage.py', 'collectstatic', '--noinput']] });
    const words = ['--wait-for-database', ...MIGRATE, '&&', 'python', 'manage.py', 'collectstatic', '--noinput'];
    expect(resourceOf(stack).Properties.Command).toEqual(words);
    expect(release.command).toEqual(words);
  });

  test('does not wait for a database where there is none', () => {
    const { stack } = setUp({ commands: [['alembic', 'upgrade', 'head']], waitForDatabase: false });
    expect(resourceOf(stack).Properties.Command).toEqual(['alembic', 'upgrade', 'head']);
  });

  test.each([
    [Duration.minutes(1), 60, '360'],
    [Duration.minutes(55), 3300, '3600'],
  ])('gives the commands %s and CloudFormation five minutes more', (timeout, seconds, serviceTimeout) => {
    const { stack } = setUp({ timeout });
    expect(resourceOf(stack).Properties).toMatchObject({ TimeoutSeconds: seconds, ServiceTimeout: serviceTimeout });
  });

  test('runs again when the nonce changes', () => {
    expect(resourceOf(setUp({ nonce: 'build-7' }).stack).Properties.Nonce).toBe('build-7');
  });

  test('waits for the rights of all roles, the log group and the routes of the subnets', () => {
    const { stack, vpc, process, commandRunner } = setUp();
    const template = Template.fromStack(stack);
    const { DependsOn: dependencies } = resourceOf(stack);
    const roles = [process.taskDefinition.taskRole, process.taskDefinition.executionRole!];
    for (const needed of [
      ...roles.map((role) => stack.getLogicalId(role.node.defaultChild as any)),
      ...Object.keys(template.findResources('AWS::IAM::Policy')),
      stack.getLogicalId(commandRunner.stateMachine.node.defaultChild as any),
      stack.getLogicalId(process.logGroup.node.defaultChild as any),
      ...vpc.privateSubnets.map((subnet) => stack.getLogicalId(subnet.node.findChild('DefaultRoute') as any)),
    ]) {
      expect(dependencies).toContain(needed);
    }
    expect(dependencies).not.toContain(Object.keys(template.findResources('AWS::Events::Rule'))[0]);
  });

  test('waits for what a backing service of the process demands, whenever it is attached', () => {
    const { stack, vpc, process } = setUp();
    const group = new ec2.SecurityGroup(stack, 'Database', { vpc });
    process.startAfter(group);
    expect(resourceOf(stack).DependsOn).toContain(stack.getLogicalId(group.node.defaultChild as any));
  });

  test('lets its handler see the status of its own stack and the log of its process only', () => {
    const { stack, process } = setUp();
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          { Effect: 'Allow', Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } },
          { Effect: 'Allow', Action: 'logs:GetLogEvents', Resource: stack.resolve(process.logGroup.logGroupArn) },
        ]),
      },
    });
  });

  test('lets a service wait for it', () => {
    const { stack, cluster, process, release } = setUp();
    const service = new ecs.FargateService(stack, 'Service', { cluster, taskDefinition: process.taskDefinition, minHealthyPercent: 100 });
    service.node.addDependency(release);
    const id = Object.keys(Template.fromStack(stack).findResources('Custom::DjangoRelease'))[0];
    Template.fromStack(stack).hasResource('AWS::ECS::Service', { DependsOn: Match.arrayWith([id]) });
  });

  test('changes nothing but the task definition when the image changes; by its reference the release runs again', () => {
    const before = Template.fromStack(setUp().stack).toJSON().Resources;
    const { stack, process } = setUp({}, 'shop/backend:2');
    const after = Template.fromStack(stack).toJSON().Resources;
    const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
    expect(changed).toEqual([stack.resolve(process.taskDefinition.taskDefinitionArn).Ref]);
    const affected = Object.keys(after).filter((name) => JSON.stringify(after[name]).includes(`{"Ref":"${changed[0]}"}`));
    expect(affected.map((name) => after[name].Type)).toEqual(['Custom::DjangoRelease']);
  });

  test('in a stack of its own makes its rights there, so that no reference leads back', () => {
    const { app, stack, vpc, commandRunner } = setUp();
    const other = new Stack(app, 'Other');
    const process = new ProcessDefinition(other, 'Process', { vpc, image: DjangoImage.fromRegistry('shop/backend:1') });
    for (const id of ['First', 'Second']) {
      new Release(other, id, { commandRunner, process, commands: [MIGRATE] });
    }
    app.synth();
    expect(stack.dependencies).toEqual([]);
    const template = Template.fromStack(other);
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'cloudformation:DescribeStacks', Resource: { Ref: 'AWS::StackId' } })]) },
    });
    const policies = Object.keys(template.findResources('AWS::IAM::Policy')).filter((name) => name.includes('CommandRunner'));
    for (const resource of Object.values(template.findResources('Custom::DjangoRelease'))) {
      expect(resource.DependsOn).toEqual(expect.arrayContaining(policies));
    }
    expect(policies).toHaveLength(2);
  });

  test('holds its logical id', () => {
    expect(Object.keys(Template.fromStack(setUp().stack).findResources('Custom::DjangoRelease'))).toEqual(['ReleaseRunC2636623']);
  });

  test('leaves nothing to acknowledge', () => {
    const { app, process, commandRunner, release } = setUp();
    app.synth();
    for (const scope of [process, commandRunner, release]) {
      expect(new AwsSolutionsChecks(app).validateScope(scope).violations).toEqual([]);
    }
  });

  describe('refuses', () => {
    test.each<[string, Partial<ReleaseProps>, string]>([
      ['no commands', { commands: [] },
        "'commands' must hold at least one command, got []: give a list of words for each, e.g. ['python', 'manage.py', 'migrate', '--noinput']"],
      ['a text instead of a list', { commands: 'python manage.py migrate' as any },
        "'commands' must hold at least one command, got \"python manage.py migrate\": give a list of words for each, e.g. ['python', 'manage.py', 'migrate', '--noinput']"],
      ['a command in shell form', { commands: [MIGRATE, ['python manage.py collectstatic']] },
        "'commands[1]' must be in exec form, got [\"python manage.py collectstatic\"]: no shell splits it, write ['python', 'manage.py', 'collectstatic']"],
      ['a list of words instead of a list of commands', { commands: ['python', 'manage.py'] as any },
        "'commands[0]' must be a list of words, got \"python\": write ['python']"],
      ['an empty command', { commands: [[]] },
        "'commands[0]' must hold at least the program: give it, or leave the list out"],
      ['a word that is not text', { commands: [['python', 5 as any]] },
        "'commands[0]' must be a list of strings, got 5 as word 2: quote it"],
      ['two commands in one', { commands: [['true', '&&', 'false']] },
        "'commands[0]' must not hold '&&', got [\"true\",\"&&\",\"false\"]: give each command a list of its own"],
      ['commands that ECS does not take', { commands: [['python', '-c', 'x'.repeat(9000)]] },
        "'commands' must be at most 8000 characters together, got 9020: put them into a management command or a script of the image"],
      ['a timeout that is too short', { timeout: Duration.seconds(30) },
        "'timeout' must be between 1 minute and 55 minutes, got 30 seconds: CloudFormation waits one hour at most"],
      ['a timeout that CloudFormation does not know', { timeout: Duration.hours(1) },
        "'timeout' must be between 1 minute and 55 minutes, got 1 hour: CloudFormation waits one hour at most"],
    ])('%s', (_, props, message) => {
      expect(() => setUp(props)).toThrow(new Error(`Release at 'Shop/Release' cannot be defined:\n- ${message}`));
    });

    test('a fraction of a second', () => {
      expect(() => setUp({ timeout: Duration.millis(90_500) })).toThrow(new Error(
        "Release at 'Shop/Release' cannot be defined:\n- 'timeout' must be in whole seconds, got 90.5 seconds"));
    });

    test('everything that is wrong at once', () => {
      expect(() => setUp({ commands: [], timeout: Duration.hours(2) })).toThrow(/- 'commands' .*\n- 'timeout' /);
    });
  });

  test('lets tokens pass', () => {
    const { stack } = setUp({
      commands: [['python', 'manage.py', Lazy.string({ produce: () => 'migrate' })]],
      timeout: Duration.seconds(Token.asNumber({ Ref: 'Seconds' })),
    });
    expect(resourceOf(stack).Properties).toMatchObject({
      Command: ['--wait-for-database', 'python', 'manage.py', 'migrate'],
      TimeoutSeconds: { Ref: 'Seconds' },
      ServiceTimeout: '3600',
    });
  });
});
