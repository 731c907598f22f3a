import { readFileSync } from 'fs';
import { join } from 'path';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import jsonata from 'jsonata';
import { CommandRunner, CommandRunnerProps } from '../../src/processes/command-runner';
import { DjangoImage } from '../../src/processes/django-image';
import { ProcessDefinition } from '../../src/processes/process-definition';

// The interpreter asks for Node 22 because of this alone; the tests run on 20 as well.
(Promise as any).withResolvers ??= () => {
  const resolvers: any = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers;
};

type Json = { [key: string]: any };

function setUp(props: Partial<CommandRunnerProps> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Shop');
  const vpc = new ec2.Vpc(stack, 'Vpc');
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const runner = new CommandRunner(stack, 'Commands', { cluster, ...props });
  return { app, stack, vpc, cluster, runner };
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
  test('makes one function, one state machine and what they need', () => {
    const { stack } = setUp();
    const template = Template.fromStack(stack).toJSON().Resources as Record<string, Json>;
    expect(Object.entries(template).filter(([name]) => name.startsWith('Commands')).map(([, resource]) => resource.Type).sort()).toEqual([
      'AWS::Events::Rule', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::Role', 'AWS::Lambda::Function', 'AWS::Lambda::Permission',
      'AWS::Logs::LogGroup', 'AWS::StepFunctions::StateMachine',
    ]);
  });

  test('keeps the log lines of its handler for a month and beyond its own removal', () => {
    const { stack, runner } = setUp();
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
      LoggingConfig: { LogGroup: stack.resolve(runner.handlerLogs.logGroupName) },
    });
  });

  test('takes another retention and removal policy', () => {
    const { stack } = setUp({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 7 }, DeletionPolicy: 'Delete' });
  });

  test('holds the logical ids of what keeps state', () => {
    const { stack, runner } = setUp();
    expect(logicalId(stack, runner.stateMachine.stateMachineArn)).toBe('CommandsStateMachine67A3E60A');
    expect(logicalId(stack, runner.handlerLogs.logGroupName)).toBe('CommandsHandlerLogs66CC77CD');
  });

  test('tells its handler when a run was stopped or broke down', () => {
    const { stack, runner } = setUp();
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'source': ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        'detail': { status: ['ABORTED', 'FAILED', 'TIMED_OUT'], stateMachineArn: [stack.resolve(runner.stateMachine.stateMachineArn)] },
      },
      Targets: [Match.objectLike({ Arn: stack.resolve(runner.handler.functionArn) })],
    });
    const rule = Object.keys(template.findResources('AWS::Events::Rule'))[0];
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Principal: 'events.amazonaws.com',
      FunctionName: stack.resolve(runner.handler.functionArn),
      SourceArn: { 'Fn::GetAtt': [rule, 'Arn'] },
    });
  });

  describe('subnets', () => {
    test('are the private ones by default, without public addresses', () => {
      const { stack, vpc, runner } = setUp();
      expect(definitionOf(stack, runner).States.Run.Parameters.NetworkConfiguration.AwsvpcConfiguration).toEqual({
        'Subnets': vpc.privateSubnets.map((subnet) => logicalId(stack, subnet.subnetId)),
        'SecurityGroups.$': '$.securityGroups',
        'AssignPublicIp': 'DISABLED',
      });
    });

    test('may be public ones with public addresses', () => {
      const { stack, vpc, runner } = setUp({ taskSubnets: { subnetType: ec2.SubnetType.PUBLIC }, assignPublicIp: true });
      expect(definitionOf(stack, runner).States.Run.Parameters.NetworkConfiguration.AwsvpcConfiguration).toMatchObject({
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
      const template = Template.fromStack(stack);
      const machine = template.findResources('AWS::StepFunctions::StateMachine')[logicalId(stack, runner.stateMachine.stateMachineArn)];
      const role = template.findResources('AWS::IAM::Role')[machine.Properties.RoleArn['Fn::GetAtt'][0]];
      const roles = [process.taskDefinition.taskRole, process.taskDefinition.executionRole!].map((each) => stack.resolve(each.roleArn));
      expect(statementsOf(role)).toEqual([
        { Effect: 'Allow', Action: ['ecs:DescribeTasks', 'ecs:StopTask'], Resource: stack.resolve(stack.formatArn({ service: 'ecs', resource: 'task', resourceName: `${cluster.clusterName}/*` })) },
        {
          Effect: 'Allow',
          Action: ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
          Resource: stack.resolve(stack.formatArn({ service: 'events', resource: 'rule', resourceName: 'StepFunctionsGetEventsForECSTaskRule' })),
        },
        { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: stack.resolve(runner.handler.functionArn) },
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
      const { app, stack, vpc, runner } = setUp();
      runner.addProcess(defineProcess(stack, vpc));
      app.synth();
      expect(new AwsSolutionsChecks(app).validateScope(runner).violations).toEqual([]);
    });
  });
});

describe('the state machine', () => {
  const RUN_INPUT = {
    name: 'Shop/Release',
    taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7',
    container: 'django',
    command: ['python', 'manage.py', 'migrate'],
    timeoutSeconds: 900,
    securityGroups: ['sg-1'],
  };
  const FROM_CLOUDFORMATION = { ...RUN_INPUT, logGroup: 'logs', logStreamPrefix: 'django', cloudFormation: { ResponseURL: 'https://answer' } };
  const TASK = { TaskArn: 'arn:aws:ecs:eu-west-1:123456789012:task/shop/1', StopCode: 'EssentialContainerExited', Containers: [{ Name: 'django', ExitCode: 0 }] };
  const { stack, runner } = setUp();
  const definition = definitionOf(stack, runner);

  function fault(name: string, cause: unknown = 'no details'): Error {
    const error = new Error(typeof cause === 'string' ? cause : JSON.stringify(cause));
    error.name = name;
    return error;
  }

  /**
   * AWS takes the path of the timeout from the input of the state (its own example has a field there that `Parameters` lacks), the interpreter
   * from what `Parameters` makes of it: it gets the value instead.
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
   */
  function withTimeout(seconds: number): Json {
    const { TimeoutSecondsPath: path, ...run } = definition.States.Run;
    expect(path).toBe('$.timeoutSeconds');
    return {
      ...definition,
      States: { ...definition.States, 'Run': { ...run, TimeoutSeconds: seconds }, 'Try once more': { Type: 'Task', Resource: 'arn:jsonata', Next: 'Run' } },
    };
  }

  /** The interpreter knows no JSONata: the state that is written in it is evaluated by JSONata itself. */
  async function tryOnceMore(input: Json, startTime: string, enteredTime: string): Promise<Json> {
    const { Type, QueryLanguage, Output } = definition.States['Try once more'];
    expect([Type, QueryLanguage]).toEqual(['Pass', 'JSONata']);
    const states = { input, context: { Execution: { StartTime: startTime }, State: { EnteredTime: enteredTime } } };
    return JSON.parse(JSON.stringify(await jsonata(/^\{%([^]*)%\}$/.exec(Output)![1]).evaluate({}, { states })));
  }

  /** Executes the definition; `outcomes` is what ECS does with each try, the last one again and again. */
  async function execute(input: Json, ...outcomes: (Error | Json | 'hangs')[]) {
    const tasks: Json[] = [];
    const reports: Json[] = [];
    const answers: (Error | Json)[] = [{ Payload: { answered: true, reason: 'the whole reason' } }];
    const { StateMachine } = await import('aws-local-stepfunctions');
    const run = () => new StateMachine(withTimeout(input.timeoutSeconds) as any, { validationOptions: { checkArn: false } }).run(input as any, {
      context: { Execution: { Id: 'arn:execution', Input: input } } as any,
      overrides: {
        taskResourceLocalHandlers: {
          'Run': async (parameters: any) => {
            tasks.push(parameters);
            const outcome = outcomes.length > 1 ? outcomes.shift()! : outcomes[0];
            if (outcome === 'hangs') {
              return new Promise(() => undefined);
            }
            if (outcome instanceof Error) {
              throw outcome;
            }
            return outcome;
          },
          'Try once more': async (parameters: any) => tryOnceMore(parameters, '2026-05-01T12:00:00.000Z', '2026-05-01T12:01:40.500Z'),
          'Answer CloudFormation': async (parameters: any) => {
            reports.push(parameters);
            const answer = answers.length > 1 ? answers.shift()! : answers[0];
            if (answer instanceof Error) {
              throw answer;
            }
            return answer;
          },
        } as any,
        waitTimeOverrides: { 'Wait a moment': 0 },
        retryIntervalOverrides: { 'Run': 0, 'Answer CloudFormation': 0 },
      },
    }).result;
    return { run, tasks, reports, answers };
  }

  test('runs the task that its input describes, in the network of the runner', async () => {
    const { run, tasks, reports } = await execute(RUN_INPUT, TASK);
    await run();
    expect(tasks).toEqual([{
      LaunchType: 'FARGATE',
      PlatformVersion: 'LATEST',
      Cluster: expect.stringMatching(/^Cluster.*\.Arn$/),
      TaskDefinition: RUN_INPUT.taskDefinition,
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [expect.any(String), expect.any(String)], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
      Overrides: { ContainerOverrides: [{ Name: 'django', Command: ['python', 'manage.py', 'migrate'] }] },
    }]);
    expect(reports).toEqual([]);
    expect(definition.States.Run.Resource).toBe('arn:aws:states:::ecs:runTask.sync');
  });

  test('answers CloudFormation once when the command succeeds', async () => {
    const { run, reports } = await execute(FROM_CLOUDFORMATION, TASK);
    await run();
    expect(reports).toEqual([{
      FunctionName: expect.stringMatching(/^CommandsHandler.*\.Arn$/),
      Payload: { execution: 'arn:execution', run: { ...FROM_CLOUDFORMATION, task: TASK } },
    }]);
  });

  test('ends with the error by which the handler knows that it has answered', () => {
    const handler = readFileSync(join(__dirname, '..', '..', 'lambda', 'command-runner', 'outcome.py'), 'utf8');
    expect(handler).toContain(`REPORTED = '${definition.States['Failed and answered'].Error}'`);
  });

  test('answers CloudFormation once when the command fails, does not repeat it, and ends with the whole reason', async () => {
    const cause = { ...TASK, Containers: [{ Name: 'django', ExitCode: 1 }] };
    const { run, tasks, reports } = await execute(FROM_CLOUDFORMATION, fault('States.TaskFailed', cause));
    await expect(run()).rejects.toMatchObject({ cause: { name: 'CommandFailed', message: 'the whole reason' } });
    expect(tasks).toHaveLength(1);
    expect(reports.map(({ Payload }) => Payload.run.failure)).toEqual([{ Error: 'States.TaskFailed', Cause: JSON.stringify(cause) }]);
  });

  test('fails with the error of the task where nobody waits', async () => {
    const { run, reports } = await execute(RUN_INPUT, fault('States.TaskFailed', { ...TASK, Containers: [{ Name: 'django', ExitCode: 1 }] }));
    await expect(run()).rejects.toMatchObject({ cause: { name: 'States.TaskFailed' } });
    expect(reports).toEqual([]);
  });

  test('stops a task that takes too long, and says so', async () => {
    const { run, tasks, reports } = await execute({ ...FROM_CLOUDFORMATION, timeoutSeconds: 1 }, 'hangs');
    await expect(run()).rejects.toMatchObject({ cause: { name: 'CommandFailed' } });
    expect(tasks).toHaveLength(1);
    expect(reports.map(({ Payload }) => Payload.run.failure.Error)).toEqual(['States.Timeout']);
  });

  test('survives a failure without a cause', async () => {
    const error = fault('States.Timeout');
    error.message = '';
    const { run } = await execute(RUN_INPUT, error);
    await expect(run()).rejects.toMatchObject({ cause: { name: 'States.Timeout' } });
  });

  test.each([
    ['ECS.AccessDeniedException', 3],
    ['ECS.ThrottlingException', 5],
    ['ECS.AmazonECSException', 5],
    ['ECS.ServerException', 5],
    ['AmazonECS.Unknown', 3],
    ['ECS.ClientException', 3],
    ['ECS.InvalidParameterException', 3],
  ])('repeats a start that ECS refuses with %s, %d times at most', async (name, attempts) => {
    const recovers = await execute(FROM_CLOUDFORMATION, ...Array(attempts).fill(fault(name)), TASK);
    await recovers.run();
    expect(recovers.tasks).toHaveLength(attempts + 1);
    expect(recovers.reports).toHaveLength(1);

    const fails = await execute(FROM_CLOUDFORMATION, fault(name));
    await expect(fails.run()).rejects.toMatchObject({ cause: { name: 'CommandFailed' } });
    expect(fails.tasks).toHaveLength(attempts + 1);
    expect(fails.reports).toHaveLength(1);
  });

  test.each([
    'ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: User: x',
    'CannotPullContainerError: User: x is not authorized to perform: ecr:BatchGetImage',
    'Capacity is unavailable at this time. Please try again later',
    'Timeout waiting for network interface provisioning to complete.',
  ])('tries once more when a task did not start: %s', async (reason) => {
    const never = fault('States.TaskFailed', { ...TASK, StopCode: 'TaskFailedToStart', StoppedReason: reason, Containers: [{ Name: 'django' }] });
    const recovers = await execute(FROM_CLOUDFORMATION, never, TASK);
    await recovers.run();
    expect(recovers.tasks).toHaveLength(2);
    expect(recovers.reports.map(({ Payload }) => Payload.run.task)).toEqual([TASK]);

    const fails = await execute(FROM_CLOUDFORMATION, never);
    await expect(fails.run()).rejects.toMatchObject({ cause: { name: 'CommandFailed' } });
    expect(fails.tasks).toHaveLength(2);
    expect(fails.reports).toHaveLength(1);
  });

  test.each([
    ['TaskFailedToStart', 'CannotPullContainerError: shop/backend:1: not found'],
    ['EssentialContainerExited', 'AccessDeniedException in the log of a command that ran'],
  ])('does not repeat what would fail again or has run: %s, %s', async (stopCode, reason) => {
    const { run, tasks } = await execute(FROM_CLOUDFORMATION, fault('States.TaskFailed', { ...TASK, StopCode: stopCode, StoppedReason: reason }));
    await expect(run()).rejects.toMatchObject({ cause: { name: 'CommandFailed' } });
    expect(tasks).toHaveLength(1);
  });

  test.each([{ ExitCode: 75, GpuIds: [] }, { Name: 'django', ExitCode: 75 }])('tries once more when a command asks for it with exit code 75: %j', async (container) => {
    const later = fault('States.TaskFailed', { ...TASK, Containers: [container] });
    const recovers = await execute(FROM_CLOUDFORMATION, later, TASK);
    await recovers.run();
    expect(recovers.tasks).toHaveLength(2);
    expect(recovers.reports.map(({ Payload }) => Payload.run.task)).toEqual([TASK]);

    const fails = await execute(FROM_CLOUDFORMATION, later);
    await expect(fails.run()).rejects.toMatchObject({ cause: { name: 'CommandFailed' } });
    expect(fails.tasks).toHaveLength(2);
    expect(fails.reports).toHaveLength(1);
  });

  test.each([
    ['another exit code', { Containers: [{ Name: 'django', ExitCode: 175 }] }],
    ['words that look like it', { Containers: [{ Name: 'django', ExitCode: 1 }], Overrides: { ContainerOverrides: [{ Command: ['"ExitCode":75,'] }] } }],
  ])('does not repeat a command that ended with %s', async (_, cause) => {
    const { run, tasks } = await execute(FROM_CLOUDFORMATION, fault('States.TaskFailed', { ...TASK, ...cause }));
    await expect(run()).rejects.toMatchObject({ cause: { name: 'CommandFailed' } });
    expect(tasks).toHaveLength(1);
  });

  describe('gives a second try what the first has left', () => {
    test.each([
      ['a task that did not start', '12:01:40.500', 799],
      ['a command that asked for it late', '12:14:30.000', 60],
    ])('after %s', async (_, enteredTime, left) => {
      const input = { ...FROM_CLOUDFORMATION, failure: { Error: 'States.TaskFailed', Cause: '{}' } };
      expect(await tryOnceMore(input, '2026-05-01T12:00:00Z', `2026-05-01T${enteredTime}Z`)).toEqual({ ...input, secondTry: true, timeoutSeconds: left });
    });

    test('and tells the handler', async () => {
      const later = fault('States.TaskFailed', { ...TASK, Containers: [{ Name: 'django', ExitCode: 75 }] });
      const { run, reports } = await execute(FROM_CLOUDFORMATION, later);
      await expect(run()).rejects.toThrow();
      expect(reports.map(({ Payload }) => Payload.run)).toEqual([expect.objectContaining({ secondTry: true, timeoutSeconds: 799 })]);
    });
  });

  test('repeats an answer that could not be given', async () => {
    const { run, reports, answers } = await execute(FROM_CLOUDFORMATION, TASK);
    answers.unshift(...Array(5).fill(fault('Lambda.TooManyRequestsException')));
    await run();
    expect(reports).toHaveLength(6);
  });

  test('fails when the answer cannot be given, and EventBridge takes over', async () => {
    const { run, reports, answers } = await execute(FROM_CLOUDFORMATION, TASK);
    answers.splice(0, 1, fault('Lambda.ServiceException'));
    await expect(run()).rejects.toMatchObject({ cause: { name: 'Lambda.ServiceException' } });
    expect(reports).toHaveLength(6);
  });
});
