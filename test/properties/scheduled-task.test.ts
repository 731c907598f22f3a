import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Duration } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, maybe, noBoolean, noDuration, noMember, noStrings, notMatching, outside, seconds } from './arbitraries';
import { describeProperties } from './subject';
import { FARGATE_CPUS, fargateMemories } from '../../src/private/fargate-size';
import { CommandRunner } from '../../src/processes/commands/command-runner';
import { ProcessDefinition } from '../../src/processes/definition/process-definition';
import { ScheduledTask } from '../../src/processes/schedule/scheduled-task';
import { ScheduledTaskOptions } from '../../src/processes/schedule/scheduled-task-props';
import { TaskSchedule } from '../../src/processes/schedule/task-schedule';
import { givenVpc, IMAGE, TOKEN } from '../helpers';

const NAME = /^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$/;
const zone = maybe(fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'US/Pacific'));

const days = fc.constantFrom(['*', '?'], ['?', '*'], ['1', '?'], ['L', '?'], ['15W', '?'], ['1,15', '?'], ['*/2', '?'], ['?', 'MON-FRI'], ['?', 'sun'], ['?', '6L'], ['?', '3#2']);
const cron = fc.tuple(between(0, 59), fc.oneof(between(0, 23).map(String), fc.constantFrom('*', '8-17', '0/6')), days, fc.constantFrom('*', '1-6', 'JAN,jul'), fc.constantFrom('*', '2100', '2099-2199'))
  .map(([minute, hour, [dayOfMonth, dayOfWeek], month, year]) => [minute, hour, dayOfMonth, month, dayOfWeek, year].join(' '));
const pad = (value: number) => String(value).padStart(2, '0');
const time = fc.tuple(between(2030, 2100), between(1, 12), between(1, 28), between(0, 23), between(0, 59))
  .map(([year, month, day, hour, minute]) => `${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:00`);

const valid: fc.Arbitrary<ScheduledTaskOptions> = fc.record({
  when: fc.oneof(
    fc.tuple(cron, zone).map(([expression, timeZone]) => ({ schedule: TaskSchedule.cron(expression, timeZone) })),
    fc.tuple(time, zone).map(([at, timeZone]) => ({ schedule: TaskSchedule.at(at, timeZone) })),
    fc.tuple(between(1, 10_000), maybe(between(1, 1000))).map(([every, more]) => ({
      schedule: TaskSchedule.rate(Duration.minutes(every)),
      // Whole hours, more than between two runs, and at most 7 days.
      alarmAfter: more && every < 9000 ? Duration.hours(Math.min(168, Math.ceil((every + 1) / 60) + more)) : undefined,
    })),
  ),
  size: fc.oneof(
    fc.constant({}),
    fc.constantFrom(...FARGATE_CPUS).chain((cpu) => fc.record({ cpu: fc.constant(cpu), memoryLimitMiB: maybe(fc.constantFrom(...fargateMemories(cpu))) })),
    fc.constantFrom(...fargateMemories(512)).map((memoryLimitMiB) => ({ memoryLimitMiB })),
  ),
  rest: fc.record({
    command: fc.tuple(fc.stringMatching(/^[a-z./]{1,20}$/), fc.array(fc.string(), { maxLength: 5 })).map(([program, words]) => [program, ...words]),
    timeout: maybe(seconds(60, 604_800)),
    allowOverlap: maybe(fc.boolean()),
    retryAttempts: maybe(between(0, 10)),
    enabled: maybe(fc.boolean()),
    taskName: maybe(fc.stringMatching(NAME)),
  }),
}).map(({ when, size, rest }) => ({ ...when, ...size, ...rest }));

describeProperties<ScheduledTaskOptions>({
  name: 'ScheduledTask',
  define: (stack, options) => {
    const vpc = givenVpc(stack);
    const process = new ProcessDefinition(stack, 'Process', { vpc, image: IMAGE, command: ['gunicorn', 'shop.wsgi'] });
    const commandRunner = new CommandRunner(stack, 'Commands', { cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'shop', vpc }) });
    new ScheduledTask(stack, 'ScheduledTask', { process, commandRunner, ...options });
  },
  valid,
  expectOf: (template, { enabled = true, command, allowOverlap = false }) => {
    const [{ Properties: schedule }] = Object.values(template.findResources('AWS::Scheduler::Schedule'));
    expect(schedule.State).toBe(enabled ? 'ENABLED' : 'DISABLED');
    expect(schedule.Target.RetryPolicy.MaximumEventAgeInSeconds).toBeGreaterThanOrEqual(60);
    expect(schedule.Target.RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(86_400);
    const start = JSON.parse(schedule.Target.Input['Fn::Join'][1].map((part: unknown) => typeof part === 'string' ? part : 'later').join(''));
    const [, prefix] = /^([A-Za-z0-9_]{1,43})-<aws\.scheduler\.execution-id>$/.exec(start.Name)!;
    const input = JSON.parse(start.Input);
    expect(input.command).toEqual(command);
    expect(input.exclusive).toBe(allowOverlap ? undefined : prefix);
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    expect(alarms).toHaveLength(enabled ? 1 : 0);
    alarms.filter(({ Properties }) => Properties.Metrics).forEach(({ Properties }) => {
      const { Period } = Properties.Metrics[1].MetricStat;
      expect(Period % (Period > 86_400 ? 3600 : 60)).toBe(0);
      expect(Period).toBeLessThanOrEqual(604_800);
      expect(Properties.WarmUpConfiguration.WarmUpPeriodDurationInMinutes).toBeGreaterThanOrEqual(1);
      expect(Properties.WarmUpConfiguration.WarmUpPeriodDurationInMinutes).toBeLessThanOrEqual(2880);
    });
  },
  base: { command: ['python'], schedule: TaskSchedule.cron('0 3 * * ? *') },
  invalid: [
    ['command', fc.oneof(noStrings, fc.constantFrom([], [''], [' '], ['a b'], ['x', 'y'.repeat(8001)]))],
    ['schedule', fc.oneof(
      noMember,
      fc.tuple(between(0, 59), between(0, 23), between(1, 28), between(1, 12), between(0, 7)).map((fields) => TaskSchedule.cron(fields.join(' '))),
      fc.array(fc.string(), { maxLength: 7 }).map((fields) => TaskSchedule.cron(fields.join('!'))),
      fc.string().map((text) => TaskSchedule.at(text)),
      between(0, 59).map((amount) => TaskSchedule.rate(Duration.seconds(amount))),
      fc.string().filter((name) => !/^(UTC|GMT)$/.test(name)).map((name) => TaskSchedule.cron('0 3 * * ? *', name)),
      fc.constantFrom(null, 5, {}, [], '5 minutes').map((every) => TaskSchedule.rate(every as never)),
      fc.constantFrom(null, 5, {}, [], '5 minutes').map((expression) => TaskSchedule.of(expression as never)),
    )],
    ['timeout', noDuration(60, 604_800)],
    ['allowOverlap', noBoolean],
    ['retryAttempts', outside(0, 10)],
    ['enabled', noBoolean],
    ['cpu', outside(1, 255).filter((value) => !FARGATE_CPUS.includes(value as number))],
    ['memoryLimitMiB', outside(1, 500).filter((value) => !fargateMemories(512).includes(value as number))],
    ['alarmAfter', noDuration(86_401, 604_800)],
    ['taskName', notMatching(NAME)],
  ],
  tokens: [
    ['command', () => ['echo', TOKEN.string()]],
    ['schedule', () => TaskSchedule.cron(TOKEN.string(), TOKEN.string())],
    ['timeout', TOKEN.seconds],
    ['retryAttempts', TOKEN.number],
    ['cpu', TOKEN.number],
    ['memoryLimitMiB', TOKEN.number],
  ],
});
