import { Duration, Lazy, RemovalPolicy, SecretValue } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';

/** Fixed, so that a run tells of the code and not of the day; raise `numRuns` and drop the seed to search. */
export const SEED = { seed: 20260101, numRuns: 30 };

// --- what is valid ------------------------------------------------------------------------------------------------
export const between = (min: number, max: number) => fc.integer({ min, max });
export const seconds = (min: number, max: number) => between(min, max).map((amount) => Duration.seconds(amount));
export const days = (min: number, max: number) => between(min, max).map((amount) => Duration.days(amount));
export const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
export const prefix = fc.stringMatching(/^[A-Z][A-Z0-9]{0,20}_$/);
export const removalPolicy = (...except: RemovalPolicy[]) => fc.constantFrom(...Object.values(RemovalPolicy).filter((policy) => !except.includes(policy)));

const time = (minute: number) => [minute / 60, minute % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `03:00-04:00`, of a number of minutes at least; may go past midnight. */
export const dailyWindow = (least: number) => fc.tuple(between(0, 1439), between(least, 1200))
  .map(([start, length]) => `${time(start)}-${time((start + length) % 1440)}`);

/** `sun:03:00-sun:04:00`, of a number of minutes at least; may go past the end of the week. */
export const weeklyWindow = (least: number) => fc.tuple(between(0, 10079), between(least, 5000)).map(([start, length]) => [start, (start + length) % 10080]
  .map((minute) => `${DAYS[Math.floor(minute / 1440)]}:${time(minute % 1440)}`).join('-'));

// --- what is not --------------------------------------------------------------------------------------------------
export const outside = (min: number, max: number) => fc.oneof(
  between(-1000, min - 1), between(max + 1, max + 1_000_000), fc.constantFrom(NaN, Infinity, -Infinity, min + 0.5), fc.string(), fc.boolean(), fc.constant({}));
export const noDuration = (shortest: number, longest: number) => fc.oneof(
  shortest > 0 ? between(0, shortest - 1).map((amount) => Duration.seconds(amount)) : fc.constant(Duration.millis(1)),
  seconds(longest + 1, longest * 100), fc.constant(Duration.millis(longest * 1000 - 500)), between(0, longest), fc.string(), fc.constant({}));
export const notMatching = (pattern: RegExp) => fc.oneof(fc.string().filter((text) => !pattern.test(text)), between(0, 99), fc.boolean(), fc.constant([]));
export const noMember = fc.oneof(fc.string(), between(0, 99), fc.constantFrom(true, [], {}));
export const noObject = fc.oneof(fc.string(), between(0, 99), fc.constantFrom(true, [], {}));
export const noStrings = fc.oneof(fc.string(), between(0, 99), fc.constantFrom(true, {}, [1], [null], ['a', {}]));
export const noBoolean = fc.oneof(fc.string(), between(0, 99), fc.constantFrom('false', [], {}));

/** What no prop is made for, or only by chance. */
export const JUNK: unknown[] = [
  '', ' ', 'x', 'ä', 'a'.repeat(300), '*', 'false', 'RETAIN', 'arn:aws:iam::1:role/x', 0, 1, -1, 1.5, NaN, Infinity, 1e9, true, false, [], [''], ['x'], [null], [1], [[]],
  {}, { a: 1 }, { a: null }, { a: 'b' }, () => 1, new Date(0), Duration.days(0), Duration.days(1), Duration.millis(1), Duration.days(99_999),
];

/** What is known in the deployment only, of each type; few options take more than one of them. */
export const TOKENS: unknown[] = [
  Lazy.string({ produce: () => 'x' }), Lazy.number({ produce: () => 5 }), Lazy.list({ produce: () => ['x'] }), Lazy.any({ produce: () => ({ a: 'b' }) }),
  Duration.seconds(Lazy.number({ produce: () => 5 })), SecretValue.unsafePlainText('x'), [Lazy.string({ produce: () => 'x' })], { a: Lazy.number({ produce: () => 5 }) },
];
