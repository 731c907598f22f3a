import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { COMMAND, containerOf, define } from './process-stack';
import { EnvironmentConvention } from '../../../src/config/environment-convention';
import { EnvironmentSecret } from '../../../src/config/environment-secret';
import { ProcessDuty } from '../../../src/config/process';
import { containerScript } from '../../../src/private/container-script';
import { CpuArchitecture } from '../../../src/processes/definition/cpu-architecture';
import { EntryPoint } from '../../../src/processes/definition/entry-point';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ProcessDefinitionProps } from '../../../src/processes/definition/process-definition-props';
import { fromPython, givenVpc, IMAGE, newStack, TOKEN, warningsOf } from '../../helpers';

const START = [expect.any(String), '-c', containerScript('start_web.py'), 'DJANGO_ALLOWED_HOSTS'];

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
    ['HealthCheck', 'User', 'ReadonlyRootFilesystem', 'MountPoints'].forEach((name) => expect(container[name]).toBeUndefined());
  });

  test('is started by an init process, which passes SIGTERM on', () => {
    expect(container.LinuxParameters).toMatchObject({ InitProcessEnabled: true });
    expect(container.LinuxParameters.Tmpfs).toBeUndefined();
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
    expect(process).toMatchObject({ duty: ProcessDuty.APPLICATION, containerName: 'django', cpu: 512, stopTimeout: Duration.seconds(35) });
    expect(process.vpc.vpcId).toBe('vpc-1');
    expect(process.grantPrincipal).toBe(process.taskDefinition.taskRole);
    expect(process.taskRole).toBe(process.taskDefinition.taskRole);
    expect(process.executionRole).toBe(process.taskDefinition.executionRole);
    expect(process.readonlyRootFilesystem).toBe(false);
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
    ['its stop timeout', { stopTimeout: Duration.seconds(120) }, { StopTimeout: 120 }],
    ['its entry point', { entryPoint: EntryPoint.of('tini', '--') }, { EntryPoint: ['tini', '--'], Command: COMMAND }],
    ['no entry point', { entryPoint: EntryPoint.none() }, { EntryPoint: ['env'], Command: COMMAND }],
    ['its user', { user: '1000:django' }, { User: '1000:django' }],
    ['that nothing stands before its command', { initProcess: false }, { LinuxParameters: undefined }],
    ['the largest size', { cpu: 32768, memoryLimitMiB: 249856 }, { task: expect.objectContaining({ Cpu: '32768', Memory: '249856' }) }],
    ['a health check, by the defaults of ECS', { healthCheck: { command: ['python', 'check.py'] } },
      { HealthCheck: { Command: ['CMD', 'python', 'check.py'], Interval: 30, Timeout: 5, Retries: 3 } }],
    ['a health check of one word, which no shell reads', { healthCheck: { command: ['check'] } }, { HealthCheck: expect.objectContaining({ Command: ['CMD', 'check'] }) }],
    ['each setting of its health check',
      { healthCheck: { command: ['sh', '-c', 'a | b'], interval: Duration.minutes(5), timeout: Duration.minutes(1), retries: 10, startPeriod: Duration.minutes(5) } },
      { HealthCheck: { Command: ['CMD', 'sh', '-c', 'a | b'], Interval: 300, Timeout: 60, Retries: 10, StartPeriod: 300 } }],
    ['a health check as Python gives it', { healthCheck: fromPython({ command: ['check'] }, 'interval', 'timeout', 'retries', 'startPeriod') },
      { HealthCheck: { Command: ['CMD', 'check'], Interval: 30, Timeout: 5, Retries: 3 } }],
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
      'environment', 'secrets', 'stopTimeout', 'securityGroup', 'logGroup', 'logRetention', 'removalPolicy', 'user', 'initProcess',
      'readonlyRootFilesystem', 'temporaryDirectoryMiB', 'healthCheck', 'taskRole', 'executionRole'];
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
      user: TOKEN.string(),
      readonlyRootFilesystem: true,
      temporaryDirectoryMiB: TOKEN.number(64),
      healthCheck: { command: [TOKEN.string()], retries: TOKEN.number(4) },
    });
    expect(containerOf(stack)).toMatchObject({
      Name: 'later',
      Command: ['later'],
      PortMappings: [{ ContainerPort: 9000 }],
      environment: { DEBUG: 'later' },
      User: 'later',
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', Size: 64 }] },
      HealthCheck: { Command: ['CMD', 'later'], Retries: 4 },
      task: { Cpu: '1024', Memory: '2048', EphemeralStorage: { SizeInGiB: 30 } },
    });
  });

  test.each([CpuArchitecture.X86_64, CpuArchitecture.ARM64])('the processor %s: the image is made for it, too', (cpuArchitecture) => {
    const bind = jest.spyOn(IMAGE, 'bind');
    define({ cpuArchitecture });
    expect(bind).toHaveBeenCalledWith(expect.anything(), cpuArchitecture);
    bind.mockRestore();
  });
});

describe('a process with a root file system that is read-only', () => {
  test('has a /tmp in memory, which every user may write to, and no volume, which is root\'s', () => {
    const { stack, process } = define({ readonlyRootFilesystem: true });
    const container = containerOf(stack);
    expect(container).toMatchObject({
      ReadonlyRootFilesystem: true,
      LinuxParameters: { InitProcessEnabled: true, Tmpfs: [{ ContainerPath: '/tmp', Size: 128 }] },
    });
    expect(container.MountPoints).toBeUndefined();
    expect(container.task.Volumes).toBeUndefined();
    expect(process.readonlyRootFilesystem).toBe(true);
    expect(warningsOf(process)).toEqual({});
  });

  test('has its sockets there too, unless it is told otherwise', () => {
    expect(containerOf(define({ readonlyRootFilesystem: true }).stack).environment).toEqual({ XDG_RUNTIME_DIR: '/tmp' });
    expect(containerOf(define({ readonlyRootFilesystem: true, environment: { XDG_RUNTIME_DIR: '/dev/shm' } }).stack).environment).toEqual({ XDG_RUNTIME_DIR: '/dev/shm' });
  });

  test('has as much room there as it is given, up to half of the memory', () => {
    const { stack } = define({ readonlyRootFilesystem: true, temporaryDirectoryMiB: 512, initProcess: false });
    expect(containerOf(stack).LinuxParameters).toMatchObject({ InitProcessEnabled: false, Tmpfs: [{ ContainerPath: '/tmp', Size: 512 }] });
  });

  test('may have volumes beside it, for more than memory has room for', () => {
    const { stack, process } = define({ readonlyRootFilesystem: true, ephemeralStorageGiB: 100 });
    process.taskDefinition.addVolume({ name: 'scratch' });
    process.container.addMountPoints({ sourceVolume: 'scratch', containerPath: '/scratch', readOnly: false });
    expect(containerOf(stack)).toMatchObject({
      MountPoints: [{ SourceVolume: 'scratch', ContainerPath: '/scratch', ReadOnly: false }], task: { Volumes: [{ Name: 'scratch' }] },
    });
  });
});

describe('a further container', () => {
  test('runs beside the project\'s, which may wait for it, with the log and the roles of the process', () => {
    const { stack, process } = define();
    const proxy = process.taskDefinition.addContainer('Proxy', {
      image: ecs.ContainerImage.fromRegistry('public.ecr.aws/nginx/nginx:1.29'),
      essential: false,
      healthCheck: { command: ['nginx', '-t'] },
      logging: ecs.LogDriver.awsLogs({ logGroup: process.logGroup, streamPrefix: process.streamPrefix }),
    });
    process.container.addContainerDependencies({ container: proxy, condition: ecs.ContainerDependencyCondition.HEALTHY });
    const { task } = containerOf(stack);
    expect(task.ContainerDefinitions.map(({ Name }: any) => Name)).toEqual(['django', 'Proxy']);
    expect(task.ContainerDefinitions[0].DependsOn).toEqual([{ ContainerName: 'Proxy', Condition: 'HEALTHY' }]);
    expect(process.taskDefinition.defaultContainer).toBe(process.container);
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 1);
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
