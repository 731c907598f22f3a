import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoVariable } from '../../src/config/django-variable';
import { EnvironmentConvention } from '../../src/config/environment-convention';
import { EnvironmentSecret } from '../../src/config/environment-secret';
import { ProcessDuty } from '../../src/config/process';
import { containerScript } from '../../src/private/container-script';
import { CpuArchitecture } from '../../src/processes/cpu-architecture';
import { EntryPoint } from '../../src/processes/entry-point';
import { ProcessDefinition } from '../../src/processes/process-definition';
import { ProcessDefinitionProps } from '../../src/processes/process-definition-props';
import { fromPython, givenVpc, IMAGE, messageOf, newStack, TOKEN, warningsOf } from '../helpers';

const COMMAND = ['gunicorn', 'shop.wsgi:application'];
const START = [expect.any(String), '-c', containerScript('start_web.py'), 'DJANGO_ALLOWED_HOSTS'];

function define(props: Partial<ProcessDefinitionProps> = {}, stack = newStack()) {
  const vpc = givenVpc(stack);
  const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: COMMAND, ...props });
  return { stack, vpc, process };
}

/** The container as CloudFormation gets it, with environment and secrets by name. */
function containerOf(stack: Stack) {
  const [definition] = Object.values(Template.fromStack(stack).findResources('AWS::ECS::TaskDefinition'));
  const [container] = definition.Properties.ContainerDefinitions;
  return {
    EntryPoint: undefined,
    Command: undefined,
    ...container,
    task: definition.Properties,
    environment: Object.fromEntries((container.Environment ?? []).map(({ Name, Value }: any) => [Name, Value])),
    secrets: Object.fromEntries((container.Secrets ?? []).map(({ Name, ValueFrom }: any) => [Name, ValueFrom])),
  };
}

describe('a process by default', () => {
  const { stack, process } = define();
  const template = Template.fromStack(stack);
  const container = containerOf(stack);

  test('runs its command after its task\'s address was allowed, on half a vCPU with 1 GiB', () => {
    expect(container.EntryPoint).toEqual(START);
    expect(container.Command).toEqual(COMMAND);
    expect(container.Image).toBe('registry.example.com/shop:4f2a9c1');
    expect(container.Name).toBe('django');
    expect(container.StopTimeout).toBe(35);
    expect(container.PortMappings).toBeUndefined();
    expect(container.task).toMatchObject({
      Cpu: '512',
      Memory: '1024',
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      RuntimePlatform: { CpuArchitecture: 'X86_64', OperatingSystemFamily: 'LINUX' },
    });
    expect(container.task.EphemeralStorage).toBeUndefined();
  });

  // The log lines of past deployments are data: the id of their group is held.
  test('logs to a group that is kept for a month and beyond its own removal', () => {
    expect(template.findResources('AWS::Logs::LogGroup')).toEqual({
      ProcessLogs62DA7A0C: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { RetentionInDays: 30 },
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      },
    });
    expect(container.LogConfiguration).toEqual({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: 'ProcessLogs62DA7A0C' }, 'awslogs-stream-prefix': 'django', 'awslogs-region': { Ref: 'AWS::Region' } },
    });
    expect(process.streamPrefix).toBe('django');
  });

  test('may write its log lines and nothing else', () => {
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(process.taskDefinition.executionRole!.roleName)],
      PolicyDocument: {
        Statement: [{ Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: stack.resolve(process.logGroup.logGroupArn) }],
      },
    });
    template.resourceCountIs('AWS::IAM::Policy', 1);
  });

  test('has a security group that nobody reaches', () => {
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      GroupDescription: 'Tasks of Process',
      VpcId: 'vpc-1',
      SecurityGroupIngress: Match.absent(),
    });
  });

  test('makes six resources: task definition, two roles, a policy, a log group, a security group', () => {
    expect(Object.values(template.toJSON().Resources).map((resource: any) => resource.Type).sort()).toEqual([
      'AWS::EC2::SecurityGroup', 'AWS::ECS::TaskDefinition', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::Logs::LogGroup',
    ]);
  });

  test('says what it is', () => {
    expect(process).toMatchObject({ duty: ProcessDuty.APPLICATION, containerName: 'django', cpu: 512, stopTimeoutSeconds: 35 });
    expect(process.vpc.vpcId).toBe('vpc-1');
    expect(process.grantPrincipal).toBe(process.taskDefinition.taskRole);
    expect(process.container).toBe(process.taskDefinition.defaultContainer);
  });

  test('is not warned about', () => {
    expect(warningsOf(process)).toEqual({});
  });
});

describe('each setting of a process', () => {
  test.each<[string, Partial<ProcessDefinitionProps>, object]>([
    ['its size', { cpu: 2048, memoryLimitMiB: 5120 }, { task: expect.objectContaining({ Cpu: '2048', Memory: '5120' }) }],
    ['the least memory for its CPU', { cpu: 1024 }, { task: expect.objectContaining({ Cpu: '1024', Memory: '2048' }) }],
    ['the least memory for the least CPU', { cpu: 256 }, { task: expect.objectContaining({ Cpu: '256', Memory: '512' }) }],
    ['its storage', { ephemeralStorageGiB: 50 }, { task: expect.objectContaining({ EphemeralStorage: { SizeInGiB: 50 } }) }],
    ['its processor', { cpuArchitecture: CpuArchitecture.ARM64 },
      { task: expect.objectContaining({ RuntimePlatform: { CpuArchitecture: 'ARM64', OperatingSystemFamily: 'LINUX' } }) }],
    ['the name of its container', { containerName: 'shop_web-1' }, { Name: 'shop_web-1' }],
    ['its port', { containerPort: 9000 }, { PortMappings: [{ ContainerPort: 9000, Protocol: 'tcp' }] }],
    ['its stop timeout', { stopTimeoutSeconds: 120 }, { StopTimeout: 120 }],
    ['its entry point', { entryPoint: EntryPoint.of('tini', '--') }, { EntryPoint: ['tini', '--'], Command: COMMAND }],
    ['the entry point of the image', { entryPoint: EntryPoint.ofImage() }, { EntryPoint: undefined, Command: COMMAND }],
    ['the image as it is', { command: undefined }, { EntryPoint: undefined, Command: undefined }],
    ['an entry point that needs no command', { command: undefined, entryPoint: EntryPoint.of('celery', 'worker') }, { EntryPoint: ['celery', 'worker'], Command: undefined }],
    ['its environment', { environment: { DEBUG: 'false', EMPTY: '' } }, { environment: { DEBUG: 'false', EMPTY: '' } }],
    ['the names of a team', { convention: EnvironmentConvention.custom({ allowedHosts: ['HOSTS', 'HOSTS_TOO'] }) },
      { EntryPoint: ['python', '-c', containerScript('start_web.py'), 'HOSTS,HOSTS_TOO'] }],
  ])('can be chosen: %s', (_, props, expected) => {
    expect(containerOf(define(props).stack)).toMatchObject(expected);
  });

  test('can be chosen: retention and removal of its log group', () => {
    const { stack } = define({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' });
  });

  test('can be chosen: its duty', () => {
    expect(define({ duty: ProcessDuty.RELEASE }).process.duty).toBe(ProcessDuty.RELEASE);
  });

  test('is the default where Python leaves it out', () => {
    const names = ['containerName', 'duty', 'entryPoint', 'containerPort', 'cpu', 'memoryLimitMiB', 'ephemeralStorageGiB', 'cpuArchitecture', 'convention',
      'environment', 'secrets', 'stopTimeoutSeconds', 'securityGroup', 'logGroup', 'logRetention', 'removalPolicy'];
    expect(Template.fromStack(define(fromPython({}, ...names)).stack).toJSON()).toEqual(Template.fromStack(define().stack).toJSON());
  });

  test('can be known at deployment only', () => {
    const { stack } = define({
      cpu: TOKEN.number(1024),
      memoryLimitMiB: TOKEN.number(2048),
      ephemeralStorageGiB: TOKEN.number(30),
      containerPort: TOKEN.number(9000),
      containerName: TOKEN.string(),
      command: [TOKEN.string()],
      environment: { DEBUG: TOKEN.string() },
    });
    expect(containerOf(stack)).toMatchObject({
      Name: 'later',
      Command: ['later'],
      PortMappings: [{ ContainerPort: 9000 }],
      environment: { DEBUG: 'later' },
      task: { Cpu: '1024', Memory: '2048', EphemeralStorage: { SizeInGiB: 30 } },
    });
  });
});

describe('a process with what is there already', () => {
  test('uses the security group', () => {
    const stack = newStack();
    const securityGroup = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1');
    const { process } = define({ securityGroup }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::EC2::SecurityGroup', 0);
    expect(process.connections.securityGroups).toEqual([securityGroup]);
  });

  test('uses the log group', () => {
    const stack = newStack();
    const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Group', 'shop');
    define({ logGroup }, stack);
    Template.fromStack(stack).resourceCountIs('AWS::Logs::LogGroup', 0);
    expect(containerOf(stack).LogConfiguration.Options['awslogs-group']).toBe('shop');
  });
});

describe('secrets of a process', () => {
  test('are read by the execution role alone, each by its key, and stand nowhere in the template', () => {
    const stack = newStack();
    const own = new secretsmanager.Secret(stack, 'Own');
    const { process } = define({
      secrets: {
        STRIPE: EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey'),
        OWN: EnvironmentSecret.of(ecs.Secret.fromSecretsManager(own)),
        PARAMETER: EnvironmentSecret.fromSsmParameter('/shop/key'),
      },
    }, stack);
    const here = (service: string) => ['arn:', { Ref: 'AWS::Partition' }, `:${service}:`, { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
    const join = (service: string, rest: string) => ({ 'Fn::Join': ['', [...here(service), rest]] });

    expect(containerOf(stack).secrets).toEqual({
      STRIPE: join('secretsmanager', ':secret:shop/stripe:apiKey::'),
      OWN: stack.resolve(own.secretArn),
      PARAMETER: join('ssm', ':parameter/shop/key'),
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Policy', 1);
    const read = ['secretsmanager:GetSecretValue', 'secretsmanager:DescribeSecret'];
    template.hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(process.taskDefinition.executionRole!.roleName)],
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] }),
          { Effect: 'Allow', Action: read, Resource: join('secretsmanager', ':secret:shop/stripe-??????') },
          { Effect: 'Allow', Action: read, Resource: stack.resolve(own.secretArn) },
          {
            Effect: 'Allow',
            Action: ['ssm:DescribeParameters', 'ssm:GetParameters', 'ssm:GetParameter', 'ssm:GetParameterHistory'],
            Resource: join('ssm', ':parameter/shop/key'),
          },
        ],
      },
    });
  });

  test('are warned about when there are so many that tasks start slowly', () => {
    const { stack, process } = define();
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'), 'key');
    Array.from({ length: 60 }, (_, index) => process.addSecret(`SECRET_${index}`, secret));
    expect(warningsOf(process)).toEqual({});
    process.addSecret('ONE_MORE', secret);
    expect(warningsOf(process)).toEqual({
      'many-secrets': 'A task reads more than 60 secrets before it starts, which makes starts slow and runs into limits of the secret store. ' +
        'Keep several values as keys of one secret and read it as JSON.',
    });
  });
});

describe('variables of the library', () => {
  const convention = EnvironmentConvention.custom({ databaseHost: ['DB_HOST', 'PGHOST'], databaseUser: [], databasePassword: ['A', 'B'] });

  test('get every name that the convention has for them', () => {
    const { stack, process } = define({ convention });
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    process.addVariable(DjangoVariable.DATABASE_HOST, 'db');
    process.addVariable(DjangoVariable.DATABASE_USER, 'left out');
    process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, secret);
    process.addSecretVariable(DjangoVariable.DATABASE_SECRET_JSON, secret);
    const container = containerOf(stack);
    expect(container.environment).toEqual({ DB_HOST: 'db', PGHOST: 'db' });
    expect(Object.keys(container.secrets)).toEqual(['A', 'B']);
  });

  test('of a further service get a prefix, also before each of several names, and never a name that libpq reads', () => {
    const { stack, process } = define({ convention });
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    process.addVariable(DjangoVariable.DATABASE_HOST, 'first');
    process.addVariable(DjangoVariable.DATABASE_HOST, 'second', 'ARCHIVE_');
    process.addSecretVariable(DjangoVariable.DATABASE_PASSWORD, secret, 'ARCHIVE_');
    const container = containerOf(stack);
    expect(container.environment).toEqual({ DB_HOST: 'first', PGHOST: 'first', ARCHIVE_DB_HOST: 'second' });
    expect(Object.keys(container.secrets)).toEqual(['ARCHIVE_A', 'ARCHIVE_B']);
    expect(messageOf(() => process.addVariable(DjangoVariable.DATABASE_HOST, 'third', 'ARCHIVE_'))).toContain('"ARCHIVE_DB_HOST" is set by the library');
  });

  test.each([[DjangoVariable.DATABASE_HOST, true], [DjangoVariable.DATABASE_USER, false], [DjangoVariable.DATABASE_URL, false]])(
    'that are costly are made only where a name is read: %s %s', (variable, reads) => {
      expect(define({ convention }).process.reads(variable)).toBe(reads);
    });

  const overrides: Record<string, (process: ProcessDefinition, secret: ecs.Secret) => void> = {
    'a variable of the library': (process) => process.addVariable(DjangoVariable.REDIS_URL, 'chosen'),
    'a secret of the library': (process, secret) => process.addSecretVariable(DjangoVariable.REDIS_URL, secret),
    'a value of yours': (process) => process.addEnvironment('REDIS_URL', 'chosen'),
    'a secret of yours': (process, secret) => process.addSecret('REDIS_URL', secret),
  };
  const defaults: Record<string, (process: ProcessDefinition) => void> = {
    'by its variable': (process) => process.addDefaultVariable(DjangoVariable.REDIS_URL, 'default'),
    'by its name': (process) => process.addDefaultEnvironment('REDIS_URL', 'default'),
  };
  const orders = Object.keys(overrides).flatMap((override) => Object.keys(defaults).flatMap((byDefault) =>
    ['before', 'after'].map((order) => [override, order, byDefault])));

  test.each(orders)('give way, where they are defaults, to %s that comes %s the default %s', (override, order, byDefault) => {
    const { stack, process } = define();
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    const steps = [() => overrides[override](process, secret), () => defaults[byDefault](process)];
    (order === 'before' ? steps : steps.reverse()).forEach((step) => step());
    const { environment, secrets } = containerOf(stack);
    expect({ ...environment, ...secrets }).toEqual({ REDIS_URL: override.includes('secret') ? stack.resolve(secret.arn) : 'chosen' });
    expect([...Object.keys(environment), ...Object.keys(secrets)]).toEqual(['REDIS_URL']);
  });

  test('that are defaults stand where nothing else does, under every name that nobody set, the last of them', () => {
    const { stack, process } = define({ convention, environment: { PORT: '9000', PGHOST: 'mine' } });
    process.addDefaultEnvironment('PORT', '8000');
    process.addDefaultEnvironment('WORKERS', '2');
    process.addDefaultEnvironment('WORKERS', '3');
    process.addDefaultVariable(DjangoVariable.DATABASE_HOST, 'db');
    process.addDefaultVariable(DjangoVariable.DATABASE_USER, 'left out');
    process.addDefaultEnvironment('EMPTY', '');
    expect(containerOf(stack).environment).toEqual({ PORT: '9000', PGHOST: 'mine', WORKERS: '3', DB_HOST: 'db', EMPTY: '' });
  });

  test('that are defaults are not there yet for who asks, so that a secret may take their place', () => {
    const { process } = define({ environment: { MINE: '1' } });
    process.addDefaultEnvironment('PORT', '8000');
    expect(process._sets('PORT')).toBe(false);
    expect(process._sets('MINE')).toBe(true);
  });

  test('that are defaults are refused as all others are', () => {
    const { process } = define();
    const prefix = "ProcessDefinition at 'Stack/Process' cannot be defined:\n- the variable";
    expect(messageOf(() => process.addDefaultEnvironment('AWS_REGION', 'x'))).toBe(`${prefix} "AWS_REGION" is reserved: ECS sets it to the region of the stack`);
    expect(messageOf(() => process.addDefaultEnvironment('COUNT', 5 as unknown as string)))
      .toBe(`${prefix} "COUNT" must have a string as its value, got 5: quote it, or leave it out`);
  });

  test('and yours never drop one another silently', () => {
    const { stack, process } = define({ environment: { MINE: '1' } });
    const secret = ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Own'));
    process.addVariable(DjangoVariable.DATABASE_HOST, 'db');
    process.addDefaultEnvironment('PORT', '8000');
    const prefix = "ProcessDefinition at 'Stack/Process' cannot be defined:\n- the variable";
    const mine = "remove yours, or give the library's another name with `EnvironmentConvention.custom`";

    expect(messageOf(() => process.addEnvironment('DB_HOST', 'x'))).toBe(`${prefix} "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and by you: ${mine}`);
    expect(messageOf(() => process.addSecret('DB_HOST', secret))).toBe(`${prefix} "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and by you: ${mine}`);
    expect(messageOf(() => process.addEnvironment('MINE', '2'))).toBe(`${prefix} "MINE" is set twice by you: keep one of them`);
    expect(messageOf(() => process.addVariable(DjangoVariable.DATABASE_HOST, 'other')))
      .toBe(`${prefix} "DB_HOST" is set by the library (DjangoVariable.DATABASE_HOST) and again by the library (DjangoVariable.DATABASE_HOST): ` +
        'attach one backing service of the kind only');
    expect(messageOf(() => process.addEnvironment('AWS_REGION', 'x'))).toBe(`${prefix} "AWS_REGION" is reserved: ECS sets it to the region of the stack`);
    expect(messageOf(() => process.addEnvironment('COUNT', 5 as unknown as string)))
      .toBe(`${prefix} "COUNT" must have a string as its value, got 5: quote it, or leave it out`);
    expect(containerOf(stack).environment).toEqual({ MINE: '1', DB_HOST: 'db', PORT: '8000' });
  });
});

describe('rights and network of a process', () => {
  test('are granted to the running project, not to ECS', () => {
    const { stack, process } = define();
    const bucket = new s3.Bucket(stack, 'Bucket');
    bucket.grantRead(process);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(process.taskDefinition.taskRole.roleName)],
      PolicyDocument: { Statement: [Match.objectLike({ Action: ['s3:GetObject*', 's3:GetBucket*', 's3:List*'] })] },
    });
  });

  test('open a peer to its security group', () => {
    const { stack, vpc, process } = define();
    const peer = new ec2.SecurityGroup(stack, 'Peer', { vpc });
    process.connections.allowTo(peer, ec2.Port.tcp(6379));
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: stack.resolve(peer.securityGroupId),
      SourceSecurityGroupId: stack.resolve(process.securityGroup.securityGroupId),
      FromPort: 6379,
      ToPort: 6379,
    });
  });

  test('are there before a task starts, also what comes later', () => {
    const { stack, vpc, process } = define();
    const starter = new CfnResource(stack, 'Starter', { type: 'Test::Starter' });
    starter.node.addDependency(process.startDependencies);
    process.startAfter(new CfnResource(stack, 'Policy', { type: 'Test::Policy' }));
    new s3.Bucket(stack, 'Bucket').grantRead(process);
    process.connections.allowFrom(new ec2.SecurityGroup(stack, 'Peer', { vpc }), ec2.Port.tcp(8000));

    const template = Template.fromStack(stack);
    const [{ DependsOn: before }] = Object.values(template.findResources('Test::Starter'));
    const idsOf = (type: string) => Object.keys(template.findResources(type));
    expect(before).toEqual(expect.arrayContaining([
      'Policy', ...idsOf('AWS::IAM::Role'), ...idsOf('AWS::IAM::Policy'), ...idsOf('AWS::Logs::LogGroup'), ...idsOf('AWS::EC2::SecurityGroupIngress'),
      stack.getLogicalId(process.securityGroup.node.defaultChild as CfnResource),
    ]));
  });

  test('have a description that EC2 accepts, wherever the process stands', () => {
    const stack = newStack();
    const process = new ProcessDefinition(new Construct(stack, `Über <${'x'.repeat(300)}>`), 'Process', { vpc: givenVpc(stack), image: IMAGE });
    const description = stack.resolve((process.securityGroup.node.defaultChild as ec2.CfnSecurityGroup).groupDescription);
    expect(description).toMatch(/^Tasks of _ber _x{200,}$/);
    expect(description).toHaveLength(255);
  });
});

describe('a process is refused with', () => {
  const words = 'must be letters, digits and underscores, and not begin with a digit';
  test.each<[string, any, string[]]>([
    ['a size that Fargate does not offer', { cpu: 256, memoryLimitMiB: 4096 }, ["'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 4096"]],
    ['a CPU size that Fargate does not offer', { cpu: 300 }, ["'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU), got 300"]],
    ['no CPU', { cpu: 0 }, ["'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU), got 0"]],
    ['too little storage', { ephemeralStorageGiB: 10 }, ["'ephemeralStorageGiB' must be a whole number between 21 and 200 GiB, got 10"]],
    ['too much storage', { ephemeralStorageGiB: 201 }, ["'ephemeralStorageGiB' must be a whole number between 21 and 200 GiB, got 201"]],
    ['a long stop timeout', { stopTimeoutSeconds: 200 },
      ["'stopTimeoutSeconds' must be a whole number between 2 and 120 seconds, got 200: Fargate kills a container after two minutes at the latest"]],
    ['a short stop timeout', { stopTimeoutSeconds: 1 },
      ["'stopTimeoutSeconds' must be a whole number between 2 and 120 seconds, got 1: Fargate kills a container after two minutes at the latest"]],
    ['a stop timeout that is a token', { stopTimeoutSeconds: TOKEN.number() },
      ["'stopTimeoutSeconds' must be known at synthesis, because the web server's graceful timeout is computed from it: give it as a plain value, not as a token"]],
    ['port 0', { containerPort: 0 }, ["'containerPort' must be a whole number between 1 and 65535, got 0"]],
    ['port 70000', { containerPort: 70000 }, ["'containerPort' must be a whole number between 1 and 65535, got 70000"]],
    ['a name with a space', { containerName: 'my app' }, ["'containerName' must be letters, digits, '_' and '-', 255 characters at most, got \"my app\""]],
    ['an empty name', { containerName: '' }, ["'containerName' must be letters, digits, '_' and '-', 255 characters at most, got \"\""]],
    ['a command in one string', { command: ['gunicorn shop.wsgi'] },
      ["'command' must be in exec form, got [\"gunicorn shop.wsgi\"]: no shell splits it, write ['gunicorn', 'shop.wsgi']"]],
    ['a command that is a string', { command: 'gunicorn shop.wsgi' }, ["'command' must be a list of words, got \"gunicorn shop.wsgi\": write ['gunicorn', 'shop.wsgi']"]],
    ['an empty command', { command: [] }, ["'command' must hold at least the program: give it, or leave the list out"]],
    ['a command with a number', { command: ['sleep', 5] }, ["'command' must be a list of strings, got 5 as word 2: quote it"]],
    ['an empty entry point', { entryPoint: EntryPoint.of() }, ["'entryPoint' must hold at least the program: give it, or leave the list out"]],
    ['an entry point in one string', { entryPoint: EntryPoint.of('tini --') }, ["'entryPoint' must be in exec form, got [\"tini --\"]: no shell splits it, write ['tini', '--']"]],
    ['a Python with arguments', { entryPoint: EntryPoint.allowTaskAddress('poetry run python') },
      ["'entryPoint' must have its Python as one word, got \"poetry run python\": no shell splits it"]],
    ['no Python', { entryPoint: EntryPoint.releaseCommands('') }, ["'entryPoint' must have its Python as one word, got \"\": no shell splits it"]],
    ['what Python has no types for', { vpc: undefined, image: 'backend', convention: { databaseHost: ['PGHOST'] }, cpuArchitecture: 'arm64', duty: 'web' } as any, [
      "'vpc' must be given: use ec2.Vpc.fromLookup(this, 'Vpc', { vpcId })",
      "'image' must be a DjangoImage, got \"backend\": use DjangoImage.fromDirectory('backend')",
      "'convention' must be an EnvironmentConvention, got {\"databaseHost\":[\"PGHOST\"]}: use EnvironmentConvention.custom({ ... })",
      "'cpuArchitecture' must be one of CpuArchitecture.X86_64, CpuArchitecture.ARM64, got \"arm64\": use CpuArchitecture.ARM64",
      "'duty' must be one of ProcessDuty.APPLICATION, ProcessDuty.RELEASE, ProcessDuty.PREPARATION, got \"web\"",
    ]],
    ['a shell as entry point', { entryPoint: EntryPoint.of('sh', '-c'), command: ['gunicorn --bind :8000 shop.wsgi'] },
      ["'command' must be in exec form, got [\"gunicorn --bind :8000 shop.wsgi\"]: no shell splits it, write ['gunicorn', '--bind', ':8000', 'shop.wsgi']",
        "'command' runs \"gunicorn --bind :8000 shop.wsgi\" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. " +
        "Write ['gunicorn', '--bind', ':8000', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"]],
    ['a shell as command', { command: ['sh', '-c', 'gunicorn shop.wsgi'] },
      ["'command' runs \"gunicorn shop.wsgi\" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. " +
        "Write ['gunicorn', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"]],
    ['a shell after our own entry point', { entryPoint: EntryPoint.allowTaskAddress(), command: ['/bin/bash', '-c', 'gunicorn shop.wsgi'] },
      ["'command' runs \"gunicorn shop.wsgi\" in a shell, which keeps SIGTERM from it: tasks would be killed instead of stopped. " +
        "Write ['gunicorn', 'shop.wsgi'], or begin the last program of the shell's text with 'exec'"]],
    ['an entry point that lacks its command', { command: undefined, entryPoint: EntryPoint.allowTaskAddress() },
      ["'command' must be given with EntryPoint.allowTaskAddress(): ECS does not use the image's own command where an entry point is given; " +
        "repeat it in exec form, e.g. ['gunicorn', 'shop.wsgi:application']"]],
    ['names that no shell knows', { environment: { 'A=B': '1', '1A': '1' }, secrets: { 'my secret': EnvironmentSecret.fromSecretName('x') } },
      [`the variable "A=B" ${words}`, `the variable "1A" ${words}`, `the variable "my secret" ${words}`]],
    ['a name that ECS owns', { environment: { AWS_REGION: 'eu-central-1' } }, ['the variable "AWS_REGION" is reserved: ECS sets it to the region of the stack']],
    ['a name given twice', { environment: { A: '1', B: '2' }, secrets: { B: EnvironmentSecret.fromSecretName('x') } },
      ["'environment' and 'secrets' both set B: keep it in one of them"]],
    ['values that are no strings', { environment: { DEBUG: true, COUNT: 5, NOTHING: undefined, NULL: null, TOKEN: TOKEN.number() } },
      ["'environment' must have strings as values, got DEBUG: true, COUNT: 5, NOTHING: undefined, NULL: null, TOKEN: a token that is a number: quote them, or leave them out"]],
    ['secrets that are none', { secrets: { STRIPE: 'sk_live' } },
      ["'secrets' must have an EnvironmentSecret as each value, STRIPE has none: " +
        'use EnvironmentSecret.fromSecretName(...), or EnvironmentSecret.of(...) for what you have as a construct']],
    ['everything wrong at once', { cpu: 1, stopTimeoutSeconds: 0, containerPort: -1 }, [
      "'cpu' must be one of 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU), got 1",
      "'containerPort' must be a whole number between 1 and 65535, got -1",
      "'stopTimeoutSeconds' must be a whole number between 2 and 120 seconds, got 0: Fargate kills a container after two minutes at the latest",
    ]],
  ])('%s', (_, props, reasons) => {
    expect(messageOf(() => define(props)))
      .toBe(["ProcessDefinition at 'Stack/Process' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });

  test('more than ECS accepts in a task definition, found at synthesis because backing services add to it', () => {
    const { stack, process } = define();
    process.addEnvironment('LONG', 'x'.repeat(70_000));
    const message = messageOf(() => (stack.node.root as App).synth());
    const [, bytes] = /the task definition has about (\d+) bytes/.exec(message)!;
    expect(Number(bytes)).toBeGreaterThan(70_000);
    expect(message).toContain(["ProcessDefinition at 'Stack/Process' cannot be defined:",
      `- the task definition has about ${bytes} bytes, ECS accepts 65536: keep long values in a secret, a parameter or the image`].join('\n'));
  });

  test('no names of objects in JavaScript, which are good names in Python', () => {
    const { stack } = define({ environment: { constructor: 'a', toString: 'b' } as any, secrets: { valueOf: EnvironmentSecret.fromSecretName('x') } as any });
    expect(containerOf(stack).environment).toEqual({ constructor: 'a', toString: 'b' });
  });
});

describe('a process is warned about', () => {
  test.each<[string, Partial<ProcessDefinitionProps>, Record<string, string>]>([
    ['a port that only root may use', { containerPort: 443 }, {
      'privileged-port': "'containerPort' 443 is below 1024, where only root may listen: an image that runs as another user does not start. Use 8000; " +
        'the load balancer has its own ports.',
    }],
    ['secrets in plain text', { environment: { STRIPE_API_KEY: 'sk_live', DATABASE_URL: 'postgres://a:b@c/d', DEBUG: '1' } }, {
      'literal-secret': "'environment' seems to hold secrets in plain text: STRIPE_API_KEY, DATABASE_URL. " +
        "Everybody who may read the template or the task definition reads them. Give them by 'secrets'.",
    }],
    ['an image that serves as it likes', { command: undefined, containerPort: 8000 }, {
      'task-address': "Without a 'command' the image's own entry point and command run: Django must allow the address of its task by itself, else the load balancer's " +
        "health check gets a 400; and an entry point that migrates does so in every task. Give 'command', e.g. ['gunicorn', 'shop.wsgi:application'].",
    }],
  ])('%s', (_, props, warnings) => {
    expect(warningsOf(define(props).process)).toEqual(warnings);
  });

  test.each<[string, Partial<ProcessDefinitionProps>]>([
    ['an ordinary port', { containerPort: 1024 }],
    ['a secret whose value is a token', { environment: { STRIPE_API_KEY: TOKEN.string() } }],
    ['an image that serves nothing', { command: undefined }],
    ['an entry point of the image that was chosen', { command: undefined, containerPort: 8000, entryPoint: EntryPoint.ofImage() }],
  ])('nothing with %s', (_, props) => {
    expect(warningsOf(define(props).process)).toEqual({});
  });
});

describe('a process in another stack than what it uses', () => {
  test('refers to it and is not referred to', () => {
    const app = new App();
    const base = new Stack(app, 'Base');
    const vpc = new ec2.Vpc(base, 'Vpc', { natGateways: 0, maxAzs: 1 });
    const logGroup = new logs.LogGroup(base, 'Logs');
    const secret = new secretsmanager.Secret(base, 'Secret');
    const group = new ec2.SecurityGroup(base, 'Group', { vpc });
    const stack = new Stack(app, 'App');
    const process = new ProcessDefinition(stack, 'Process', {
      vpc, image: IMAGE, command: COMMAND, logGroup, secrets: { KEY: EnvironmentSecret.of(ecs.Secret.fromSecretsManager(secret, 'key')) },
    });
    process.connections.allowTo(group, ec2.Port.tcp(1));
    new iam.Policy(stack, 'Policy', { roles: [process.taskDefinition.taskRole as iam.Role], statements: [] });

    const assembly = app.synth();
    expect(assembly.getStackByName('App').dependencies.map(({ id }) => id)).toContain('Base');
    expect(assembly.getStackByName('Base').dependencies.map(({ id }) => id)).not.toContain('App');
  });
});
