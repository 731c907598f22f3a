import * as fc from 'fast-check';
import { clockChange, offsetMinutes, skippedMinutes, timeZoneProblem } from '../../../src/processes/schedule/time-zone';
import { SEED } from '../../properties/arbitraries';

test.each(['Europe/Berlin', 'America/New_York', 'America/Argentina/Buenos_Aires', 'Asia/Kolkata', 'Asia/Calcutta', 'US/Pacific', 'Etc/UTC', 'Etc/GMT+2', 'UTC', 'GMT'])(
  '%s is a time zone', (name) => {
    expect(timeZoneProblem(name)).toBeUndefined();
  });

test.each<[unknown, string]>([
  ['PST', "\"PST\": write 'America/Los_Angeles'"],
  ['EST', "\"EST\": write 'America/New_York'"],
  ['cet', "\"cet\": write 'Europe/Berlin'"],
  ['utc', "\"utc\": write 'UTC'"],
  ['europe/berlin', "\"europe/berlin\": write 'Europe/Berlin'"],
  ['Europe/Berln', "\"Europe/Berln\": write 'Europe/Berlin'"],
  ['Berlin', "\"Berlin\": write 'Europe/Berlin'"],
  ['new york', "\"new york\": write 'America/New_York'"],
  ['America/New York', "\"America/New York\": write 'America/New_York'"],
  ['+02:00', "\"+02:00\": write 'Europe/Berlin', for example"],
  ['Mars/Olympus', "\"Mars/Olympus\": write 'Europe/Berlin', for example"],
  ['', "\"\": write 'Europe/Berlin', for example"],
  [5, "5, e.g. 'Europe/Berlin'"],
])('%j is none', (name, rest) => {
  expect(timeZoneProblem(name)).toBe(`must have the name of a time zone of IANA, got ${rest}`);
});

test('what is suggested is a time zone', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.constantFrom('PDT', 'IST', 'NZST', 'BRT', 'MSK', 'KST', 'HST', 'EET', 'MEZ', 'Z')), (name) => {
    const [, suggestion] = /write '([^']+)'/.exec(timeZoneProblem(name) ?? "write 'UTC'")!;
    expect(timeZoneProblem(suggestion)).toBeUndefined();
  }), SEED);
});

test.each([['UTC', 0], ['Asia/Tokyo', 0], ['Europe/Berlin', 60], ['America/New_York', 60], ['Australia/Lord_Howe', 30]])('clocks of %s change by %i minutes', (zone, minutes) => {
  expect(clockChange(zone)).toBe(minutes);
});

test('tells the minutes that do not exist', () => {
  expect(skippedMinutes('UTC')).toEqual([]);
  expect(skippedMinutes('Europe/Berlin').slice(0, 2)).toEqual([
    { day: new Date('2026-03-29'), from: 120, to: 180 },
    { day: new Date('2027-03-28'), from: 120, to: 180 },
  ]);
  expect(skippedMinutes('America/New_York')[0]).toEqual({ day: new Date('2026-03-08'), from: 120, to: 180 });
});

test.each<[string, number | undefined]>([['UTC', 0], ['Europe/Berlin', 60], ['America/St_Johns', -210], ['Nowhere', undefined]])('%s is %j minutes before UTC in winter', (zone, minutes) => {
  expect(offsetMinutes(zone, Date.UTC(2026, 0, 15))).toBe(minutes);
});
