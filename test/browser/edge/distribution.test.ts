import { ALL_VIEWER, ALL_VIEWER_EXCEPT_HOST, behaviour, CACHING_OPTIMIZED, createEdge, resource, viewerRequest } from './edges';
import { answer } from './messages';

const EVERY_METHOD = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
const API = { ...behaviour('app', { OriginRequestPolicyId: ALL_VIEWER, AllowedMethods: EVERY_METHOD }), PathPattern: '/api/*' };

test.each([
  ['/api/products/', 'app'],
  ['/api', 'files'],
  ['/', 'files'],
  ['/x/../api/a', 'app'],
  ['/Api/a', 'files'],
])('%s is answered by %s', async (path, origin) => {
  const edge = createEdge({ CacheBehaviors: [API, { ...API, PathPattern: '/api/files/*', TargetOriginId: 'files' }] });
  await edge.distribution.handle(viewerRequest(`https://shop.example.com${path}`));
  await edge.distribution.handle(viewerRequest('https://shop.example.com/api/files/a'));
  // The first pattern that matches is the one, however well another would.
  expect(edge.asked.map((each) => each.origin)).toEqual([origin, 'app']);
});

test.each([
  ['redirect-to-https', 'GET', 301],
  ['redirect-to-https', 'POST', 307],
  ['https-only', 'GET', 403],
  ['allow-all', 'GET', 200],
])('plain HTTP where the policy is %s, %s: %s', async (policy, method, status) => {
  const edge = createEdge({ DefaultCacheBehavior: { ViewerProtocolPolicy: policy, AllowedMethods: EVERY_METHOD } });
  const given = await edge.distribution.handle(viewerRequest('http://shop.example.com/a?b=c', { method }));
  expect(given.status).toBe(status);
  if (status < 400 && status > 300) {
    expect(given.headers.location).toBe('https://shop.example.com/a?b=c');
  }
});

test('refuses methods that the behaviour does not allow', async () => {
  const edge = createEdge({ CacheBehaviors: [API] });
  expect((await edge.distribution.handle(viewerRequest('https://shop.example.com/a', { method: 'POST' }))).status).toBe(403);
  expect((await edge.distribution.handle(viewerRequest('https://shop.example.com/api/a', { method: 'POST' }))).status).toBe(200);
});

test('sends what the policies select', async () => {
  const edge = createEdge({ CacheBehaviors: [API, { ...API, PathPattern: '/host/*', OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST }] });
  const headers = { 'cookie': 'a=1', 'accept': 'text/html', 'x-forwarded-proto': 'http', 'x-forwarded-for': '198.51.100.1', 'if-none-match': '"a"', 'user-agent': 'Browser' };
  for (const path of ['/api/a?q=1', '/host/a?q=1', '/a?q=1']) {
    await edge.distribution.handle(viewerRequest(`https://shop.example.com${path}`, { headers }));
  }
  const [api, host, file] = edge.asked.map(({ request }) => request);
  expect(api).toMatchObject({ query: 'q=1', headers: { 'host': 'shop.example.com', 'cookie': 'a=1', 'accept': 'text/html', 'x-forwarded-for': '198.51.100.1, 203.0.113.7' } });
  expect(api.headers).not.toHaveProperty('x-forwarded-proto');
  expect(host.headers).toMatchObject({ host: 'app.elb.amazonaws.com', cookie: 'a=1' });
  expect(file).toMatchObject({ query: '', headers: { 'host': 'files.s3.amazonaws.com', 'user-agent': 'Amazon CloudFront', 'if-none-match': '"a"' } });
  expect(file.headers).not.toHaveProperty('cookie');
  expect(file.headers).not.toHaveProperty('accept');
});

test('puts the headers of an origin over those of the viewer', async () => {
  const edge = createEdge({ Origins: [{ Id: 'files', DomainName: 'a', OriginPath: '/site', OriginCustomHeaders: [{ HeaderName: 'X-Secret', HeaderValue: 's' }] }] });
  await edge.distribution.handle(viewerRequest('https://shop.example.com/a', { headers: { 'x-secret': 'guessed' } }));
  expect(edge.asked[0].request).toMatchObject({ path: '/site/a', headers: { 'x-secret': 's' } });
});

test('runs the function of the behaviour, which changes neither behaviour nor origin', async () => {
  const pages = resource('CloudFront::Function', 'Pages', { FunctionCode: 'function handler({ request }) { request.uri = "/api/index.html"; return request; }' });
  const edge = createEdge({ DefaultCacheBehavior: { FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: 'Pages' }] }, CacheBehaviors: [API] }, [pages]);
  await edge.distribution.handle(viewerRequest('https://shop.example.com/deep/link'));
  await edge.distribution.handle(viewerRequest('https://shop.example.com/api/a'));
  expect(edge.asked.map(({ origin, request }) => [origin, request.path])).toEqual([['files', '/api/index.html'], ['app', '/api/a']]);
});

test('answers the root by the default object', async () => {
  const edge = createEdge({ DefaultRootObject: 'index.html' });
  await edge.distribution.handle(viewerRequest('https://shop.example.com/'));
  expect(edge.asked[0].request.path).toBe('/index.html');
});

test('turns errors into pages where it is told to, also those of an API', async () => {
  const page = (config = {}) => ({ CustomErrorResponses: [{ ErrorCode: 404, ...config }], CacheBehaviors: [API] });
  const plain = createEdge(page({ ErrorCachingMinTTL: 0 }));
  plain.answer = answer(404, '{}', { 'content-type': 'application/json' });
  expect(await plain.distribution.handle(viewerRequest('https://shop.example.com/api/a'))).toMatchObject({ status: 404, headers: { 'content-type': 'application/json' } });

  const turned = createEdge(page({ ResponsePagePath: '/index.html', ResponseCode: 200 }));
  const answers = [answer(404, '{}'), answer(200, 'the app')];
  Object.defineProperty(turned, 'answer', { get: () => answers.shift() });
  const given = await turned.distribution.handle(viewerRequest('https://shop.example.com/api/a'));
  expect([given.status, given.body.toString()]).toEqual([200, 'the app']);
  expect(turned.asked.map(({ origin }) => origin)).toEqual(['app', 'files']);
});

test('answers from its cache as long as the policy says', async () => {
  const edge = createEdge({ DefaultCacheBehavior: { CachePolicyId: CACHING_OPTIMIZED }, CacheBehaviors: [API] });
  for (const path of ['/a', '/a', '/api/a', '/api/a']) {
    await edge.distribution.handle(viewerRequest(`https://shop.example.com${path}`));
  }
  expect(edge.asked.map(({ request }) => request.path)).toEqual(['/a', '/api/a', '/api/a']);
  edge.distribution.cache.invalidate(['/a']);
  await edge.distribution.handle(viewerRequest('https://shop.example.com/a'));
  expect(edge.asked).toHaveLength(4);
});

test('sends no body to who has it already', async () => {
  const edge = createEdge({});
  edge.answer = answer(200, 'hello', { etag: '"a"' });
  expect((await edge.distribution.handle(viewerRequest('https://shop.example.com/', { headers: { 'if-none-match': '"a"' } }))).status).toBe(304);
  expect((await edge.distribution.handle(viewerRequest('https://shop.example.com/', { headers: { 'if-none-match': '"b"' } }))).status).toBe(200);
});

test('adds, replaces and removes headers as the policy says', async () => {
  const policy = resource('CloudFront::ResponseHeadersPolicy', 'Headers', {
    ResponseHeadersPolicyConfig: {
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: "default-src 'self'", Override: false },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
      },
      CustomHeadersConfig: { Items: [{ Header: 'X-Own', Value: '1', Override: true }] },
      RemoveHeadersConfig: { Items: [{ Header: 'Server' }] },
    },
  });
  const edge = createEdge({ DefaultCacheBehavior: { ResponseHeadersPolicyId: 'Headers' } }, [policy]);
  edge.answer = answer(200, '', { 'content-security-policy': 'own', 'x-frame-options': 'SAMEORIGIN', 'server': 'AmazonS3' });
  expect((await edge.distribution.handle(viewerRequest('https://shop.example.com/'))).headers).toEqual({
    'content-type': 'text/html',
    'content-security-policy': 'own',
    'x-frame-options': 'DENY',
    'strict-transport-security': 'max-age=60; includeSubDomains',
    'x-own': '1',
    'x-cache': 'Miss from cloudfront',
  });
});

test.each([
  ['functions for answers', { FunctionAssociations: [{ EventType: 'viewer-response', FunctionARN: 'F' }] }],
  ['Lambda@Edge', { LambdaFunctionAssociations: [{}] }],
])('does not pretend to know %s', async (_what, DefaultCacheBehavior) => {
  await expect(createEdge({ DefaultCacheBehavior }).distribution.handle(viewerRequest('https://shop.example.com/'))).rejects.toThrow('the front has no');
});
