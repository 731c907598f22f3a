import { Match } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration } from 'aws-cdk-lib/core';
import { defined, HOST_NAME, zone } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { SpaContentSecurityPolicy } from '../../../src/edge/spa/content-security-policy';
import { SpaSource } from '../../../src/edge/spa/source/spa-source';
import { SpaBackend } from '../../../src/edge/spa/spa-backend';
import { SpaDistributionProps } from '../../../src/edge/spa/spa-distribution-props';
import { messageOf, warningsOf } from '../../helpers';

const VIRGINIA = { account: '111111111111', region: 'us-east-1' };
const IRELAND = { account: '111111111111', region: 'eu-west-1' };

describe('headers', () => {
  test('are strict', () => {
    const { config, headers } = defined();

    expect(headers(config.DefaultCacheBehavior)).toMatchObject({
      SecurityHeadersConfig: {
        ContentSecurityPolicy: {
          ContentSecurityPolicy: "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
            + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
          Override: true,
        },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: 'strict-origin-when-cross-origin', Override: true },
        StrictTransportSecurity: { AccessControlMaxAgeSec: 31_536_000, Override: true },
      },
      CustomHeadersConfig: { Items: [{ Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin-allow-popups', Override: true }] },
    });
  });

  test('take directives, further headers and the time of HTTPS', () => {
    const { config, headers } = defined(() => ({
      contentSecurityPolicy: SpaContentSecurityPolicy.enforced({ 'connect-src': "'self' https://sentry.example.com", 'frame-ancestors': "'self'" }),
      responseHeaders: { 'Permissions-Policy': 'camera=()', 'Cross-Origin-Opener-Policy': 'same-origin' },
      strictTransportSecurityMaxAge: Duration.minutes(5),
    }));
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headers(config.DefaultCacheBehavior);

    expect(security.ContentSecurityPolicy.ContentSecurityPolicy).toContain("connect-src 'self' https://sentry.example.com;");
    expect(security.FrameOptions.FrameOption).toBe('SAMEORIGIN');
    expect(security.StrictTransportSecurity.AccessControlMaxAgeSec).toBe(300);
    expect(custom.Items).toEqual([
      { Header: 'Cross-Origin-Opener-Policy', Value: 'same-origin', Override: true }, { Header: 'Permissions-Policy', Value: 'camera=()', Override: true },
    ]);
  });

  test('a policy may be tried out first', () => {
    const { config, headers } = defined(() => ({ contentSecurityPolicy: SpaContentSecurityPolicy.reportOnly({ 'report-to': 'csp' }) }));
    const { SecurityHeadersConfig: security, CustomHeadersConfig: custom } = headers(config.DefaultCacheBehavior);

    expect(security.ContentSecurityPolicy).toBeUndefined();
    expect(custom.Items[0]).toMatchObject({ Header: 'Content-Security-Policy-Report-Only', Value: expect.stringMatching(/^default-src 'self'; .*; report-to csp$/) });
  });

  test('a site without a policy is nobody\'s frame nevertheless', () => {
    const { config, headers } = defined(() => ({ contentSecurityPolicy: SpaContentSecurityPolicy.none() }));

    expect(headers(config.DefaultCacheBehavior).SecurityHeadersConfig).toMatchObject({ FrameOptions: { FrameOption: 'DENY' } });
    expect(headers(config.DefaultCacheBehavior).SecurityHeadersConfig.ContentSecurityPolicy).toBeUndefined();
  });

  test('the older header for frames says nothing where it cannot say the same', () => {
    const { config, headers } = defined(() => ({ contentSecurityPolicy: SpaContentSecurityPolicy.enforced({ 'frame-ancestors': 'https://portal.example.com' }) }));

    expect(headers(config.DefaultCacheBehavior).SecurityHeadersConfig.FrameOptions).toBeUndefined();
  });
});

describe('without an app', () => {
  const backend = SpaBackend.origin(new origins.HttpOrigin('django.example.com'));

  test('every path is the backend\'s, and nothing is made that an app would need', () => {
    const { site, config, template } = defined(() => ({ source: SpaSource.none(), backend }));

    expect(config.CacheBehaviors).toBeUndefined();
    expect(config.DefaultRootObject).toBeUndefined();
    expect(config.DefaultCacheBehavior.AllowedMethods).toContain('POST');
    expect(site.bucket).toBeUndefined();
    expect(site.deployment).toBeUndefined();
    // The one of the access logs.
    template.resourceCountIs('AWS::S3::Bucket', 1);
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 0);
    template.resourceCountIs('AWS::CloudFront::CachePolicy', 0);
  });

  test('static files still come from their bucket', () => {
    const { config } = defined((scope) => ({ source: SpaSource.none(), backend, storage: new FileStorage(scope, 'Files', { staticFiles: StaticFiles.SAME_ORIGIN }) }));

    expect(config.CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual(['/static/*']);
  });

  test('paths that are added are the backend\'s already, and there is nothing to publish', () => {
    const { site } = defined(() => ({ source: SpaSource.none(), backend }));

    expect(() => site.addBackendPaths(['/graphql'])).not.toThrow();
    expect(messageOf(() => site.grantPublish(new iam.AccountRootPrincipal()))).toContain("'grantPublish' must not be called with SpaSource.none()");
  });

  test.each<[string, Partial<SpaDistributionProps>, string]>([
    ['nothing that answers', {}, "- 'backend' must be given with SpaSource.none(), because nothing else answers: e.g. SpaBackend.loadBalancer(alb)"],
    ['paths of the backend', { backend: SpaBackend.origin(new origins.HttpOrigin('django.example.com'), { paths: ['/api/*'] }) },
      "- 'backend.paths' must be left out with SpaSource.none(): the backend answers every path"],
    ['settings of an app', { backend, config: { a: 'b' }, contentSecurityPolicy: SpaContentSecurityPolicy.none() },
      "- 'config', 'contentSecurityPolicy' must be left out with SpaSource.none(): there is no app that it could be for"],
  ])('%s is refused', (_, props, message) => {
    expect(messageOf(() => defined(() => ({ source: SpaSource.none(), ...props })))).toContain(message);
  });
});

describe('access logs', () => {
  test('go to a private bucket that lets CloudFront deliver', () => {
    const { stack, site, config, template } = defined();

    expect(config.Logging).toEqual({ Bucket: stack.resolve(site.accessLogBucket!.bucketRegionalDomainName) });
    template.hasResourceProperties('AWS::S3::Bucket', {
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
    });
  });

  test('are kept as long as is said', () => {
    defined(() => ({ accessLogExpiration: Duration.days(400) })).template
      .hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 400, Status: 'Enabled' }] } });
  });

  test('may go to a bucket that is there', () => {
    const { stack, site, config, template } = defined((scope) => ({ accessLogBucket: s3.Bucket.fromBucketName(scope, 'Logs', 'logs') }));

    expect(stack.resolve(config.Logging.Bucket)).toEqual(stack.resolve(site.accessLogBucket!.bucketRegionalDomainName));
    template.resourceCountIs('AWS::S3::Bucket', 1);
  });
});

describe('access logs in a region that CloudFront does not deliver to', () => {
  const MILAN = { account: '111111111111', region: 'eu-south-1' };

  test('are none, with a warning', () => {
    const { site, config } = defined(undefined, MILAN);

    expect(config.Logging).toBeUndefined();
    expect(site.accessLogBucket).toBeUndefined();
    expect(warningsOf(site)).toEqual({
      'no-access-logs': "CloudFront delivers no access logs to buckets in eu-south-1, so there are none: give 'accessLogBucket' in another region if you want them",
    });
  });

  test('may go to a bucket elsewhere', () => {
    const { site, config } = defined((stack) => ({
      accessLogBucket: s3.Bucket.fromBucketAttributes(stack, 'Logs', { bucketName: 'logs', region: 'eu-west-1' }),
    }), MILAN);

    expect(JSON.stringify(config.Logging.Bucket)).toContain('logs.s3.eu-west-1.');
    expect(warningsOf(site)).toEqual({});
  });
});

describe('a domain', () => {
  const options = (stack: Parameters<typeof zone>[0]) => ({ domain: { domainName: HOST_NAME, alternativeNames: ['www.shop.example.com'], hostedZone: zone(stack) } });

  test('gets a certificate and records', () => {
    const { stack, site, config, template } = defined(options, VIRGINIA);

    expect(config.Aliases).toEqual([HOST_NAME, 'www.shop.example.com']);
    expect(config.ViewerCertificate).toEqual({
      AcmCertificateArn: stack.resolve(site.certificate!.certificateArn), MinimumProtocolVersion: 'TLSv1.2_2021', SslSupportMethod: 'sni-only',
    });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 1);
    ['A', 'AAAA'].forEach((Type) => [HOST_NAME, 'www.shop.example.com'].forEach((name) => template.hasResourceProperties('AWS::Route53::RecordSet', {
      Name: `${name}.`, Type, AliasTarget: { DNSName: stack.resolve(site.distribution.distributionDomainName) },
    })));
    expect(site.hostNames).toEqual([HOST_NAME, 'www.shop.example.com']);
    expect(site.origins).toEqual([`https://${HOST_NAME}`, 'https://www.shop.example.com']);
    expect(site.url).toBe(`https://${HOST_NAME}`);
  });

  test('gets its certificate in us-east-1 from a stack elsewhere, without custom resources', () => {
    const { stack, config, template } = defined(options, IRELAND);

    expect(config.ViewerCertificate.AcmCertificateArn).toMatchObject({ 'Fn::GetStackOutput': expect.anything() });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourcePropertiesCountIs('AWS::Lambda::Function', Match.anyValue(), 1);
    expect(stack.dependencies).toHaveLength(1);
  });

  test('may bring its certificate', () => {
    const certificateArn = 'arn:aws:acm:us-east-1:111111111111:certificate/1a2b3c4d';
    const { config, template } = defined((stack) => ({
      domain: { domainName: HOST_NAME, cloudFrontCertificate: acm.Certificate.fromCertificateArn(stack, 'Given', certificateArn) },
    }));

    expect(config.ViewerCertificate.AcmCertificateArn).toBe(certificateArn);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(Object.keys(template.toJSON().Outputs).some((name) => name.includes('DnsTarget'))).toBe(true);
  });
});

describe('a web ACL', () => {
  test('is made for the site', () => {
    const { stack, site, config, template } = defined(() => ({ webAcl: { rateLimit: 500 } }), VIRGINIA);

    expect(config.WebACLId).toEqual(stack.resolve(site.webAcl!.webAclArn));
    template.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' });
  });

  test('is made in us-east-1 for a site elsewhere', () => {
    const { config, template } = defined(() => ({ webAcl: {} }), IRELAND);

    expect(config.WebACLId).toMatchObject({ 'Fn::GetStackOutput': expect.anything() });
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });

  test('may be there already', () => {
    const arn = 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/shared/1a2b3c4d';
    const { config, site } = defined(() => ({ existingWebAclArn: arn }));

    expect(config.WebACLId).toBe(arn);
    expect(site.webAcl).toBeUndefined();
  });

  test('is not made unasked', () => {
    expect(defined().config.WebACLId).toBeUndefined();
  });
});
