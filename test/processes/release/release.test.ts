import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { App, Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { DjangoImage } from '../../../src/processes/images/django-image';
import { Release } from '../../../src/processes/release/release';
import { releaseEntryPoint } from '../../../src/processes/release/release-command';
import { ReleaseProps } from '../../../src/processes/release/release-props';
import { fromPython, messageOf } from '../../helpers';

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

/** Commands as words, with what a release runs left to itself around them. */
const wordsOf = (...commands: string[][]) => ['--wait-for-database', ...commands.flatMap((command, index) => index === 0 ? command : ['&&', ...command])];
const LOADDATA = ['python', 'manage.py', 'loaddata', 'countries', 'shop/sizes.json'];
const COLLECTSTATIC = ['python', 'manage.py', 'collectstatic', '--noinput'];
const SUPERUSER = { email: 'admin@example.com' };
const FIXTURES = ['countries', 'shop/sizes.json'];

describe('Release', () => {
  test('is a custom resource that carries everything that the run needs', () => {
    const { stack, process, commandRunner } = setUp();
    expect(resourceOf(stack).Properties).toEqual({
      ServiceToken: stack.resolve(commandRunner.handler!.functionArn),
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
    expect(resources).toHaveLength(16);
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

  test.each<[string, Partial<ReleaseProps>, string[]]>([
    ['migrates and collects static files when left to itself', {}, wordsOf(MIGRATE, COLLECTSTATIC)],
    ['runs everything in order',
      { before: [['before'], ['and', 'this']], superuser: SUPERUSER, fixtures: FIXTURES, after: [['after']] },
      wordsOf(['before'], ['and', 'this'], MIGRATE, ['--superuser'], LOADDATA, COLLECTSTATIC, ['after'])],
    ['runs the commands of another framework instead', { before: [['before']], commands: [['alembic', 'upgrade', 'head']], after: [['after']] },
      wordsOf(['before'], ['alembic', 'upgrade', 'head'], ['after'])],
    ['makes the superuser after commands of your own', { commands: [['python', 'manage.py', 'migrate_schemas']], superuser: SUPERUSER },
      wordsOf(['python', 'manage.py', 'migrate_schemas'], ['--superuser'])],
    ['collects no static files where they are in the image', { collectStaticFiles: false, fixtures: [] }, wordsOf(MIGRATE)],
    ['uses the Python of the image', { pythonExecutable: '/venv/bin/python' },
      wordsOf(['/venv/bin/python', ...MIGRATE.slice(1)], ['/venv/bin/python', ...COLLECTSTATIC.slice(1)])],
    ['takes props as Python gives them',
      fromPython({}, 'before', 'superuser', 'fixtures', 'after', 'collectStaticFiles', 'pythonExecutable', 'waitForDatabase', 'timeout', 'nonce'),
      wordsOf(MIGRATE, COLLECTSTATIC)],
    ['takes null as nothing', { before: null, superuser: null, fixtures: null, after: null, nonce: null } as any, wordsOf(MIGRATE, COLLECTSTATIC)],
  ])('%s', (_, props, command) => {
    const { stack, release } = setUp({ commands: undefined, ...props });
    expect(release.command).toEqual(command);
    expect(resourceOf(stack).Properties.Command).toEqual(command);
  });

  test('gives the login of the superuser to its process and to nobody else', () => {
    const { stack, vpc, release } = setUp({ superuser: SUPERUSER });
    new ProcessDefinition(stack, 'Application', { vpc, image: DjangoImage.fromRegistry('shop/backend:1') });
    const id = stack.getLogicalId(release.superuser!.secret!.node.defaultChild as any);
    expect(id).toBe('ReleaseSuperuserSecret34240298');
    const readers = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'))
      .map(({ Properties }) => (Properties.ContainerDefinitions[0].Secrets ?? []).map(({ Name }: { Name: string }) => Name));
    expect(readers).toEqual([['DJANGO_SUPERUSER_USERNAME', 'DJANGO_SUPERUSER_PASSWORD', 'DJANGO_SUPERUSER_EMAIL'], []]);
    const rights = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter((policy) => JSON.stringify(policy).includes(`{"Ref":"${id}"}`));
    expect(rights).toHaveLength(1);
    expect(rights[0].Properties.PolicyDocument.Statement).toContainEqual(
      { Action: ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'], Effect: 'Allow', Resource: { Ref: id } });
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
    const process = new ProcessDefinition(other, 'Process', { vpc, image: DjangoImage.fromRegistry('shop/backend:1'), entryPoint: EntryPoint.releaseCommands() });
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

  test('keeps the login of the superuser next to a process of another stack, so that no reference leads back', () => {
    const { app, stack, process, commandRunner } = setUp();
    const other = new Stack(app, 'Other');
    const release = new Release(other, 'Second', { commandRunner, process, superuser: SUPERUSER });
    app.synth();
    expect(Stack.of(release.superuser!)).toBe(stack);
    expect(stack.dependencies).toEqual([]);
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
        "'commands' must be at most 8000 characters together with the commands around them, got 9040: put them into a management command or a script of the image"],
      ['commands before that are one command', { before: ['python', 'manage.py'] as any }, "'before[0]' must be a list of words, got \"python\": write ['python']"],
      ['a text as the commands after', { after: 'true' as any },
        "'after' must be a list of commands, got \"true\": give a list of words for each, e.g. ['python', 'manage.py', 'migrate', '--noinput']"],
      ['an option as a command', { after: [['--superuser']] },
        "'after[0]' must begin with a program, got [\"--superuser\"]: an option follows its program in the same list"],
      ['a fixture instead of a list', { commands: undefined, fixtures: 'countries' as any }, "'fixtures' must be a list of strings, got \"countries\": write [\"countries\"]"],
      ['an option as a fixture', { commands: undefined, fixtures: ['countries', '--ignorenonexistent'] },
        "'fixtures' must hold names for loaddata, got \"--ignorenonexistent\": give e.g. 'countries', or a command in 'after'"],
      ['fixtures beside commands of your own', { fixtures: ['countries'] },
        "'fixtures' and 'commands' exclude each other, because the commands take the place of loaddata: add it to them"],
      ['fixtures that ECS does not take', { commands: undefined, before: [], fixtures: ['x'.repeat(9000)] },
        "'before' and 'fixtures' must be at most 8000 characters together with the commands around them, got 9160: " +
        'put them into a management command or a script of the image'],
      ['a superuser without an address', { superuser: {} },
        "'superuser.email' must be given: the address of the superuser, or 'existing' with the login that you keep already"],
      ['a superuser that is no object', { superuser: 'admin' as any }, "'superuser' must be an object with options, got \"admin\""],
      ['a word for yes or no', { waitForDatabase: 'false' as any }, "'waitForDatabase' must be true or false, got \"false\": write false without quotes"],
      ['a number as nonce', { nonce: 7 as any }, "'nonce' must be text, got 7"],
      ['a Python with its options', { pythonExecutable: 'python -u' },
        "'pythonExecutable' must be the program as one word, e.g. 'python3' or '/venv/bin/python', got \"python -u\""],
      ['no runner', { commandRunner: undefined as any }, "'commandRunner' must be given: make one"],
      ['a name as the process', { process: 'release' as any }, "'process' must be a ProcessDefinition, got \"release\": make one"],
      ['a timeout that is too short', { timeout: Duration.seconds(30) },
        "'timeout' must be between 1 minute and 55 minutes, got 30 seconds: CloudFormation waits one hour at most"],
      ['a timeout that CloudFormation does not know', { timeout: Duration.hours(1) },
        "'timeout' must be between 1 minute and 55 minutes, got 1 hour: CloudFormation waits one hour at most"],
    ])('%s', (_, props, message) => {
      expect(messageOf(() => setUp(props))).toBe(`Release at 'Shop/Release' cannot be defined:\n- ${message}`);
    });

    test('a fraction of a second', () => {
      expect(() => setUp({ timeout: Duration.millis(90_500) })).toThrow(new Error(
        "Release at 'Shop/Release' cannot be defined:\n- 'timeout' must be in whole seconds, got 90.5 seconds"));
    });

    test('everything that is wrong at once', () => {
      expect(() => setUp({ commands: [], timeout: Duration.hours(2) })).toThrow(/- 'commands' .*\n- 'timeout' /);
    });
  });

  test.each([
    ['the image', EntryPoint.ofImage(), undefined],
    ['the web', EntryPoint.allowTaskAddress(), ['gunicorn', 'shop.wsgi']],
  ])('does not accept the entry point of %s, which knows no commands of a release', (_, entryPoint, command) => {
    const { app, stack, vpc, commandRunner } = setUp();
    const process = new ProcessDefinition(stack, 'Other', { vpc, image: DjangoImage.fromRegistry('shop/backend:1'), entryPoint, command });
    new Release(stack, 'Second', { commandRunner, process });
    expect(messageOf(() => app.synth())).toContain("Release at 'Shop/Second' cannot be defined:\n" +
      "- 'process' must begin with the program that runs the commands one after the other, else no task starts: " +
      'make it with `entryPoint: EntryPoint.releaseCommands()`');
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
