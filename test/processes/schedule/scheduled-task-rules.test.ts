import * as sns from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { alone, define, schedulesOf } from './scheduled-tasks';
import { FARGATE_CPUS } from '../../../src/private/fargate-size';
import { ProcessDefinition } from '../../../src/processes/definition/process-definition';
import { ScheduledTaskProps } from '../../../src/processes/schedule/scheduled-task-props';
import { TaskSchedule } from '../../../src/processes/schedule/task-schedule';
import { givenVpc, IMAGE, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

describe('a task is refused', () => {
  const REFUSED = "ScheduledTask at 'Stack/Cleanup' cannot be defined:\n- ";
  test.each<[string, Partial<ScheduledTaskProps>, string]>([
    ['without a command', { command: undefined as never }, "'command' must be given: e.g. ['python', 'manage.py', 'clearsessions']"],
    ['with an empty command', { command: [] }, "'command' must hold at least the program: e.g. ['python', 'manage.py', 'clearsessions']"],
    ['with a line as command', { command: 'python manage.py clearsessions' as never },
      "'command' must be a list of words, got \"python manage.py clearsessions\": write ['python', 'manage.py', 'clearsessions']"],
    ['with a line as program', { command: ['python manage.py clearsessions'] },
      "'command' must be in exec form, got [\"python manage.py clearsessions\"]: no shell splits it, write ['python', 'manage.py', 'clearsessions']"],
    ['with a number as word', { command: ['sleep', 5 as never] }, "'command' must be a list of strings, got 5 as word 2: quote it"],
    ['with a long command', { command: ['echo', 'x'.repeat(8000)] },
      "'command' must have at most 8000 characters, got 8011, because ECS limits what a run overrides: put long values into the environment of the process"],
    ['without a schedule', { schedule: undefined as never },
      "'schedule' must be given: use TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin') or TaskSchedule.rate(Duration.minutes(15))"],
    ['with a text as schedule', { schedule: '0 3 * * ? *' as never },
      "'schedule' must be a TaskSchedule, got \"0 3 * * ? *\": use TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin') or TaskSchedule.rate(Duration.minutes(15))"],
    ['with a cron of Unix', { schedule: TaskSchedule.cron('0 3 * * 1-5') },
      "'schedule' has the five fields of Unix, got \"0 3 * * 1-5\", AWS has six (minute hour day-of-month month day-of-week year): write '0 3 ? * MON-FRI *'"],
    ['with half a minute', { schedule: TaskSchedule.rate(Duration.seconds(30)) },
      "'schedule' must have a rate of 1 minute at least, got 30 seconds: EventBridge starts nothing more often"],
    ['with an abbreviation', { schedule: TaskSchedule.cron('0 3 * * ? *', 'PST') },
      "'schedule' must have the name of a time zone of IANA, got \"PST\": write 'America/Los_Angeles'"],
    ['with a number as timeout', { timeout: 600 as never }, "'timeout' must be a Duration, got 600: use Duration.seconds(600)"],
    ['with a short timeout', { timeout: Duration.seconds(59) }, "'timeout' must be between 1 minute and 7 days, got 59 seconds"],
    ['with a long timeout', { timeout: Duration.days(8) }, "'timeout' must be between 1 minute and 7 days, got 8 days"],
    ['with a broken timeout', { timeout: Duration.millis(60_500) }, "'timeout' must be in whole seconds, got 60.5 seconds"],
    ['with many retries', { retryAttempts: 11 }, "'retryAttempts' must be a whole number between 0 and 10, got 11"],
    ['with words for yes', { allowOverlap: 'true' as never }, "'allowOverlap' must be true or false, got \"true\": write true without quotes"],
    ['with words for no', { enabled: 'false' as never }, "'enabled' must be true or false, got \"false\": write false without quotes"],
    ['with a size that Fargate has not', { cpu: 300 }, `'cpu' must be one of ${FARGATE_CPUS.join(', ')} (1024 is one vCPU), got 300`],
    ['with a pair that Fargate has not', { cpu: 256, memoryLimitMiB: 4096 }, "'memoryLimitMiB' must be one of 512, 1024, 2048 with 'cpu' 256, got 4096"],
    ['with memory that the process cannot have', { memoryLimitMiB: 512 }, "'memoryLimitMiB' must be one of 1024, 2048, 3072, 4096 with 'cpu' 512, got 512"],
    ['with an alarm between runs', { alarmAfter: Duration.hours(24) },
      "'alarmAfter' must be longer than the schedule's longest time between two runs, 1 day, and at most 7 days, got 1 day"],
    ['with an alarm after weeks', { alarmAfter: Duration.days(8) },
      "'alarmAfter' must be longer than the schedule's longest time between two runs, 1 day, and at most 7 days, got 8 days"],
    ['with an alarm on a monthly task', { schedule: TaskSchedule.cron('0 3 1 * ? *'), alarmAfter: Duration.days(7) },
      "'alarmAfter' must be left out with a schedule that runs less than every 7 days, ends, or is known later, since CloudWatch looks back 7 days: " +
      'its alarm fires on runs that fail'],
    ['with an alarm in broken hours', { alarmAfter: Duration.minutes(1501) }, "'alarmAfter' must be in whole hours, as it is longer than a day, got 90060 seconds"],
    ['with an alarm in broken minutes', { schedule: TaskSchedule.rate(Duration.minutes(5)), alarmAfter: Duration.seconds(330) },
      "'alarmAfter' must be in whole minutes, got 5 minutes 30 seconds"],
    ['with an alarm that is known later', { alarmAfter: TOKEN.minutes() },
      "'alarmAfter' must be known at synthesis, because it is held against the schedule: give it as a plain value, not as a token"],
    ['with a strange name', { taskName: 'Aufräumen' },
      "'taskName' must be letters, digits, blanks, '.', '_', '/' and '-', 100 characters at most, the first a letter or digit, got \"Aufräumen\""],
    ['without a process', { process: undefined as never }, "'process' must be given: make one"],
    ['without a runner', { commandRunner: undefined }, "'commandRunner' must be given, or 'cluster' for a runner of its own"],
    ['with something else as runner', { commandRunner: {} as never }, "'commandRunner' must be a CommandRunner, got {}: make one, or give 'cluster'\n" +
      "- 'commandRunner' must be given, or 'cluster' for a runner of its own"],
    ['with a topic beside the runner', { alarmTopic: sns.Topic.fromTopicArn(newStack(), 'Topic', 'arn:aws:sns:eu-central-1:123456789012:alarms') },
      "'alarmTopic' must not be given with 'commandRunner', which has its own: give it there"],
    ['with subnets beside the runner', { taskSubnets: { subnetGroupName: 'x' }, assignPublicIp: true },
      "'taskSubnets' must not be given with 'commandRunner', which has its own: give it there\n" +
      "- 'assignPublicIp' must not be given with 'commandRunner', which has its own: give it there"],
  ])('%s', (_, props, reason) => {
    expect(messageOf(() => define(props))).toBe(REFUSED + reason);
  });

  test('with a cluster beside the runner', () => {
    const { stack, cluster, add } = define();
    expect(messageOf(() => add('Other', { cluster }))).toBe("ScheduledTask at 'Stack/Other' cannot be defined:\n" +
      "- 'cluster' must not be given with 'commandRunner', which has one: leave it out");
    expect(stack.node.tryFindChild('Other')).toBeDefined();
  });

  test('in another VPC than the runner, or its cluster', () => {
    const elsewhere = newStack('Elsewhere');
    const process = new ProcessDefinition(elsewhere, 'Shop', { vpc: givenVpc(elsewhere, { vpcId: 'vpc-2' }), image: IMAGE, command: ['x'] });
    expect(messageOf(() => define({ process }))).toBe(`${REFUSED}'process' must be in the VPC of 'commandRunner' (vpc-1), it is in vpc-2: make both in the same`);
    expect(messageOf(() => alone({ process }))).toBe(`${REFUSED}'process' must be in the VPC of 'cluster' (vpc-1), it is in vpc-2: make both in the same`);
  });

  test.each<[string, Partial<ScheduledTaskProps>, string]>([
    ['a FIFO topic', { alarmTopic: new sns.Topic(newStack(), 'Topic', { fifo: true }) },
      "'alarmTopic' must be a standard topic, got a FIFO topic, to which nobody subscribes by email: make a topic without 'fifo'"],
    ['subnets that are not there', { taskSubnets: { subnetGroupName: 'none' } }, expect.stringMatching(/^'taskSubnets' matches no subnet of the VPC: /) as never],
  ])('alone with %s', (_, props, reason) => {
    const message = messageOf(() => alone(props));
    expect(message.startsWith(REFUSED)).toBe(true);
    expect(message.slice(REFUSED.length)).toEqual(reason);
  });
});

describe('a task is warned about', () => {
  test('when its time does not exist once a year', () => {
    expect(warningsOf(define({ schedule: TaskSchedule.cron('30 2 * * ? *', 'Europe/Berlin') }).task)).toEqual({
      'skipped-hour': 'It does not run at 02:30 on the day when the clocks of Europe/Berlin are put forward (2026-03-29 for one), ' +
        'since there is no time from 02:00 to 03:00: choose another time, or UTC.',
    });
  });

  test.each([[TaskSchedule.at('2020-12-24T18:00:00')], [TaskSchedule.cron('0 18 24 12 ? 2020')]])('when it does not run any more, but still synthesises', (schedule) => {
    const { stack, task } = define({ schedule });
    expect(warningsOf(task)['past-schedule']).toMatch(/^The schedule (at|cron)\(.*\) ended on 202[01]-\d\d-\d\d and does not run any more: remove the task, or give another time\.$/);
    expect(schedulesOf(stack)).toHaveLength(1);
    expect(warningsOf(define({ schedule, enabled: false }).task)).toEqual({});
  });

  test('never without reason', () => {
    const { task, runner } = define();
    expect([warningsOf(task), warningsOf(runner.node.findChild('Schedules'))]).toEqual([{}, {}]);
  });
});
