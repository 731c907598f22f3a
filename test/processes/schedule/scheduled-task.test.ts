import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Duration, Lazy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { alone, basis, COMMAND, DAILY, define, heartbeatOf, plain, schedulesOf, startOf } from './scheduled-tasks';
import { CommandRunner } from '../../../src/processes/commands/command-runner';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ScheduledTask } from '../../../src/processes/schedule/scheduled-task';
import { ScheduledTaskProps } from '../../../src/processes/schedule/scheduled-task-props';
import { TaskSchedule } from '../../../src/processes/schedule/task-schedule';
import { fromPython, IMAGE, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

describe('the schedule', () => {
  test('starts the state machine of the runner at its times, with a name of the task and the id of the start', () => {
    const { stack, runner, task } = define();
    expect(schedulesOf(stack)[0].Properties).toMatchObject({
      Description: 'Runs Cleanup',
      ScheduleExpression: 'cron(0 3 * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: {
        Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':scheduler:::aws-sdk:sfn:startExecution']] },
        DeadLetterConfig: { Arn: stack.resolve(task.deadLetterQueue.queueArn) },
        RetryPolicy: { MaximumEventAgeInSeconds: 900, MaximumRetryAttempts: 10 },
      },
    });
    expect(schedulesOf(stack)[0].Properties).not.toHaveProperty('ScheduleExpressionTimezone');
    expect(startOf(stack)).toMatchObject({
      StateMachineArn: plain(stack.resolve(runner.stateMachine.stateMachineArn)),
      Name: 'Cleanup-<aws.scheduler.execution-id>',
    });
  });

  test('names nothing that the runner knows of its default process', () => {
    const stack = newStack();
    const { cluster, process } = basis(stack);
    const commandRunner = new CommandRunner(stack, 'Commands', { cluster, defaultProcess: process });
    new ScheduledTask(stack, 'Cleanup', { process, commandRunner, command: COMMAND, schedule: DAILY });
    expect(startOf(stack).Input).toEqual({ name: 'Cleanup', command: COMMAND, timeoutSeconds: 3600, exclusive: 'Cleanup', heartbeat: true });
  });

  test('runs the command in the newest revision of the process, an hour at most, not beside an earlier run', () => {
    const { stack, process } = define();
    expect(startOf(stack).Input).toEqual({
      name: 'Cleanup',
      command: COMMAND,
      taskDefinition: process.taskDefinition.family,
      container: 'django',
      securityGroups: [plain(stack.resolve(process.securityGroup.securityGroupId))],
      logGroup: plain(stack.resolve(process.logGroup.logGroupName)),
      logStreamPrefix: 'django',
      timeoutSeconds: 3600,
      exclusive: 'Cleanup',
      heartbeat: true,
    });
  });

  test.each<[string, Partial<ScheduledTaskProps>, object]>([
    ['a timeout', { timeout: Duration.minutes(10) }, { timeoutSeconds: 600 }],
    ['a timeout that is known later', { timeout: TOKEN.seconds(77) }, { timeoutSeconds: 77 }],
    ['retries', { retryAttempts: 3 }, { retryAttempts: 3 }],
    ['a name', { taskName: 'nightly cleanup' }, { name: 'nightly cleanup', exclusive: expect.stringMatching(/^nightly_cleanup_[0-9a-f]{8}$/) }],
    ['more CPU, with memory that fits', { cpu: 1024 }, { cpu: '1024', memory: '2048' }],
    ['less CPU', { cpu: 256 }, { cpu: '256', memory: '1024' }],
    ['more memory', { memoryLimitMiB: 4096 }, { cpu: '512', memory: '4096' }],
    ['both', { cpu: 2048, memoryLimitMiB: 8192 }, { cpu: '2048', memory: '8192' }],
    ['words with quotes, blanks and keywords of EventBridge', { command: ['echo', '"a" \\ <aws.scheduler.scheduled-time>', 'ä\n'] },
      { command: ['echo', '"a" \\ <aws.scheduler.scheduled-time>', 'ä\n'] }],
    ['a word that is known later', { command: ['echo', TOKEN.string()] }, { command: ['echo', 'later'] }],
  ])('takes %s', (_, props, input) => {
    expect(startOf(define(props).stack).Input).toMatchObject(input);
  });

  test('lets runs overlap when told so', () => {
    const { stack } = define({ allowOverlap: true });
    expect(startOf(stack).Input).not.toHaveProperty('exclusive');
    expect(startOf(stack).Name).toBe('Cleanup-<aws.scheduler.execution-id>');
  });

  test.each<[string, TaskSchedule, object]>([
    ['a rate', TaskSchedule.rate(Duration.minutes(5)), { ScheduleExpression: 'rate(5 minutes)' }],
    ['a time zone', TaskSchedule.cron('0 3 ? * MON-FRI *', 'Europe/Berlin'), { ScheduleExpression: 'cron(0 3 ? * MON-FRI *)', ScheduleExpressionTimezone: 'Europe/Berlin' }],
    ['once', TaskSchedule.at('2100-12-24T18:00:00', 'UTC'), { ScheduleExpression: 'at(2100-12-24T18:00:00)', ScheduleExpressionTimezone: 'UTC' }],
    ['an expression that is known later', TaskSchedule.cron(TOKEN.string()), { ScheduleExpression: 'cron(later)' }],
  ])('takes %s, and deletes itself never', (_, schedule, expected) => {
    const { stack } = define({ schedule });
    expect(schedulesOf(stack)[0].Properties).toMatchObject(expected);
    expect(schedulesOf(stack)[0].Properties).not.toHaveProperty('ActionAfterCompletion');
  });

  test.each([[1, 60], [5, 300], [15, 900], [60, 900]])('with a run every %i minutes, starts are tried for %i seconds', (minutes, seconds) => {
    const { stack } = define({ schedule: TaskSchedule.rate(Duration.minutes(minutes)) });
    expect(schedulesOf(stack)[0].Properties.Target.RetryPolicy.MaximumEventAgeInSeconds).toBe(seconds);
  });

  test('waits for what the process needs, since a rate begins at once: by its role', () => {
    const { stack, process } = define();
    const { RoleArn } = schedulesOf(stack)[0].Properties.Target;
    const dependencies = Template.fromStack(stack).toJSON().Resources[RoleArn['Fn::GetAtt'][0]].DependsOn;
    expect(dependencies).toContain(stack.getLogicalId(process.logGroup.node.defaultChild as never));
    expect(dependencies).toContain(stack.getLogicalId(process.taskDefinition.obtainExecutionRole().node.defaultChild as never));
  });

  test('waits for the task definition, each of them: one that comes with a later deployment must not run the image before', () => {
    const { stack, process, add } = define();
    add('Later');
    const waitsFor = schedulesOf(stack).map(({ DependsOn }) => DependsOn);
    expect(waitsFor).toEqual(Array(2).fill([stack.getLogicalId(process.taskDefinition.node.defaultChild as never)]));
  });

  test('stands still with one setting, and then has no alarm', () => {
    const { stack, task } = define({ enabled: false });
    expect(schedulesOf(stack)[0].Properties.State).toBe('DISABLED');
    expect([task.alarm, heartbeatOf(stack)]).toEqual([undefined, undefined]);
  });

  test('may start this state machine and write to the queue only, for schedules of this account', () => {
    const { stack, runner, task } = define();
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Principal: { Service: 'scheduler.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }],
      },
      Policies: [{
        PolicyDocument: {
          Statement: [
            { Action: 'states:StartExecution', Effect: 'Allow', Resource: stack.resolve(runner.stateMachine.stateMachineArn) },
            { Action: 'sqs:SendMessage', Effect: 'Allow', Resource: stack.resolve(task.deadLetterQueue.queueArn) },
          ],
        },
      }],
    });
  });
});

describe('the alarm', () => {
  test('fires when a run fails, or none succeeds in time', () => {
    const { stack, runner, topic, task } = define();
    // A day, the hour of the timeout, the quarter of an hour in which it starts, and a little more; in whole hours.
    expect(heartbeatOf(stack)).toEqual({
      AlarmActions: [{ Ref: stack.getLogicalId(topic.node.defaultChild as never) }],
      AlarmDescription: 'Cleanup failed, or has not succeeded within 1 day 2 hours. The executions of the state machine have the reason and the log.',
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: 1,
      Metrics: [
        { Expression: 'FILL(runs, 0)', Id: 'expr_1', Label: 'Cleanup', ReturnData: true },
        {
          Id: 'runs',
          MetricStat: {
            Metric: {
              Dimensions: [{ Name: 'Command', Value: 'Cleanup' }, { Name: 'StateMachine', Value: stack.resolve(runner.stateMachine.stateMachineName) }],
              MetricName: 'Succeeded',
              Namespace: 'DjangoOnFargate',
            },
            Period: 93_600,
            Stat: 'Minimum',
          },
          ReturnData: false,
        },
      ],
      Threshold: 1,
      TreatMissingData: 'breaching',
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 1560, OnlyStartEvaluatingAfterWarmUpPeriodEnds: true },
    });
    expect(task.alarm?.alarmArn).toBeDefined();
  });

  test.each<[string, Partial<ScheduledTaskProps>, number, number]>([
    ['each minute', { schedule: TaskSchedule.rate(Duration.minutes(1)), timeout: Duration.minutes(1) }, 600, 10],
    ['every 5 minutes', { schedule: TaskSchedule.rate(Duration.minutes(5)) }, 4500, 75],
    ['each hour, with a longer timeout', { schedule: TaskSchedule.rate(Duration.hours(1)), timeout: Duration.hours(5) }, 22_800, 380],
    ['on workdays', { schedule: TaskSchedule.cron('0 9 ? * MON-FRI *') }, 74 * 3600, 2880],
    ['every day where clocks change', { schedule: TaskSchedule.cron('0 9 * * ? *', 'Europe/Berlin') }, 27 * 3600, 1620],
    ['every 6 days', { schedule: TaskSchedule.rate(Duration.days(6)) }, 146 * 3600, 2880],
    ['every day, known better', { alarmAfter: Duration.hours(30) }, 30 * 3600, 1800],
    ['every hour, known better', { schedule: TaskSchedule.rate(Duration.hours(1)), alarmAfter: Duration.minutes(61) }, 3660, 61],
  ])('looks back long enough: %s', (_, props, period, warmUp) => {
    const { Metrics, WarmUpConfiguration } = heartbeatOf(define(props).stack);
    expect([Metrics[1].MetricStat.Period, WarmUpConfiguration.WarmUpPeriodDurationInMinutes]).toEqual([period, warmUp]);
    expect(period % (period >= 86_400 ? 3600 : 60)).toBe(0);
    expect(period).toBeLessThanOrEqual(604_800);
  });

  test.each<[string, Partial<ScheduledTaskProps>]>([
    ['each week', { schedule: TaskSchedule.cron('0 9 ? * MON *') }],
    ['each month', { schedule: TaskSchedule.cron('0 9 1 * ? *') }],
    ['once', { schedule: TaskSchedule.at('2100-12-24T18:00:00') }],
    ['until a year', { schedule: TaskSchedule.cron('0 9 * * ? 2100') }],
    ['known later', { schedule: TaskSchedule.cron(TOKEN.string()) }],
    ['a day, but for days', { timeout: Duration.days(6) }],
    ['a day, for a time that is known later', { timeout: TOKEN.seconds() }],
  ])('tells of the last run where CloudWatch does not look back as far: %s', (_, props) => {
    const { stack, topic } = define(props);
    expect(heartbeatOf(stack)).toEqual({
      AlarmActions: [{ Ref: stack.getLogicalId(topic.node.defaultChild as never) }],
      AlarmDescription: 'The last run of Cleanup failed. The executions of the state machine have the reason and the log.',
      ComparisonOperator: 'LessThanThreshold',
      Dimensions: [{ Name: 'Command', Value: 'Cleanup' }, expect.objectContaining({ Name: 'StateMachine' })],
      EvaluationPeriods: 1,
      MetricName: 'Succeeded',
      Namespace: 'DjangoOnFargate',
      Period: 300,
      Statistic: 'Minimum',
      Threshold: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('is there without a topic, and says that nobody is told', () => {
    const { stack, task } = alone();
    expect(heartbeatOf(stack)).not.toHaveProperty('AlarmActions');
    expect(warningsOf(task.commandRunner.node.findChild('Schedules'))).toEqual({
      'nobody-told': 'Nobody is told when a scheduled task fails or does not run: its alarm has no action. ' +
        "Give DjangoOnFargate 'alarms', e.g. { emails: ['ops@example.com'] }; without it the runner, or the task with a runner of its own, an 'alarmTopic'.",
    });
    Template.fromStack(stack).resourceCountIs('AWS::CloudWatch::Alarm', 1);
  });

  test('another one tells of starts that EventBridge gave up', () => {
    const { stack, topic, task } = define();
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmActions: [stack.resolve(topic.topicArn)],
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Namespace: 'AWS/SQS',
      Dimensions: [{ Name: 'QueueName', Value: stack.resolve(task.deadLetterQueue.queueName) }],
      Period: 300,
      Statistic: 'Maximum',
      Threshold: 1,
      EvaluationPeriods: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    });
    Template.fromStack(stack).hasResourceProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 1_209_600 });
  });
});

describe('the resources', () => {
  test('of a task alone with a cluster are 9 and those of its process, 18 at most', () => {
    const { stack } = alone({ alarmTopic: sns.Topic.fromTopicArn(newStack(), 'Topic', 'arn:aws:sns:eu-central-1:123456789012:alarms') });
    const resources = Object.keys(Template.fromStack(stack).toJSON().Resources);
    expect(resources.filter((id) => id.startsWith('Cleanup'))).toHaveLength(9);
    expect(resources.length).toBeLessThanOrEqual(18);
  });

  test('of each further one are its schedule and its alarm', () => {
    const before = Object.keys(Template.fromStack(define().stack).toJSON().Resources);
    const { stack, add } = define();
    add('Report');
    const added = Object.entries<{ Type: string }>(Template.fromStack(stack).toJSON().Resources).filter(([id]) => !before.includes(id));
    expect(added.map(([, { Type }]) => Type).sort()).toEqual(['AWS::CloudWatch::Alarm', 'AWS::Scheduler::Schedule']);
  });

  test('of 150 tasks fit one stack, under names of their own', () => {
    const { stack, add } = define();
    for (let number = 1; number < 150; number++) {
      add(`Task${number}`, { schedule: TaskSchedule.cron(`${number % 60} 3 * * ? *`, 'Europe/Berlin') });
    }
    const template = Template.fromStack(stack).toJSON();
    expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(500);
    // CloudFormation takes 1 MB, without the indentation that people like.
    expect(JSON.stringify(template, undefined, 1).length).toBeLessThan(750_000);
    const names = schedulesOf(stack).map(({ Properties }) => JSON.parse(plain(Properties.Target.Input)).Name);
    expect(new Set(names).size).toBe(150);
  });
});

describe('the name', () => {
  const idOf = (task: ScheduledTask) => `${task.executionNamePrefix}-${'x'.repeat(36)}`;

  test.each<[string, string]>([
    ['Cleanup', 'Cleanup'],
    ['a/b', 'a_b'],
    ['a'.repeat(43), 'a'.repeat(43)],
  ])('%s begins the executions as it is', (taskName, prefix) => {
    expect(define({ taskName }).task.executionNamePrefix).toBe(prefix);
  });

  test.each(['a_b', 'a-b', 'a b', 'a'.repeat(44), `${'Quite/Long'.repeat(8)}`])('%s is told from others by a hash', (taskName) => {
    const { task } = define({ taskName });
    expect(task.executionNamePrefix).toMatch(/^[A-Za-z0-9_]{1,34}_[0-9a-f]{8}$/);
    expect(idOf(task).length).toBeLessThanOrEqual(80);
  });

  test('is the path in the stack, so that a stack that moves changes nothing', () => {
    const names = [new Stack(new App(), 'A'), new Stack(new Stack(new App(), 'Outer'), 'B')].map((stack) => {
      const { cluster, process } = basis(stack);
      const task = new ScheduledTask(process, 'Nightly Ütf', { process, cluster, command: COMMAND, schedule: DAILY });
      return [task.taskName, task.executionNamePrefix];
    });
    expect(names[0]).toEqual(['Shop/Nightly _tf', expect.stringMatching(/^Shop_Nightly__tf_[0-9a-f]{8}$/)]);
    expect(names[1]).toEqual(names[0]);
  });

  test('must be its own on the runner', () => {
    const { add } = define({ taskName: 'cleanup' });
    expect(messageOf(() => add('Other', { taskName: 'cleanup' }))).toBe("ScheduledTask at 'Stack/Other' cannot be defined:\n" +
      "- 'taskName' must be its own on the runner, got \"cleanup\", which 'Stack/Cleanup' has already: give one of them another, " +
      'since the one would be skipped while the other runs, and both would share an alarm');
  });

  test('may be that of a task on another runner', () => {
    const { stack, cluster, add } = define({ taskName: 'cleanup' });
    expect(() => add('Other', { taskName: 'cleanup', commandRunner: new CommandRunner(stack, 'Others', { cluster }) })).not.toThrow();
  });
});

describe('rights and metrics', () => {
  test('what is granted to the task is granted to its process', () => {
    const { stack, process, task } = define();
    new s3.Bucket(stack, 'Reports').grantPut(task);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve((process.taskDefinition.taskRole as iam.Role).roleName)],
      PolicyDocument: { Statement: [Match.objectLike({ Action: Match.arrayWith(['s3:PutObject']) })] },
    });
    expect(task.connections).toBe(process.connections);
  });

  test('someone may start runs', () => {
    const { stack, runner, task } = define();
    const role = new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() });
    task.grantRun(role);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(role.roleName)],
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'states:StartExecution', Resource: stack.resolve(runner.stateMachine.stateMachineArn) })]) },
    });
  });

  test('the metric is that of the task', () => {
    const { stack, runner, task } = define();
    expect(stack.resolve(task.metricSucceeded({ period: Duration.days(1) }).toMetricConfig().metricStat)).toMatchObject({
      namespace: 'DjangoOnFargate',
      metricName: 'Succeeded',
      dimensions: [{ name: 'Command', value: 'Cleanup' }, { name: 'StateMachine', value: stack.resolve(runner.stateMachine.stateMachineName) }],
      statistic: 'Sum',
    });
  });
});

describe('across stacks', () => {
  test('the runner in one and the task in another make no cycle, wherever the process is', () => {
    const app = new App();
    const [runnerStack, taskStack, processStack] = ['Runner', 'Task', 'Process'].map((id) => new Stack(app, id));
    const { cluster, vpc, process } = basis(runnerStack);
    const runner = new CommandRunner(runnerStack, 'Commands', { cluster, alarmTopic: new sns.Topic(runnerStack, 'Topic') });
    const elsewhere = new ProcessDefinition(processStack, 'Shop', { vpc, image: IMAGE, command: ['x'] });
    const own = new ProcessDefinition(taskStack, 'Shop', { vpc, image: IMAGE, command: ['x'] });
    [process, elsewhere, own].forEach((each, index) =>
      new ScheduledTask(taskStack, `Task${index}`, { process: each, commandRunner: runner, command: COMMAND, schedule: DAILY }));
    expect(() => app.synth()).not.toThrow();
    expect(runnerStack.dependencies).toEqual([]);
    // A process of the same stack is waited for by each schedule.
    expect(schedulesOf(taskStack)[2].DependsOn).toContain(taskStack.getLogicalId(own.logGroup.node.defaultChild as never));
    Template.fromStack(taskStack).resourceCountIs('AWS::Scheduler::Schedule', 3);
    Template.fromStack(taskStack).resourceCountIs('AWS::SQS::Queue', 0);
  });

  test('a runner in another region is refused', () => {
    const app = new App();
    const { cluster, process } = basis(new Stack(app, 'Runner', { env: { account: '111111111111', region: 'eu-west-1' } }));
    const runner = new CommandRunner(Stack.of(process), 'Commands', { cluster });
    const stack = new Stack(app, 'Task', { env: { account: '111111111111', region: 'eu-central-1' } });
    expect(messageOf(() => new ScheduledTask(stack, 'Cleanup', { process, commandRunner: runner, command: COMMAND, schedule: DAILY })))
      .toBe("ScheduledTask at 'Task/Cleanup' cannot be defined:\n- 'commandRunner' must be in the account and region of the task " +
        '(111111111111/eu-central-1), it is in 111111111111/eu-west-1: make a runner there');
  });
});

test('props may be as from Python', () => {
  const { stack } = define(fromPython({}, 'timeout', 'allowOverlap', 'retryAttempts', 'enabled', 'cpu', 'memoryLimitMiB', 'alarmAfter', 'taskName', 'cluster',
    'taskSubnets', 'assignPublicIp', 'alarmTopic'));
  expect(startOf(stack).Input).toMatchObject({ timeoutSeconds: 3600, exclusive: 'Cleanup' });
  expect(heartbeatOf(stack)).toBeDefined();
});

test('leaves nothing to acknowledge', () => {
  const { stack, task } = alone({ alarmTopic: sns.Topic.fromTopicArn(newStack(), 'Topic', 'arn:aws:sns:eu-central-1:123456789012:alarms') });
  (stack.node.root as App).synth();
  expect(new AwsSolutionsChecks(stack.node.root as App).validateScope(task).violations).toEqual([]);
});

test('a size that is known later passes', () => {
  const { stack } = define({ cpu: Lazy.number({ produce: () => 1024 }), memoryLimitMiB: Lazy.number({ produce: () => 2048 }) });
  const { cpu, memory } = startOf(stack).Input;
  expect([cpu, memory].map(Number)).toEqual([1024, 2048]);
});
