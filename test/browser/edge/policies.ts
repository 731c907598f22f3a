/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account } from './account';
import { Answer, Headers, ViewerRequest } from './messages';

/** Which headers, cookies or query strings a policy names: `all`, `none`, a list, or all but a list. */
type Selection = (name: string) => boolean;
const ALL: Selection = () => true;
const NONE: Selection = () => false;

export interface OriginRequestPolicy {
  readonly headers: Selection;
  /** Headers of CloudFront's own that it adds. */
  readonly cloudFrontHeaders: string[];
  readonly cookies: Selection;
  readonly queryStrings: Selection;
}

export interface CachePolicy extends OriginRequestPolicy {
  readonly minTtl: number;
  readonly defaultTtl: number;
  readonly maxTtl: number;
}

const NOTHING: OriginRequestPolicy = { headers: NONE, cloudFrontHeaders: [], cookies: NONE, queryStrings: NONE };
const EVERYTHING: OriginRequestPolicy = { headers: ALL, cloudFrontHeaders: [], cookies: ALL, queryStrings: ALL };

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHE_POLICIES: Record<string, CachePolicy> = {
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { ...NOTHING, minTtl: 0, defaultTtl: 0, maxTtl: 0 },
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { ...NOTHING, minTtl: 1, defaultTtl: 86_400, maxTtl: 31_536_000 },
  'b2884449-e4de-46a7-ac36-70bc7f1ddd6d': { ...NOTHING, minTtl: 1, defaultTtl: 86_400, maxTtl: 31_536_000 },
};

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const ORIGIN_REQUEST_POLICIES: Record<string, OriginRequestPolicy> = {
  '216adef6-5c7f-47e4-b989-5492eafa07d3': EVERYTHING,
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': { ...EVERYTHING, headers: (name) => name !== 'host' },
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': {
    ...EVERYTHING, cloudFrontHeaders: ['cloudfront-forwarded-proto', 'cloudfront-viewer-address', 'cloudfront-viewer-country'],
  },
  '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf': {
    ...NOTHING, headers: (name) => ['origin', 'access-control-request-headers', 'access-control-request-method'].includes(name),
  },
};

/** @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html */
const SECURITY_HEADERS = {
  StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: false },
  ContentTypeOptions: { Override: true },
  FrameOptions: { FrameOption: 'SAMEORIGIN', Override: false },
  ReferrerPolicy: { ReferrerPolicy: 'strict-origin-when-cross-origin', Override: false },
  XSSProtection: { Protection: true, ModeBlock: true, Override: false },
};
const SIMPLE_CORS = { AccessControlAllowOrigins: { Items: ['*'] }, OriginOverride: false };
const RESPONSE_HEADERS_POLICIES: Record<string, any> = {
  '67f7725c-6f97-4210-82d7-5512b31e9d03': { SecurityHeadersConfig: SECURITY_HEADERS },
  '60669652-455b-4ae9-85a4-c4c02393f86c': { CorsConfig: SIMPLE_CORS },
  'e61eb60c-9c35-4d20-a928-2b84e02af89c': { CorsConfig: SIMPLE_CORS, SecurityHeadersConfig: SECURITY_HEADERS },
};

export function cachePolicy(account: Account, id: string): CachePolicy {
  if (CACHE_POLICIES[id]) {
    return CACHE_POLICIES[id];
  }
  const config = account.named('AWS::CloudFront::CachePolicy', id).properties.CachePolicyConfig;
  const key = config.ParametersInCacheKeyAndForwardedToOrigin;
  return {
    minTtl: Number(config.MinTTL),
    defaultTtl: Number(config.DefaultTTL),
    maxTtl: Number(config.MaxTTL),
    ...selections(key),
  };
}

export function originRequestPolicy(account: Account, id: string | undefined): OriginRequestPolicy {
  if (id === undefined) {
    return NOTHING;
  }
  return ORIGIN_REQUEST_POLICIES[id]
    ?? selections(account.named('AWS::CloudFront::OriginRequestPolicy', id).properties.OriginRequestPolicyConfig);
}

function selections(config: any): OriginRequestPolicy {
  return {
    headers: selection(config.HeadersConfig.HeaderBehavior, config.HeadersConfig.Headers, true),
    cloudFrontHeaders: (config.HeadersConfig.Headers ?? []).map((name: string) => name.toLowerCase()).filter((name: string) => name.startsWith('cloudfront-')),
    cookies: selection(config.CookiesConfig.CookieBehavior, config.CookiesConfig.Cookies),
    queryStrings: selection(config.QueryStringsConfig.QueryStringBehavior, config.QueryStringsConfig.QueryStrings),
  };
}

function selection(behaviour: string, names: string[] = [], inAnyCase = false): Selection {
  const isNamed = (name: string) => names.some((each) => inAnyCase ? each.toLowerCase() === name : each === name);
  switch (behaviour) {
    case 'none': return NONE;
    case 'all':
    case 'allViewer':
    case 'allViewerAndWhitelistCloudFront': return ALL;
    case 'whitelist': return isNamed;
    case 'allExcept': return (name) => !isNamed(name);
    default: throw new Error(`unknown behaviour '${behaviour}'`);
  }
}

/** The answer with the headers that the behaviour's policy adds, replaces and removes. */
export function withResponseHeaders(account: Account, id: string | undefined, request: ViewerRequest, given: Answer): Answer {
  if (id === undefined) {
    return given;
  }
  const config = RESPONSE_HEADERS_POLICIES[id] ?? account.named('AWS::CloudFront::ResponseHeadersPolicy', id).properties.ResponseHeadersPolicyConfig;
  const headers: Headers = { ...given.headers };
  for (const { Header } of config.RemoveHeadersConfig?.Items ?? []) {
    delete headers[Header.toLowerCase()];
  }
  const put = (name: string, value: string, override: boolean) => {
    if (override || headers[name.toLowerCase()] === undefined) {
      headers[name.toLowerCase()] = value;
    }
  };
  for (const [name, value, override] of [...securityHeaders(config.SecurityHeadersConfig ?? {}), ...corsHeaders(config.CorsConfig, request)]) {
    put(name, value, override);
  }
  for (const { Header, Value, Override } of config.CustomHeadersConfig?.Items ?? []) {
    put(Header, Value, Override);
  }
  return { ...given, headers };
}

function securityHeaders(config: any): [string, string, boolean][] {
  const {
    ContentSecurityPolicy: csp, ContentTypeOptions: types, FrameOptions: frame, ReferrerPolicy: referrer, StrictTransportSecurity: hsts, XSSProtection: xss,
  } = config;
  return [
    ...csp ? [['content-security-policy', csp.ContentSecurityPolicy, csp.Override]] : [],
    ...types ? [['x-content-type-options', 'nosniff', types.Override]] : [],
    ...frame ? [['x-frame-options', frame.FrameOption, frame.Override]] : [],
    ...referrer ? [['referrer-policy', referrer.ReferrerPolicy, referrer.Override]] : [],
    ...hsts ? [['strict-transport-security', [
      `max-age=${hsts.AccessControlMaxAgeSec}`, ...hsts.IncludeSubdomains ? ['includeSubDomains'] : [], ...hsts.Preload ? ['preload'] : [],
    ].join('; '), hsts.Override]] : [],
    ...xss ? [['x-xss-protection', xss.Protection ? `1${xss.ModeBlock ? '; mode=block' : ''}` : '0', xss.Override]] : [],
  ] as [string, string, boolean][];
}

/** Only requests of other origins get them. */
function corsHeaders(config: any, request: ViewerRequest): [string, string, boolean][] {
  const origin = request.headers.origin;
  if (!config || !origin) {
    return [];
  }
  const allowed: string[] = config.AccessControlAllowOrigins.Items;
  return allowed.includes('*') ? [['access-control-allow-origin', '*', config.OriginOverride]]
    : allowed.includes(origin) ? [['access-control-allow-origin', origin, config.OriginOverride]] : [];
}
