import { Duration } from 'aws-cdk-lib/core';
import { Cron, cronGaps, parseCron, runsOn } from './cron';
import { CronProblem } from './cron-field';
import { clockChange, offsetMinutes, skippedMinutes, timeZoneProblem } from './time-zone';
import { isDuration, isKnown, show } from '../../private/validation';

/** What is told of a schedule before EventBridge sees it. */
export interface ReadSchedule {
  /** As EventBridge wants it; also where there is a problem, then as it was given. */
  readonly expression: string;
  readonly timeZone?: string;

  /** What is wrong, as the end of a sentence that begins with the schedule. */
  readonly problem?: string;

  /** Longest time between two runs, in minutes; nothing where it is not known, or where it does not run for ever. */
  readonly longestGap?: number;

  /** Shortest time between two runs, in minutes. */
  readonly shortestGap?: number;

  /** When it has run for the last time, where there is such a time. */
  readonly end?: Date;

  /** What surprises, as a sentence. */
  readonly surprise?: string;
}

const UTC = 'UTC';

/** At regular distances. */
export function readRate(every: unknown): ReadSchedule {
  if (!isDuration(every)) {
    return { expression: 'rate()', problem: `must have a Duration as its rate, got ${show(every)}${typeof every === 'number' ? `: use Duration.minutes(${show(every)})` : ''}` };
  }
  if (every.isUnresolved()) {
    const unit = every.unitLabel();
    return ['minutes', 'hours', 'days'].includes(unit)
      ? { expression: `rate(${toUnit(every, unit)} ${unit})` }
      : { expression: 'rate()', problem: `must have its rate in minutes, hours or days where its amount is a token, got Duration.${unit}(...)` };
  }
  const minutes = every.toMilliseconds() / 60_000;
  if (minutes < 1) {
    return { expression: 'rate()', problem: `must have a rate of 1 minute at least, got ${show(every)}: EventBridge starts nothing more often` };
  }
  if (!Number.isInteger(minutes)) {
    return { expression: 'rate()', problem: `must have a rate in whole minutes, got ${show(every)}` };
  }
  const [amount, unit] = minutes % 1440 === 0 ? [minutes / 1440, 'day'] : minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return { expression: `rate(${amount} ${unit}${amount === 1 ? '' : 's'})`, longestGap: minutes, shortestGap: minutes };
}

/** At times of the calendar. */
export function readCron(text: unknown, timeZone?: unknown): ReadSchedule {
  const zone = readZone(timeZone);
  if (typeof text !== 'string') {
    return { expression: 'cron()', ...zone, problem: both(`must have a cron as text, got ${show(text)}, e.g. '0 3 * * ? *'`, zone.problem) };
  }
  if (!isKnown(text)) {
    return { expression: `cron(${text})`, ...zone };
  }
  try {
    const cron = parseCron(text);
    const known = zone.problem === undefined && isKnown(zone.timeZone) ? zone.timeZone : undefined;
    const gaps = cronGaps(cron);
    return {
      expression: `cron(${cron.text})`,
      ...zone,
      // Clocks that are put back make one day longer.
      longestGap: gaps && !cron.days.years && (isKnown(zone.timeZone) || !zone.timeZone) ? gaps.longest + (known ? clockChange(known) : 0) : undefined,
      shortestGap: gaps && Math.max(1, gaps.shortest - (known ? clockChange(known) : 0)),
      end: cron.days.years && new Date(Date.UTC(cron.days.years[cron.days.years.length - 1] + 1, 0, 2)),
      surprise: known && skipped(cron, known),
    };
  } catch (error) {
    if (error instanceof CronProblem) {
      return { expression: `cron(${text})`, ...zone, problem: both(error.message, zone.problem) };
    }
    throw error;
  }
}

/** Once. */
export function readAt(text: unknown, timeZone?: unknown): ReadSchedule {
  const zone = readZone(timeZone);
  if (typeof text !== 'string') {
    return { expression: 'at()', ...zone, problem: both(`must have a time as text, got ${show(text)}, e.g. '2030-12-24T18:00:00'`, zone.problem) };
  }
  const expression = `at(${text})`;
  if (!isKnown(text)) {
    return { expression, ...zone };
  }
  const [form] = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.exec(text) ?? [];
  const time = form ? Date.parse(`${form}Z`) : NaN;
  if (!form) {
    const [, date, hours, seconds] = /^\s*(?:at\()?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?/.exec(text) ?? [];
    const advice = date ? `: write '${date}T${hours}${seconds ?? ':00'}'${/(Z|[+-]\d\d:?\d\d)\)?\s*$/.test(text) ? ', and the time zone beside it' : ''}` : ", e.g. '2030-12-24T18:00:00'";
    return { expression, ...zone, problem: both(`must have its time as yyyy-mm-ddThh:mm:ss, got ${show(text)}${advice}`, zone.problem) };
  }
  // JavaScript turns 30 February into 1 March.
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 19) !== form) {
    return { expression, ...zone, problem: both(`must have a time that there is, got ${show(text)}`, zone.problem) };
  }
  const offset = zone.timeZone && isKnown(zone.timeZone) ? offsetMinutes(zone.timeZone, time) ?? 0 : 0;
  return { expression, ...zone, end: new Date(time - offset * 60_000) };
}

/** An expression of EventBridge of any kind. */
export function readExpression(expression: unknown, timeZone?: string): ReadSchedule {
  const [, kind, inner] = typeof expression === 'string' && isKnown(expression) ? /^(rate|cron|at)\((.*)\)$/s.exec(expression.trim()) ?? [] : [];
  if (!isKnown(expression) && typeof expression === 'string') {
    return { expression, timeZone };
  }
  if (kind === 'cron') {
    return readCron(inner, timeZone);
  }
  if (kind === 'at') {
    return readAt(inner, timeZone);
  }
  const [, amount, unit] = kind === 'rate' && /^\s*(\d+)\s+(minute|hour|day)s?\s*$/.exec(inner) || [];
  if (amount === undefined) {
    return { expression: String(expression), timeZone, problem: `must be rate(…), cron(…) or at(…), got ${show(expression)}` };
  }
  return { ...readRate(unit === 'minute' ? Duration.minutes(Number(amount)) : unit === 'hour' ? Duration.hours(Number(amount)) : Duration.days(Number(amount))), timeZone };
}

function readZone(timeZone: unknown): Pick<ReadSchedule, 'timeZone' | 'problem'> {
  if (timeZone === undefined || timeZone === null) {
    return {};
  }
  const problem = isKnown(timeZone) ? timeZoneProblem(timeZone) : undefined;
  return { timeZone: String(timeZone), ...problem && { problem } };
}

function both(one: string, other?: string): string {
  return other ? `${one}; it also ${other}` : one;
}

function skipped(cron: Cron, zone: string): string | undefined {
  const lost = zone === UTC ? undefined : skippedMinutes(zone)
    .map(({ day, from, to }) => ({ day, time: runsOn(cron, day) ? cron.times.find((time) => time >= from && time < to) : undefined, from, to }))
    .find(({ time }) => time !== undefined);
  // What runs again within the hour is not missed.
  return lost && !cron.times.some((time) => time >= lost.to && time <= lost.to + 60)
    ? `It does not run at ${clock(lost.time!)} on the day when the clocks of ${zone} are put forward (${lost.day.toISOString().slice(0, 10)} for one), ` +
      `since there is no time from ${clock(lost.from)} to ${clock(lost.to)}: choose another time, or UTC.`
    : undefined;
}

function clock(minutes: number): string {
  return [Math.floor(minutes / 60) % 24, minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function toUnit(every: Duration, unit: string): number {
  return unit === 'days' ? every.toDays() : unit === 'hours' ? every.toHours() : every.toMinutes();
}
