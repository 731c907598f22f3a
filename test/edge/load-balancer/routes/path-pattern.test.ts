import * as fc from 'fast-check';
import { bySpecificity, covers, priorityOf, specificity } from '../../../../src/edge/load-balancer/routes/path-pattern';

const segment = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
const literal = fc.array(segment, { minLength: 1, maxLength: 8 }).map((segments) => `/${segments.join('/')}`);
const pattern = fc.tuple(literal, fc.constantFrom('', '*', '/*', '?', '*.json')).map((parts) => parts.join(''));

test.each([
  ['/api/v2/*', '/api/*'], ['/api', '/api*'], ['/api/*', '/*.json'], ['/a?', '/*'],
])('%s comes before %s', (first, second) => {
  expect([second, first].sort(bySpecificity)).toEqual([first, second]);
  expect(priorityOf(first, new Set())).toBeLessThan(priorityOf(second, new Set()));
});

test('a priority depends on its path alone, and lies between those of users and the last one', () => {
  fc.assert(fc.property(pattern, (path) => {
    const priority = priorityOf(path, new Set());
    expect(priority).toBeGreaterThanOrEqual(1000);
    expect(priority).toBeLessThan(50_000);
    expect(priorityOf(path, new Set([priority - 1, priority + 1]))).toBe(priority);
  }));
  expect(priorityOf(`/${'a'.repeat(127)}`, new Set())).toBeGreaterThanOrEqual(1000);
  expect(priorityOf('/*', new Set())).toBeLessThan(50_000);
});

test('paths that say equally much have priorities of their own, whichever comes first', () => {
  const priorities = ['/api/*', '/app/*', '/cms/*', '/doc/*'].map((path) => priorityOf(path, new Set()));
  expect(new Set(priorities).size).toBe(4);
});

test('a priority that another rule has gives way to a free one, still before what says less', () => {
  const taken = new Set<number>();
  const priorities = Array.from({ length: 100 }, () => {
    const priority = priorityOf('/api/*', taken);
    taken.add(priority);
    return priority;
  });
  expect(new Set(priorities).size).toBe(100);
  expect(Math.max(...priorities)).toBeLessThan(priorityOf('/api*', new Set()));
  expect(Math.min(...priorities)).toBeGreaterThan(priorityOf('/api/v*', new Set()));
});

test.each<[string, string, boolean]>([
  ['/*', '/api/*', true], ['/api/*', '/api/v2/*', true], ['/api/*', '/api/', true], ['/api/*', '/api', false], ['/api/v2/*', '/api/*', false],
  ['/a?', '/ab', true], ['/a?', '/a*', false], ['/a?', '/a?', true], ['/*.json', '/api/x.json', true], ['/*.json', '/api/xjson', false], ['/a.b', '/axb', false],
])('%s takes all that %s does: %p', (first, second, expected) => {
  expect(covers(first, second)).toBe(expected);
});

test('what covers another pattern says no more than it', () => {
  fc.assert(fc.property(pattern, pattern, (first, second) => !covers(first, second) || first === second || specificity(first) <= specificity(second)));
});
