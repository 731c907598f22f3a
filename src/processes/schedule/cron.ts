import { DayRule, daysOfMonth, daysOfWeek } from './cron-days';
import { CronProblem, fieldValues, HOUR, MINUTE, MONTH, quote, YEAR } from './cron-field';
import { translateUnixCron } from './cron-unix';

/** A cron expression of EventBridge, understood. */
export interface Cron {
  /** The six fields with one blank between each. */
  readonly text: string;

  /** Minutes of the day at which it runs, in order. */
  readonly times: number[];
  readonly days: CronDays;
}

/** On which days something runs. */
interface CronDays {
  readonly months: number[];

  /** The years in which it runs; every year when left out. */
  readonly years?: number[];
  readonly rule: DayRule;

  /** Days between two of them; nothing where it runs on one day only. */
  readonly gaps?: CronGaps;
}

/** Times between two runs, in minutes, or between two days. */
export interface CronGaps {
  readonly longest: number;
  readonly shortest: number;
}

const DAY_MINUTES = 1440;

/** The calendar repeats after 28 years; begun with a leap year, and a little longer, so that nothing lies across the end. */
const CYCLE = Array.from({ length: 33 }, (_, index) => 2000 + index);

const FIELDS = 'minute hour day-of-month month day-of-week year';

/** By the four fields, since the tasks of a project mostly run on the same days. */
const known = new Map<string, CronDays>();

/** Reads six fields; throws a `CronProblem` that says what is wrong and how it is written. */
export function parseCron(text: string): Cron {
  const wrapped = /^\s*cron\((.*)\)\s*$/i.exec(text);
  if (wrapped) {
    throw new CronProblem(`has 'cron(…)' around it: write '${wrapped[1].trim()}'`);
  }
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6) {
    throw new CronProblem(wrongNumber(text, fields));
  }
  const [minute, hour] = fields;
  const hours = fieldValues(hour, HOUR);
  const minutes = fieldValues(minute, MINUTE);
  return {
    text: fields.join(' '),
    times: hours.flatMap((oneHour) => minutes.map((oneMinute) => oneHour * 60 + oneMinute)),
    days: cronDays(fields, text),
  };
}

/** Longest and shortest time between two runs; nothing where it runs once only. */
export function cronGaps({ times, days }: Cron): CronGaps | undefined {
  const between = times.slice(1).map((time, index) => time - times[index]);
  const overnight = times[0] - times[times.length - 1];
  const gaps = days.gaps ? [days.gaps.longest * DAY_MINUTES + overnight, days.gaps.shortest * DAY_MINUTES + overnight, ...between] : between;
  return gaps.length > 0 ? { longest: Math.max(...gaps), shortest: Math.min(...gaps) } : undefined;
}

/** Whether it runs on a day. */
export function runsOn({ days: { months, years, rule } }: Cron, date: Date): boolean {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  return months.includes(month) && (years?.includes(year) ?? true) && rule(...shapeOf(year, month)).includes(date.getUTCDate());
}

function cronDays(fields: string[], text: string): CronDays {
  const [dayOfMonth, month, dayOfWeek, year] = fields.slice(2);
  const key = fields.slice(2).join(' ');
  const before = known.get(key);
  if (before) {
    return before;
  }
  const days = {
    months: fieldValues(month, MONTH),
    years: year === '*' ? undefined : fieldValues(year, YEAR),
    rule: remembering(dayRule(fields, dayOfMonth, dayOfWeek)),
  };
  const dates = datesOf(days);
  if (dates.length === 0) {
    throw new CronProblem(`never runs, since no month of it has such a day: ${quote(text)}`);
  }
  let [longest, shortest] = [0, Infinity];
  for (let index = 1; index < dates.length; index++) {
    longest = Math.max(longest, dates[index] - dates[index - 1]);
    shortest = Math.min(shortest, dates[index] - dates[index - 1]);
  }
  const complete = { ...days, gaps: longest > 0 ? { longest, shortest } : undefined };
  known.set(key, complete);
  return complete;
}

/** The days on which it runs, counted from 1970, in order. */
function datesOf({ rule, months, years = CYCLE }: CronDays): number[] {
  const found: number[] = [];
  for (const year of years) {
    for (const month of months) {
      const first = Date.UTC(year, month - 1, 1) / 86_400_000;
      for (const date of rule(...shapeOf(year, month))) {
        found.push(first + date - 1);
      }
    }
  }
  return found;
}

/** The rule with each day once and in order, asked once for each of the 28 kinds of months. */
function remembering(rule: DayRule): DayRule {
  const lists = new Map<number, number[]>();
  return (length, firstWeekday) => {
    const key = length * 7 + firstWeekday;
    const days = lists.get(key) ?? [...new Set(rule(length, firstWeekday))].sort((one, other) => one - other);
    lists.set(key, days);
    return days;
  };
}

/** Days of a month, and the weekday of its first. */
function shapeOf(year: number, month: number): [number, number] {
  return [new Date(Date.UTC(year, month, 0)).getUTCDate(), new Date(Date.UTC(year, month - 1, 1)).getUTCDay()];
}

/** One of the two is '?': AWS takes no days from both. */
function dayRule(fields: string[], dayOfMonth: string, dayOfWeek: string): DayRule {
  const both = [dayOfMonth, dayOfWeek].filter((field) => field === '?').length;
  if (both === 1) {
    return dayOfWeek === '?' ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek);
  }
  const suggest = (month: string, week: string) => `'${[...fields.slice(0, 2), month, fields[3], week, fields[5]].join(' ')}'`;
  if (both === 2) {
    throw new CronProblem(`has '?' as day-of-month and as day-of-week: write ${suggest('*', '?')} for every day`);
  }
  if (dayOfMonth === '*' || dayOfWeek === '*') {
    throw new CronProblem("must have '?' as day-of-month or as day-of-week, since AWS takes days from one of them: " +
      `write ${dayOfWeek === '*' ? suggest(dayOfMonth, '?') : suggest('?', dayOfWeek)}`);
  }
  throw new CronProblem("must have '?' as day-of-month or as day-of-week, since AWS takes days from one of them: " +
    `make two schedules, ${suggest(dayOfMonth, '?')} and ${suggest('?', dayOfWeek)}`);
}

function wrongNumber(text: string, fields: string[]): string {
  const translations = translateUnixCron(text);
  if (translations.length > 0) {
    const translated = translations.map((translation) => `'${translation}'`).join(' and ');
    const must = fields.length === 5 ? 'has the five fields of Unix' : 'is a name of Unix';
    return `${must}, got ${quote(text)}, AWS has six (${FIELDS}): ${translations.length > 1 ? 'make two schedules, ' : 'write '}${translated}`;
  }
  return `must have six fields (${FIELDS}), got ${quote(text)}, e.g. '0 3 * * ? *' for every day at 03:00`;
}
