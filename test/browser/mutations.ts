/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account, Resource } from './edge/account';
import { Flow, FLOWS, UPLOADS } from './flows';
import { SiteName } from './stacks';

/** What another template would have made, which people on the site would notice. */
export interface Mutation {
  readonly change: (account: Account) => Account;
  /** The flow that must fail, and what it says. */
  readonly flow: Flow;
  readonly failure: RegExp;
}

const LOGIN = FLOWS['somebody logs in, stays so on reload, and logs out'];
const START = FLOWS['the start page shows what the API has'];
const DEEP_LINK = FLOWS['a deep link opens, and again on reload'];
const API_404 = FLOWS['a 404 of the API is shown as one'];
const ADMIN = FLOWS['the admin has its own login, style sheets and scripts'];

const DISTRIBUTION = 'AWS::CloudFront::Distribution';
const HEADERS = 'AWS::CloudFront::ResponseHeadersPolicy';

const distribution = (change: (config: any) => void) => (account: Account) =>
  account.with(DISTRIBUTION, ({ DistributionConfig }) => change(DistributionConfig));
const defaultBehaviour = (change: (behaviour: any) => void) => distribution(({ DefaultCacheBehavior }) => change(DefaultCacheBehavior));
/** The behaviours that a backend answers, which are those that take every method. */
const backend = (change: (behaviour: any) => void, further: Resource[] = []) => (account: Account) =>
  account.with(DISTRIBUTION, ({ DistributionConfig }) =>
    DistributionConfig.CacheBehaviors.filter(({ AllowedMethods }: any) => AllowedMethods.includes('POST')).forEach(change), ...further);
const without = (path: string) => distribution((config) => {
  config.CacheBehaviors = config.CacheBehaviors.filter(({ PathPattern }: any) => PathPattern !== path);
});
const pageHeaders = (change: (headers: any) => void) => (account: Account) => account.with(HEADERS, ({ ResponseHeadersPolicyConfig: config }) => {
  if (config.SecurityHeadersConfig?.ContentSecurityPolicy?.ContentSecurityPolicy.includes('script-src')) {
    change(config.SecurityHeadersConfig);
  }
});
const bucketPolicies = (keeps: (statement: any) => boolean) => (account: Account) => account.with('AWS::S3::BucketPolicy', ({ PolicyDocument }) => {
  PolicyDocument.Statement = PolicyDocument.Statement.filter(keeps);
});
const isOf = (action: string) => ({ Action }: any) => [Action].flat().includes(action);

const KEPT_FOR_A_MINUTE = {
  MinTTL: 60,
  DefaultTTL: 60,
  MaxTTL: 60,
  ParametersInCacheKeyAndForwardedToOrigin: {
    HeadersConfig: { HeaderBehavior: 'none' }, CookiesConfig: { CookieBehavior: 'none' }, QueryStringsConfig: { QueryStringBehavior: 'all' },
  },
};

/** A policy that forwards some of what the backend's own does. */
function forwarding(headers: string, cookies: string, queryStrings: string): [(behaviour: any) => void, Resource[]] {
  const policy = {
    HeadersConfig: { HeaderBehavior: headers }, CookiesConfig: { CookieBehavior: cookies }, QueryStringsConfig: { QueryStringBehavior: queryStrings },
  };
  return [
    (behaviour) => { behaviour.OriginRequestPolicyId = 'Mutated'; },
    [{ type: 'AWS::CloudFront::OriginRequestPolicy', properties: { OriginRequestPolicyConfig: policy }, attributes: { Ref: 'Mutated' } }],
  ];
}

/** The bucket's files kept for a day, whatever they say of themselves. */
export function keepingFiles(account: Account): Account {
  return account.with('AWS::CloudFront::CachePolicy', ({ CachePolicyConfig: config }) => { config.MinTTL = config.DefaultTTL = 86_400; });
}

/** What is wrong with another template, by site: what does not depend on the load balancer is tried on one of them. */
export const MUTATIONS: Record<SiteName, Record<string, Mutation>> = {
  example: {
    'no function for deep links': {
      change: defaultBehaviour((behaviour) => { behaviour.FunctionAssociations = []; }), flow: DEEP_LINK, failure: /\/products\/kettle: 404/,
    },
    'error pages instead of it': {
      change: distribution((config) => {
        config.DefaultCacheBehavior.FunctionAssociations = [];
        config.CustomErrorResponses = [403, 404].map((ErrorCode) => ({ ErrorCode, ResponseCode: 200, ResponsePagePath: '/index.html' }));
      }),
      flow: API_404,
      failure: /status 200/,
    },
    'its function on every behaviour': {
      change: distribution((config) => config.CacheBehaviors.forEach((behaviour: any) => {
        behaviour.FunctionAssociations = config.DefaultCacheBehavior.FunctionAssociations;
      })),
      flow: START,
      failure: /status 403/,
    },
    'no behaviour for the API': { change: without('/api/*'), flow: START, failure: /status 200/ },
    'no behaviour for /admin itself': { change: without('/admin'), flow: ADMIN, failure: /\/admin'/ },
    'no behaviour for static files': { change: without('/static/*'), flow: ADMIN, failure: /404 https:.*\/static\// },
    'a behaviour for everything before the others': {
      change: distribution((config) => config.CacheBehaviors.unshift({ ...config.DefaultCacheBehavior, PathPattern: '/*' })),
      flow: START,
      failure: /status 200/,
    },
    'a backend without the visitor\'s host': {
      change: backend((behaviour) => { behaviour.OriginRequestPolicyId = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'; }),
      flow: START,
      failure: /status 502/,
    },
    'a backend without cookies': { change: backend(...forwarding('allViewer', 'none', 'all')), flow: LOGIN, failure: /CSRF cookie not set/ },
    'a backend without queries': { change: backend(...forwarding('allViewer', 'all', 'none')), flow: ADMIN, failure: /'\/admin\/'/ },
    'a backend for reading only': {
      change: backend((behaviour) => { behaviour.AllowedMethods = ['GET', 'HEAD']; }), flow: LOGIN, failure: /answered with a page instead of data/,
    },
    'an API whose answers are kept': {
      change: backend((behaviour) => { behaviour.CachePolicyId = 'Mutated'; }, [{
        type: 'AWS::CloudFront::CachePolicy', properties: { CachePolicyConfig: KEPT_FOR_A_MINUTE }, attributes: { Ref: 'Mutated' },
      }]),
      flow: LOGIN,
      failure: /the session is gone/,
    },
    'no function for the visitor\'s address': {
      change: backend((behaviour) => { behaviour.FunctionAssociations = []; }), flow: START, failure: /status 403/,
    },
    'plain HTTP allowed': {
      change: distribution((config) => [config.DefaultCacheBehavior, ...config.CacheBehaviors].forEach((behaviour) => { behaviour.ViewerProtocolPolicy = 'allow-all'; })),
      flow: FLOWS['plain HTTP leads to HTTPS'],
      failure: /http:\/\//,
    },
    'plain HTTP between CloudFront and the load balancer': {
      change: (account) => account.with('AWS::CloudFront::VpcOrigin', ({ VpcOriginEndpointConfig }) => { VpcOriginEndpointConfig.OriginProtocolPolicy = 'http-only'; },
        ...account.ofType('AWS::ElasticLoadBalancingV2::Listener').map((listener) => ({
          ...listener, properties: { ...listener.properties, Port: 80, Protocol: 'HTTP' },
        }))),
      flow: FLOWS['Django learns who asks, for which site, and that it is HTTPS'],
      failure: /plain HTTP/,
    },
    'a certificate of the load balancer for another name': {
      change: (account) => account.with('AWS::CertificateManager::Certificate', (certificate) => { certificate.DomainName = 'internal.example.com'; }),
      flow: START,
      failure: /status 502/,
    },
    'no right to read the bucket': { change: bucketPolicies((statement) => !isOf('s3:GetObject')(statement)), flow: START, failure: /\/: 403/ },
    'no right to list the bucket': {
      change: bucketPolicies((statement) => !isOf('s3:ListBucket')(statement)), flow: FLOWS['a file that is missing is no page'], failure: /403/,
    },
    'a bucket that is asked without a signature': {
      change: (account) => account.with('AWS::CloudFront::OriginAccessControl', ({ OriginAccessControlConfig: config }) => { config.SigningBehavior = 'never'; }),
      flow: START,
      failure: /\/: 403/,
    },
    'no content security policy': {
      change: pageHeaders((headers) => { delete headers.ContentSecurityPolicy; }), flow: FLOWS['pages may run no script but the site\'s own'], failure: /'true'/,
    },
    'a content security policy that is too strict': {
      change: pageHeaders(({ ContentSecurityPolicy: csp }) => { csp.ContentSecurityPolicy = "default-src 'self'; connect-src 'none'"; }), flow: START, failure: /cannot be reached/,
    },
    'a policy that puts its own headers over Django\'s': {
      change: (account) => account.with(HEADERS, ({ ResponseHeadersPolicyConfig: config }) => {
        config.SecurityHeadersConfig = { ...config.SecurityHeadersConfig, FrameOptions: { FrameOption: 'SAMEORIGIN', Override: true } };
      }),
      flow: FLOWS['every answer has the headers that protect it'],
      failure: /SAMEORIGIN/,
    },
    'no paths for uploads': {
      change: (account) => account.with('AWS::WAFv2::WebACL', (webAcl) => {
        webAcl.Rules = JSON.parse(JSON.stringify(webAcl.Rules).replaceAll('/api/products/', '/nothing/'));
      }),
      flow: FLOWS['an upload arrives and comes back'],
      failure: /answered with a page instead of data/,
    },
    'an admin that may not take long texts': {
      change: (account) => account.with('AWS::WAFv2::WebACL', (webAcl) => {
        webAcl.Rules = JSON.parse(JSON.stringify(webAcl.Rules).replaceAll('/admin/', '/nothing/'));
      }),
      flow: FLOWS['the admin takes the session of the app, and a long text'],
      failure: /403/,
    },
  },

  nameless: {
    'no function for the visitor\'s address': {
      change: backend((behaviour) => { behaviour.FunctionAssociations = []; }), flow: START, failure: /status 403/,
    },
    'an origin that speaks HTTPS': {
      change: (account) => account.with('AWS::CloudFront::VpcOrigin', ({ VpcOriginEndpointConfig: config }) => { config.OriginProtocolPolicy = 'https-only'; }),
      flow: START,
      failure: /status 502/,
    },
    'policies for the backend that leave out what CloudFront knows': {
      change: backend((behaviour) => { behaviour.OriginRequestPolicyId = '216adef6-5c7f-47e4-b989-5492eafa07d3'; }),
      flow: FLOWS['Django learns who asks, for which site, and that it is HTTPS'],
      failure: /plain HTTP/,
    },
  },

  public: {
    'no secret in the origin': {
      change: distribution((config) => config.Origins.forEach((origin: any) => { delete origin.OriginCustomHeaders; })),
      flow: START,
      failure: /status 403/,
    },
    'no rule that asks for the secret': {
      change: (account) => {
        const secrets = account.ofType(DISTRIBUTION).flatMap(({ properties }) => properties.DistributionConfig.Origins)
          .flatMap(({ OriginCustomHeaders = [] }) => OriginCustomHeaders).map(({ HeaderValue }) => JSON.stringify(HeaderValue));
        return account.with('AWS::WAFv2::WebACL', (webAcl) => {
          webAcl.Rules = webAcl.Rules.filter((rule: any) => !secrets.some((secret) => JSON.stringify(rule).includes(secret)));
        });
      },
      flow: FLOWS['nobody goes around CloudFront'],
      failure: /answers strangers/,
    },
    'uploads whose scripts may run': {
      change: (account) => account.with(HEADERS, ({ ResponseHeadersPolicyConfig: { SecurityHeadersConfig: headers } }) => {
        if (headers.ContentSecurityPolicy?.ContentSecurityPolicy.includes('sandbox')) {
          delete headers.ContentSecurityPolicy;
        }
      }),
      flow: UPLOADS['uploads are served, and run nothing'],
      failure: /Received type undefined/,
    },
    'the keys of uploads without their function': {
      change: distribution((config) => config.CacheBehaviors.forEach((behaviour: any) => {
        behaviour.FunctionAssociations = behaviour.PathPattern === '/media/*' ? [] : behaviour.FunctionAssociations;
      })),
      flow: UPLOADS['uploads are served, and run nothing'],
      failure: /AccessDenied/,
    },
  },
};
