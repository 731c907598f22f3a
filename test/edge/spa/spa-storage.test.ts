import { isDeepStrictEqual } from 'util';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { defined, SOURCE } from './defined';
import { run } from './viewer';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { BucketLayout, FileStorageProps } from '../../../src/backing-services/storage/file-storage-props';
import { SpaDistribution } from '../../../src/edge/spa/spa-distribution';
import { SpaMedia } from '../../../src/edge/spa/spa-media';
import { warningsOf } from '../../helpers';

const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';
const SECURITY_HEADERS = '67f7725c-6f97-4210-82d7-5512b31e9d03';

const PUBLIC_KEY = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAudf8/iNkQgdvjEdm6xYS
-----END PUBLIC KEY-----`;

const stored = (props?: FileStorageProps, media?: SpaMedia) => (stack: Stack) => ({ storage: new FileStorage(stack, 'Storage', props), media });

/** What the distribution of a site may do with a bucket, by its policy. */
function rights(template: Template, site: SpaDistribution, bucket: s3.IBucket) {
  const stack = Stack.of(site);
  const ofSite = { 'AWS:SourceArn': stack.resolve(site.distribution.distributionArn) };
  return Object.values(template.findResources('AWS::S3::BucketPolicy', { Properties: { Bucket: stack.resolve(bucket.bucketName) } }))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Effect, Condition }) => Effect === 'Allow' && isDeepStrictEqual(Condition?.StringEquals, ofSite))
    .map(({ Action, Resource }) => ({ Action, Resource }));
}

describe('static files', () => {
  test('come from their bucket under the site\'s own name', () => {
    let storage!: FileStorage;
    const { stack, site, behavior, origin, template } = defined((scope) => ({ storage: storage = new FileStorage(scope, 'Storage') }));

    expect(behavior('/static/*')).toMatchObject({
      AllowedMethods: ['GET', 'HEAD'], CachePolicyId: CACHING_OPTIMIZED, ResponseHeadersPolicyId: SECURITY_HEADERS, ViewerProtocolPolicy: 'redirect-to-https',
    });
    expect(behavior('/static/*').FunctionAssociations).toBeUndefined();
    expect(origin(behavior('/static/*'))).toMatchObject({ DomainName: stack.resolve(storage.staticBucket!.bucketRegionalDomainName) });
    expect(rights(template, site, storage.staticBucket!)).toEqual([{
      Action: 's3:GetObject',
      Resource: { 'Fn::Join': ['', [stack.resolve(storage.staticBucket!.bucketArn), '/static/*']] },
    }]);
  });

  test('ask for HTTPS as long as the site does: who tries that out for five minutes must not get a year from a style sheet', () => {
    const { behavior, headers, config } = defined((stack) => ({ ...stored()(stack), strictTransportSecurityMaxAge: Duration.minutes(5) }));

    [behavior('/static/*'), config.DefaultCacheBehavior].forEach((each) => expect(headers(each).SecurityHeadersConfig).toMatchObject({
      StrictTransportSecurity: { AccessControlMaxAgeSec: 300, Override: true }, ContentTypeOptions: { Override: true },
    }));
  });

  test('all buckets are read by one identity', () => {
    const { template, config } = defined(stored({}, SpaMedia.publiclyReadable()));

    expect(new Set(config.Origins.map(({ OriginAccessControlId }: Record<string, unknown>) => JSON.stringify(OriginAccessControlId))).size).toBe(1);
    // The other one is that of the storage's own distribution.
    template.resourceCountIs('AWS::CloudFront::OriginAccessControl', 2);
  });

  test('may be in a bucket from outside of the app, which must let the distribution in', () => {
    const { site } = defined((stack) => ({
      storage: new FileStorage(stack, 'Storage', { staticBucket: s3.Bucket.fromBucketName(stack, 'Given', 'given') }),
    }));

    expect(warningsOf(site)['site-bucket-policy']).toBe("The policy of the imported bucket 'Stack/Given' cannot be changed from here, and without a statement of yours CloudFront answers 403: "
      + 'let the service cloudfront.amazonaws.com do s3:GetObject on static/* where AWS:SourceArn is the ARN of the distribution');
  });
});

describe('uploads', () => {
  test('are not served unasked', () => {
    let storage!: FileStorage;
    const { site, paths, template } = defined((scope) => ({ storage: storage = new FileStorage(scope, 'Storage') }));

    expect(paths).toEqual(['/static/*']);
    expect(rights(template, site, storage.mediaBucket)).toEqual([]);
  });

  test('are shown and sent by presigned URLs then', () => {
    let storage!: FileStorage;
    const { stack, config, headers } = defined((scope) => ({ storage: storage = new FileStorage(scope, 'Storage') }));
    const { mediaBucket } = storage;

    const policy = headers(config.DefaultCacheBehavior).SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy;
    const uploads = ` https://${mediaBucket.bucketRegionalDomainName} https://${mediaBucket.bucketDomainName}`;
    expect(policy).toEqual(stack.resolve(`default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:${uploads}; font-src 'self' data:; `
      + `connect-src 'self'${uploads}; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; media-src 'self'${uploads}`));
  });

  test('need no other origin where the site serves them', () => {
    const { config, headers } = defined(stored({}, SpaMedia.publiclyReadable()));

    expect(headers(config.DefaultCacheBehavior).SecurityHeadersConfig.ContentSecurityPolicy.ContentSecurityPolicy).toContain("connect-src 'self'; ");
  });

  test('have keys without a prefix in a bucket of their own', () => {
    let storage!: FileStorage;
    const { stack, site, behavior, code, template } = defined((scope) => ({
      storage: storage = new FileStorage(scope, 'Storage'), media: SpaMedia.publiclyReadable(),
    }));

    expect(run(code(behavior('/media/*')), { uri: '/media/2026/chair.jpg' }).uri).toBe('/2026/chair.jpg');
    expect(rights(template, site, storage.mediaBucket)).toEqual([{
      Action: 's3:GetObject',
      Resource: { 'Fn::Join': ['', [stack.resolve(storage.mediaBucket.bucketArn), '/*']] },
    }]);
  });

  test.each<[BucketLayout, string, string]>([
    [BucketLayout.SEPARATE, 'shop.example.com/media', 'chair.jpg'],
    [BucketLayout.SEPARATE, 'shop.example.com/media', 'media/chair.jpg'],
    [BucketLayout.SHARED, 'shop.example.com', 'media/chair.jpg'],
  ])('in the layout %s are found by the URL that django-storages makes of the custom domain %s and the key %s', (bucketLayout, customDomain, key) => {
    const { code, behavior } = defined((scope) => ({ storage: new FileStorage(scope, 'Storage', { bucketLayout }), media: SpaMedia.publiclyReadable() }));
    const { pathname } = new URL(`https://${customDomain}/${key}`);

    expect(pathname).toMatch(/^\/media\//);
    expect(run(code(behavior('/media/*')), { uri: pathname }).uri).toBe(`/${key}`);
  });

  test('have keys with the prefix in a shared bucket, of which nothing else is read', () => {
    let storage!: FileStorage;
    const { stack, site, behavior, code, template } = defined((scope) => ({
      storage: storage = new FileStorage(scope, 'Storage', { bucketLayout: BucketLayout.SHARED }), media: SpaMedia.publiclyReadable(),
    }));
    const arn = stack.resolve(storage.mediaBucket.bucketArn);

    expect(run(code(behavior('/media/*')), { uri: '/media/2026/chair.jpg' }).uri).toBe('/media/2026/chair.jpg');
    expect(rights(template, site, storage.mediaBucket).map(({ Resource }) => Resource))
      .toEqual([{ 'Fn::Join': ['', [arn, '/static/*']] }, { 'Fn::Join': ['', [arn, '/media/*']] }]);
  });

  test('run nothing on the origin of the site, and are stored no longer than they say', () => {
    const { behavior, code, headers, cache } = defined(stored({}, SpaMedia.publiclyReadable()));

    expect(headers(behavior('/media/*')).SecurityHeadersConfig).toMatchObject({
      ContentSecurityPolicy: {
        ContentSecurityPolicy: "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox", Override: true,
      },
      ContentTypeOptions: { Override: true },
    });
    expect(run(code(behavior('/media/*')), { uri: '/media/a.js', headers: { 'sec-fetch-dest': { value: 'script' } } })).toMatchObject({ statusCode: 403 });
    expect(cache(behavior('/media/*'))).toMatchObject({ MinTTL: 0, DefaultTTL: 0 });
    expect(behavior('/media/*').AllowedMethods).toEqual(['GET', 'HEAD']);
  });

  test('are everybody\'s, with a warning', () => {
    expect(warningsOf(defined(stored({}, SpaMedia.publiclyReadable())).site)).toEqual({
      'public-uploads': "everybody who knows the path of an upload reads it under /media/ from 'Stack/Storage', also what customers uploaded: "
        + "leave 'media' out for presigned URLs, or use SpaMedia.signed()",
    });
  });

  test('may be for those alone who have a signature', () => {
    const { stack, site, behavior } = defined((scope) => {
      const key = new cloudfront.PublicKey(scope, 'PublicKey', { encodedKey: PUBLIC_KEY });
      return { storage: new FileStorage(scope, 'Storage'), media: SpaMedia.signed(new cloudfront.KeyGroup(scope, 'KeyGroup', { items: [key] })) };
    });

    expect(behavior('/media/*').TrustedKeyGroups).toEqual([stack.resolve((stack.node.findChild('KeyGroup') as cloudfront.KeyGroup).keyGroupId)]);
    expect(behavior('/static/*').TrustedKeyGroups).toBeUndefined();
    expect(warningsOf(site)).toEqual({});
  });

  test('may be encrypted with a key, which CloudFront may use', () => {
    const { template } = defined((scope) => ({
      storage: new FileStorage(scope, 'Storage', { encryptionKey: new kms.Key(scope, 'Key') }), media: SpaMedia.publiclyReadable(),
    }));

    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({ Action: 'kms:Decrypt', Principal: { Service: 'cloudfront.amazonaws.com' }, Condition: { ArnLike: Match.anyValue() } })]),
      },
    });
  });

  test('with a key from outside of the app need a statement of the user', () => {
    const { site } = defined((scope) => ({
      storage: new FileStorage(scope, 'Storage', { encryptionKey: kms.Key.fromKeyArn(scope, 'Key', 'arn:aws:kms:eu-west-1:111111111111:key/1') }), media: SpaMedia.publiclyReadable(),
    }));

    expect(warningsOf(site)['site-bucket-key']).toMatch(/^The policy of the imported key of 'Stack\/Storage\/Media' cannot be changed from here/);
  });
});

test('storage and site may be in two stacks, of which only the site needs the other', () => {
  const app = new App();
  const data = new Stack(app, 'Data');
  const web = new Stack(app, 'Web');
  const storage = new FileStorage(data, 'Storage');
  new SpaDistribution(web, 'Site', { source: SOURCE, storage, media: SpaMedia.publiclyReadable() });
  app.synth();

  expect(web.dependencies).toEqual([data]);
  expect(data.dependencies).toEqual([]);
  Template.fromStack(data).hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({ Effect: 'Allow', Condition: { ArnLike: { 'AWS:SourceArn': Match.objectLike({ 'Fn::Join': Match.anyValue() }) } } })]),
    },
  });
});
