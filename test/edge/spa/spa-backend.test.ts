import { Template } from 'aws-cdk-lib/assertions';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { defined, HOST_NAME, privateAlb, publicAlb, read, SOURCE, zone } from './defined';
import { run } from './viewer';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { SpaBackend } from '../../../src/edge/spa/spa-backend';
import { SpaBackendOptions } from '../../../src/edge/spa/spa-backend-props';
import { SpaDistribution } from '../../../src/edge/spa/spa-distribution';
import { messageOf, newStack, warningsOf } from '../../helpers';

const VIRGINIA = { account: '111111111111', region: 'us-east-1' };
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER_AND_CLOUDFRONT = '33f36d7e-f396-46d9-90e0-52428a34d9dc';

const elsewhere = (options?: SpaBackendOptions) => ({ backend: SpaBackend.origin(new origins.HttpOrigin('api.example.com'), options) });

describe('a backend', () => {
  test('answers the API and the admin', () => {
    expect(defined(() => elsewhere()).paths).toEqual(['/admin/*', '/admin', '/api/*']);
  });

  test('gets every request as it is, and nothing of what it answers is stored', () => {
    const { behavior } = defined(() => elsewhere());

    ['/api/*', '/admin', '/admin/*'].forEach((path) => expect(behavior(path)).toMatchObject({
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      CachePolicyId: CACHING_DISABLED,
      OriginRequestPolicyId: ALL_VIEWER_AND_CLOUDFRONT,
      ViewerProtocolPolicy: 'redirect-to-https',
      Compress: false,
    }));
  });

  test('learns the address of the viewer from a function, which leaves paths alone', () => {
    const { behavior, code } = defined(() => elsewhere());

    expect(run(code(behavior('/api/*')), { uri: '/api/products/3', headers: { 'x-viewer-address': { value: '10.0.0.1' } } }, '203.0.113.9')).toMatchObject({
      uri: '/api/products/3', headers: { 'x-viewer-address': { value: '203.0.113.9' } },
    });
  });

  test('keeps its own headers; only HTTPS is added where it says nothing of it', () => {
    const { behavior, headers } = defined(() => elsewhere());

    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headers(behavior('/api/*'));
    expect(security).toEqual({ StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: false } });
    expect(custom).toBeUndefined();
  });

  test('is one origin with one function and one policy, however many paths it answers', () => {
    const { config, template } = defined(() => elsewhere({ paths: ['/api/*', '/graphql', '/accounts/*', '/admin/*'] }));

    expect(config.Origins).toHaveLength(2);
    template.resourceCountIs('AWS::CloudFront::Function', 2);
    template.resourceCountIs('AWS::CloudFront::ResponseHeadersPolicy', 2);
  });

  test('answers the given paths, with what says most first', () => {
    const { paths } = defined(() => elsewhere({ paths: ['/ac*', '/api/*', '/api/v2/*', '/graphql', '/api/v2/users'] }));

    expect(paths).toEqual(['/api/v2/users', '/graphql', '/api/v2/*', '/api/*', '/ac*']);
  });

  test('answers the static files that are in its image', () => {
    const { paths, behavior } = defined((stack) => ({ ...elsewhere(), storage: new FileStorage(stack, 'Files', { staticFiles: StaticFiles.IN_IMAGE }) }));

    expect(paths).toEqual(expect.arrayContaining(['/static/*', '/api/*', '/admin', '/admin/*']));
    expect(behavior('/static/*').CachePolicyId).toBe(CACHING_DISABLED);
  });

  test.each<[string[], string[]]>([
    [['/api/*', '/accounts/*'], ['/accounts/*', '/static/*', '/api/*']],
    [['/api/*', '/static/*'], ['/static/*', '/api/*']],
    [['/api/*', '/st*'], ['/api/*', '/st*']],
    [['/api/*', '/static/admin/*'], ['/static/admin/*', '/static/*', '/api/*']],
  ])('answers them also beside the given paths %j', (given, paths) => {
    expect(defined((stack) => ({ ...elsewhere({ paths: given }), storage: new FileStorage(stack, 'Files', { staticFiles: StaticFiles.IN_IMAGE }) })).paths).toEqual(paths);
  });

  test('does not answer /static/ where nothing is known of static files', () => {
    expect(defined(() => elsewhere({ paths: ['/api/*'] })).paths).toEqual(['/api/*']);
  });

  test('answers nothing where there is none', () => {
    expect(defined().paths).toEqual([]);
  });
});

describe('a load balancer', () => {
  const behind = (stack: Stack) => {
    const domain = { domainName: HOST_NAME, hostedZone: zone(stack) };
    return { domain, backend: SpaBackend.loadBalancer(privateAlb(stack, { domain })) };
  };

  test('is reached through a VPC origin by HTTPS, and gets the site\'s name', () => {
    const { behavior, origin, template } = defined(behind, VIRGINIA);

    expect(origin(behavior('/api/*'))).toMatchObject({ VpcOriginConfig: { OriginReadTimeout: 60 } });
    expect(behavior('/api/*').OriginRequestPolicyId).toBe(ALL_VIEWER_AND_CLOUDFRONT);
    template.hasResourceProperties('AWS::CloudFront::VpcOrigin', { VpcOriginEndpointConfig: { OriginProtocolPolicy: 'https-only' } });
  });

  test('gets back those who log in before it', () => {
    expect(defined(behind, VIRGINIA).paths).toContain('/oauth2/idpresponse');
  });

  test.each([[['/oauth2/*', '/api/*']], [['/oauth2/idpresponse', '/api/*']]])('but once only, with %j', (paths) => {
    const { paths: found } = defined((stack) => ({ backend: SpaBackend.loadBalancer(privateAlb(stack), { paths }) }));

    expect([...found].sort()).toEqual([...paths].sort());
  });

  test('takes timeouts', () => {
    const { behavior, origin } = defined((stack) => ({
      backend: SpaBackend.loadBalancer(privateAlb(stack), { readTimeout: Duration.seconds(90), keepaliveTimeout: Duration.seconds(20) }),
    }));

    expect(origin(behavior('/api/*')).VpcOriginConfig).toMatchObject({ OriginReadTimeout: 90, OriginKeepaliveTimeout: 20 });
  });

  test('may have public addresses that CloudFront alone reaches', () => {
    const { behavior, origin, site } = defined((stack) => {
      const domain = { domainName: HOST_NAME, hostedZone: zone(stack) };
      return { domain, backend: SpaBackend.loadBalancer(publicAlb(stack, { domain, access: AlbAccess.CLOUDFRONT })) };
    }, VIRGINIA);

    expect(origin(behavior('/api/*'))).toMatchObject({ CustomOriginConfig: { OriginProtocolPolicy: 'https-only' }, OriginCustomHeaders: [expect.anything()] });
    expect(warningsOf(site)).toEqual({});
  });

  test('that is deployed already keeps its records, which point to the site from now on', () => {
    const stackWith = (access?: AlbAccess) => {
      const stack = new Stack(new App(), 'Stack', { env: VIRGINIA });
      const domain = { domainName: HOST_NAME, hostedZone: zone(stack) };
      const alb = publicAlb(stack, { domain, access });
      return { stack, domain, alb, records: () => Template.fromStack(stack).findResources('AWS::Route53::RecordSet') };
    };
    const { records: recordsBefore } = stackWith();
    const { stack, domain, alb, records } = stackWith(AlbAccess.CLOUDFRONT);
    const { distribution } = new SpaDistribution(stack, 'Site', { source: SOURCE, domain, backend: SpaBackend.loadBalancer(alb) });

    expect(Object.keys(records())).toEqual(Object.keys(recordsBefore()));
    Object.values(records()).forEach(({ Properties }) => expect(Properties.AliasTarget.DNSName).toEqual(stack.resolve(distribution.distributionDomainName)));
  });

  test('of another stack leaves the records to the site', () => {
    const app = new App();
    const network = new Stack(app, 'Network', { env: VIRGINIA });
    const stack = new Stack(app, 'Stack', { env: VIRGINIA });
    const domain = { domainName: HOST_NAME, hostedZone: zone(stack) };
    new SpaDistribution(stack, 'Site', { source: SOURCE, domain, backend: SpaBackend.loadBalancer(privateAlb(network, { domain })) });

    expect(Object.keys(Template.fromStack(stack).findResources('AWS::Route53::RecordSet'))).toHaveLength(2);
  });

  test('may be open to everybody, with a warning', () => {
    const { site, stack } = defined((scope) => ({ backend: SpaBackend.loadBalancer(publicAlb(scope)) }));

    expect(Object.keys({ ...warningsOf(site), ...warningsOf(stack) })).toEqual(['open-origin']);
  });
});

describe('further paths', () => {
  const siteWith = (options?: SpaBackendOptions) => {
    const stack = newStack();
    const site = new SpaDistribution(stack, 'Site', { source: SOURCE, ...elsewhere(options), storage: new FileStorage(stack, 'Storage') });
    return { stack, site };
  };

  test('find their place among those that are there', () => {
    const { stack, site } = siteWith({ paths: ['/api/*'] });
    site.addBackendPaths(['/api/v2/*', '/ws', '/static/private/*']);
    const { paths, behavior, config } = read(stack);

    expect(paths).toEqual(['/static/private/*', '/api/v2/*', '/static/*', '/api/*', '/ws']);
    const { PathPattern: _, ...settings } = behavior('/api/*');
    expect(behavior('/ws')).toEqual({ ...settings, PathPattern: '/ws' });
    expect(config.Origins).toHaveLength(3);
  });

  test('that are there already stay as they are', () => {
    const { stack, site } = siteWith({ paths: ['/api/*'] });
    site.addBackendPaths(['/api/*']);
    site.addBackendPaths(['/api/*', '/ws']);
    site.addBackendPaths(['/ws']);

    expect([...read(stack).paths].sort()).toEqual(['/api/*', '/static/*', '/ws']);
  });

  test.each<[unknown, string]>([
    [['/static/*'], "'paths' must not hold \"/static/*\": these files come from the buckets of 'storage'"],
    [['/*'], "'paths' must leave \"/\", \"/index.html\", \"/config.json\", \"/assets/index-0a1b2c3d.js\" to the app, got \"/*\": name what the backend answers, e.g. '/api/*'"],
    [[], "'paths' must be a list of path patterns, got []: e.g. ['/api/*', '/admin', '/admin/*']"],
    ['/ws', "'paths' must be a list of path patterns, got \"/ws\": e.g. ['/api/*', '/admin', '/admin/*']"],
    [['/ws', '/ws'], "'paths' must not name a path twice, got \"/ws\""],
    [Array.from({ length: 74 }, (__, index) => `/service-${index}/*`),
      "'paths' must leave no more than 75 cache behaviors to the distribution, got 76: put paths under a common beginning, e.g. '/api/*'"],
  ])('%j are refused', (paths, message) => {
    const { site } = siteWith({ paths: ['/api/*'] });

    expect(messageOf(() => site.addBackendPaths(paths as string[]))).toBe(`SpaDistribution at 'Stack/Site' cannot be defined:\n- ${message}`);
  });

  test('need a backend', () => {
    const site = new SpaDistribution(newStack(), 'Site', { source: SOURCE });

    expect(messageOf(() => site.addBackendPaths(['/ws']))).toBe("SpaDistribution at 'Stack/Site' cannot be defined:\n"
      + "- 'addBackendPaths' must not be called without a backend: give 'backend', e.g. SpaBackend.loadBalancer(alb)");
  });
});
