import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Duration, Lazy, TimeZone } from 'aws-cdk-lib/core';
import { TaskSchedule } from '../../../src/processes/schedule/task-schedule';
import { TOKEN } from '../../helpers';

const { ScheduleExpression } = scheduler;
const DAY = 1440;

test.each<[string, TaskSchedule, string, string | undefined]>([
  ['a minute', TaskSchedule.rate(Duration.minutes(1)), 'rate(1 minute)', undefined],
  ['minutes', TaskSchedule.rate(Duration.minutes(90)), 'rate(90 minutes)', undefined],
  ['an hour', TaskSchedule.rate(Duration.minutes(60)), 'rate(1 hour)', undefined],
  ['days', TaskSchedule.rate(Duration.hours(48)), 'rate(2 days)', undefined],
  ['a cron', TaskSchedule.cron(' 0  3 * * ? * '), 'cron(0 3 * * ? *)', undefined],
  ['a cron in a time zone', TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin'), 'cron(0 3 * * ? *)', 'Europe/Berlin'],
  ['a cron as from Python', TaskSchedule.cron('0 3 * * ? *', undefined), 'cron(0 3 * * ? *)', undefined],
  ['once', TaskSchedule.at('2030-12-24T18:00:00', 'Europe/Berlin'), 'at(2030-12-24T18:00:00)', 'Europe/Berlin'],
  ['a cron of the CDK', TaskSchedule.of(ScheduleExpression.cron({ minute: '0', hour: '3', timeZone: TimeZone.EUROPE_BERLIN })), 'cron(0 3 * * ? *)', 'Europe/Berlin'],
  ['a rate of the CDK', TaskSchedule.of(ScheduleExpression.rate(Duration.hours(12))), 'rate(12 hours)', 'Etc/UTC'],
  ['a time of the CDK', TaskSchedule.of(ScheduleExpression.at(new Date('2030-12-24T18:00:00Z'))), 'at(2030-12-24T18:00:00)', 'Etc/UTC'],
])('%s is written as EventBridge wants it', (_, schedule, expression, timeZone) => {
  expect([schedule._problem(), schedule._expression, schedule._timeZone]).toEqual([undefined, expression, timeZone]);
});

test.each<[string, TaskSchedule, RegExp]>([
  ['a cron', TaskSchedule.cron(TOKEN.string()), /^cron\(\$\{Token\[.*\]\}\)$/],
  ['a time', TaskSchedule.at(TOKEN.string()), /^at\(\$\{Token\[.*\]\}\)$/],
  ['a rate', TaskSchedule.rate(TOKEN.minutes()), /^rate\(-?\d.* minutes\)$/],
  ['an expression', TaskSchedule.of(ScheduleExpression.expression(TOKEN.string())), /^\$\{Token\[.*\]\}$/],
])('%s that is known later passes, and nothing is told of it', (_, schedule, expression) => {
  expect(schedule._read()).toMatchObject({ expression: expect.stringMatching(expression) });
  expect([schedule._problem(), schedule._read().longestGap, schedule._read().end]).toEqual([undefined, undefined, undefined]);
});

test('a time zone that is known later passes, but how long a day of it is nobody knows', () => {
  const schedule = TaskSchedule.cron('0 3 * * ? *', Lazy.string({ produce: () => 'Europe/Berlin' }));
  expect([schedule._problem(), schedule._read().longestGap]).toEqual([undefined, undefined]);
});

test.each<[string, TaskSchedule, number | undefined, number | undefined]>([
  ['a rate', TaskSchedule.rate(Duration.minutes(5)), 5, 5],
  ['a cron', TaskSchedule.cron('0 9 ? * MON-FRI *'), 3 * DAY, DAY],
  ['a cron where clocks change', TaskSchedule.cron('0 9 ? * MON-FRI *', 'Europe/Berlin'), 3 * DAY + 60, DAY - 60],
  ['a cron where they do not', TaskSchedule.cron('0 9 ? * MON-FRI *', 'Asia/Tokyo'), 3 * DAY, DAY],
  ['a cron that ends', TaskSchedule.cron('0 9 ? * MON-FRI 2030'), undefined, DAY],
  ['once', TaskSchedule.at('2030-12-24T18:00:00'), undefined, undefined],
])('%s has known times between its runs', (_, schedule, longest, shortest) => {
  expect([schedule._read().longestGap, schedule._read().shortestGap]).toEqual([longest, shortest]);
});

test('what ends is told, in the time of its zone', () => {
  expect(TaskSchedule.at('2030-12-24T18:00:00')._read().end).toEqual(new Date('2030-12-24T18:00:00Z'));
  expect(TaskSchedule.at('2030-12-24T18:00:00', 'Europe/Berlin')._read().end).toEqual(new Date('2030-12-24T17:00:00Z'));
  expect(TaskSchedule.cron('0 9 * * ? 2029-2030')._read().end).toEqual(new Date('2031-01-02T00:00:00Z'));
  expect(TaskSchedule.cron('0 9 * * ? *')._read().end).toBeUndefined();
});

test.each<[string, TaskSchedule, string | undefined]>([
  ['in the hour', TaskSchedule.cron('30 2 * * ? *', 'Europe/Berlin'),
    'It does not run at 02:30 on the day when the clocks of Europe/Berlin are put forward (2026-03-29 for one), since there is no time from 02:00 to 03:00: ' +
    'choose another time, or UTC.'],
  ['after it', TaskSchedule.cron('0 3 * * ? *', 'Europe/Berlin'), undefined],
  ['in it, but not on Sundays', TaskSchedule.cron('30 2 ? * MON-SAT *', 'Europe/Berlin'), undefined],
  ['in it and within the hour after it', TaskSchedule.cron('0/15 * * * ? *', 'Europe/Berlin'), undefined],
  ['in UTC', TaskSchedule.cron('30 2 * * ? *'), undefined],
])('what clocks skip is told: %s', (_, schedule, surprise) => {
  expect(schedule._read().surprise).toBe(surprise);
});

const ZONE = "must have the name of a time zone of IANA, got \"PST\": write 'America/Los_Angeles'";
const SIX = 'AWS has six (minute hour day-of-month month day-of-week year)';

test.each<[string, TaskSchedule, string]>([
  ['no rate', TaskSchedule.rate(Duration.minutes(0)), 'must have a rate of 1 minute at least, got 0 minutes: EventBridge starts nothing more often'],
  ['seconds', TaskSchedule.rate(Duration.seconds(30)), 'must have a rate of 1 minute at least, got 30 seconds: EventBridge starts nothing more often'],
  ['broken minutes', TaskSchedule.rate(Duration.seconds(90)), 'must have a rate in whole minutes, got 1 minute 30 seconds'],
  ['a number as rate', TaskSchedule.rate(5 as never), 'must have a Duration as its rate, got 5: use Duration.minutes(5)'],
  ['a text as rate', TaskSchedule.rate('5 minutes' as never), 'must have a Duration as its rate, got "5 minutes"'],
  ['seconds that are known later', TaskSchedule.rate(TOKEN.seconds()),
    'must have its rate in minutes, hours or days where its amount is a token, got Duration.seconds(...)'],
  ['a cron of Unix', TaskSchedule.cron('0 3 * * 1'), `has the five fields of Unix, got "0 3 * * 1", ${SIX}: write '0 3 ? * MON *'`],
  ['no cron', TaskSchedule.cron(undefined as never), "must have a cron as text, got undefined, e.g. '0 3 * * ? *'"],
  ['an abbreviation', TaskSchedule.cron('0 3 * * ? *', 'PST'), ZONE],
  ['an object of the CDK as time zone', TaskSchedule.cron('0 3 * * ? *', 5 as never), "must have the name of a time zone of IANA, got 5, e.g. 'Europe/Berlin'"],
  ['both', TaskSchedule.cron('61 3 * * ? *', 'PST'), `has "61" as minute, which must be 0-59; it also ${ZONE}`],
  ['a blank in a time', TaskSchedule.at('2030-12-24 18:00'), "must have its time as yyyy-mm-ddThh:mm:ss, got \"2030-12-24 18:00\": write '2030-12-24T18:00:00'"],
  ['a zone in a time', TaskSchedule.at('2030-12-24T18:00:00Z'),
    "must have its time as yyyy-mm-ddThh:mm:ss, got \"2030-12-24T18:00:00Z\": write '2030-12-24T18:00:00', and the time zone beside it"],
  ['a wrapped time', TaskSchedule.at('at(2030-12-24T18:00:05)'), "must have its time as yyyy-mm-ddThh:mm:ss, got \"at(2030-12-24T18:00:05)\": write '2030-12-24T18:00:05'"],
  ['a word as time', TaskSchedule.at('tomorrow'), "must have its time as yyyy-mm-ddThh:mm:ss, got \"tomorrow\", e.g. '2030-12-24T18:00:00'"],
  ['no time', TaskSchedule.at(7 as never), "must have a time as text, got 7, e.g. '2030-12-24T18:00:00'"],
  ['30 February', TaskSchedule.at('2030-02-30T18:00:00'), 'must have a time that there is, got "2030-02-30T18:00:00"'],
  ['25 o\'clock', TaskSchedule.at('2030-02-20T25:00:00', 'PST'), `must have a time that there is, got "2030-02-20T25:00:00"; it also ${ZONE}`],
  ['no expression', TaskSchedule.of(undefined as never), "must be of a scheduler.ScheduleExpression, got undefined: use TaskSchedule.cron('0 3 * * ? *')"],
  ['another expression', TaskSchedule.of(ScheduleExpression.expression('daily')), 'must be rate(…), cron(…) or at(…), got "daily"'],
  ['a rate in weeks', TaskSchedule.of(ScheduleExpression.expression('rate(2 weeks)')), 'must be rate(…), cron(…) or at(…), got "rate(2 weeks)"'],
  ['a rate of nothing', TaskSchedule.of(ScheduleExpression.expression('rate(0 minutes)')), 'must have a rate of 1 minute at least, got 0 minutes: EventBridge starts nothing more often'],
  ['a cron of Unix in an expression', TaskSchedule.of(ScheduleExpression.expression('cron(0 3 * * *)')), `has the five fields of Unix, got "0 3 * * *", ${SIX}: write '0 3 * * ? *'`],
])('%s is told, not thrown', (_, schedule, problem) => {
  expect(schedule._problem()).toBe(problem);
});
