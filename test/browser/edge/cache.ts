import { Answer, ViewerRequest } from './messages';
import { CachePolicy } from './policies';

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html#HTTPStatusCodes-cached-errors */
const ERRORS = [404, 414, 500, 501, 502, 503, 504];
const ERRORS_BY_HEADER = [400, 403, 405, 412, 415];
const ERROR_SECONDS = 10;

/** What CloudFront keeps of a distribution's answers, in seconds of the given clock. */
export class EdgeCache {
  private readonly entries = new Map<string, { path: string; answer: Answer; until: number; stored: number }>();

  constructor(private readonly now: () => number = () => Date.now() / 1000) {}

  find(key: string): Answer | undefined {
    const entry = this.entries.get(key);
    if (!entry || entry.until <= this.now()) {
      return undefined;
    }
    const age = Math.floor(this.now() - entry.stored);
    return { ...entry.answer, headers: { ...entry.answer.headers, 'age': String(age), 'x-cache': 'Hit from cloudfront' } };
  }

  keep(key: string, path: string, answer: Answer, seconds: number): void {
    if (seconds > 0) {
      this.entries.set(key, { path, answer, stored: this.now(), until: this.now() + seconds });
    }
  }

  /** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/invalidation-specifying-objects.html */
  invalidate(paths: readonly string[]): void {
    for (const [key, { path }] of this.entries) {
      if (paths.some((each) => each.endsWith('*') ? path.startsWith(each.slice(0, -1)) : each === path)) {
        this.entries.delete(key);
      }
    }
  }
}

/** Under what an answer is kept, or nothing where the request's method or policy keeps nothing. */
export function cacheKey(behaviour: string, policy: CachePolicy, request: ViewerRequest): string | undefined {
  if (policy.maxTtl === 0 || !['GET', 'HEAD'].includes(request.method)) {
    return undefined;
  }
  return JSON.stringify([
    behaviour, request.method, request.path,
    Object.entries(request.headers).filter(([name]) => policy.headers(name)).sort(),
    parts(request.query, '&').filter(([name]) => policy.queryStrings(name)),
    parts(request.headers.cookie ?? '', '; ').filter(([name]) => policy.cookies(name)),
  ]);
}

/**
 * For how many seconds CloudFront keeps an answer.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html#ExpirationDownloadDist
 */
export function timeToLive(policy: CachePolicy, { status, headers }: Answer, errorSeconds: (status: number) => number | undefined): number {
  const control = String(headers['cache-control'] ?? '').toLowerCase();
  const age = /s-maxage=(\d+)/.exec(control) ?? /max-age=(\d+)/.exec(control);
  const forbids = /no-store|no-cache|private/.test(control);
  if (status >= 400) {
    if (!(ERRORS.includes(status) || (ERRORS_BY_HEADER.includes(status) && age)) || (forbids && [404, 414, 501].includes(status))) {
      return 0;
    }
    return Math.max(errorSeconds(status) ?? ERROR_SECONDS, age ? Math.min(Number(age[1]), policy.maxTtl) : 0);
  }
  if (forbids) {
    return policy.minTtl;
  }
  return Math.max(policy.minTtl, age ? Math.min(Number(age[1]), policy.maxTtl) : policy.defaultTtl);
}

function parts(text: string, separator: string): [string, string][] {
  return text.split(separator).filter(Boolean).map((part) => [part.split('=')[0], part]);
}
