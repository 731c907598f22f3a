import { isKnown, Rule, show } from '../../private/validation';

interface Windows {
  readonly preferredBackupWindow?: string;
  readonly preferredMaintenanceWindow?: string;
}

/** Minutes, counted from the beginning of the day or of the week; the end may lie beyond it. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const DAY = 24 * 60;
const WEEK = 7 * DAY;
const LEAST = 30;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const TIME = '([01]\\d|2[0-3]):([0-5]\\d)';
const BACKUP = new RegExp(`^${TIME}-${TIME}$`);
const MAINTENANCE = new RegExp(`^(${DAYS.join('|')}):${TIME}-(${DAYS.join('|')}):${TIME}$`, 'i');

/** What holds for the times that RDS may choose from. @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
export const PREFERRED_WINDOW_RULES: Rule<Windows>[] = [
  ({ preferredBackupWindow: window }) => isKnown(window) && !backupSpan(window)
    ? `'preferredBackupWindow' must be a time in UTC of ${LEAST} minutes at least, like '01:00-01:30', got ${show(window)}`
    : undefined,
  ({ preferredMaintenanceWindow: window }) => isKnown(window) && !maintenanceSpan(window)
    ? `'preferredMaintenanceWindow' must be a time in UTC of ${LEAST} minutes at least, with days, like 'sun:02:00-sun:03:00', got ${show(window)}`
    : undefined,
  ({ preferredBackupWindow: backup, preferredMaintenanceWindow: maintenance }) => {
    const daily = isKnown(backup) ? backupSpan(backup) : undefined;
    const weekly = isKnown(maintenance) ? maintenanceSpan(maintenance) : undefined;
    return daily && weekly && overlap(daily, weekly)
      ? `'preferredMaintenanceWindow' (${maintenance}) must not overlap 'preferredBackupWindow' (${backup}): RDS refuses that; move one of them`
      : undefined;
  },
];

function backupSpan(window: string): Span | undefined {
  const [, ...times] = BACKUP.exec(String(window)) ?? [];
  return times.length > 0 ? span(minutes(times[0], times[1]), minutes(times[2], times[3]), DAY) : undefined;
}

function maintenanceSpan(window: string): Span | undefined {
  const [, fromDay, fromHour, fromMinute, toDay, toHour, toMinute] = MAINTENANCE.exec(String(window)) ?? [];
  return fromDay === undefined
    ? undefined
    : span(dayOf(fromDay) + minutes(fromHour, fromMinute), dayOf(toDay) + minutes(toHour, toMinute), WEEK);
}

/** Nothing where it is too short. */
function span(start: number, end: number, period: number): Span | undefined {
  const length = (end - start + period) % period;
  return length >= LEAST ? { start, end: start + length } : undefined;
}

function overlap(daily: Span, weekly: Span): boolean {
  // From the day before, whose backup may reach over midnight, to the second week, into which the maintenance may.
  return Array.from({ length: 15 }, (_, day) => (day - 1) * DAY)
    .some((offset) => daily.start + offset < weekly.end && weekly.start < daily.end + offset);
}

function minutes(hour: string, minute: string): number {
  return Number(hour) * 60 + Number(minute);
}

function dayOf(day: string): number {
  return DAYS.indexOf(day.toLowerCase()) * DAY;
}
