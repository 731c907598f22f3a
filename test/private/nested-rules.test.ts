import { Duration } from 'aws-cdk-lib/core';
import { nestedRules, rulesWhere } from '../../src/private/nested-rules';
import { Rule } from '../../src/private/validation';

interface Inner { readonly a?: number; readonly b?: number }
interface Outer { readonly inner?: Inner }

const rules: Rule<Inner>[] = [
  ({ a }) => a === 0 ? "'a' must not be 0\n- 'a' must be 1" : undefined,
  ({ b }) => b === 0 ? "'b' must not be 0, or 'a'" : undefined,
];
const [rule] = nestedRules<Outer, 'inner'>('inner', rules);

test('messages about nested options name the way to them, each of them', () => {
  expect(rule({ inner: { a: 0, b: 0 } })).toBe("'inner.a' must not be 0\n- 'inner.a' must be 1\n- 'inner.b' must not be 0, or 'a'");
});

test.each<Outer>([{}, { inner: undefined }, { inner: null as any }, { inner: {} }])('%j passes', (props) => {
  expect(rule(props)).toBeUndefined();
});

test.each<[unknown, string]>([['x', '"x"'], [[], '[]'], [5, '5'], [Duration.days(30), '30 days']])('%j is no struct', (inner, shown) => {
  expect(rule({ inner: inner as any })).toBe(`'inner' must be an object with options, got ${shown}`);
});

test('rules may hold for some props only', () => {
  const [conditional] = rulesWhere<Inner>(({ b }) => b === 1, rules);
  expect(conditional({ a: 0 })).toBeUndefined();
  expect(conditional({ a: 0, b: 1 })).toBe("'a' must not be 0\n- 'a' must be 1");
});
