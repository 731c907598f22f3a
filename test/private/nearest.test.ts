import { nearest } from '../../src/private/nearest';

test.each([
  ['databseHost', 'databaseHost'],
  ['SecretKey', 'secretKey'],
  ['redisUlr', 'redisUrl'],
  ['secretkeys', 'secretKey'],
  ['broker', undefined],
  ['', undefined],
])('%j was probably meant as %j', (word, meant) => {
  expect(nearest(word, ['secretKey', 'databaseHost', 'databasePort', 'redisUrl'])).toBe(meant);
});

test('nothing is near where nothing is known', () => expect(nearest('x', [])).toBeUndefined());
