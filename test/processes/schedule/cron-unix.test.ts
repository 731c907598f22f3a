import * as fc from 'fast-check';
import { parseCron, runsOn } from '../../../src/processes/schedule/cron';
import { translateUnixCron } from '../../../src/processes/schedule/cron-unix';
import { SEED } from '../../properties/arbitraries';

test.each<[string, string[]]>([
  ['0 3 * * *', ['0 3 * * ? *']],
  ['*/15 * * * *', ['*/15 * * * ? *']],
  ['0 9 * * 1-5', ['0 9 ? * MON-FRI *']],
  ['0 9 * * mon-fri', ['0 9 ? * MON-FRI *']],
  ['0 9 * * 0', ['0 9 ? * SUN *']],
  ['0 9 * * 7', ['0 9 ? * SUN *']],
  ['0 9 * * 5-7', ['0 9 ? * SUN,FRI,SAT *']],
  ['0 9 * * 6,0', ['0 9 ? * SUN,SAT *']],
  ['0 9 * * */2', ['0 9 ? * SUN,TUE,THU,SAT *']],
  ['0 9 * * 0-6', ['0 9 * * ? *']],
  ['0 9 1 * 0-6', ['0 9 * * ? *']],
  ['0 9 ? * 1', ['0 9 ? * MON *']],
  ['0 0 1 jan *', ['0 0 1 JAN ? *']],
  ['0 0 1,15 * 5', ['0 0 1,15 * ? *', '0 0 ? * FRI *']],
  ['@hourly', ['0 * * * ? *']],
  ['@daily', ['0 0 * * ? *']],
  ['@midnight', ['0 0 * * ? *']],
  ['@weekly', ['0 0 ? * SUN *']],
  ['@Monthly', ['0 0 1 * ? *']],
  ['@yearly', ['0 0 1 1 ? *']],
  ['@annually', ['0 0 1 1 ? *']],
  // Unix joins these by "and".
  ['0 0 */2 * 1', []],
  ['0 0 1 * */2', []],
  ['@reboot', []],
  ['61 3 * * *', []],
  ['0 3 32 * *', []],
  ['0 3 * 13 *', []],
  ['0 3 * * 8', []],
  ['a b c d e', []],
  ['0 3 * * ? *', []],
  ['', []],
])('%s is %j for EventBridge', (unix, translations) => {
  expect(translateUnixCron(unix)).toEqual(translations);
});

test('any line of days is translated to what runs on the same days', () => {
  const days = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { minLength: 1 });
  const dates = fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 4 }), { nil: undefined });
  fc.assert(fc.property(days, dates, (weekdays, monthDays) => {
    const crons = translateUnixCron(`0 3 ${monthDays?.join(',') ?? '*'} * ${weekdays.join(',')}`).map(parseCron);
    for (let day = 0; day < 366; day++) {
      const date = new Date(Date.UTC(2028, 0, 1 + day));
      const onWeekday = weekdays.some((weekday) => weekday % 7 === date.getUTCDay());
      const onDate = monthDays?.includes(date.getUTCDate()) ?? false;
      const runs = monthDays === undefined ? onWeekday : onWeekday || onDate;
      expect([date, crons.some((cron) => runsOn(cron, date))]).toEqual([date, runs]);
    }
  }), SEED);
});
