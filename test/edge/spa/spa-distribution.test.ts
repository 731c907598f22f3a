import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { defined, SOURCE } from './defined';
import { NAVIGATION, run } from './viewer';
import { SpaContentSecurityPolicy } from '../../../src/edge/spa/content-security-policy';
import { SpaSource } from '../../../src/edge/spa/source/spa-source';
import { SpaDistribution } from '../../../src/edge/spa/spa-distribution';
import { SpaDistributionProps } from '../../../src/edge/spa/spa-distribution-props';
import { fromPython, newStack, TOKEN, warningsOf } from '../../helpers';

const IRELAND = { account: '111111111111', region: 'eu-west-1' };
const OF_THIS_DISTRIBUTION = { StringEquals: { 'AWS:SourceArn': Match.anyValue() } };

describe('alone', () => {
  test('a site makes at most 16 resources', () => {
    const { template } = defined();

    expect(Object.keys(template.toJSON().Resources).length).toBeLessThanOrEqual(16);
  });

  test('files come from a private bucket, for reading only, by HTTPS, with nothing of a request but its path', () => {
    const { stack, site, config, origin, cache, behaviors } = defined();
    const behavior = config.DefaultCacheBehavior;

    expect(behavior).toMatchObject({ AllowedMethods: ['GET', 'HEAD'], ViewerProtocolPolicy: 'redirect-to-https', Compress: true });
    expect(behavior.OriginRequestPolicyId).toBeUndefined();
    expect(cache(behavior)).toMatchObject({
      MinTTL: 0,
      DefaultTTL: 0,
      MaxTTL: 31_536_000,
      ParametersInCacheKeyAndForwardedToOrigin: {
        CookiesConfig: { CookieBehavior: 'none' },
        HeadersConfig: { HeaderBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
        EnableAcceptEncodingBrotli: true,
        EnableAcceptEncodingGzip: true,
      },
    });
    expect(origin(behavior)).toMatchObject({
      DomainName: stack.resolve(site.bucket!.bucketRegionalDomainName), OriginAccessControlId: expect.anything(), S3OriginConfig: { OriginAccessIdentity: '' },
    });
    expect(behaviors).toEqual([]);
  });

  test('the distribution alone reads the bucket, and learns what is missing, so that it is 404', () => {
    const { stack, site, template } = defined();
    const arn = stack.resolve(site.bucket!.bucketArn);

    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: stack.resolve(site.bucket!.bucketName),
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny' }),
          Match.objectLike({ Effect: 'Deny' }),
          {
            Action: 's3:GetObject',
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Condition: OF_THIS_DISTRIBUTION,
            Resource: { 'Fn::Join': ['', [arn, '/*']] },
          },
          { Action: 's3:ListBucket', Effect: 'Allow', Principal: { Service: 'cloudfront.amazonaws.com' }, Condition: OF_THIS_DISTRIBUTION, Resource: arn },
        ],
      },
    });
    const sources = Object.values(template.findResources('AWS::S3::BucketPolicy')).flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .map(({ Condition }) => Condition?.StringEquals?.['AWS:SourceArn']).filter((source) => source);
    expect(sources).toEqual([stack.resolve(site.distribution.distributionArn), stack.resolve(site.distribution.distributionArn)]);
  });

  test('the root is the entry document even where the function fails', () => {
    expect(defined().config.DefaultRootObject).toBe('index.html');
  });

  test('errors keep their bodies and their status, and are not stored', () => {
    const { config } = defined();

    expect(config.CustomErrorResponses).toEqual([400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })));
  });

  test('browsers get it by HTTP/3 and IPv6, from the near regions', () => {
    expect(defined().config).toMatchObject({ HttpVersion: 'http2and3', IPV6Enabled: true, PriceClass: 'PriceClass_100', Enabled: true });
    expect(defined(() => ({ priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL })).config.PriceClass).toBe('PriceClass_All');
  });

  test('it has the distribution\'s own name', () => {
    const { stack, site, config, template } = defined();
    const name = stack.resolve(site.distribution.distributionDomainName);

    expect(stack.resolve(site.hostNames)).toEqual([name]);
    expect(stack.resolve(site.origins)).toEqual([{ 'Fn::Join': ['', ['https://', name]] }]);
    expect(stack.resolve(site.url)).toEqual({ 'Fn::Join': ['', ['https://', name]] });
    expect(config.Aliases).toBeUndefined();
    expect(config.ViewerCertificate).toBeUndefined();
    expect(site.certificate).toBeUndefined();
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  test('outputs say what a pipeline and people need', () => {
    const { stack, site, template } = defined();

    expect(template.toJSON().Outputs).toEqual({
      SiteUrl: { Description: 'Address of the site', Value: stack.resolve(site.url) },
      SiteBucketName: { Description: 'Bucket with the files of the single-page app', Value: stack.resolve(site.bucket!.bucketName) },
      SiteDistributionId: { Description: 'CloudFront distribution of the site', Value: stack.resolve(site.distribution.distributionId) },
    });
  });

  test('names that are unique in an account hold the region, so that the stack can stand in two', () => {
    const { template } = defined(undefined, IRELAND);
    const names = [
      ...Object.values(template.findResources('AWS::CloudFront::CachePolicy')).map(({ Properties }) => Properties.CachePolicyConfig.Name),
      ...Object.values(template.findResources('AWS::CloudFront::ResponseHeadersPolicy')).map(({ Properties }) => Properties.ResponseHeadersPolicyConfig.Name),
      ...Object.values(template.findResources('AWS::CloudFront::OriginAccessControl')).map(({ Properties }) => Properties.OriginAccessControlConfig.Name),
      ...Object.values(template.findResources('AWS::CloudFront::Function')).map(({ Properties }) => Properties.Name),
    ] as string[];

    expect(names).toHaveLength(4);
    names.forEach((name) => expect(name).toContain('eu-west-1'));
    expect(names[2].length).toBeLessThanOrEqual(64);
  });

  test('buckets stay, and their policies with them', () => {
    const { template } = defined();

    [...Object.values(template.findResources('AWS::S3::Bucket')), ...Object.values(template.findResources('AWS::S3::BucketPolicy'))]
      .forEach((resource) => expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }));
  });

  test('the bucket with the files goes where that is wanted', () => {
    const { template, stack, site } = defined(() => ({ removalPolicy: RemovalPolicy.DESTROY }));

    expect(template.toJSON().Resources[stack.getLogicalId(site.bucket!.node.defaultChild as s3.CfnBucket)].DeletionPolicy).toBe('Delete');
    expect(template.toJSON().Resources[stack.getLogicalId(site.accessLogBucket!.node.defaultChild as s3.CfnBucket)].DeletionPolicy).toBe('Retain');
  });

  test('logical ids of buckets and distribution are held', () => {
    const { template } = defined();

    expect(Object.keys(template.findResources('AWS::S3::Bucket')).sort()).toEqual(['SiteAccessLogs536C0B75', 'SiteFilesBucket4BA90CBC']);
    expect(Object.keys(template.findResources('AWS::CloudFront::Distribution'))).toEqual(['SiteDistribution390DED28']);
  });

  test('props may come from Python', () => {
    const stack = newStack();
    const props = fromPython<SpaDistributionProps>({ source: SOURCE }, 'domain', 'config', 'pagePaths', 'immutablePaths', 'contentSecurityPolicy', 'responseHeaders',
      'strictTransportSecurityMaxAge', 'media', 'webAcl', 'existingWebAclArn', 'priceClass', 'accessLogBucket', 'accessLogExpiration', 'removalPolicy', 'logRetention', 'backend', 'storage');
    new SpaDistribution(stack, 'Site', props);

    expect(Template.fromStack(stack).toJSON()).toEqual(defined().template.toJSON());
  });
});

describe('files', () => {
  test('are uploaded with their configuration', () => {
    const { site, template } = defined(() => ({ config: { siteName: 'Shop' }, immutablePaths: ['/fonts/*'] }));

    expect(site.deployment).toBeDefined();
    template.hasResourceProperties('Custom::SpaFiles', { Config: '{"siteName":"Shop"}', ImmutablePaths: ['/fonts/*'] });
  });

  test('may come from a pipeline', () => {
    const { site, template } = defined(() => ({ source: SpaSource.external() }));

    expect(site.deployment).toBeUndefined();
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('logs of the upload are kept as long as is said', () => {
    defined(() => ({ logRetention: logs.RetentionDays.TWO_WEEKS })).template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 14 });
  });

  test('a pipeline may upload and invalidate, and delete nothing', () => {
    const stack = newStack();
    const site = new SpaDistribution(stack, 'Site', { source: SpaSource.external() });
    const role = new iam.Role(stack, 'Pipeline', { assumedBy: new iam.AccountRootPrincipal() });
    site.grantPublish(role);

    const arn = stack.resolve(site.bucket!.bucketArn);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      Roles: [stack.resolve(role.roleName)],
      PolicyDocument: {
        Statement: [
          { Action: ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging', 's3:AbortMultipartUpload'], Effect: 'Allow', Resource: { 'Fn::Join': ['', [arn, '/*']] } },
          { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn },
          { Action: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'], Effect: 'Allow', Resource: stack.resolve(site.distribution.distributionArn) },
        ],
      },
    });
  });
});

describe('pages', () => {
  test('are found by a function that runs for the app\'s own paths alone', () => {
    const { config, code } = defined();

    expect(config.DefaultCacheBehavior.FunctionAssociations).toEqual([{ EventType: 'viewer-request', FunctionARN: expect.anything() }]);
    expect(run(code(config.DefaultCacheBehavior), { uri: '/products/red-chair', headers: NAVIGATION }).uri).toBe('/index.html');
    expect(run(code(config.DefaultCacheBehavior), { uri: '/packages/node.js', headers: NAVIGATION }).uri).toBe('/packages/node.js');
  });

  test('may end like files where that is said', () => {
    const { config, code } = defined(() => ({ pagePaths: ['/packages/'] }));

    expect(run(code(config.DefaultCacheBehavior), { uri: '/packages/node.js', headers: NAVIGATION }).uri).toBe('/index.html');
  });

  test('the function runs in the newer runtime', () => {
    defined().template.hasResourceProperties('AWS::CloudFront::Function', { AutoPublish: true, FunctionConfig: { Runtime: 'cloudfront-js-2.0' } });
  });
});

describe('metrics', () => {
  test.each([['metricRequests', 'Requests', 'Sum'], ['metricServerErrorRate', '5xxErrorRate', 'Average'], ['metricClientErrorRate', '4xxErrorRate', 'Average']] as const)(
    '%s is where CloudFront keeps it', (method, metricName, statistic) => {
      const { site } = defined();

      expect(site[method]()).toMatchObject({
        namespace: 'AWS/CloudFront', metricName, statistic, region: 'us-east-1', dimensions: { DistributionId: site.distribution.distributionId, Region: 'Global' },
      });
      expect(site[method]({ period: Duration.hours(1) }).period.toMinutes()).toBe(60);
    });
});

describe('warnings', () => {
  test('a site has none by itself', () => {
    expect(warningsOf(defined().site)).toEqual({});
  });

  test.each<[string, boolean]>([
    ['https://o1.ingest.sentry.io', true], ["'none'", true], ["'self' https://o1.ingest.sentry.io", false], ['*', false], [TOKEN.string(), false],
  ])('a policy that lets the app connect to %s warns of its own site: %s', (sources, warns) => {
    const { site } = defined(() => ({ contentSecurityPolicy: SpaContentSecurityPolicy.enforced({ 'connect-src': sources }) }));

    expect(warningsOf(site)).toEqual(warns
      ? {
        'own-site-refused': "'connect-src' in 'contentSecurityPolicy' takes the place of the default and has no 'self', so browsers refuse what the app asks its own site for, "
          + "/config.json and /api: begin it with 'self'",
      }
      : {});
  });

  test('secrets do not belong into what everybody reads', () => {
    const { site } = defined(() => ({ config: { siteName: 'Shop', stripeSecretKey: 'sk', databasePassword: 'x', jwtPrivateKey: 'k', apiKey: 'public', authorizationUrl: '/login' } }));

    expect(warningsOf(site)).toEqual({
      'public-config': "everybody can read /config.json, and 'stripeSecretKey', 'databasePassword', 'jwtPrivateKey' in 'config' sounds like a secret: leave it out and let the app ask the backend",
    });
  });
});
