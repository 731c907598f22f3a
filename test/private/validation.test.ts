import { Duration, Token } from 'aws-cdk-lib/core';
import {
  definitionError, durationBetween, integerBetween, isKnown, knownAtSynthesis, matches, oneOf, Rule, show, validateProps, wholeUnits,
} from '../../src/private/validation';
import { messageOf, newStack, TOKEN } from '../helpers';

interface Props {
  readonly count?: any;
  readonly time?: any;
  readonly name?: any;
}

const count = integerBetween<Props>('count', 1, 9, 'tasks', 'more than nine are not run');
const bareCount = integerBetween<Props>('count', 1, 9);
const time = durationBetween<Props>('time', Duration.seconds(1), Duration.minutes(2), 'Fargate waits no longer');
const name = matches<Props>('name', /^\//, (value) => `begin with '/', e.g. ${show(`/${value}`)}`);
const oneOfThree = oneOf<Props>('count', [1, 2, 3], 'zones');

describe('a broken rule', () => {
  test.each<[string, Rule<Props>, Props, string]>([
    ['a number below', count, { count: 0 }, "'count' must be a whole number between 1 and 9 tasks, got 0: more than nine are not run"],
    ['a number above', bareCount, { count: 10 }, "'count' must be a whole number between 1 and 9, got 10"],
    ['a fraction', bareCount, { count: 1.5 }, "'count' must be a whole number between 1 and 9, got 1.5"],
    ['no number', bareCount, { count: NaN }, "'count' must be a whole number between 1 and 9, got NaN"],
    ['infinity', bareCount, { count: Infinity }, "'count' must be a whole number between 1 and 9, got Infinity"],
    ['a text', bareCount, { count: '5' }, "'count' must be a whole number between 1 and 9, got \"5\""],
    ['a short time', time, { time: Duration.millis(999) }, "'time' must be between 1 second and 2 minutes, got 999 millis: Fargate waits no longer"],
    ['a long time', time, { time: Duration.seconds(200) },
      "'time' must be between 1 second and 2 minutes, got 3 minutes 20 seconds: Fargate waits no longer"],
    ['a number for a time', time, { time: 30 }, "'time' must be a Duration between 1 second and 2 minutes, got 30: use Duration.seconds(30)"],
    ['a number for a time that begins with nothing', durationBetween<Props>('time', Duration.minutes(0), Duration.days(1)), { time: 5 },
      "'time' must be a Duration between 0 minutes and 1 day, got 5: use Duration.minutes(5)"],
    ['half seconds', wholeUnits<Props>('time', 'seconds'), { time: Duration.millis(1500) }, "'time' must be in whole seconds, got 1 second 500 millis"],
    ['half days', wholeUnits<Props>('time', 'days'), { time: Duration.hours(36) }, "'time' must be in whole days, got 1 day 12 hours"],
    ['a token in another unit', wholeUnits<Props>('time', 'seconds'), { time: TOKEN.minutes() },
      "'time' must be a Duration.seconds(...) where its amount is a token, got Duration.minutes(...)"],
    ['a token that is computed with', knownAtSynthesis<Props>('time', 'the keep-alive is'), { time: TOKEN.seconds() },
      "'time' must be known at synthesis, because the keep-alive is computed from it: give it as a plain value, not as a token"],
    ['a text that does not match', name, { name: 'health' }, "'name' must begin with '/', e.g. \"/health\", got \"health\""],
    ['a number for a text', matches<Props>('name', /./, 'be a name'), { name: 5 }, "'name' must be a name, got 5"],
    ['a text token for a number', bareCount, { count: TOKEN.string() }, "'count' must be a whole number between 1 and 9, got a token"],
    ['a number token for a time', time, { time: TOKEN.number() }, "'time' must be a Duration between 1 second and 2 minutes, got a token that is a number"],
    ['a token of no type for a text', matches<Props>('name', /./, 'be a name'), { name: Token.asAny({ Ref: 'Name' }) },
      "'name' must be a name, got an object of Intrinsic"],
    ['a text token for one of a list of numbers', oneOfThree, { count: TOKEN.string() }, "'count' must be one of 1, 2, 3 zones, got a token"],
    ['none of a list', oneOfThree, { count: 4 }, "'count' must be one of 1, 2, 3 zones, got 4"],
  ])('names the prop, the value and what is allowed: %s', (_, rule, props, message) => {
    expect(rule(props)).toBe(message);
  });
});

describe('a rule lets pass', () => {
  test.each<[string, Rule<Props>, Props]>([
    ['the least number', count, { count: 1 }],
    ['the greatest number', count, { count: 9 }],
    ['a number that is a token', count, { count: TOKEN.number() }],
    ['a number that is left out', count, {}],
    ['a null of another language', count, { count: null }],
    ['the shortest time', time, { time: Duration.seconds(1) }],
    ['the longest time in another unit', time, { time: Duration.seconds(120) }],
    ['a time that is a token', time, { time: TOKEN.seconds() }],
    ['whole seconds in another unit', wholeUnits<Props>('time', 'seconds'), { time: Duration.minutes(3) }],
    ['a token in the same unit', wholeUnits<Props>('time', 'seconds'), { time: TOKEN.seconds() }],
    ['what is no duration, since another rule tells', wholeUnits<Props>('time', 'seconds'), { time: 5 }],
    ['a known value that is computed with', knownAtSynthesis<Props>('time', 'x is'), { time: Duration.seconds(5) }],
    ['a text that matches', name, { name: '/health/' }],
    ['a text that is a token', name, { name: TOKEN.string() }],
    ['a text with a token inside', name, { name: `health-${TOKEN.string()}` }],
    ['one of a list', oneOfThree, { count: 3 }],
  ])('%s', (_, rule, props) => {
    expect(rule(props)).toBeUndefined();
  });
});

describe('a duration', () => {
  test('of another copy of CDK is a duration too', () => {
    const foreign = { toMilliseconds: () => 500, toHumanString: () => 'half a second', isUnresolved: () => false, unitLabel: () => 'millis' };
    expect(time({ time: foreign })).toBe("'time' must be between 1 second and 2 minutes, got half a second: Fargate waits no longer");
  });
});

describe('validated props', () => {
  const rules = [count, name];

  test('are accepted without a word when no rule is broken', () => {
    expect(() => validateProps(newStack(), 'Thing', { count: 2, name: '/' }, rules)).not.toThrow();
  });

  test('are refused with every broken rule in one plain error', () => {
    const stack = newStack();
    expect(messageOf(() => validateProps(stack, 'Thing', { count: 0, name: 'x' }, rules))).toBe([
      "Thing at 'Stack' cannot be defined:",
      "- 'count' must be a whole number between 1 and 9 tasks, got 0: more than nine are not run",
      "- 'name' must begin with '/', e.g. \"/x\", got \"x\"",
    ].join('\n'));
  });

  test('give the message that other checks give too', () => {
    expect(definitionError(newStack('Shop'), 'Thing', ['one', 'two'])).toBe("Thing at 'Shop' cannot be defined:\n- one\n- two");
  });
});

test.each<[unknown, string]>([
  ['a "text"', '"a \\"text\\""'],
  [5, '5'],
  [NaN, 'NaN'],
  [TOKEN.number(), 'a token that is a number'],
  [TOKEN.string(), 'a token'],
  [new Map(), 'an object of Map'],
  [[new Map(), 'x'], '[an object of Map,"x"]'],
  [10n, '10n'],
  [Token.asList({ Ref: 'Names' }), 'a token that is a list'],
  [{ name: `a "b" ${TOKEN.string()}`, also: 'c "d"' }, '{"name":a token,"also":"c \\"d\\""}'],
  [function attach() {}, 'the function "attach"'],
  [undefined, 'undefined'],
  [null, 'null'],
  [['a', 1], '["a",1]'],
  [Duration.days(40), '40 days'],
  [Duration.seconds(4000), '4000 seconds'],
  [Duration.minutes(1501), '90060 seconds'],
  [Duration.millis(61500), '61.5 seconds'],
  [Duration.minutes(61), '1 hour 1 minute'],
  [TOKEN.minutes(), '<token> minutes'],
  [Duration.seconds(100), '1 minute 40 seconds'],
])('%p is shown as it was written', (value, text) => {
  expect(show(value)).toBe(text);
});

test.each<[string, unknown, boolean]>([
  ['a text', 'x', true],
  ['an empty text', '', true],
  ['zero', 0, true],
  ['false', false, true],
  ['a duration', Duration.seconds(0), true],
  ['nothing', undefined, false],
  ['null', null, false],
  ['a token', TOKEN.string(), false],
  ['a number token', TOKEN.number(), false],
  ['a duration with a token', TOKEN.seconds(), false],
])('%s is known at synthesis: %#', (_, value, known) => {
  expect(isKnown(value)).toBe(known);
});
