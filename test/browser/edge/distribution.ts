/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account, Resource } from './account';
import { cacheKey, EdgeCache, timeToLive } from './cache';
import { Firewall } from './firewall';
import { Answer, OriginRequest, refusal, ViewerRequest } from './messages';
import { matchesPath, normalizedPath } from './path-patterns';
import { cachePolicy, originRequestPolicy, withResponseHeaders } from './policies';
import { runViewerFunction } from './viewer-function';

/** Answers what CloudFront asks an origin of a distribution for. */
export type AskOrigin = (distribution: Resource, origin: any, request: OriginRequest, viewer: ViewerRequest) => Promise<Answer>;

/** Where CloudFront's requests come from. */
export const CLOUDFRONT_IP = '130.176.0.1';

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html */
function cloudFrontHeaders({ scheme, address }: ViewerRequest): Record<string, string> {
  return { 'cloudfront-forwarded-proto': scheme, 'cloudfront-viewer-address': `${address}:46532`, 'cloudfront-viewer-country': 'DE' };
}

const REMOVED = [
  'connection', 'expect', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade',
  'x-forwarded-proto', 'x-real-ip',
];
/**
 * Forwarded whatever the policies say.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
 */
const ALWAYS_FORWARDED = [
  'content-length', 'content-type', 'x-forwarded-for', 'range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range',
];

/** One distribution of the templates: which of its behaviours answers a request, with what, from where. */
export class Distribution {
  readonly cache = new EdgeCache();
  private readonly config: any;

  constructor(
    private readonly account: Account,
    readonly resource: Resource,
    private readonly askOrigin: AskOrigin,
    private readonly firewall: Firewall = () => undefined,
  ) {
    this.config = resource.properties.DistributionConfig;
  }

  /** The names under which it answers. */
  get hostNames(): string[] {
    return [...this.config.Aliases ?? [], this.resource.attributes.DomainName].map((name: string) => name.toLowerCase());
  }

  /** Whether people see pages of a single-page app here, and not only files. */
  get isApp(): boolean {
    return this.config.DefaultRootObject !== undefined;
  }

  async handle(request: ViewerRequest): Promise<Answer> {
    const behaviour = this.behaviourOf(request.path);
    const early = this.firewall(this.resource, request, request.address) ?? this.refusalOf(behaviour, request);
    if (early) {
      return early;
    }
    const id = functionOf(behaviour);
    const made = id === undefined ? request : await runViewerFunction(this.account.named('AWS::CloudFront::Function', id), this.resource, request);
    const answered = 'status' in made ? made : await this.fetch(behaviour, made);
    return withResponseHeaders(this.account, behaviour.ResponseHeadersPolicyId, request, revalidated(request, answered));
  }

  /** The first one in the template's order that matches, else the default. */
  private behaviourOf(path: string): any {
    const normalized = normalizedPath(path);
    return (this.config.CacheBehaviors ?? []).find(({ PathPattern }: any) => matchesPath(PathPattern, normalized)) ?? this.config.DefaultCacheBehavior;
  }

  private refusalOf(behaviour: any, request: ViewerRequest): Answer | undefined {
    if (request.scheme === 'http' && behaviour.ViewerProtocolPolicy === 'redirect-to-https') {
      const query = request.query && `?${request.query}`;
      const status = ['GET', 'HEAD'].includes(request.method) ? 301 : 307;
      return { ...refusal(status, 'it is by HTTPS only'), headers: { location: `https://${request.host}${request.path}${query}` } };
    }
    if (request.scheme === 'http' && behaviour.ViewerProtocolPolicy === 'https-only') {
      return refusal(403, 'it is by HTTPS only');
    }
    if (!(behaviour.AllowedMethods ?? ['GET', 'HEAD']).includes(request.method)) {
      return refusal(403, 'This distribution is not configured to allow the HTTP request method that was used for this request.');
    }
    if (behaviour.TrustedKeyGroups?.length || behaviour.TrustedSigners?.length) {
      return refusal(403, 'MissingKey');
    }
    return undefined;
  }

  private async fetch(behaviour: any, given: ViewerRequest, isErrorPage = false): Promise<Answer> {
    const request = given.path === '/' && this.config.DefaultRootObject ? { ...given, path: `/${this.config.DefaultRootObject}` } : given;
    const policy = cachePolicy(this.account, behaviour.CachePolicyId);
    const key = cacheKey(behaviour.PathPattern ?? '*', policy, request);
    const hit = key && this.cache.find(key);
    if (hit) {
      return hit;
    }
    const origin = this.config.Origins.find(({ Id }: any) => Id === behaviour.TargetOriginId);
    const fresh = await this.askOrigin(this.resource, origin, this.originRequest(behaviour, origin, request), request);
    const own = (this.config.CustomErrorResponses ?? []).find(({ ErrorCode }: any) => Number(ErrorCode) === fresh.status);
    const answer = own?.ResponsePagePath && !isErrorPage ? await this.errorPage(own, request, fresh) : fresh;
    if (key) {
      this.cache.keep(key, request.path, answer, timeToLive(policy, fresh, () => own?.ErrorCachingMinTTL));
    }
    return { ...answer, headers: { ...answer.headers, 'x-cache': 'Miss from cloudfront' } };
  }

  private async errorPage(own: any, request: ViewerRequest, fresh: Answer): Promise<Answer> {
    const page = await this.fetch(this.behaviourOf(own.ResponsePagePath), { ...request, method: 'GET', path: own.ResponsePagePath, query: '' }, true);
    return page.status === 200 ? { ...page, status: Number(own.ResponseCode ?? fresh.status) } : fresh;
  }

  private originRequest(behaviour: any, origin: any, request: ViewerRequest): OriginRequest {
    const cached = cachePolicy(this.account, behaviour.CachePolicyId);
    const forwarded = originRequestPolicy(this.account, behaviour.OriginRequestPolicyId);
    const isKept = (name: string) => !REMOVED.includes(name) && !/^(x-edge-|cloudfront-)/.test(name) && name !== 'cookie'
      && (ALWAYS_FORWARDED.includes(name) || cached.headers(name) || forwarded.headers(name));
    const headers: Record<string, string> = { 'host': origin.DomainName, 'user-agent': 'Amazon CloudFront' };
    for (const [name, value] of Object.entries(request.headers)) {
      if (isKept(name)) {
        headers[name] = value;
      }
    }
    const cookie = (request.headers.cookie ?? '').split('; ').filter((each) => each && passes(each, cached.cookies, forwarded.cookies)).join('; ');
    if (cookie) {
      headers.cookie = cookie;
    }
    headers['x-forwarded-for'] = [request.headers['x-forwarded-for'], request.address].filter(Boolean).join(', ');
    headers['x-amz-cf-id'] = 'EXAMPLE';
    headers.via = [request.headers.via, '2.0 example.cloudfront.net (CloudFront)'].filter(Boolean).join(', ');
    for (const [name, value] of Object.entries(cloudFrontHeaders(request))) {
      if (cached.cloudFrontHeaders.includes(name) || forwarded.cloudFrontHeaders.includes(name)) {
        headers[name] = value;
      }
    }
    for (const { HeaderName, HeaderValue } of origin.OriginCustomHeaders ?? []) {
      headers[HeaderName.toLowerCase()] = HeaderValue;
    }
    const query = request.query.split('&').filter((each) => each && passes(each, cached.queryStrings, forwarded.queryStrings)).join('&');
    return { method: request.method, path: (origin.OriginPath ?? '') + request.path, query, headers, body: request.body };
  }
}

function passes(part: string, ...selections: ((name: string) => boolean)[]): boolean {
  return selections.some((selects) => selects(part.split('=')[0]));
}

function functionOf(behaviour: any): string | undefined {
  const associations: any[] = behaviour.FunctionAssociations ?? [];
  const unknown = associations.find(({ EventType }) => EventType !== 'viewer-request');
  if (unknown || behaviour.LambdaFunctionAssociations?.length) {
    throw new Error(`the front has no functions for ${unknown?.EventType ?? 'Lambda@Edge'}`);
  }
  return associations[0]?.FunctionARN;
}

/** A browser that still has the object gets no body again. */
function revalidated(request: ViewerRequest, given: Answer): Answer {
  const isSame = given.status === 200 && given.headers.etag !== undefined && request.headers['if-none-match'] === given.headers.etag;
  return isSame ? { ...given, status: 304, body: Buffer.alloc(0) } : given;
}
