import { capacityProblem, knownOr, warnAboutIdleScaling } from '../../../src/processes/definition/task-count';
import { newStack, TOKEN, warningsOf } from '../../helpers';

test.each([
  ['more at least than at most', { minCapacity: 3, maxCapacity: 2 }, "'minCapacity' (3) must not be more than 'maxCapacity' (2): raise 'maxCapacity' or lower 'minCapacity'"],
  ['the same', { minCapacity: 2, maxCapacity: 2 }, undefined],
  ['one of them alone', { minCapacity: 3 }, undefined],
  ['a token', { minCapacity: TOKEN.number(), maxCapacity: 1 }, undefined],
])('of the least and the most tasks: %s', (_, capacity, problem) => {
  expect(capacityProblem(capacity)).toBe(problem);
});

test.each([['a number', 3, 3], ['nothing', undefined, 7], ['a token', TOKEN.number(), 7]])('others are computed from %s', (_, value, known) => {
  expect(knownOr(7, value)).toBe(known);
});

describe('a number of tasks that cannot change', () => {
  test.each([
    ['one option', { targetCpuPercent: 50, targetMemoryPercent: undefined }, "'targetCpuPercent'"],
    ['several options', { targetCpuPercent: 50, queueScaling: {} }, "'targetCpuPercent', 'queueScaling'"],
  ])('is warned about where %s would scale it', (_, options, named) => {
    const stack = newStack();
    warnAboutIdleScaling(stack, options);
    expect(warningsOf(stack)).toEqual({ 'no-autoscaling': `'minCapacity' is 'maxCapacity', so nothing scales: raise 'maxCapacity', or leave out ${named}.` });
  });

  test('is fine where nothing would', () => {
    const stack = newStack();
    warnAboutIdleScaling(stack, { targetCpuPercent: undefined, queueScaling: null });
    expect(warningsOf(stack)).toEqual({});
  });
});
