import { matchesPath, normalizedPath } from './path-patterns';

test.each([
  ['/api/*', '/api/', true],
  ['/api/*', '/api/a/b', true],
  ['/api/*', '/api', false],
  ['/api/*', '/API/a', false],
  ['api/*', '/api/a', true],
  ['/admin', '/admin', true],
  ['/admin', '/admin/', false],
  ['*.jpg', '/a/b.jpg', true],
  ['*.jpg', '/a/b.jpgs', false],
  ['/a??.jpg', '/ant.jpg', true],
  ['/a??.jpg', '/at.jpg', false],
  ['/v1.0/*', '/v1x0/a', false],
  ['*', '/', true],
])('%s for %s: %s', (pattern, path, expected) => {
  expect(matchesPath(pattern, path)).toBe(expected);
});

test.each([
  ['/api/../admin/', '/admin/'],
  ['/a/./b', '/a/b'],
  ['/..', '/'],
  ['/a/..', '/'],
  ['/%61pi/%7euser', '/api/~user'],
  ['/caf%c3%a9', '/caf%C3%A9'],
  ['/a%2fb', '/a%2Fb'],
  ['//api//x', '//api//x'],
  ['/', '/'],
])('%s is compared as %s', (path, expected) => {
  expect(normalizedPath(path)).toBe(expected);
});
