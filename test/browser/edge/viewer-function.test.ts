import { resource, viewerRequest } from './edges';
import { runViewerFunction } from './viewer-function';

const DISTRIBUTION = resource('CloudFront::Distribution', 'E1', {}, { Id: 'E1', DomainName: 'd1.cloudfront.net' });

function run(code: string, request = viewerRequest('https://shop.example.com/a/b?x=1&x=2&y', { headers: { 'cookie': 'a=1; b=2', 'x-edge-secret': '1', 'accept': 'text/html' } })) {
  return runViewerFunction(resource('CloudFront::Function', 'F', { FunctionCode: code }), DISTRIBUTION, request);
}

const text = async (code: string) => JSON.stringify(await run(code));

test('gives the event that CloudFront gives', async () => {
  const { body } = await run('function handler(event) { return { statusCode: 200, body: JSON.stringify(event) }; }') as { body: Buffer };
  expect(JSON.parse(body.toString())).toEqual({
    version: '1.0',
    context: { distributionDomainName: 'd1.cloudfront.net', distributionId: 'E1', eventType: 'viewer-request', requestId: expect.any(String) },
    viewer: { ip: '203.0.113.7' },
    request: {
      method: 'GET',
      uri: '/a/b',
      querystring: { x: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }, y: { value: '' } },
      headers: { host: { value: 'shop.example.com' }, accept: { value: 'text/html' } },
      cookies: { a: { value: '1' }, b: { value: '2' } },
    },
  });
});

test('takes the request that the function returns', async () => {
  expect(await run('function handler({ request }) { request.uri = "/index.html"; request.headers["x-a"] = { value: "1" }; return request; }')).toMatchObject({
    path: '/index.html', query: 'x=1&x=2&y', headers: { 'host': 'shop.example.com', 'cookie': 'a=1; b=2', 'x-a': '1' },
  });
});

test('waits for functions that are asynchronous', async () => {
  expect(await run('async function handler({ request }) { await null; request.uri = "/later"; return request; }')).toMatchObject({ path: '/later' });
});

test('takes the answer that the function gives itself', async () => {
  expect(await run('function handler() { return { statusCode: 302, headers: { location: { value: "/b" } }, cookies: { a: { value: "1", attributes: "Secure" } } }; }')).toEqual({
    status: 302, headers: { 'location': '/b', 'set-cookie': ['a=1; Secure'] }, body: Buffer.from(''),
  });
});

test.each([
  ['throws', 'function handler() { throw new Error("no"); }', 503, 'no'],
  ['uses what is not there', 'function handler() { return new URL("https://a"); }', 503, 'URL is not defined'],
  ['makes code from strings', 'function handler() { return eval("1"); }', 503, 'Code generation'],
  ['has modules', 'import cf from "cloudfront";\nfunction handler() {}', 503, 'no modules'],
  ['never ends', 'function handler() { for (;;); }', 503, 'timed out'],
  ['returns nothing', 'function handler() {}', 502, 'neither a request nor a response'],
  ['changes the host', 'function handler({ request }) { request.headers.host = { value: "a" }; return request; }', 502, "'host' cannot be changed"],
  ['changes the method', 'function handler({ request }) { request.method = "PUT"; return request; }', 502, 'method'],
  ['adds what CloudFront keeps to itself', 'function handler({ request }) { request.headers["x-forwarded-proto"] = { value: "https" }; return request; }', 502, 'x-forwarded-proto'],
  ['adds a header in upper case', 'function handler({ request }) { request.headers["X-A"] = { value: "1" }; return request; }', 502, 'X-A'],
  ['puts the query into the path', 'function handler({ request }) { request.uri += "?a=b"; return request; }', 502, 'no path'],
])('refuses a function that %s', async (_what, code, status, reason) => {
  const answer = await run(code) as { status: number; body: Buffer };
  expect(answer.status).toBe(status);
  expect(answer.body.toString()).toContain(reason);
});

test('refuses code that CloudFront would not take', async () => {
  await expect(text(`function handler() {}${' '.repeat(10_240)}`)).rejects.toThrow('at most 10240 bytes');
});
