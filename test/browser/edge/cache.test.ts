import { Account } from './account';
import { cacheKey, EdgeCache, timeToLive } from './cache';
import { CACHING_DISABLED, CACHING_OPTIMIZED, resource, viewerRequest } from './edges';
import { answer } from './messages';
import { cachePolicy } from './policies';

const BY_OBJECT = resource('CloudFront::CachePolicy', 'ByObject', {
  CachePolicyConfig: {
    MinTTL: 0,
    DefaultTTL: 0,
    MaxTTL: 31_536_000,
    ParametersInCacheKeyAndForwardedToOrigin: {
      HeadersConfig: { HeaderBehavior: 'whitelist', Headers: ['Accept-Language'] },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'allExcept', QueryStrings: ['utm'] },
    },
  },
});
const ACCOUNT = new Account([BY_OBJECT]);

test.each([
  [CACHING_OPTIMIZED, 200, '', 86_400],
  [CACHING_OPTIMIZED, 200, 'no-cache', 1],
  [CACHING_OPTIMIZED, 200, 'max-age=60', 60],
  [CACHING_OPTIMIZED, 200, 'max-age=60, s-maxage=5', 5],
  ['ByObject', 200, '', 0],
  ['ByObject', 200, 'no-cache', 0],
  ['ByObject', 200, 'max-age=31536000, immutable', 31_536_000],
  ['ByObject', 404, '', 10],
  ['ByObject', 404, 'no-store', 0],
  ['ByObject', 403, '', 0],
  ['ByObject', 403, 'max-age=60', 60],
  ['ByObject', 401, 'max-age=60', 0],
  ['ByObject', 500, 'no-store', 10],
])('%s keeps %s with "%s" for %s seconds', (policy, status, control, expected) => {
  expect(timeToLive(cachePolicy(ACCOUNT, policy), answer(status, '', { 'cache-control': control }), () => undefined)).toBe(expected);
});

test('keeps errors as long as the distribution says', () => {
  expect(timeToLive(cachePolicy(ACCOUNT, 'ByObject'), answer(404, ''), (status) => status === 404 ? 0 : undefined)).toBe(0);
});

test('tells apart by what the policy names', () => {
  const policy = cachePolicy(ACCOUNT, 'ByObject');
  const key = (url: string, headers = {}) => cacheKey('*', policy, viewerRequest(url, { headers }));
  const own = key('https://a/b?c=1');
  expect(key('https://a/b?c=1&utm=x', { cookie: 'd=1' })).toBe(own);
  expect(key('https://a/b?c=2')).not.toBe(own);
  expect(key('https://a/b?c=1', { 'accept-language': 'de' })).not.toBe(own);
  expect(cacheKey('*', policy, viewerRequest('https://a/b?c=1', { method: 'POST' }))).toBeUndefined();
  expect(cacheKey('*', cachePolicy(ACCOUNT, CACHING_DISABLED), viewerRequest('https://a/b?c=1'))).toBeUndefined();
});

test('forgets after its time, and what is invalidated', () => {
  let now = 100;
  const cache = new EdgeCache(() => now);
  cache.keep('key', '/index.html', answer(200, 'old'), 60);
  now += 59;
  expect(cache.find('key')!.headers).toMatchObject({ age: '59' });
  cache.invalidate(['/', '/other*']);
  expect(cache.find('key')).toBeDefined();
  cache.invalidate(['/index*']);
  expect(cache.find('key')).toBeUndefined();
  cache.keep('key', '/index.html', answer(200, 'old'), 60);
  now += 61;
  expect(cache.find('key')).toBeUndefined();
  cache.keep('key', '/', answer(200, 'never'), 0);
  expect(cache.find('key')).toBeUndefined();
});
