import { mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import {
  AlbAccess, DjangoImage, DjangoOnFargate, DjangoOnFargateProps, DjangoSpaOptions, EnvironmentConvention, FileStorage, SpaDistribution, SpaMedia,
  SpaSource, StaticFiles, WafProtectedAlb,
} from '../../src';
import { messageOf, warningsOf } from '../helpers';

const BUILD = mkdtempSync(join(tmpdir(), 'spa-'));
writeFileSync(join(BUILD, 'index.html'), '<!doctype html><title>Shop</title>');
const source = SpaSource.directory(BUILD);

type Props = Partial<DjangoOnFargateProps>;

function shop(propsOf: Props | ((stack: Stack) => Props) = {}, options: Partial<DjangoSpaOptions> = {}) {
  const stack = new Stack(new App(), 'Stack', { env: { region: 'us-east-1' } });
  const props = typeof propsOf === 'function' ? propsOf(stack) : propsOf;
  const project = new DjangoOnFargate(stack, 'Shop', {
    image: DjangoImage.fromRegistry('registry.example.com/shop:1'), project: 'shop', spa: { source, ...options }, ...props,
  });
  return { stack, project, get template() { return Template.fromStack(stack); } };
}

const domain = (stack: Stack, domainName = 'shop.example.com') => ({
  domainName, hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, `Zone${domainName}`, { hostedZoneId: 'Z1', zoneName: 'example.com' }),
});

const certificateIn = (stack: Stack, region: string) =>
  acm.Certificate.fromCertificateArn(stack, `Certificate${region}`, `arn:aws:acm:${region}:123456789012:certificate/1234abcd`);

function environmentOf({ project, stack, template }: ReturnType<typeof shop>): Record<string, unknown> {
  const id = stack.getLogicalId(project.application.taskDefinition.node.defaultChild as never);
  const [container] = template.findResources('AWS::ECS::TaskDefinition')[id].Properties.ContainerDefinitions;
  return Object.fromEntries(container.Environment.map(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]));
}

describe('A single-page app on the project\'s own name', () => {
  const made = shop((stack) => ({ domain: domain(stack) }));
  const { template } = made;

  test('is the only way in: the load balancer has no public address', () => {
    expect(made.project.loadBalancer.access).toBe(AlbAccess.CLOUDFRONT_VPC_ORIGIN);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    template.hasResourceProperties('AWS::CloudFront::Distribution', { DistributionConfig: { Aliases: ['shop.example.com'] } });
  });

  test('shares its distribution with the static files', () => {
    template.resourceCountIs('AWS::CloudFront::Distribution', 1);
    expect(environmentOf(made).STATIC_URL).toBe('/static/');
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: { CacheBehaviors: Match.arrayWith([Match.objectLike({ PathPattern: '/static/*' }), Match.objectLike({ PathPattern: '/api/*' })]) },
    });
  });

  test('tells Django the name, HTTPS and where the app is', () => {
    expect(environmentOf(made)).toMatchObject({
      DJANGO_ALLOWED_HOSTS: 'shop.example.com',
      CSRF_TRUSTED_ORIGINS: 'https://shop.example.com',
      DJANGO_HTTPS: 'True',
      FRONTEND_URL: 'https://shop.example.com',
      CORS_ALLOWED_ORIGINS: 'https://shop.example.com',
    });
    expect(environmentOf(made)).not.toHaveProperty('DJANGO_SECURE_PROXY_SSL_HEADER');
  });

  test('comes last: its new pages find the new API', () => {
    const [deployment] = Object.values(template.findResources('Custom::SpaFiles'));
    expect(deployment.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources('AWS::ECS::Service'))));
  });

  test('comes after services that are added, too', () => {
    const later = shop();
    later.project.addService('Sockets', { paths: ['/ws/*'] });
    const [deployment] = Object.values(later.template.findResources('Custom::SpaFiles'));
    const services = Object.keys(later.template.findResources('AWS::ECS::Service'));
    expect(services).toHaveLength(2);
    expect(deployment.DependsOn).toEqual(expect.arrayContaining(services));
  });

  test('comes after the check of the new version', () => {
    const checked = shop({ release: { checkCommand: ['python', 'manage.py', 'check'] } }).template;
    const [deployment] = Object.values(checked.findResources('Custom::SpaFiles'));
    expect(deployment.DependsOn).toEqual(expect.arrayContaining(Object.keys(checked.findResources('Custom::DjangoRolloutCheck'))));
  });

  test('shares the certificate of the load balancer where that is in us-east-1', () => {
    template.resourceCountIs('AWS::CertificateManager::Certificate', 1);
  });

  test('is what the address of the site leads to', () => {
    expect(made.stack.resolve(made.project.spa!.url)).toBe('https://shop.example.com');
    expect(Object.values(template.findOutputs('*')).map(({ Value }) => Value)).toContain('https://shop.example.com');
  });
});

test('without a domain Django gets the name of the distribution, and no task waits for the files', () => {
  const made = shop();
  const name = made.stack.resolve(made.project.spa!.distribution.distributionDomainName);
  expect(environmentOf(made).DJANGO_ALLOWED_HOSTS).toEqual(name);
  expect(environmentOf(made).CSRF_TRUSTED_ORIGINS).toEqual({ 'Fn::Join': ['', ['https://', name]] });
  expect(environmentOf(made)).toMatchObject({ DJANGO_HTTPS: 'True', DJANGO_SECURE_PROXY_SSL_HEADER: 'HTTP_CLOUDFRONT_FORWARDED_PROTO' });
  const waits = Object.values(made.template.findResources('AWS::ECS::Service')).flatMap(({ DependsOn }) => DependsOn);
  expect(waits).not.toEqual(expect.arrayContaining(Object.keys(made.template.findResources('Custom::SpaFiles'))));
});

test.each([[undefined, 60], [90, 95], [115, 120]])('CloudFront waits longer than a request of %s seconds may take: %i', (seconds, waited) => {
  const { template } = shop({ web: { requestTimeout: seconds === undefined ? undefined : Duration.seconds(seconds) } });
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudFront::Distribution'));
  const origins = Properties.DistributionConfig.Origins as { VpcOriginConfig?: { OriginReadTimeout: number } }[];
  expect(origins.map(({ VpcOriginConfig }) => VpcOriginConfig?.OriginReadTimeout)).toContain(waited);
});

test('a firewall before the whole site knows the paths that the load balancer\'s knows', () => {
  const { template } = shop({ loadBalancer: { webAcl: { uploadPaths: ['/api/documents/'] } } }, { webAcl: { rateLimit: 5000 } });
  const acls = Object.values(template.findResources('AWS::WAFv2::WebACL')).map(({ Properties }) => JSON.stringify(Properties));
  expect(acls.map((acl) => acl.includes('/api/documents/'))).toEqual([true, true]);
});

test('paths of a further service reach it through CloudFront', () => {
  const made = shop();
  made.project.addService('Docs', { image: DjangoImage.fromRegistry('nginx:1'), paths: ['/docs/*'] });
  made.template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { CacheBehaviors: Match.arrayWith([Match.objectLike({ PathPattern: '/docs/*' })]) },
  });
});

test('paths of Django\'s are the user\'s to say', () => {
  const { template } = shop({}, { backendPaths: ['/graphql'] });
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { CacheBehaviors: Match.arrayWith([Match.objectLike({ PathPattern: '/graphql' })]) },
  });
});

test('a load balancer that stays open is known to Django by its names too', () => {
  const made = shop({ loadBalancer: { access: AlbAccess.INTERNET } });
  expect(environmentOf(made).DJANGO_ALLOWED_HOSTS).toEqual({
    'Fn::Join': ['', [made.stack.resolve(made.project.spa!.distribution.distributionDomainName), ',', made.stack.resolve(made.project.loadBalancer.hostNames[0])]],
  });
});

test('static files of a storage of yours are served on the same name', () => {
  const { template } = shop((stack) => ({ storage: { existing: new FileStorage(stack, 'Files', { staticFiles: StaticFiles.SAME_ORIGIN }) } }));
  template.hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { CacheBehaviors: Match.arrayWith([Match.objectLike({ PathPattern: '/static/*' })]) },
  });
});

describe('The address of the site, where a name is given for it,', () => {
  const convention = EnvironmentConvention.custom({ siteUrl: ['SITE_ROOT'] });
  test.each<[string, (stack: Stack) => Props, string]>([
    ['is that of app and Django together', (stack) => ({ domain: domain(stack) }), 'https://shop.example.com'],
    ['is Django\'s, not the app\'s', (stack) => ({ domain: domain(stack, 'api.example.com'), spa: { source, domain: domain(stack, 'www.example.com') } }), 'https://api.example.com'],
    ['is that of CloudFront without an app', (stack) => ({ domain: domain(stack), spa: { source: SpaSource.none() } }), 'https://shop.example.com'],
  ])('%s', (_, props, url) => {
    expect(environmentOf(shop((stack) => ({ ...props(stack), convention })))).toMatchObject({ SITE_ROOT: url });
  });

  test('is the distribution\'s without a domain, in every process, and nothing goes round in circles', () => {
    const made = shop({ convention });
    made.project.addWorker('Worker', {});
    made.project.addService('Sockets', { paths: ['/ws/*'] });
    const url = { 'Fn::Join': ['', ['https://', made.stack.resolve(made.project.spa!.distribution.distributionDomainName)]] };
    expect(environmentOf(made).SITE_ROOT).toEqual(url);
    const containers = Object.values(made.template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties.ContainerDefinitions[0]);
    const told = containers.filter(({ Environment }) => JSON.stringify(Environment).includes('SITE_ROOT'));
    // The web service, the release, the worker and the further service.
    expect(told).toHaveLength(4);
  });

  test('is left out otherwise', () => {
    expect(Object.keys(environmentOf(shop()))).not.toContain('SITE_URL');
  });
});

test('static files may stay with a distribution of their own', () => {
  const { template } = shop({ storage: { staticFiles: StaticFiles.CLOUDFRONT } });
  template.resourceCountIs('AWS::CloudFront::Distribution', 2);
});

describe('uploads by presigned URLs from pages of the app', () => {
  const allowed = ({ template, stack, project }: ReturnType<typeof shop>) => {
    const id = stack.getLogicalId(project.storage!.mediaBucket.node.defaultChild as never);
    const [rule] = template.findResources('AWS::S3::Bucket')[id].Properties.CorsConfiguration?.CorsRules ?? [];
    return rule?.AllowedOrigins as string[] | undefined;
  };

  test('pass: the bucket lets the names of the site in, and tells the tags of the parts', () => {
    const made = shop((stack) => ({ domain: { ...domain(stack), alternativeNames: ['www.shop.example.com'] } }));
    made.template.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [Match.objectLike({
          AllowedOrigins: ['https://shop.example.com', 'https://www.shop.example.com'],
          AllowedMethods: Match.arrayWith(['PUT', 'POST']),
          AllowedHeaders: ['*'],
          ExposedHeaders: ['ETag'],
        })],
      },
    });
  });

  test.each<[string, string[] | undefined, Props | ((stack: Stack) => Props), Partial<DjangoSpaOptions>?]>([
    ['of an app on a name of its own', ['https://www.example.com'], (stack) => ({ domain: domain(stack), spa: { source, domain: domain(stack, 'www.example.com') } })],
    ['with static files behind a distribution of their own', ['https://shop.example.com'], (stack) => ({ domain: domain(stack), storage: { staticFiles: StaticFiles.CLOUDFRONT } })],
    ['where the user names origins', ['https://other.example.com'], (stack) => ({ domain: domain(stack), storage: { corsAllowedOrigins: ['https://other.example.com'] } })],
    ['where the user wants none', undefined, (stack) => ({ domain: domain(stack), storage: { corsAllowedOrigins: [] } })],
    ['without a domain, when the name of the distribution is not known yet', undefined, {}],
    ['without an app', undefined, (stack) => ({ domain: domain(stack), spa: undefined })],
  ])('come from the origins that are known: %s', (_, origins, props) => {
    expect(allowed(shop(props))).toEqual(origins);
  });

  test('into a bucket of the user\'s are the user\'s to allow', () => {
    expect(() => shop((stack) => ({ domain: domain(stack), storage: { mediaBucket: s3.Bucket.fromBucketName(stack, 'Uploads', 'uploads') } }))).not.toThrow();
  });
});

describe('static files in the image', () => {
  const storage = { staticFiles: StaticFiles.IN_IMAGE };
  const paths = ({ template }: ReturnType<typeof shop>) => Object.values(template.findResources('AWS::CloudFront::Distribution'))
    .flatMap(({ Properties }) => Properties.DistributionConfig.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern));

  test.each<[string, Props, Partial<DjangoSpaOptions>]>([
    ['by default', { storage }, {}],
    ['beside paths of the user', { storage }, { backendPaths: ['/api/*', '/auth/*'] }],
    ['beside those of the web service', { storage, web: { paths: ['/api/*', '/auth/*'] } }, {}],
  ])('are served %s', (_, props, options) => {
    expect(paths(shop(props, options))).toContain('/static/*');
  });

  const WARNING = "'web.paths' has no \"/static/*\", where STATIC_URL leads to, and the static files are in the image (StaticFiles.IN_IMAGE): pages such as the admin come without style sheets. "
    + "Add \"/static/*\"; or leave '/static/' to the front end and let StaticFiles.CLOUDFRONT publish Django's files";

  test.each<[string, Props | ((stack: Stack) => Props), string | undefined]>([
    ['they do not reach Django', { storage, spa: undefined, web: { paths: ['/api/*', '/auth/*'] } }, WARNING],
    ['they do not, in a storage of the user', (stack) => ({ storage: { existing: new FileStorage(stack, 'Files', storage) }, spa: undefined, web: { paths: ['/api/*'] } }), WARNING],
    ['they do not, behind an app', { storage, web: { paths: ['/api/*'] } }, WARNING],
    ['they do', { storage, spa: undefined, web: { paths: ['/api/*', '/static/*'] } }, undefined],
    ['they do by another pattern', { storage, spa: undefined, web: { paths: ['/api/*', '/st*'] } }, undefined],
    ['the web service has every path', { storage, spa: undefined }, undefined],
    ['a bucket has them', { spa: undefined, web: { paths: ['/api/*'] } }, undefined],
  ])('warn where %s', (_, props, warning) => {
    expect(warningsOf(shop(props).project.web)['static-path']).toBe(warning);
  });
});

describe('CloudFront without an app', () => {
  const made = shop((stack) => ({ domain: domain(stack), spa: { source: SpaSource.none() } }));
  made.project.addService('Docs', { image: DjangoImage.fromRegistry('nginx:1'), paths: ['/docs/*'] });

  test('sends everything to Django but the static files, and makes nothing for an app', () => {
    const [{ Properties: { DistributionConfig } }] = Object.values(made.template.findResources('AWS::CloudFront::Distribution'));
    expect(DistributionConfig.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual(['/static/*']);
    expect(DistributionConfig.DefaultCacheBehavior.AllowedMethods).toContain('POST');
    expect(DistributionConfig).not.toHaveProperty('DefaultRootObject');
    made.template.resourceCountIs('Custom::SpaFiles', 0);
    expect(made.project.spa!.bucket).toBeUndefined();
  });

  test('serves uploads publicly where that is wanted', () => {
    const [{ Properties: { DistributionConfig } }] = Object.values(shop({}, { source: SpaSource.none(), media: SpaMedia.publiclyReadable() }).template
      .findResources('AWS::CloudFront::Distribution'));
    expect(DistributionConfig.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual(['/static/*', '/media/*']);
  });

  test('closes the load balancer to everybody else', () => {
    made.template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' });
    expect(environmentOf(made).DJANGO_ALLOWED_HOSTS).toBe('shop.example.com');
  });
});

describe('A single-page app on a name of its own', () => {
  const made = shop((stack) => ({ domain: domain(stack, 'api.example.com'), spa: { source, domain: domain(stack, 'www.example.com') } }));

  test('leaves the load balancer where it is', () => {
    expect(made.project.loadBalancer.access).toBe(AlbAccess.INTERNET);
    made.template.resourceCountIs('AWS::CloudFront::Distribution', 2);
    made.template.resourceCountIs('AWS::CloudFront::VpcOrigin', 0);
  });

  test('may call the API and load uploads: browsers let it', () => {
    const [policy] = Object.values(made.template.findResources('AWS::CloudFront::ResponseHeadersPolicy'))
      .map(({ Properties }) => Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig?.ContentSecurityPolicy?.ContentSecurityPolicy)
      .filter((value) => value !== undefined);
    const text = JSON.stringify(policy);
    expect(text).toMatch(/connect-src 'self' https:\/\/api\.example\.com /);
    const bucket = made.stack.getLogicalId(made.project.storage!.mediaBucket.node.defaultChild as never);
    expect(text.split(bucket).length - 1).toBe(3 * 2);
  });

  test('may call the API: Django trusts its origin', () => {
    expect(environmentOf(made)).toMatchObject({
      DJANGO_ALLOWED_HOSTS: 'api.example.com',
      CSRF_TRUSTED_ORIGINS: 'https://api.example.com,https://www.example.com',
      CORS_ALLOWED_ORIGINS: 'https://www.example.com',
      FRONTEND_URL: 'https://www.example.com',
    });
  });
});

describe('refuses', () => {
  test.each<[string, (stack: Stack) => Props, string]>([
    ['a load balancer of yours behind an app on the project\'s name', (stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false });
      return { network: { vpc }, loadBalancer: { existing: new WafProtectedAlb(stack, 'Alb', { vpc }) } };
    },
    "- 'spa' without a 'spa.domain' of its own and 'loadBalancer.existing' exclude each other: make a SpaDistribution with SpaBackend.loadBalancer(...) yourself"],
    ['one name for two', (stack) => {
      const shared = domain(stack);
      return { domain: shared, spa: { source, domain: shared } };
    },
    "- 'spa.domain' must have other names than 'domain', got \"shop.example.com\" in both: leave 'spa.domain' out to have app and API on one name"],
    ['paths on another name', (stack) => ({ spa: { source, domain: domain(stack, 'www.example.com'), backendPaths: ['/api/*'] } }),
      "- 'spa.backendPaths' must not be given with 'spa.domain': on a name of its own the app calls Django by Django's name"],
    ['uploads of a storage that another distribution serves', () => ({ spa: { source, media: SpaMedia.publiclyReadable() }, storage: { staticFiles: StaticFiles.CLOUDFRONT } }),
      "- 'spa.media' must not be given with 'spa.domain', 'storage.existing' or StaticFiles.CLOUDFRONT"],
    ['one certificate where CloudFront needs another', (stack) => ({ domain: { domainName: 'shop.example.com', certificate: certificateIn(stack, 'eu-central-1') } }),
      "'domain.hostedZone' or 'cloudFrontCertificate' must be given for \"shop.example.com\", got neither ('certificate' is in \"eu-central-1\")."],
    ['neither zone nor certificates', () => ({ domain: { domainName: 'shop.example.com' } }), "(4) after the deployment, point shop.example.com to the distribution's domain name"],
    ['a path that leaves nothing to the app', () => ({ spa: { source, backendPaths: ['/*'] } }), "- 'spa.backendPaths' must leave \"/\""],
    ['such a path of the web service', () => ({ web: { paths: ['/*'] } }), "- 'web.paths' must leave \"/\""],
    ['paths for Django beside all paths', () => ({ spa: { source: SpaSource.none(), backendPaths: ['/api/*'] } }),
      "- 'spa.domain' and 'spa.backendPaths' must be left out with SpaSource.none(): Django answers every path of 'domain'"],
    ['a VPC that has no room for a load balancer without public addresses', (stack) => ({
      network: { vpc: new ec2.Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: false, subnetConfiguration: [{ name: 'Public', subnetType: ec2.SubnetType.PUBLIC }] }) },
    }), "With 'spa' the load balancer has no public address; 'loadBalancer: { access: AlbAccess.CLOUDFRONT }' takes the public subnets"],
    ['a construct for its options', (stack) => ({ spa: new SpaDistribution(stack, 'Site', { source }) as never }), "- 'spa' must be options, got an object of SpaDistribution"],
    ['a variable that is the library\'s with an app', () => ({ environment: { FRONTEND_URL: 'https://example.com' } }), "'environment' must not set \"FRONTEND_URL\""],
    ['no source', () => ({ spa: {} as DjangoSpaOptions }), "'spa.source' must be"],
  ])('%s', (_name, propsOf, message) => {
    expect(messageOf(() => shop(propsOf))).toContain(message);
  });

  test('nothing that is left to the user without an app', () => {
    const stack = new Stack();
    expect(() => new DjangoOnFargate(stack, 'Shop', {
      image: DjangoImage.fromRegistry('registry.example.com/shop:1'), project: 'shop', environment: { FRONTEND_URL: 'https://example.com', CORS_ALLOWED_ORIGINS: 'https://example.com' },
    })).not.toThrow();
  });
});
