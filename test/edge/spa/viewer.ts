import { runInNewContext } from 'vm';

/** A request as CloudFront hands it to a function. */
export interface ViewerRequest {
  readonly method: string;
  readonly uri: string;
  readonly querystring: Record<string, { value: string }>;
  readonly headers: Record<string, { value: string; multiValue?: { value: string }[] }>;
  readonly cookies: Record<string, { value: string }>;
}

/** What a function makes of a request: the request, or an answer of its own. */
export type Outcome = ViewerRequest & { readonly statusCode?: number };

/** Headers of a browser that is sent to a page. */
export const NAVIGATION = {
  'accept': { value: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }, 'sec-fetch-dest': { value: 'document' }, 'sec-fetch-mode': { value: 'navigate' },
};
/** Headers of a script that fetches something. */
export const FETCH = { 'accept': { value: '*/*' }, 'sec-fetch-dest': { value: 'empty' }, 'sec-fetch-mode': { value: 'cors' } };
/** Headers of a crawler, which do not say what the answer is for. */
export const CRAWLER = { accept: { value: 'text/html,application/xhtml+xml' } };

/** Runs the code of a CloudFront function as CloudFront does: nothing but the language is there. */
export function run(code: string, request: Partial<ViewerRequest>, address = '198.51.100.7'): Outcome {
  const event = {
    version: '1.0',
    context: { eventType: 'viewer-request', distributionDomainName: 'd111111abcdef8.cloudfront.net', distributionId: 'E1', requestId: 'r' },
    viewer: { ip: address },
    request: { method: 'GET', uri: '/', querystring: {}, headers: {}, cookies: {}, ...request },
  };
  // By way of JSON, since objects of another context have prototypes of their own.
  return JSON.parse(runInNewContext(`${code}\nJSON.stringify(handler(${JSON.stringify(event)}));`)) as Outcome;
}
