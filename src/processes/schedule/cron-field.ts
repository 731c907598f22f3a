/** A field of a cron expression and what may stand in it. */
export interface CronField {
  readonly name: string;
  readonly min: number;
  readonly max: number;

  /** Names of the values, from `min` on. */
  readonly names?: readonly string[];

  /** Whether AWS takes steps ("every second") in it. */
  readonly steps: boolean;
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
export const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
export const MINUTE: CronField = { name: 'minute', min: 0, max: 59, steps: true };
export const HOUR: CronField = { name: 'hour', min: 0, max: 23, steps: true };
export const DAY_OF_MONTH: CronField = { name: 'day-of-month', min: 1, max: 31, steps: true };
export const MONTH: CronField = { name: 'month', min: 1, max: 12, names: MONTHS, steps: true };
export const DAY_OF_WEEK: CronField = { name: 'day-of-week', min: 1, max: 7, names: WEEKDAYS, steps: false };
export const YEAR: CronField = { name: 'year', min: 1970, max: 2199, steps: true };

/** What is wrong with a cron expression, as the end of a sentence that begins with it. */
export class CronProblem extends Error {}

/** The values that a list of single values, ranges and steps means, in order and each once. */
export function fieldValues(text: string, field: CronField): number[] {
  const values = new Set(text.split(',').flatMap((part) => partValues(part, field)));
  return [...values].sort((one, other) => one - other);
}

/** The value of a number or a name. */
export function fieldValue(text: string, field: CronField): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? field.min + named : /^\d{1,4}$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.min && value <= field.max)) {
    throw new CronProblem(`has ${quote(text)} as ${field.name}, which must be ${allowed(field)}`);
  }
  return value;
}

/** What may stand in a field, for messages. */
export function allowed({ name, min, max, names }: CronField): string {
  const byName = names ? ` or ${names[0]}-${names[names.length - 1]}` : '';
  return `${min}-${max}${byName}${name === 'day-of-week' ? ' (1 is Sunday)' : ''}`;
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

function partValues(part: string, field: CronField): number[] {
  const [range, step, ...more] = part.split('/');
  if (part === '' || more.length > 0) {
    throw new CronProblem(`has ${quote(part)} as part of its ${field.name}: write single values, ranges (a-b)${field.steps ? ', steps (a/n)' : ''} and lists of them (a,b)`);
  }
  if (step !== undefined && !field.steps) {
    throw new CronProblem(`has a step, ${quote(part)}, as ${field.name}, where AWS has none: list the days, e.g. MON,WED,FRI`);
  }
  const [first, last] = bounds(range, field, step !== undefined);
  const width = stepWidth(step, part, field);
  return Array.from({ length: Math.floor((last - first) / width) + 1 }, (_, index) => first + index * width);
}

function bounds(range: string, field: CronField, stepped: boolean): [number, number] {
  if (range === '*') {
    return [field.min, field.max];
  }
  const [from, to, ...more] = range.split('-');
  if (more.length > 0) {
    throw new CronProblem(`has ${quote(range)} as ${field.name}, which must be ${allowed(field)}`);
  }
  const first = fieldValue(from, field);
  const last = to !== undefined ? fieldValue(to, field) : stepped ? field.max : first;
  if (last < first) {
    throw new CronProblem(`has the range ${quote(range)} as ${field.name}, which goes backwards: write ${forwards(from, to, first, last, field)}`);
  }
  return [first, last];
}

/** A range past the end of a field as two that do not go past it. */
function forwards(from: string, to: string, first: number, last: number, field: CronField): string {
  const word = (value: number) => field.names && /\D/.test(from + to) ? field.names[value - field.min] : String(value);
  const range = (one: number, other: number) => one === other ? word(one) : `${word(one)}-${word(other)}`;
  return field === YEAR ? `'${range(last, first)}'` : `'${range(first, field.max)},${range(field.min, last)}'`;
}

function stepWidth(step: string | undefined, part: string, field: CronField): number {
  if (step === undefined) {
    return 1;
  }
  const width = /^\d{1,4}$/.test(step) ? Number(step) : 0;
  if (width < 1 || width > field.max) {
    throw new CronProblem(`has the step ${quote(part)} as ${field.name}, which must be a whole number from 1 to ${field.max}`);
  }
  return width;
}
