/** Header names are in lower case; `set-cookie` is the only one that may have several values. */
export type Headers = Record<string, string | string[]>;

/** What a viewer asks CloudFront for. */
export interface ViewerRequest {
  readonly scheme: 'http' | 'https';
  readonly method: string;
  readonly host: string;
  /** As it was sent, not decoded, without the query. */
  readonly path: string;
  /** As it was sent, without the question mark. */
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly address: string;
}

/** What CloudFront asks an origin for. */
export interface OriginRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export function answer(status: number, text: string, headers: Headers = {}): Answer {
  return { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(text) };
}

/** What CloudFront itself says when it does not get as far as an origin. */
export function refusal(status: number, reason: string): Answer {
  return answer(status, `<h1>${status} ERROR</h1><p>The request could not be satisfied: ${reason}</p>`, { 'x-cache': 'Error from cloudfront' });
}

export function pathAndQuery({ path, query }: { path: string; query: string }): string {
  return query ? `${path}?${query}` : path;
}
