import { CronProblem, DAY_OF_MONTH, DAY_OF_WEEK, fieldValue, fieldValues, quote } from './cron-field';

/** The days of a month on which something runs; says which days of the month with a number of days, whose first is a weekday (0 is Sunday). */
export type DayRule = (length: number, firstWeekday: number) => number[];

const SATURDAY = 7;

/** What `day-of-month` means: numbers, `L` the last day, `15W` the nearest day from Monday to Friday in the same month. */
export function daysOfMonth(text: string): DayRule {
  const parts = text.toUpperCase().split(',');
  if (parts.some((part) => /^(LW|WL|L-\d+)$/.test(part))) {
    throw new CronProblem(`has ${quote(text)} as day-of-month, which AWS does not know: write L (last day) or a day with W (15W is the weekday nearest to the 15th)`);
  }
  const plain = parts.filter((part) => !isLast(part) && !/^\w+W$/.test(part));
  const numbers = plain.length > 0 ? fieldValues(plain.join(','), DAY_OF_MONTH) : [];
  const nearest = parts.filter((part) => /^\w+W$/.test(part)).map((part) => fieldValue(part.slice(0, -1), DAY_OF_MONTH));
  const last = parts.some(isLast);
  return (length, firstWeekday) => [
    ...numbers.filter((day) => day <= length),
    ...nearest.filter((day) => day <= length).map((day) => nearestWorkday(day, length, firstWeekday)),
    ...(last ? [length] : []),
  ];
}

/** What `day-of-week` means: days, `L` Saturday, `FRIL` the last Friday of the month, `MON#2` its second Monday. */
export function daysOfWeek(text: string): DayRule {
  const parts = text.toUpperCase().split(',');
  if (parts.some((part) => part.includes('#'))) {
    return nthWeekday(text, parts);
  }
  const lastOfMonth = parts.filter((part) => /^\w+L$/.test(part)).map((part) => fieldValue(part.slice(0, -1), DAY_OF_WEEK));
  const plain = parts.filter((part) => !/^\w*L$/.test(part));
  const every = [...plain.length > 0 ? fieldValues(plain.join(','), DAY_OF_WEEK) : [], ...parts.some(isLast) ? [SATURDAY] : []];
  return (length, firstWeekday) => monthDays(length).filter((day) => {
    const weekday = (firstWeekday + day - 1) % 7 + 1;
    return every.includes(weekday) || (day > length - 7 && lastOfMonth.includes(weekday));
  });
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html */
function nthWeekday(text: string, parts: string[]): DayRule {
  const [, day, nth] = /^([^#]+)#([1-5])$/.exec(parts.join(',')) ?? [];
  if (parts.length > 1) {
    throw new CronProblem(`has ${quote(text)} as day-of-week: AWS takes one day with '#' and nothing beside it, make a schedule for each`);
  }
  if (day === undefined) {
    throw new CronProblem(`has ${quote(text)} as day-of-week: write a day, '#' and 1 to 5, e.g. MON#1 for the first Monday of the month`);
  }
  const weekday = fieldValue(day, DAY_OF_WEEK);
  return (length, firstWeekday) => monthDays(length)
    .filter((date) => (firstWeekday + date - 1) % 7 + 1 === weekday && Math.ceil(date / 7) === Number(nth));
}

/** Saturdays move to Friday and Sundays to Monday, but never to another month. */
function nearestWorkday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) {
    return day > 1 ? day - 1 : day + 2;
  }
  if (weekday === 0) {
    return day < length ? day + 1 : day - 2;
  }
  return day;
}

function isLast(part: string): boolean {
  return part === 'L';
}

function monthDays(length: number): number[] {
  return Array.from({ length }, (_, index) => index + 1);
}
