import * as fc from 'fast-check';
import { Cron, cronGaps, parseCron, runsOn } from '../../../src/processes/schedule/cron';
import { messageOf } from '../../helpers';
import { SEED } from '../../properties/arbitraries';

const DAY = 1440;

/** The days on which it runs, as asked day by day. */
function daysOf(cron: Cron, from: number, to: number): string[] {
  const days = Array.from({ length: (Date.UTC(to, 0, 1) - Date.UTC(from, 0, 1)) / 86_400_000 }, (_, index) => new Date(Date.UTC(from, 0, 1 + index)));
  return days.filter((day) => runsOn(cron, day)).map((day) => day.toISOString().slice(0, 10));
}

test.each<[string, number, string[]]>([
  ['0 0 29 2 ? *', 2028, ['2028-02-29']],
  ['0 0 31 4,5 ? *', 2026, ['2026-05-31']],
  ['0 0 L 2 ? *', 2028, ['2028-02-29']],
  ['0 0 L 2 ? *', 2026, ['2026-02-28']],
  ['0 0 15,L 2 ? *', 2026, ['2026-02-15', '2026-02-28']],
  // 1 August 2026 is a Saturday: Friday is in another month. 31 May 2026 is a Sunday, and so is 15 March; 15 August is a Saturday.
  ['0 0 1W 8 ? *', 2026, ['2026-08-03']],
  ['0 0 31W 5 ? *', 2026, ['2026-05-29']],
  ['0 0 15W 3 ? *', 2026, ['2026-03-16']],
  ['0 0 15W 8 ? *', 2026, ['2026-08-14']],
  ['0 0 15w 4 ? *', 2026, ['2026-04-15']],
  ['0 0 30W 2 ? 2026', 2026, []],
  ['0 0 ? 2 MON#1 *', 2026, ['2026-02-02']],
  ['0 0 ? 5 6#5 *', 2026, ['2026-05-29']],
  ['0 0 ? 2 MON#5 *', 2027, []],
  ['0 0 ? 2 FRIL *', 2026, ['2026-02-27']],
  ['0 0 ? feb 6L *', 2026, ['2026-02-27']],
  ['0 0 ? 2 L *', 2026, ['2026-02-07', '2026-02-14', '2026-02-21', '2026-02-28']],
  ['0 0 ? 2 1,sat *', 2026, ['2026-02-01', '2026-02-07', '2026-02-08', '2026-02-14', '2026-02-15', '2026-02-21', '2026-02-22', '2026-02-28']],
  ['0 0 1/10 2 ? *', 2026, ['2026-02-01', '2026-02-11', '2026-02-21']],
  ['0 0 20-25/2 2 ? *', 2026, ['2026-02-20', '2026-02-22', '2026-02-24']],
  ['0 0 1 1 ? 2026/2', 2026, ['2026-01-01']],
  ['0 0 1 1 ? 2027-2030', 2026, []],
])('%s runs in %i on these days', (text, year, days) => {
  try {
    expect(daysOf(parseCron(text), year, year + 1)).toEqual(days);
  } catch (error) {
    // What never runs at all is refused.
    expect([(error as Error).message, days]).toEqual([expect.stringContaining('never runs'), []]);
  }
});

test.each<[string, number[]]>([
  ['0 3 * * ? *', [180]],
  ['0,30 3,4 * * ? *', [180, 210, 240, 270]],
  ['*/20 0 * * ? *', [0, 20, 40]],
  ['5/20 0 * * ? *', [5, 25, 45]],
  ['0-10/5,50 23 * * ? *', [1380, 1385, 1390, 1430]],
])('%s runs at these minutes of the day', (text, times) => {
  expect(parseCron(text).times).toEqual(times);
});

test('blanks count once, and names in any case', () => {
  expect(parseCron('  0   3 ?  jan-MAR  mon-Fri * ').text).toBe('0 3 ? jan-MAR mon-Fri *');
});

test.each<[string, number, number]>([
  ['* * * * ? *', 1, 1],
  ['0/15 * * * ? *', 15, 15],
  ['0/25 * * * ? *', 25, 10],
  ['0 3 * * ? *', DAY, DAY],
  ['0 3,4 * * ? *', 23 * 60, 60],
  ['0 9 ? * MON-FRI *', 3 * DAY, DAY],
  ['*/10 8-17 ? * 2-6 *', 2 * DAY + 14 * 60 + 10, 10],
  ['0 0 ? * SUN *', 7 * DAY, 7 * DAY],
  ['0 0 1 * ? *', 31 * DAY, 28 * DAY],
  ['0 0 L * ? *', 31 * DAY, 28 * DAY],
  ['0 0 31 * ? *', 61 * DAY, 31 * DAY],
  ['0 0 29 2 ? *', 1461 * DAY, 1461 * DAY],
  ['0 0 1,8,15,22,29 * ? *', 7 * DAY, DAY],
  ['0 0 ? * MON#5 *', 119 * DAY, 63 * DAY],
  ['0 0 1 1 ? 2026,2030', 1461 * DAY, 1461 * DAY],
])('%s has %i minutes between two runs at most, %i at least', (text, longest, shortest) => {
  expect(cronGaps(parseCron(text))).toEqual({ longest, shortest });
});

test('what runs once has no time between two runs', () => {
  expect(cronGaps(parseCron('0 0 1 1 ? 2030'))).toBeUndefined();
});

describe('any valid expression', () => {
  const number = (min: number, max: number) => fc.integer({ min, max }).map(String);
  const list = (min: number, max: number) => fc.uniqueArray(fc.oneof(
    number(min, max),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min, max })).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    fc.tuple(fc.integer({ min, max }), fc.integer({ min: 1, max })).map((parts) => parts.join('/')),
    fc.integer({ min: 1, max }).map((step) => `*/${step}`),
  ), { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','));
  const days = fc.oneof(
    fc.tuple(fc.oneof(fc.constantFrom('*', 'L', '15,L'), number(1, 28).map((day) => `${day}W`), list(1, 28)), fc.constant('?')),
    fc.tuple(fc.constant('?'), fc.oneof(fc.constantFrom('*', 'L', 'MON-FRI', 'FRIL', '1L', 'SUN,6L'), number(1, 7), fc.tuple(number(1, 7), number(1, 4)).map((parts) => parts.join('#')))),
  );
  const expression = fc.tuple(list(0, 59), list(0, 23), days, fc.oneof(fc.constant('*'), list(1, 12)))
    .map(([minute, hour, [dayOfMonth, dayOfWeek], month]) => `${minute} ${hour} ${dayOfMonth} ${month} ${dayOfWeek} *`);

  test('is read, and the times between its runs are those of a walk from day to day', () => {
    fc.assert(fc.property(expression, (text) => {
      const cron = parseCron(text);
      const runs = daysOf(cron, 2000, 2033).flatMap((day) => cron.times.map((time) => Date.parse(day) / 60_000 + time));
      let [longest, shortest] = [0, Infinity];
      runs.slice(1).forEach((run, index) => {
        longest = Math.max(longest, run - runs[index]);
        shortest = Math.min(shortest, run - runs[index]);
      });
      expect(cronGaps(cron)).toEqual({ longest, shortest });
    }), SEED);
  });

  test('anything else is told, never thrown raw', () => {
    const word = fc.oneof(fc.constantFrom('*', '?', 'L', 'W', '#', '/', '-', ',', 'MON', 'JAN', '15W', '5L', '3#2', '*/0', '99', '1-', '-1', '1,,2', '0/', 'é', '\u0000'), fc.string());
    fc.assert(fc.property(fc.array(word, { maxLength: 8 }).map((words) => words.join(' ')), (text) => {
      try {
        expect(cronGaps(parseCron(text))?.longest ?? 1).toBeGreaterThan(0);
      } catch (error) {
        expect((error as Error).constructor.name).toBe('CronProblem');
        expect((error as Error).message).toMatch(/^(has|must|is|never) /);
      }
    }), { ...SEED, numRuns: 300 });
  });
});

const SIX = 'AWS has six (minute hour day-of-month month day-of-week year)';
const ONE_OF = "must have '?' as day-of-month or as day-of-week, since AWS takes days from one of them:";

test.each<[string, string]>([
  ['0 3 * * *', `has the five fields of Unix, got "0 3 * * *", ${SIX}: write '0 3 * * ? *'`],
  ['0 9 * * 1-5', `has the five fields of Unix, got "0 9 * * 1-5", ${SIX}: write '0 9 ? * MON-FRI *'`],
  ['0 9 1 * 1', `has the five fields of Unix, got "0 9 1 * 1", ${SIX}: make two schedules, '0 9 1 * ? *' and '0 9 ? * MON *'`],
  ['@daily', `is a name of Unix, got "@daily", ${SIX}: write '0 0 * * ? *'`],
  ['', "must have six fields (minute hour day-of-month month day-of-week year), got \"\", e.g. '0 3 * * ? *' for every day at 03:00"],
  ['0 0 3 * * ? *', "must have six fields (minute hour day-of-month month day-of-week year), got \"0 0 3 * * ? *\", e.g. '0 3 * * ? *' for every day at 03:00"],
  ['cron(0 3 * * ? *)', "has 'cron(…)' around it: write '0 3 * * ? *'"],
  ['0 3 * * * *', `${ONE_OF} write '0 3 * * ? *'`],
  ['0 3 1 * * *', `${ONE_OF} write '0 3 1 * ? *'`],
  ['0 3 * * MON *', `${ONE_OF} write '0 3 ? * MON *'`],
  ['0 3 1 * MON *', `${ONE_OF} make two schedules, '0 3 1 * ? *' and '0 3 ? * MON *'`],
  ['0 3 ? * ? *', "has '?' as day-of-month and as day-of-week: write '0 3 * * ? *' for every day"],
  ['60 3 * * ? *', 'has "60" as minute, which must be 0-59'],
  ['0 24 * * ? *', 'has "24" as hour, which must be 0-23'],
  ['0 3 0 * ? *', 'has "0" as day-of-month, which must be 1-31'],
  ['0 3 32W * ? *', 'has "32" as day-of-month, which must be 1-31'],
  ['0 3 * 13 ? *', 'has "13" as month, which must be 1-12 or JAN-DEC'],
  ['0 3 * MÄR ? *', 'has "MÄR" as month, which must be 1-12 or JAN-DEC'],
  ['0 3 ? * 0 *', 'has "0" as day-of-week, which must be 1-7 or SUN-SAT (1 is Sunday)'],
  ['0 3 ? * 8L *', 'has "8" as day-of-week, which must be 1-7 or SUN-SAT (1 is Sunday)'],
  ['0 3 * * ? 1969', 'has "1969" as year, which must be 1970-2199'],
  ['1-2-3 3 * * ? *', 'has "1-2-3" as minute, which must be 0-59'],
  ['? 3 * * ? *', 'has "?" as minute, which must be 0-59'],
  ['0,,5 3 * * ? *', 'has "" as part of its minute: write single values, ranges (a-b), steps (a/n) and lists of them (a,b)'],
  ['0/5/5 3 * * ? *', 'has "0/5/5" as part of its minute: write single values, ranges (a-b), steps (a/n) and lists of them (a,b)'],
  ['0 0/0 * * ? *', 'has the step "0/0" as hour, which must be a whole number from 1 to 23'],
  ['0/90 3 * * ? *', 'has the step "0/90" as minute, which must be a whole number from 1 to 59'],
  ['0 22-2 * * ? *', "has the range \"22-2\" as hour, which goes backwards: write '22-23,0-2'"],
  ['0 3 ? * FRI-SUN *', "has the range \"FRI-SUN\" as day-of-week, which goes backwards: write 'FRI-SAT,SUN'"],
  ['0 3 1 * ? 2030-2026', "has the range \"2030-2026\" as year, which goes backwards: write '2026-2030'"],
  ['0 3 ? * MON/2 *', 'has a step, "MON/2", as day-of-week, where AWS has none: list the days, e.g. MON,WED,FRI'],
  ['0 3 ? * MON#6 *', "has \"MON#6\" as day-of-week: write a day, '#' and 1 to 5, e.g. MON#1 for the first Monday of the month"],
  ['0 3 ? * 3#1,6#3 *', "has \"3#1,6#3\" as day-of-week: AWS takes one day with '#' and nothing beside it, make a schedule for each"],
  ['0 3 LW * ? *', 'has "LW" as day-of-month, which AWS does not know: write L (last day) or a day with W (15W is the weekday nearest to the 15th)'],
  ['0 3 L-3 * ? *', 'has "L-3" as day-of-month, which AWS does not know: write L (last day) or a day with W (15W is the weekday nearest to the 15th)'],
  ['0 3 30 2 ? *', 'never runs, since no month of it has such a day: "0 3 30 2 ? *"'],
  ['0 3 29 2 ? 2026', 'never runs, since no month of it has such a day: "0 3 29 2 ? 2026"'],
])('%s is refused', (text, message) => {
  expect(messageOf(() => parseCron(text))).toBe(message);
});
