import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, ArnFormat, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { CommandRunnerProps } from '../../../src/processes/commands/command-runner-props';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { DjangoImage } from '../../../src/processes/images/django-image';
import { fromPython } from '../../helpers';

type Json = { [key: string]: any };

function setUp(props: Partial<CommandRunnerProps> | ((stack: Stack, vpc: ec2.Vpc) => Partial<CommandRunnerProps>) = {}) {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const runner = new CommandRunner(stack, 'Commands', { cluster, ...typeof props === 'function' ? props(stack, vpc) : props });
  return { app, stack, vpc, cluster, runner };
}

function withHandler(props: Partial<CommandRunnerProps> = {}) {
  const all = setUp(props);
  all.runner._addDeployment(all.stack, new ProcessDefinition(all.stack, 'Process', {
    vpc: all.vpc, image: DjangoImage.fromRegistry('shop/backend:1'), logGroup: logs.LogGroup.fromLogGroupName(all.stack, 'Logs', 'shop'),
  }));
  return all;
}

function withDefault() {
  return setUp((stack, vpc) => ({ defaultProcess: defineProcess(stack, vpc) }));
}

function withTopic(props: (stack: Stack) => sns.TopicProps = () => ({})) {
  const all = setUp((stack) => ({ alarmTopic: new sns.Topic(stack, 'Topic', props(stack)) }));
  return { ...all, topic: all.runner.alarmTopic! };
}

/** What the role of the state machine may do, all in the role itself. */
function machineStatements(stack: Stack, runner: CommandRunner): Json[] {
  const template = Template.fromStack(stack);
  const machine = template.findResources('AWS::StepFunctions::StateMachine')[logicalId(stack, runner.stateMachine.stateMachineArn)];
  return statementsOf(template.findResources('AWS::IAM::Role')[machine.Properties.RoleArn['Fn::GetAtt'][0]]);
}

function defineProcess(stack: Stack, vpc: ec2.IVpc, id = 'Process') {
  return new ProcessDefinition(stack, id, { vpc, image: DjangoImage.fromRegistry('shop/backend:1') });
}

/** The definition as AWS gets it, with names in place of what only AWS knows. */
function definitionOf(stack: Stack, runner: CommandRunner): Json {
  const properties = Template.fromStack(stack).findResources('AWS::StepFunctions::StateMachine')[logicalId(stack, runner.stateMachine.stateMachineArn)].Properties;
  const parts: any[] = properties.DefinitionString['Fn::Join'][1];
  return JSON.parse(parts.map((part) => typeof part === 'string' ? part : part.Ref ?? part['Fn::GetAtt'].join('.')).join('').replace(/arn:AWS::Partition/g, 'arn:aws'));
}

function logicalId(stack: Stack, token: string): string {
  const resolved = stack.resolve(token);
  return resolved.Ref ?? resolved['Fn::GetAtt'][0];
}

function statementsOf(role: Json): Json[] {
  return role.Properties.Policies.flatMap((policy: Json) => policy.PolicyDocument.Statement);
}

describe('CommandRunner', () => {
  function typesOf(stack: Stack): string[] {
    const resources = Template.fromStack(stack).toJSON().Resources as Record<string, Json>;
    return Object.entries(resources).filter(([name]) => name.startsWith('Commands')).map(([, resource]) => resource.Type).sort();
  }

  test('is a state machine, its role and one policy, without any function, as long as CloudFormation waits for nothing', () => {
    const { stack, vpc, runner } = setUp();
    runner.addProcess(defineProcess(stack, vpc));
    expect(typesOf(stack)).toEqual(['AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::StepFunctions::StateMachine']);
    expect([runner.handler, runner.handlerLogs, runner.alarmTopic, runner.defaultProcess]).toEqual([undefined, undefined, undefined, undefined]);
    expect(Object.keys(definitionOf(stack, runner).States)).not.toContain('Answer CloudFormation');
  });

  test('makes one function for all that CloudFormation waits for', () => {
    const { stack, vpc, runner } = setUp();
    const process = defineProcess(stack, vpc);
    const first = runner._addDeployment(stack, process);
    const second = runner._addDeployment(stack, defineProcess(stack, vpc, 'Second'));
    expect(second.handlerArn).toBe(first.handlerArn);
    expect(typesOf(stack)).toEqual([
      'AWS::Events::Rule', 'AWS::IAM::Policy', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup', 'AWS::StepFunctions::StateMachine',
    ]);
    expect(definitionOf(stack, runner).States['Answer CloudFormation'].Arguments.FunctionName).toBe('CommandsHandlerF3A88C7B.Arn');
  });

  test('keeps the log lines of its handler for a month and beyond its own removal', () => {
    const { stack, runner } = withHandler();
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', {
      Properties: { RetentionInDays: 30 },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'command-runner/index.handler',
      Runtime: 'python3.14',
      Architectures: ['arm64'],
      Timeout: 120,
      LoggingConfig: { LogGroup: stack.resolve(runner.handlerLogs!.logGroupName) },
    });
  });

  test('takes another retention and removal policy', () => {
    const { stack } = withHandler({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' });
  });

  test('holds the logical ids of what keeps state', () => {
    const { stack, runner } = withHandler();
    expect(logicalId(stack, runner.stateMachine.stateMachineArn)).toBe('CommandsStateMachine67A3E60A');
    expect(logicalId(stack, runner.handlerLogs!.logGroupName)).toBe('CommandsHandlerLogs66CC77CD');
  });

  test('tells its handler when a run was stopped or broke down', () => {
    const { stack, runner } = withHandler();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { status: ['ABORTED', 'FAILED', 'TIMED_OUT'], stateMachineArn: [stack.resolve(runner.stateMachine.stateMachineArn)] },
      },
      Targets: [Match.objectLike({ Arn: stack.resolve(runner.handler!.functionArn) })],
    });
    const rule = Object.keys(template.findResources('AWS::Events::Rule'))[0];
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      FunctionName: stack.resolve(runner.handler!.functionArn),
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    });
  });

  test('takes its props from Python', () => {
    const names = ['defaultProcess', 'alarmTopic', 'taskSubnets', 'assignPublicIp', 'logRetention', 'removalPolicy'];
    const stack = new Stack(new App(), 'Shop');
    const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc') });
    new CommandRunner(stack, 'Commands', fromPython({ cluster }, ...names));
    expect(typesOf(stack)).toHaveLength(3);
    new CommandRunner(stack, 'WithNulls', { cluster, ...Object.fromEntries(names.map((name) => [name, null])) });
  });

  describe('with a default process', () => {
    test('knows the newest revision of it, so that the state machine does not change with each image', () => {
      const of = (tag: string) => {
        const stack = new Stack(new App(), 'Shop');
        const vpc = new ec2.Vpc(stack, 'Vpc');
        const defaultProcess = new ProcessDefinition(stack, 'Process', { vpc, image: DjangoImage.fromRegistry(`shop/backend:${tag}`) });
        const runner = new CommandRunner(stack, 'Commands', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), defaultProcess });
        return { defaultProcess, runner, definition: definitionOf(stack, runner) };
      };
      const { runner, defaultProcess, definition } = of('1');
      expect(runner.defaultProcess).toBe(defaultProcess);
      expect(definition.States.Begin.Assign.run).toContain(JSON.stringify({
        timeoutSeconds: 3600,
        whenRunning: 'SKIP',
        retryAttempts: 0,
        notify: true,
        taskDefinition: defaultProcess.taskDefinition.family,
        container: 'django',
        securityGroups: ['ProcessSecurityGroupB074A530.GroupId'],
        logGroup: 'ProcessLogs62DA7A0C',
        logStreamPrefix: 'django',
      }));
      expect(of('2').definition).toEqual(definition);
    });

    test('may run it', () => {
      const { stack, runner } = withDefault();
      expect(machineStatements(stack, runner).map(({ Action }) => Action)).toEqual(expect.arrayContaining(['ecs:RunTask', 'iam:PassRole']));
    });

    test('of another stack refers to that stack only', () => {
      const app = new App();
      const [network, own] = [new Stack(app, 'Network'), new Stack(app, 'Own')];
      const vpc = new ec2.Vpc(network, 'Vpc');
      const defaultProcess = defineProcess(network, vpc);
      new CommandRunner(own, 'Commands', { cluster: new ecs.Cluster(network, 'Cluster', { vpc }), defaultProcess });
      app.synth();
      expect([network.dependencies, own.dependencies]).toEqual([[], [network]]);
    });
  });

  describe('with a topic', () => {
    test('publishes failures to it and may do so', () => {
      const { stack, runner, topic } = withTopic();
      expect(runner.alarmTopic).toBe(topic);
      expect(definitionOf(stack, runner).States.Notify.Arguments.TopicArn).toBe('TopicBFC7AF6E');
      expect(machineStatements(stack, runner)).toContainEqual({ Effect: 'Allow', Action: 'sns:Publish', Resource: stack.resolve(topic.topicArn) });
    });

    test('that is encrypted may use its key', () => {
      const { stack, runner, topic } = withTopic((scope) => ({ masterKey: new kms.Key(scope, 'Key') }));
      expect(machineStatements(stack, runner)).toContainEqual({
        Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey'], Resource: stack.resolve(topic.masterKey!.keyArn),
      });
    });

    test.each([
      ['of another stack', (scope: Stack) => new sns.Topic(new Stack(scope.node.root as App, 'Alarms'), 'Topic'), ['Alarms']],
      ['that exists already', (scope: Stack) => sns.Topic.fromTopicArn(scope, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:alarms'), []],
    ])('%s makes no cycle', (_, makeTopic, dependencies) => {
      const { app, stack, runner } = setUp((scope) => ({ alarmTopic: makeTopic(scope) }));
      expect(runner.alarmTopic).toBeDefined();
      app.synth();
      expect(stack.dependencies.map(({ stackName }) => stackName)).toEqual(dependencies);
    });
  });

  describe('metric of runs', () => {
    test('is the sum of those that succeeded', () => {
      const { stack, runner } = setUp();
      expect(stack.resolve(runner.metricSucceeded('Shop/Cleanup').toMetricConfig().metricStat)).toMatchObject({
        namespace: 'DjangoOnFargate',
        metricName: 'Succeeded',
        statistic: 'Sum',
        dimensions: [
          { name: 'Command', value: 'Shop/Cleanup' },
          { name: 'StateMachine', value: stack.resolve(runner.stateMachine.stateMachineName) },
        ],
      });
    });

    test('takes options, also from Python', () => {
      const { runner } = setUp();
      const metric = runner.metricSucceeded('Cleanup', fromPython({ period: Duration.days(1) }, 'statistic', 'label'));
      expect([metric.statistic, metric.period.toDays()]).toEqual(['Sum', 1]);
    });
  });

  describe('grants', () => {
    test('the start of runs and reading how they ended', () => {
      const { stack, runner } = setUp();
      const role = new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() });
      runner.grantRun(role).assertSuccess();
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
        Roles: [{ Ref: logicalId(stack, role.roleArn) }],
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: 'states:StartExecution', Resource: stack.resolve(runner.stateMachine.stateMachineArn) },
            {
              Effect: 'Allow',
              Action: 'states:DescribeExecution',
              Resource: stack.resolve(stack.formatArn({
                service: 'states', resource: 'execution', resourceName: `${runner.stateMachine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
              })),
            },
          ],
        },
      });
      expect(new AwsSolutionsChecks(stack.node.root as App).validateScope(role).violations).toEqual([]);
    });

    test('nothing to what has no rights', () => {
      const { runner } = setUp();
      expect(() => runner.grantRun('arn:aws:iam::123456789012:role/ci' as any)).toThrow(new Error(
        "CommandRunner at 'Shop/Commands' cannot be defined:\n" +
        "- 'grantee' must be an iam.IGrantable, got \"arn:aws:iam::123456789012:role/ci\": give a role, or what has one, e.g. a ProcessDefinition or a function"));
    });
  });

  describe('subnets', () => {
    test('are the private ones by default, without public addresses', () => {
      const { stack, vpc, runner } = setUp();
      expect(definitionOf(stack, runner).States.Run.Arguments.NetworkConfiguration.AwsvpcConfiguration).toEqual({
        Subnets: vpc.privateSubnets.map((subnet) => logicalId(stack, subnet.subnetId)),
        SecurityGroups: '{% [$run.securityGroups] %}',
        AssignPublicIp: 'DISABLED',
      });
    });

    test('may be public ones with public addresses', () => {
      const { stack, vpc, runner } = setUp({ taskSubnets: { subnetType: ec2.SubnetType.PUBLIC }, assignPublicIp: true });
      expect(definitionOf(stack, runner).States.Run.Arguments.NetworkConfiguration.AwsvpcConfiguration).toMatchObject({
        Subnets: vpc.publicSubnets.map((subnet) => logicalId(stack, subnet.subnetId)),
        AssignPublicIp: 'ENABLED',
      });
      Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    });

    test('that are public without public addresses are warned about', () => {
      const { stack } = setUp({ taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
      Annotations.fromStack(stack).hasWarning('/Shop/Commands', Match.exact(
        'The tasks run in public subnets without a public address: they reach neither a registry nor CloudWatch Logs, unless VPC endpoints lead there. ' +
        "Set 'assignPublicIp', or choose private subnets with 'taskSubnets'. [ack: cdk-django-on-fargate:no-public-ip]"));
    });
  });

  describe('refuses', () => {
    function inVpc(configuration: ec2.SubnetConfiguration[], props: Partial<CommandRunnerProps> = {}) {
      const stack = new Stack(new App(), 'Shop');
      const vpc = new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: configuration, natGateways: 0 });
      return new CommandRunner(stack, 'Commands', { cluster: new ecs.Cluster(stack, 'Cluster', { vpc }), ...props });
    }

    test('a VPC with public subnets only, unless the tasks get public addresses', () => {
      const publicOnly = [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }];
      expect(() => inVpc(publicOnly)).toThrow(new Error(
        "CommandRunner at 'Shop/Commands' cannot be defined:\n- 'cluster' has a VPC without private subnets, it has 2 public ones only: " +
        "run the tasks there with 'assignPublicIp', or choose others with 'taskSubnets'"));
      expect(() => inVpc(publicOnly, { assignPublicIp: true })).not.toThrow();
    });

    test('subnets that the VPC does not have', () => {
      expect(() => inVpc([{ name: 'Isolated', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }], { taskSubnets: { subnetType: ec2.SubnetType.PUBLIC } }))
        .toThrow(/^CommandRunner at 'Shop\/Commands' cannot be defined:\n- 'taskSubnets' matches no subnet of the VPC: There are no 'Public' subnet groups/);
    });

    test.each<[string, Partial<CommandRunnerProps>, string]>([
      ['something else than a cluster', { cluster: 'Shop' as any },
        "'cluster' must be an ecs.ICluster, got \"Shop\": use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })"],
      ['no cluster', { cluster: undefined },
        "'cluster' must be given: use ecs.Cluster.fromClusterAttributes(this, 'Cluster', { clusterName, vpc })"],
      ['the name of a topic', { alarmTopic: 'alarms' as any },
        "'alarmTopic' must be an sns.ITopic, got \"alarms\": make one, or use sns.Topic.fromTopicArn(this, 'Topic', 'arn:…')"],
      ['the name of a process', { defaultProcess: 'web' as any }, "'defaultProcess' must be a ProcessDefinition, got \"web\": make one"],
      ['a word for yes', { assignPublicIp: 'true' as any }, "'assignPublicIp' must be true or false, got \"true\": write true without quotes"],
      ['subnets by name', { taskSubnets: 'Public' as any },
        "'taskSubnets' must be an ec2.SubnetSelection, got \"Public\": e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }"],
    ])('%s', (_, props, message) => {
      expect(() => setUp(props)).toThrow(new Error(`CommandRunner at 'Shop/Commands' cannot be defined:\n- ${message}`));
    });

    test('a FIFO topic', () => {
      expect(() => withTopic(() => ({ fifo: true }))).toThrow(new Error(
        "CommandRunner at 'Shop/Commands' cannot be defined:\n" +
        "- 'alarmTopic' must be a standard topic, got a FIFO topic, to which nobody subscribes by email: make a topic without 'fifo'"));
    });

    test('a default process of another VPC', () => {
      expect(() => setUp((stack) => ({ defaultProcess: defineProcess(stack, new ec2.Vpc(stack, 'Other')) }))).toThrow(new Error(
        "CommandRunner at 'Shop/Commands' cannot be defined:\n" +
        "- 'defaultProcess' must be in the VPC of 'cluster' ('Shop/Vpc'), it is in 'Shop/Other': make both in the same"));
    });

    test('a process of another VPC', () => {
      const { stack, runner } = setUp();
      const process = defineProcess(stack, new ec2.Vpc(stack, 'Other'));
      expect(() => runner.addProcess(process)).toThrow(new Error(
        "CommandRunner at 'Shop/Commands' cannot be defined:\n" +
        "- 'process' must be in the VPC of 'cluster' ('Shop/Vpc'), it is in 'Shop/Other': make both in the same"));
    });
  });

  describe('rights', () => {
    test('of the state machine name the family, the roles and the cluster', () => {
      const { stack, vpc, cluster, runner } = setUp();
      const process = defineProcess(stack, vpc);
      runner.addProcess(process);
      const roles = [process.taskDefinition.taskRole, process.taskDefinition.executionRole!].map((each) => stack.resolve(each.roleArn));
      expect(machineStatements(stack, runner)).toEqual([
        { Effect: 'Allow', Action: ['ecs:DescribeTasks', 'ecs:StopTask'], Resource: stack.resolve(stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` })) },
        {
          Effect: 'Allow',
          Action: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
          Resource: stack.resolve(stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForECSTaskRule' })),
        },
        {
          Effect: 'Allow',
          Action: 'cloudwatch:PutMetricData',
          Resource: '*',
          Condition: { StringEquals: { 'cloudwatch:namespace': 'DjangoOnFargate' } },
        },
        {
          Effect: 'Allow',
          Action: 'ecs:RunTask',
          Resource: stack.resolve(stack.formatArn({ service: 'ecs', resource: 'task-definition', resourceName: `${process.taskDefinition.family}:*` })),
          Condition: { ArnEquals: { 'ecs:cluster': stack.resolve(cluster.clusterArn) } },
        },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: expect.arrayContaining(roles),
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
      ]);
    });

    test('of the state machine to see its own runs stand apart from its role, which it refers to', () => {
      const { stack, runner } = setUp();
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'states:ListExecutions', Resource: stack.resolve(runner.stateMachine.stateMachineArn) }] },
      });
    });

    test('of the state machine to call the handler come with the handler', () => {
      const { stack, runner } = withHandler();
      expect(machineStatements(stack, runner)).toContainEqual({
        Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: stack.resolve(runner.handler!.functionArn),
      });
    });

    test('of the handler name the state machine and its executions', () => {
      const { stack, runner } = withHandler();
      const executions = stack.formatArn({
        service: 'states', resource: 'execution', resourceName: `${runner.stateMachine.stateMachineName}:*`, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
      Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: Match.arrayWith([
            { Effect: 'Allow', Action: ['states:ListExecutions', 'states:StartExecution'], Resource: stack.resolve(runner.stateMachine.stateMachineArn) },
            {
              Effect: 'Allow',
              Action: ['states:DescribeExecution', 'states:GetExecutionHistory', 'states:StopExecution'],
              Resource: stack.resolve(executions),
            },
          ]),
        },
      });
    });

    test('must be there before the first run, and so must what the process needs', () => {
      const { stack, vpc, runner } = setUp();
      const process = defineProcess(stack, vpc);
      const starter = new CfnResource(stack, 'Starter', { type: 'AWS::Scheduler::Schedule' });
      starter.node.addDependency(runner._whenReady(process));
      const { DependsOn: dependencies } = Template.fromStack(stack).toJSON().Resources.Starter;
      expect(dependencies).toEqual(expect.arrayContaining([
        logicalId(stack, runner.stateMachine.role.roleArn),
        logicalId(stack, runner.stateMachine.stateMachineArn),
        logicalId(stack, process.taskDefinition.executionRole!.roleArn),
        expect.stringMatching(/^CommandsListRights/),
        expect.stringMatching(/^VpcPrivateSubnet1DefaultRoute/),
      ]));
    });

    test('do not name a revision, so that a new image changes no policy and no state machine', () => {
      const of = (tag: string) => {
        const { stack, vpc, runner } = setUp();
        runner.addProcess(new ProcessDefinition(stack, 'Process', { vpc, image: DjangoImage.fromRegistry(`shop/backend:${tag}`) }));
        return Template.fromStack(stack).toJSON().Resources as Record<string, Json>;
      };
      const before = of('1');
      const after = of('2');
      const changed = Object.keys(after).filter((name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]));
      expect(changed.map((name) => after[name].Type)).toEqual(['AWS::ECS::TaskDefinition']);
      const revision = Object.keys(after).find((name) => after[name].Type === 'AWS::ECS::TaskDefinition')!;
      const referring = Object.keys(after).filter((name) => JSON.stringify(after[name]).includes(`{"Ref":"${revision}"}`));
      expect(referring).toEqual([]);
    });

    test('are given once for a process that is added twice', () => {
      const { stack, vpc, runner } = setUp();
      const process = defineProcess(stack, vpc);
      expect(runner.addProcess(process)).toBe(runner.addProcess(process));
      const roles = Template.fromStack(stack).findResources('AWS::IAM::Role', { Properties: { Policies: [{ PolicyName: 'Run' }] } });
      expect(statementsOf(Object.values(roles)[0]).filter(({ Action }) => Action === 'ecs:RunTask')).toHaveLength(1);
    });

    test('of many processes are said once, since the policies in a role have 10,240 characters at most', () => {
      const { stack, vpc, runner } = setUp();
      Array.from({ length: 20 }, (_, index) => runner.addProcess(defineProcess(stack, vpc, `Process${index}`)));
      const statements = machineStatements(stack, runner);
      expect(statements.map(({ Action, Resource }) => [Action, [Resource].flat().length])).toEqual(expect.arrayContaining([['ecs:RunTask', 20], ['iam:PassRole', 40]]));
      expect(statements).toHaveLength(5);
    });

    test('for a process of another stack are made there, so that no reference leads back', () => {
      const { app, stack, vpc, runner } = setUp();
      const other = new Stack(app, 'Other');
      const process = defineProcess(other, vpc);
      runner.addProcess(process);
      app.synth();
      expect(stack.dependencies).toEqual([]);
      expect(other.dependencies).toEqual([stack]);
      Template.fromStack(other).hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'ecs:RunTask' }), Match.objectLike({ Action: 'iam:PassRole' })]) },
      });
    });

    test('leave nothing to acknowledge', () => {
      const { app, stack, vpc, runner } = setUp((scope) => ({
        alarmTopic: sns.Topic.fromTopicArn(scope, 'Topic', 'arn:aws:sns:eu-west-1:123456789012:alarms'),
      }));
      runner._addDeployment(stack, defineProcess(stack, vpc));
      app.synth();
      expect(new AwsSolutionsChecks(app).validateScope(runner).violations).toEqual([]);
    });
  });
});
