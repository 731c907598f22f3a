import { PREFERRED_WINDOW_RULES } from '../../../src/backing-services/database/preferred-windows';
import { TOKEN } from '../../helpers';

function problemsOf(preferredBackupWindow?: string, preferredMaintenanceWindow?: string): string[] {
  return PREFERRED_WINDOW_RULES.map((rule) => rule({ preferredBackupWindow, preferredMaintenanceWindow })).filter((problem) => problem !== undefined);
}

test.each<[string | undefined, string | undefined]>([
  [undefined, undefined],
  ['01:00-01:30', undefined],
  ['23:45-00:15', undefined],
  [undefined, 'sun:02:00-sun:03:00'],
  [undefined, 'Sun:23:45-Mon:00:15'],
  ['01:00-01:30', 'sun:01:30-sun:02:00'],
  ['01:30-02:00', 'sun:01:00-sun:01:30'],
  ['23:30-00:30', 'mon:00:30-mon:01:00'],
  [TOKEN.string(), TOKEN.string()],
])('%s and %s are fine', (backup, maintenance) => {
  expect(problemsOf(backup, maintenance)).toEqual([]);
});

test.each(['1:00-2:00', '01:00', '01:00-01:29', '24:00-24:30', '01:00-01:00', 'sun:01:00-sun:02:00', '', 5 as unknown as string])('%s is no time for backups', (window) => {
  expect(problemsOf(window)).toEqual([`'preferredBackupWindow' must be a time in UTC of 30 minutes at least, like '01:00-01:30', got ${JSON.stringify(window)}`]);
});

test.each(['02:00-03:00', 'sunday:02:00-sunday:03:00', 'sun:02:00-sun:02:15', 'sun:25:00-sun:26:00', 'sun:02:00'])('%s is no time for maintenance', (window) => {
  expect(problemsOf(undefined, window))
    .toEqual([`'preferredMaintenanceWindow' must be a time in UTC of 30 minutes at least, with days, like 'sun:02:00-sun:03:00', got ${JSON.stringify(window)}`]);
});

test.each([
  ['01:00-02:00', 'sun:01:30-sun:02:30'],
  ['01:00-02:00', 'wed:00:30-wed:01:01'],
  ['00:00-00:30', 'sun:23:45-mon:00:15'],
  ['23:30-00:30', 'mon:00:15-mon:00:45'],
  ['23:45-00:15', 'sun:23:30-mon:00:00'],
  ['04:00-04:30', 'sun:22:00-mon:06:00'],
])('%s and %s overlap', (backup, maintenance) => {
  expect(problemsOf(backup, maintenance))
    .toEqual([`'preferredMaintenanceWindow' (${maintenance}) must not overlap 'preferredBackupWindow' (${backup}): RDS refuses that; move one of them`]);
});
