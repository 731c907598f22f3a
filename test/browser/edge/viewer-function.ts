/* eslint-disable @typescript-eslint/no-explicit-any */
import { createContext, Script } from 'vm';
import { Resource } from './account';
import { Answer, refusal, ViewerRequest } from './messages';

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions */
const CODE_BYTES = 10_240;
/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-headers */
const DISALLOWED = [
  /^connection$/, /^expect$/, /^keep-alive$/, /^proxy-authenticate$/, /^proxy-authorization$/, /^proxy-connection$/, /^trailer$/, /^upgrade$/,
  /^x-accel-/, /^x-amz-cf-/, /^x-amzn-/, /^x-cache$/, /^x-edge-/, /^x-forwarded-proto$/, /^x-real-ip$/,
];
const READ_ONLY = ['content-length', 'host', 'transfer-encoding', 'via'];

type Field = { value: string; multiValue?: { value: string }[] };

/**
 * Runs a CloudFront function for viewer requests on an event of CloudFront's shape: what it makes of the request, or the answer that it
 * gives itself.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
 */
export async function runViewerFunction(cloudFrontFunction: Resource, distribution: Resource, request: ViewerRequest): Promise<ViewerRequest | Answer> {
  const code: string = cloudFrontFunction.properties.FunctionCode;
  if (Buffer.byteLength(code) > CODE_BYTES) {
    throw new Error(`CloudFront takes functions of at most ${CODE_BYTES} bytes, this one has ${Buffer.byteLength(code)}`);
  }
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== 'cookie' && !isDisallowed(name)));
  const event = {
    version: '1.0',
    context: {
      distributionDomainName: distribution.attributes.DomainName,
      distributionId: distribution.attributes.Id,
      eventType: 'viewer-request',
      requestId: 'EXAMPLEntjQpEXAMPLE_SG5Z-EXAMPLEPmPfEu3EqEXAMPLE==',
    },
    viewer: { ip: request.address },
    request: {
      method: request.method,
      uri: request.path,
      querystring: fields(request.query.split('&').filter(Boolean).map(pair)),
      headers: fields(Object.entries(headers)),
      cookies: fields((request.headers.cookie ?? '').split('; ').filter(Boolean).map(pair)),
    },
  };
  let result: any;
  try {
    result = await execute(code, event);
  } catch (error) {
    return refusal(503, `the function failed: ${(error as Error).message}`);
  }
  if (result && 'statusCode' in result) {
    return {
      status: result.statusCode,
      headers: { ...texts(result.headers), ...cookiesOf(result.cookies) },
      body: Buffer.from(typeof result.body === 'string' ? result.body : result.body?.data ?? ''),
    };
  }
  const problem = problemOf(result, request);
  if (problem) {
    return refusal(502, `the function's result is invalid: ${problem}`);
  }
  const cookie = pairs(result.cookies).map(([name, value]) => `${name}=${value}`).join('; ');
  return {
    ...request,
    path: result.uri,
    query: pairs(result.querystring).map(([name, value]) => value === '' ? name : `${name}=${value}`).join('&'),
    headers: { ...texts(result.headers), ...(cookie ? { cookie } : {}) },
  };
}

/** As on CloudFront there is nothing but the language: no timers, no network, no `process`, no code from strings. */
function execute(code: string, event: unknown): unknown {
  if (/^\s*import\s/m.test(code)) {
    throw new Error('the front has no modules for functions');
  }
  const context = createContext({ console: { log: () => undefined } }, { codeGeneration: { strings: false, wasm: false } });
  return new Script(`${code}\nhandler(JSON.parse(${JSON.stringify(JSON.stringify(event))}));`).runInContext(context, { timeout: 1000 });
}

function problemOf(result: any, request: ViewerRequest): string | undefined {
  if (!result || typeof result !== 'object' || typeof result.uri !== 'string') {
    return 'it is neither a request nor a response';
  }
  if (result.method !== request.method) {
    return 'the method cannot be changed';
  }
  if (!result.uri.startsWith('/') || /[?#\s]/.test(result.uri)) {
    return `'${result.uri}' is no path`;
  }
  const headers = texts(result.headers);
  const added = Object.keys(headers).find((name) => isDisallowed(name) || name !== name.toLowerCase());
  const changed = READ_ONLY.find((name) => headers[name] !== request.headers[name]);
  return added ? `the header '${added}' cannot be added` : changed && `the header '${changed}' cannot be changed`;
}

function isDisallowed(name: string): boolean {
  return DISALLOWED.some((pattern) => pattern.test(name.toLowerCase()));
}

function pair(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

function fields(given: [string, string][]): Record<string, Field> {
  const found: Record<string, Field> = {};
  for (const [name, value] of given) {
    const former = found[name];
    found[name] = former ? { value: former.value, multiValue: [...(former.multiValue ?? [{ value: former.value }]), { value }] } : { value };
  }
  return found;
}

function pairs(given: Record<string, Field> = {}): [string, string][] {
  return Object.entries(given).flatMap(([name, field]) => (field.multiValue ?? [field]).map(({ value }): [string, string] => [name, value]));
}

function texts(given: Record<string, Field> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([name, field]) => [name, (field.multiValue ?? [field]).map(({ value }) => value).join(', ')]));
}

function cookiesOf(given: Record<string, { value: string; attributes?: string }> = {}): Record<string, string[]> {
  const lines = Object.entries(given).map(([name, { value, attributes }]) => [`${name}=${value}`, attributes].filter(Boolean).join('; '));
  return lines.length > 0 ? { 'set-cookie': lines } : {};
}
