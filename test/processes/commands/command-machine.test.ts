import { readFileSync } from 'fs';
import { createRequire } from 'module';
import { join } from 'path';
import { execute, EXECUTION, executionArn, Json, MACHINE_ARN, Result, TaskError } from './state-machine';
import { commandMachine, CommandMachineProps } from '../../../src/processes/commands/command-machine';

const validate: (definition: unknown) => { isValid: boolean; errorsText: () => string } = createRequire(__filename)('asl-validator');

const PROPS: CommandMachineProps = {
  partition: 'aws', clusterArn: 'arn:cluster', subnetIds: ['subnet-1', 'subnet-2'], assignPublicIp: false, topicArn: 'arn:topic', handlerArn: 'arn:handler',
};
const INPUT = {
  name: 'Shop/Cleanup',
  taskDefinition: 'arn:aws:ecs:eu-west-1:123456789012:task-definition/shop:7',
  container: 'django',
  command: ['python', 'manage.py', 'clearsessions'],
  timeoutSeconds: 900,
  securityGroups: ['sg-1'],
  logGroup: '/shop/logs',
  logStreamPrefix: 'django',
};
const DEPLOYMENT = { ...INPUT, cloudFormation: { ResponseURL: 'https://answer' } };
const TASK_ARN = 'arn:aws:ecs:eu-west-1:123456789012:task/shop/0123456789abcdef';
const TASK = {
  TaskArn: TASK_ARN, StopCode: 'EssentialContainerExited', StoppedReason: 'Essential container in task exited', Containers: [{ Name: 'django', ExitCode: 0 }],
};
const exited = (code: number) => ({ ...TASK, Containers: [{ Name: 'django', ExitCode: code }] });
const FAILS = new TaskError('States.TaskFailed', exited(1));
const NEVER_STARTS = new TaskError('States.TaskFailed', {
  ...TASK, StopCode: 'TaskFailedToStart', StoppedReason: 'Capacity is unavailable at this time.', Containers: [{ Name: 'django' }],
});

interface Listed { readonly name: string; readonly startDate: string }

/** What a run did; `outcomes` is what ECS does with each try, `lists` what each list of runs holds; the last ones again and again. */
interface Run extends Result {
  readonly tasks: Json[];
  readonly lists: Json[];
  readonly metrics: Json[];
  readonly messages: Json[];
  readonly answers: Json[];
}

async function run(input: Json, outcomes: (Error | Json)[], more: {
  lists?: (Listed[] | Error)[]; faults?: { [state: string]: Error }; props?: Partial<CommandMachineProps>; seconds?: number; name?: string;
} = {}): Promise<Run> {
  const calls: { [state: string]: Json[] } = { 'Run': [], 'List runs': [], 'Write the metric': [], 'Notify': [], 'Answer CloudFormation': [] };
  const next = <T>(values: T[]) => values.length > 1 ? values.shift()! : values[0];
  const [left, lists] = [[...outcomes], [...more.lists ?? [[]]]];
  const results: { [state: string]: () => unknown } = {
    'Run': () => next(left),
    'List runs': () => {
      const list = next(lists);
      return list instanceof Error ? list : {
        Executions: list.map(({ name, startDate }) => ({ ExecutionArn: executionArn(name), Name: name, StateMachineArn: MACHINE_ARN, StartDate: startDate, Status: 'RUNNING' })),
      };
    },
    'Write the metric': () => ({}),
    'Notify': () => ({ MessageId: '1' }),
    'Answer CloudFormation': () => ({ Payload: { answered: true, reason: 'the whole reason' } }),
  };
  const tasks = Object.fromEntries(Object.entries(results).map(([state, result]) => [state, (given: Json, seconds: (count: number) => void) => {
    calls[state].push(given);
    seconds(state === 'Run' ? more.seconds ?? 30 : 0);
    const outcome = more.faults?.[state] ?? result();
    if (outcome instanceof Error) {
      throw outcome;
    }
    return outcome;
  }]));
  const ended = await execute(commandMachine({ ...PROPS, ...more.props }), input, tasks, more.name);
  return {
    ...ended, tasks: calls.Run, lists: calls['List runs'], metrics: calls['Write the metric'], messages: calls.Notify, answers: calls['Answer CloudFormation'],
  };
}

describe('the state machine', () => {
  test.each([
    ['whole', {}],
    ['without a handler', { handlerArn: undefined }],
    ['without a topic', { topicArn: undefined }],
    ['with neither', { handlerArn: undefined, topicArn: undefined }],
  ])('is valid and leads to each of its states: %s', (_, props) => {
    const definition = commandMachine({ ...PROPS, ...props });
    const result = validate(definition);
    expect(result.errorsText()).toBe('');
    expect(result.isValid).toBe(true);
    const next = new Set([...JSON.stringify(definition).matchAll(/"(?:Next|Default|StartAt)":"([^"]+)"/g)].map(([, state]) => state));
    expect([...next].sort()).toEqual(Object.keys(definition.States as Json).sort());
  });

  test('is small', () => {
    expect(JSON.stringify(commandMachine(PROPS)).length).toBeLessThan(12_500);
  });

  test('runs the task that its input describes, in the network of the runner', async () => {
    const { status, output, tasks, answers, messages, metrics, lists } = await run(INPUT, [TASK]);
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: { name: 'Shop/Cleanup', task: TASK_ARN } });
    expect(tasks).toEqual([{
      LaunchType: 'FARGATE',
      PlatformVersion: 'LATEST',
      Cluster: 'arn:cluster',
      TaskDefinition: INPUT.taskDefinition,
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1', 'subnet-2'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } },
      Overrides: { ContainerOverrides: [{ Name: 'django', Command: ['python', 'manage.py', 'clearsessions'] }] },
    }]);
    expect([answers, messages, metrics, lists]).toEqual([[], [], [], []]);
  });

  test('takes a size of its own and a command of one word', async () => {
    const { tasks } = await run({ ...INPUT, command: ['check'], cpu: '1024', memory: '4096' }, [TASK]);
    expect(tasks[0].Overrides).toEqual({ Cpu: '1024', Memory: '4096', ContainerOverrides: [{ Name: 'django', Command: ['check'] }] });
    expect((await run({ ...INPUT, cpu: 1024, memory: 4096 }, [TASK])).tasks[0].Overrides).toMatchObject({ Cpu: '1024', Memory: '4096' });
  });

  describe('without all of its input', () => {
    const defaultProcess = { taskDefinition: 'shop', container: 'django', securityGroups: ['sg-9'], logGroup: 'logs', logStreamPrefix: 'django' };

    test('runs the default process', async () => {
      const { status, tasks, output } = await run({ command: ['python', 'manage.py', 'check'] }, [TASK], { props: { defaultProcess } });
      expect(status).toBe('SUCCEEDED');
      expect(output.name).toBe('python manage.py check');
      expect(tasks).toEqual([expect.objectContaining({
        TaskDefinition: 'shop',
        NetworkConfiguration: { AwsvpcConfiguration: expect.objectContaining({ SecurityGroups: ['sg-9'] }) },
        Overrides: { ContainerOverrides: [{ Name: 'django', Command: ['python', 'manage.py', 'check'] }] },
      })]);
    });

    test('runs for an hour at most', async () => {
      const { timeoutSeconds: _, ...input } = INPUT;
      expect(await run(input, [TASK], { seconds: 3600 })).toMatchObject({ status: 'SUCCEEDED' });
      expect(await run(input, [TASK], { seconds: 3601 })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    });

    test.each(['taskDefinition', 'container', 'command', 'securityGroups'])('says that %s is missing', async (field) => {
      const { [field]: _, ...input } = INPUT as Json;
      const { error, cause, tasks } = await run(input, [TASK]);
      expect({ error, cause, tasks }).toEqual({
        error: 'InputIncomplete',
        cause: 'Shop/Cleanup: its input must name taskDefinition, container, command and securityGroups, since its runner has no default process',
        tasks: [],
      });
    });
  });

  describe('tells CloudFormation', () => {
    test('once when the command succeeds', async () => {
      const { answers, messages } = await run(DEPLOYMENT, [TASK]);
      expect(answers).toEqual([{
        FunctionName: 'arn:handler',
        Payload: { execution: executionArn(EXECUTION), run: expect.objectContaining({ ...DEPLOYMENT, task: TASK_ARN }) },
      }]);
      expect(answers[0].Payload.run).not.toHaveProperty('failure');
      expect(messages).toEqual([]);
    });

    test('once when the command fails, does not repeat it, and ends with the whole reason', async () => {
      const { error, cause, tasks, answers, messages } = await run(DEPLOYMENT, [FAILS]);
      expect({ error, cause }).toEqual({ error: 'CommandFailed', cause: 'the whole reason' });
      expect(tasks).toHaveLength(1);
      expect(answers.map(({ Payload }) => Payload.run.failure)).toEqual([{ Error: 'States.TaskFailed', Cause: JSON.stringify(exited(1)) }]);
      expect(messages).toEqual([]);
    });

    test('with the error by which the handler knows that it has answered', () => {
      const handler = readFileSync(join(__dirname, '..', '..', '..', 'lambda', 'command-runner', 'outcome.py'), 'utf8');
      expect(handler).toContain(`REPORTED = '${(commandMachine(PROPS).States as Json)['Failed and answered'].Error}'`);
    });

    test('again when the answer could not be given, and fails when it never can: EventBridge takes over', async () => {
      const { error, answers } = await run(DEPLOYMENT, [TASK], { faults: { 'Answer CloudFormation': new TaskError('Lambda.ServiceException') } });
      expect(error).toBe('Lambda.ServiceException');
      expect(answers).toHaveLength(6);
    });

    test('that the command took too long', async () => {
      const { error, answers, tasks, seconds } = await run(DEPLOYMENT, [TASK], { seconds: 5000 });
      expect(error).toBe('CommandFailed');
      expect(tasks).toHaveLength(1);
      expect(seconds).toBe(900);
      expect(answers[0].Payload.run).toMatchObject({ failure: { Error: 'States.Timeout' }, timeoutSeconds: 900, secondsLeft: 900 });
    });
  });

  describe('repeats', () => {
    test.each([
      ['ECS.AccessDeniedException', 3],
      ['ECS.ThrottlingException', 5],
      ['ECS.AmazonECSException', 5],
      ['ECS.ServerException', 5],
      ['AmazonECS.Unknown', 3],
      ['ECS.ClientException', 3],
      ['ECS.InvalidParameterException', 3],
    ])('a start that ECS refuses with %s, %d times at most', async (name, attempts) => {
      const recovers = await run(DEPLOYMENT, [...Array(attempts).fill(new TaskError(name)), TASK]);
      expect(recovers.status).toBe('SUCCEEDED');
      expect(recovers.tasks).toHaveLength(attempts + 1);
      expect(recovers.answers).toHaveLength(1);

      const fails = await run(DEPLOYMENT, [new TaskError(name)]);
      expect(fails.error).toBe('CommandFailed');
      expect(fails.tasks).toHaveLength(attempts + 1);
      expect(fails.answers).toHaveLength(1);
    });

    test.each([
      ['ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException: User: x', {}],
      ['CannotPullContainerError: User: x is not authorized to perform: ecr:BatchGetImage', {}],
      ['Capacity is unavailable at this time. Please try again later', {}],
      ['Timeout waiting for network interface provisioning to complete.', {}],
      [undefined, { Reason: 'AccessDeniedException' }],
    ])('once a task that did not start: %s', async (reason, container) => {
      const never = new TaskError('States.TaskFailed', {
        ...TASK, StopCode: 'TaskFailedToStart', StoppedReason: reason, Containers: [{ Name: 'django', ...container }],
      });
      const recovers = await run(DEPLOYMENT, [never, TASK]);
      expect(recovers.tasks).toHaveLength(2);
      expect(recovers.answers[0].Payload.run.task).toBe(TASK_ARN);

      const fails = await run(DEPLOYMENT, [never]);
      expect(fails).toMatchObject({ error: 'CommandFailed' });
      expect(fails.tasks).toHaveLength(2);
      expect(fails.answers).toHaveLength(1);
    });

    test('once a command that asks for it with exit code 75', async () => {
      const later = new TaskError('States.TaskFailed', exited(75));
      const recovers = await run(DEPLOYMENT, [later, TASK]);
      expect(recovers.status).toBe('SUCCEEDED');
      expect(recovers.tasks).toHaveLength(2);
      const fails = await run(DEPLOYMENT, [later]);
      expect(fails.tasks).toHaveLength(2);
      expect(fails.answers).toHaveLength(1);
    });

    test.each([
      ['another exit code', exited(175)],
      ['words that look like it', { ...exited(1), Overrides: { ContainerOverrides: [{ Command: ['"ExitCode":75,'] }] } }],
      ['an image that is not there', { ...TASK, StopCode: 'TaskFailedToStart', StoppedReason: 'CannotPullContainerError: shop/backend:1: not found' }],
      ['rights that a command missed', { ...exited(1), StoppedReason: 'AccessDeniedException in the log of a command that ran' }],
    ])('nothing that would fail again or has run: %s', async (_, cause) => {
      expect((await run(DEPLOYMENT, [new TaskError('States.TaskFailed', cause)])).tasks).toHaveLength(1);
    });

    test.each(['', 'plain text', '{"cut off', '{"cut off in a brace}'.slice(0, -1)])('nothing when the cause is no task: %j', async (cause) => {
      expect(await run(DEPLOYMENT, [new TaskError('States.TaskFailed', cause)])).toMatchObject({ error: 'CommandFailed', tasks: [expect.anything()] });
    });

    test.each([
      ['a task that did not start', NEVER_STARTS, 100, 780],
      ['a command that asked for it late', new TaskError('States.TaskFailed', exited(75)), 870, 60],
    ])('within what is left after %s', async (_, first, seconds, left) => {
      const { answers } = await run(DEPLOYMENT, [first, FAILS], { seconds });
      expect(answers[0].Payload.run).toMatchObject({ secondTry: true, timeoutSeconds: 900, secondsLeft: left });
    });
  });

  describe('tries a run that failed again when its input says so', () => {
    test('as often as it says, a minute apart', async () => {
      const { tasks, seconds, status } = await run({ ...INPUT, retryAttempts: 2 }, [FAILS], { seconds: 10 });
      expect(status).toBe('FAILED');
      expect(tasks).toHaveLength(3);
      expect(seconds).toBe(150);
    });

    test('until it succeeds, which is success', async () => {
      const { tasks, status, messages, metrics } = await run({ ...INPUT, retryAttempts: 2, heartbeat: true }, [FAILS, TASK]);
      expect(status).toBe('SUCCEEDED');
      expect(tasks).toHaveLength(2);
      expect(messages).toEqual([]);
      expect(metrics.map(({ MetricData }) => MetricData[0].Value)).toEqual([1]);
    });

    test.each([
      ['there is no time for it', { timeoutSeconds: 149 }, FAILS, 1],
      ['there is just time for it', { timeoutSeconds: 150 }, FAILS, 2],
      ['somebody stopped it', {}, new TaskError('States.TaskFailed', { ...exited(143), StopCode: 'UserInitiated' }), 1],
      ['it timed out', { timeoutSeconds: 20 }, TASK, 1],
    ])('but not when %s', async (_, more, outcome, count) => {
      expect((await run({ ...INPUT, ...more, retryAttempts: 1 }, [outcome])).tasks).toHaveLength(count);
    });
  });

  describe('of runs that exclude each other', () => {
    const ME = { name: EXECUTION, startDate: '2026-05-01T12:00:00.000Z' };
    const BEFORE = { name: 'Cleanup-2', startDate: '2026-05-01T11:00:00.000Z' };
    const AFTER = { name: 'Cleanup-4', startDate: '2026-05-01T12:00:00.001Z' };
    const EXCLUSIVE = { ...INPUT, exclusive: 'Cleanup', heartbeat: true };

    test('asks for the running ones of its own state machine', async () => {
      const { lists, seconds } = await run(EXCLUSIVE, [TASK], { lists: [[ME]] });
      expect(lists).toEqual([{ StateMachineArn: MACHINE_ARN, StatusFilter: 'RUNNING', MaxResults: 200 }]);
      expect(seconds).toBe(33);
    });

    test.each<[string, Listed[]]>([
      ['is alone', [ME]],
      ['is not listed yet', []],
      ['began first', [AFTER, ME]],
      ['began at the same moment and is first by name', [{ ...AFTER, startDate: ME.startDate }, ME]],
      ['has another name', [ME, { ...BEFORE, name: 'Other-2' }, { ...BEFORE, name: 'Cleanup' }, { ...BEFORE, name: 'Cleanups-2' }, { ...BEFORE, name: 'Clean-Cleanup-2' }]],
    ])('runs when it %s', async (_, list) => {
      expect(await run(EXCLUSIVE, [TASK], { lists: [list] })).toMatchObject({ status: 'SUCCEEDED', tasks: [expect.anything()] });
    });

    test.each<[string, Listed[]]>([
      ['an earlier one runs', [AFTER, ME, BEFORE]],
      ['an earlier one runs and itself is not listed yet', [BEFORE]],
      ['another began at the same moment and is first by name', [ME, { name: 'Cleanup-2', startDate: ME.startDate }]],
      ['two earlier ones run', [ME, { ...BEFORE, name: 'Cleanup-2' }, { ...BEFORE, name: 'Cleanup-1' }]],
    ])('skips its turn when %s, and tells nobody but those who read it', async (_, list) => {
      const { status, output, tasks, metrics, messages } = await run(EXCLUSIVE, [TASK], { lists: [list] });
      expect({ status, output }).toEqual({
        status: 'SUCCEEDED',
        output: {
          skipped: true, name: 'Shop/Cleanup', reason: `An earlier run was still going on: ${executionArn('Cleanup-2')}`,
        },
      });
      expect([tasks, metrics, messages]).toEqual([[], [], []]);
    });

    test('compares the times of the list with each other, since they may be rounded', async () => {
      const rounded = '2026-05-01T11:59:59Z';
      const list = [{ ...AFTER, startDate: rounded }, { ...ME, startDate: rounded }];
      expect(await run(EXCLUSIVE, [TASK], { lists: [list] })).toMatchObject({ tasks: [expect.anything()] });
    });

    test('reads the whole list', async () => {
      const pages: Json[] = [
        { Executions: [], NextToken: 'second' },
        { Executions: [{ ExecutionArn: executionArn('Cleanup-2'), Name: 'Cleanup-2', StartDate: BEFORE.startDate }] },
      ];
      const lists: Json[] = [];
      const { output } = await execute(commandMachine(PROPS), EXCLUSIVE, { 'List runs': (given) => { lists.push(given); return pages[lists.length - 1]; } });
      expect(lists.map(({ NextToken }) => NextToken)).toEqual([undefined, 'second']);
      expect(output.skipped).toBe(true);
    });

    test('waits for the earlier one where it shall, and gets the time that is left', async () => {
      const list = [ME, BEFORE];
      const { status, lists, tasks, answers, seconds } = await run(
        { ...DEPLOYMENT, exclusive: 'Cleanup', whenRunning: 'WAIT' }, [FAILS], { lists: [list, list, [ME]], seconds: 50 });
      expect(status).toBe('FAILED');
      expect(lists).toHaveLength(3);
      expect(tasks).toHaveLength(1);
      expect(seconds).toBe(3 + 10 + 10 + 50);
      expect(answers[0].Payload.run).toMatchObject({ secondsLeft: 900 - 23 });
    });

    test.each([[900, 60], [86_400, 400]])('gives up waiting when %d seconds are over, after fewer than %d looks', async (timeoutSeconds, looks) => {
      const { error, cause, lists, tasks, seconds, answers, metrics } = await run(
        { ...DEPLOYMENT, exclusive: 'Cleanup', whenRunning: 'WAIT', timeoutSeconds, heartbeat: true }, [TASK], { lists: [[ME, BEFORE]] });
      expect({ error, cause }).toEqual({ error: 'CommandFailed', cause: 'the whole reason' });
      expect(answers[0].Payload.run.failure).toEqual({
        Error: 'EarlierRunStillRuns', Cause: `an earlier run was still going on after ${timeoutSeconds} seconds (${executionArn('Cleanup-2')})`,
      });
      expect(tasks).toEqual([]);
      expect(lists.length).toBeLessThan(looks);
      expect(seconds).toBeGreaterThanOrEqual(timeoutSeconds);
      expect(seconds).toBeLessThan(timeoutSeconds + 11);
      expect(metrics.map(({ MetricData }) => MetricData[0].Value)).toEqual([0]);
    });

    test('tells CloudFormation when it skips its turn', async () => {
      const { answers } = await run({ ...DEPLOYMENT, exclusive: 'Cleanup' }, [TASK], { lists: [[ME, BEFORE]] });
      expect(answers[0].Payload.run.failure).toEqual({ Error: 'RunSkipped', Cause: `an earlier run was still going on (${executionArn('Cleanup-2')})` });
    });

    test('does not run when the list cannot be read, and says so', async () => {
      const { cause, lists, tasks, messages } = await run(EXCLUSIVE, [TASK], { lists: [new TaskError('Sfn.AccessDeniedException', 'not authorized')] });
      expect(cause).toBe('Shop/Cleanup: it was not started (Sfn.AccessDeniedException: not authorized)');
      expect(lists).toHaveLength(5);
      expect(tasks).toEqual([]);
      expect(messages).toHaveLength(1);
    });

    test.each([
      ['Clean', EXECUTION], ['Cleanup-3', EXECUTION], ['Other', EXECUTION], ['Cleanup', 'Cleanup'], ['Cleanup-Old', 'Cleanup-Old-1'],
    ])('does not run under a name by which others do not know it: %s in %s', async (exclusive, name) => {
      const { error, cause, tasks } = await run({ ...INPUT, exclusive }, [TASK], { name });
      expect({ error, cause, tasks }).toEqual({
        error: 'InputIncomplete',
        cause: `Shop/Cleanup: the name of its execution must be '${exclusive}-' and something after it, by which other runs know it`,
        tasks: [],
      });
    });
  });

  describe('writes a metric where it shall', () => {
    test.each([['success', [TASK], 1], ['failure', [FAILS], 0]])('%s', async (_, outcomes, value) => {
      const { metrics } = await run({ ...INPUT, heartbeat: true }, outcomes);
      expect(metrics).toEqual([{
        Namespace: 'DjangoOnFargate',
        MetricData: [{
          MetricName: 'Succeeded', Value: value, Dimensions: [{ Name: 'StateMachine', Value: 'Commands' }, { Name: 'Command', Value: 'Shop/Cleanup' }],
        }],
      }]);
    });

    test('and is not stopped when it cannot', async () => {
      const faults = { 'Write the metric': new TaskError('CloudWatch.CloudWatchException') };
      expect(await run({ ...DEPLOYMENT, heartbeat: true }, [TASK], { faults })).toMatchObject({ status: 'SUCCEEDED', answers: [expect.anything()] });
      expect(await run({ ...INPUT, heartbeat: true }, [FAILS], { faults })).toMatchObject({ error: 'States.TaskFailed', messages: [expect.anything()] });
    });
  });

  describe('tells people', () => {
    test('what failed, why, and where its log and its run are', async () => {
      const { error, cause, messages } = await run(INPUT, [FAILS]);
      expect({ error, cause }).toEqual({ error: 'States.TaskFailed', cause: 'Shop/Cleanup: it ended with exit code 1' });
      expect(messages).toEqual([{
        TopicArn: 'arn:topic',
        Subject: 'Shop/Cleanup failed',
        Message: [
          'Shop/Cleanup failed: it ended with exit code 1.',
          '',
          'Command: python manage.py clearsessions',
          'Log: https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Fshop$252Flogs' +
            '/log-events/django$252Fdjango$252F0123456789abcdef',
          `Run: https://console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/details/${executionArn(EXECUTION)}`,
        ].join('\n'),
      }]);
    });

    test.each<[string, Error | Json, string]>([
      ['too little memory', new TaskError('States.TaskFailed', exited(137)), 'it ended with exit code 137, which is mostly a lack of memory: raise its memory'],
      ['what ECS says of memory', new TaskError('States.TaskFailed', { ...TASK, Containers: [{ Name: 'django', ExitCode: 1, Reason: 'OutOfMemoryError: killed' }] }),
        'it ended with exit code 1, which is mostly a lack of memory: raise its memory'],
      ['a task that did not start', new TaskError('States.TaskFailed', {
        ...TASK, StopCode: 'TaskFailedToStart', StoppedReason: 'CannotPullContainerError: not found', Containers: [{ Name: 'django' }],
      }), 'its task did not start (CannotPullContainerError: not found)'],
      ['what ECS says twice', new TaskError('States.TaskFailed', {
        ...TASK, StopCode: 'TaskFailedToStart', StoppedReason: 'CannotPullContainerError: x', Containers: [{ Name: 'django', Reason: 'CannotPullContainerError: x' }],
      }), 'its task did not start (CannotPullContainerError: x)'],
      ['a refusal that is JSON', new TaskError('AmazonECS.Unknown', { Failures: [{ Reason: 'RESOURCE:CPU' }], Tasks: [] }),
        'it was not started (AmazonECS.Unknown: {"Failures":[{"Reason":"RESOURCE:CPU"}],"Tasks":[]})'],
      ['a task that was stopped', new TaskError('States.TaskFailed', { ...TASK, StopCode: 'UserInitiated', StoppedReason: 'Task stopped by user' }),
        'its task was stopped (Task stopped by user)'],
      ['a start that was refused', new TaskError('ECS.ClusterNotFoundException', 'Cluster not found.'), 'it was not started (ECS.ClusterNotFoundException: Cluster not found.)'],
      ['an error without a cause', new TaskError('States.HeartbeatTimeout', ''), 'it was not started (States.HeartbeatTimeout: )'],
    ])('of %s', async (_, outcome, why) => {
      const { messages } = await run(INPUT, [outcome]);
      expect(messages[0].Message.split('\n')[0]).toBe(`Shop/Cleanup failed: ${why}.`);
    });

    test('that it took too long, and where it logged', async () => {
      const { messages, error } = await run(INPUT, [TASK], { seconds: 901 });
      expect(error).toBe('States.Timeout');
      expect(messages[0].Message).toMatch(/^Shop\/Cleanup failed: it did not end within 900 seconds and was stopped: raise its timeout, or make it faster\.\n/);
      expect(messages[0].Message).toMatch(/\nLog: [^\n]+\/log-group\/\$252Fshop\$252Flogs\n/);
    });

    test('in a subject that SNS takes', async () => {
      const { messages } = await run({ ...INPUT, name: ` Läden\n${'x'.repeat(200)}` }, [FAILS]);
      expect(messages[0].Subject).toBe(`L?den?${'x'.repeat(83)} failed`);
    });

    test('without a log group', async () => {
      const { logGroup: _, ...input } = INPUT;
      expect((await run(input, [FAILS])).messages[0].Message).not.toContain('Log:');
    });

    test.each([
      ['it shall not', { ...INPUT, notify: false }, {}],
      ['there is no topic', INPUT, { topicArn: undefined }],
      ['CloudFormation tells it', DEPLOYMENT, {}],
    ])('nothing where %s', async (_, input, props) => {
      expect(await run(input, [FAILS], { props })).toMatchObject({ status: 'FAILED', messages: [] });
    });

    test('as well as it can: a topic that is gone does not change the outcome', async () => {
      expect(await run(INPUT, [FAILS], { faults: { Notify: new TaskError('SNS.NotFoundException') } })).toMatchObject({ error: 'States.TaskFailed' });
    });
  });
});
