import { CronField, CronProblem, DAY_OF_MONTH, fieldValues, HOUR, MINUTE, MONTH, WEEKDAYS } from './cron-field';

/** Days of Unix: 0 and 7 are Sunday. */
const UNIX_DAY_OF_WEEK: CronField = { name: 'day-of-week', min: 0, max: 7, names: WEEKDAYS, steps: true };

const EVERY_DAY = 'SUN-SAT';

const NICKNAMES: Record<string, string> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/**
 * What a crontab line of Unix is for EventBridge: one expression, or two where it restricts days of the month and of the week, which Unix
 * joins by "or". None where it is not a crontab line.
 */
export function translateUnixCron(text: string): string[] {
  const fields = (NICKNAMES[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
  if (fields.length !== 5) {
    return [];
  }
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  try {
    [[minute, MINUTE], [hour, HOUR], [month, MONTH]].forEach(([value, field]) => fieldValues(value as string, field as CronField));
    const weekdays = isAny(dayOfWeek) ? undefined : weekdaysOf(dayOfWeek);
    const anyDayOfMonth = isAny(dayOfMonth) || weekdays === EVERY_DAY;
    const days = anyDayOfMonth ? '*' : dayOfMonth.toUpperCase();
    fieldValues(days, DAY_OF_MONTH);
    if (!anyDayOfMonth && weekdays !== undefined && [dayOfMonth, dayOfWeek].some((field) => field.startsWith('*'))) {
      // Where one of the two begins with a star, Unix joins them by "and", which no expression of AWS does.
      return [];
    }
    const byWeek = weekdays !== undefined && weekdays !== EVERY_DAY;
    return [
      ...(byWeek && anyDayOfMonth ? [] : [[minute, hour, days, month.toUpperCase(), '?', '*']]),
      ...(byWeek ? [[minute, hour, '?', month.toUpperCase(), weekdays, '*']] : []),
    ].map((translation) => translation.join(' '));
  } catch (error) {
    if (error instanceof CronProblem) {
      return [];
    }
    throw error;
  }
}

function isAny(field: string): boolean {
  return field === '*' || field === '?';
}

/** The days of the week by name, since their numbers differ. */
function weekdaysOf(text: string): string {
  const days = [...new Set(fieldValues(text, UNIX_DAY_OF_WEEK).map((day) => day % 7))].sort();
  const runs = days.reduce<number[][]>((found, day) => {
    const current = found[found.length - 1];
    if (current && current[current.length - 1] === day - 1) {
      current.push(day);
    } else {
      found.push([day]);
    }
    return found;
  }, []);
  return runs.map((run) => run.length > 2
    ? `${WEEKDAYS[run[0]]}-${WEEKDAYS[run[run.length - 1]]}`
    : run.map((day) => WEEKDAYS[day]).join(',')).join(',');
}
