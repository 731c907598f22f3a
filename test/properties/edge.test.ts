import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { App, Stack, Tokenization } from 'aws-cdk-lib/core';
import { JUNK, TOKENS } from './arbitraries';
import { optionPaths } from './option-paths';
import {
  AlbAccess, FileStorage, LogBucket, RouteAuthentication, SpaBackend, SpaContentSecurityPolicy, SpaDistribution, SpaMedia, SpaSource, WafProtectedAlb, WebAcl,
  WebAclLogs,
} from '../../src';
import { givenVpc } from '../helpers';

const OURS = /^\w+(\.\w+)? at '[^']+' cannot be defined:\n- /;
const UNREADABLE = /TOKEN|TypeError|undefined \(reading|is not a function|\[object /;
const VALUES = [...JUNK, ...TOKENS, null];

type Options = Record<string, unknown>;

/** What takes options: the struct, options that are valid, and its use. An option of the empty name is the whole. */
interface Subject {
  readonly paths: string[];
  /** Where not everything is put there. */
  readonly values?: unknown[];
  readonly define: (stack: Stack, set: (valid: object) => any) => void;
}

const external = { source: SpaSource.external() };
const domain = (stack: Stack) => ({
  domainName: 'shop.example.com',
  hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' }),
});
const pathsOf = (struct: string, ...without: string[]) => [...new Set(optionPaths(struct))].filter((path) => !without.includes(path.split('.')[0]));

function addRoute(stack: Stack, authentication: RouteAuthentication): void {
  const vpc = givenVpc(stack);
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc, domain: domain(stack) });
  alb.addTargetGroup(new elbv2.ApplicationTargetGroup(stack, 'Targets', { vpc, port: 80, targetType: elbv2.TargetType.IP }), { paths: ['/admin/*'], authentication });
}

function siteWithAlb(stack: Stack, options: any): SpaDistribution {
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack), access: AlbAccess.CLOUDFRONT_VPC_ORIGIN });
  return new SpaDistribution(stack, 'Site', { ...external, backend: SpaBackend.loadBalancer(alb, options) });
}

const RULE = {
  name: 'Own',
  priority: 10,
  action: { block: {} },
  statement: { geoMatchStatement: { countryCodes: ['KP'] } },
  visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'Own' },
};

const SUBJECTS: [string, Subject][] = [
  ['SpaDistribution', {
    paths: pathsOf('SpaDistributionProps', 'webAcl'),
    define: (stack, set) => new SpaDistribution(stack, 'Site', set(external)),
  }],
  ['SpaDistribution with a domain', {
    paths: pathsOf('SpaDistributionProps').filter((path) => path.startsWith('domain.')),
    define: (stack, set) => new SpaDistribution(stack, 'Site', set({ ...external, domain: domain(stack) })),
  }],
  ['SpaBackend.loadBalancer()', { paths: ['', ...pathsOf('SpaLoadBalancerOptions')], define: (stack, set) => siteWithAlb(stack, set({})) }],
  ['SpaBackend.origin()', {
    paths: ['', ...pathsOf('SpaBackendOptions')],
    define: (stack, set) => new SpaDistribution(stack, 'Site', { ...external, backend: SpaBackend.origin(new HttpOrigin('api.example.com'), set({})) }),
  }],
  ['what SpaBackend.loadBalancer() is given', {
    paths: [''], define: (stack, set) => new SpaDistribution(stack, 'Site', { ...external, backend: SpaBackend.loadBalancer(set({})) }),
  }],
  ['what SpaBackend.origin() is given', {
    paths: [''], define: (stack, set) => new SpaDistribution(stack, 'Site', { ...external, backend: SpaBackend.origin(set({})) }),
  }],
  ['addBackendPaths()', { paths: [''], define: (stack, set) => siteWithAlb(stack, {}).addBackendPaths(set({})) }],
  ['SpaMedia.signed()', {
    paths: [''],
    define: (stack, set) => new SpaDistribution(stack, 'Site', {
      ...external, storage: new FileStorage(stack, 'Files'), media: SpaMedia.signed(set({}) as cloudfront.IKeyGroup),
    }),
  }],
  ['SpaContentSecurityPolicy.enforced()', {
    paths: ['', 'connect-src', 'frame-ancestors'],
    define: (stack, set) => new SpaDistribution(stack, 'Site', { ...external, contentSecurityPolicy: SpaContentSecurityPolicy.enforced(set({})) }),
  }],
  ['SpaSource.directory()', { paths: [''], define: (stack, set) => new SpaDistribution(stack, 'Site', { source: SpaSource.directory(set({})) }) }],
  ['SpaSource.project()', { paths: [''], define: (stack, set) => new SpaDistribution(stack, 'Site', { source: SpaSource.project(set({})) }) }],
  ['WafProtectedAlb', {
    paths: pathsOf('WafProtectedAlbProps', 'webAcl'),
    define: (stack, set) => new WafProtectedAlb(stack, 'Alb', set({ vpc: givenVpc(stack) })),
  }],
  ['RouteAuthentication.cognito()', {
    paths: ['', ...pathsOf('CognitoAuthenticationOptions')],
    define: (stack, set) => {
      const userPool = new cognito.UserPool(stack, 'Users');
      addRoute(stack, RouteAuthentication.cognito(set({
        userPool,
        userPoolClient: userPool.addClient('Client', { generateSecret: true, oAuth: { callbackUrls: ['https://shop.example.com/oauth2/idpresponse'] } }),
        userPoolDomain: userPool.addDomain('SignIn', { cognitoDomain: { domainPrefix: 'shop' } }),
      })));
    },
  }],
  ['RouteAuthentication.oidc()', {
    paths: ['', ...pathsOf('OidcAuthenticationOptions')],
    define: (stack, set) => addRoute(stack, RouteAuthentication.oidc(set({
      issuer: 'https://id.example.com',
      authorizationEndpoint: 'https://id.example.com/a',
      tokenEndpoint: 'https://id.example.com/t',
      userInfoEndpoint: 'https://id.example.com/u',
      clientId: 'shop',
      clientSecret: new secretsmanager.Secret(stack, 'ClientSecret'),
    }))),
  }],
  ['WebAcl', { paths: pathsOf('WebAclProps'), define: (stack, set) => new WebAcl(stack, 'WebAcl', set({})) }],
  // CDK's own types let tokens of no type stand for a struct.
  ['a rule of a WebAcl', {
    paths: Object.keys(RULE), values: VALUES.filter((value) => !Tokenization.isResolvable(value)), define: (stack, set) => new WebAcl(stack, 'WebAcl', { rules: [set(RULE)] }),
  }],
  ['WebAclLogs.s3()', { paths: [''], define: (stack, set) => new WebAcl(stack, 'WebAcl', { logs: WebAclLogs.s3(set({})) }) }],
  ['LogBucket', { paths: pathsOf('LogBucketProps'), define: (stack, set) => new LogBucket(stack, 'Logs', set({})) }],
];

test.each(SUBJECTS)('%s: whatever stands in an option, nobody but us refuses it, in words', (_, { paths, values = VALUES, define }) => {
  const refusals = paths.flatMap((path) => values.flatMap((value) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: '123456789012', region: 'eu-central-1' } });
    try {
      define(stack, (valid) => path === '' ? value : withValue(valid, path, value));
      Template.fromStack(stack);
      expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
      return [];
    } catch (error) {
      const { message } = error as Error;
      return OURS.test(message) && !UNREADABLE.test(message) ? [] : [`${path}: ${message}`];
    }
  }));
  expect(refusals).toEqual([]);
});

function withValue(options: object, path: string, value: unknown): object {
  const [option, ...rest] = path.split('.');
  return { ...options, [option]: rest.length > 0 ? withValue(((options as Options)[option] ?? {}) as object, rest.join('.'), value) : value };
}
