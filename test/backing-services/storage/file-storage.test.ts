import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { attach, define } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { BucketLayout, StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { fromPython, messageOf, newStack } from '../../helpers';
import { RecordingProcess } from '../recording-process';

describe('file storage without props', () => {
  const { stack, files, template } = define();
  const bucket = (which: s3.IBucket) => template.findResources('AWS::S3::Bucket')[stack.resolve(which.bucketName).Ref];

  test('makes six resources and no Lambda function', () => {
    const types = Object.values(template.toJSON().Resources as { [id: string]: { Type: string } }).map(({ Type }) => Type).sort();
    expect(types).toEqual([
      'AWS::CloudFront::Distribution', 'AWS::CloudFront::OriginAccessControl',
      'AWS::S3::Bucket', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::S3::BucketPolicy',
    ]);
  });

  test('keeps the logical ids of the buckets', () => {
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['FilesMedia8AFB6286', 'FilesStatic79203CF9']);
  });

  test('has private, encrypted buckets that are kept with what is in them', () => {
    [files.mediaBucket, files.staticBucket!].map(bucket).forEach((resource) => expect(resource).toMatchObject({
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
    }));
  });

  test('lets nobody in without TLS 1.2', () => {
    [files.mediaBucket, files.staticBucket!].forEach((which) => {
      const resources = [stack.resolve(which.bucketArn), stack.resolve(which.arnForObjects('*'))];
      template.hasResourceProperties('AWS::S3::BucketPolicy', {
        Bucket: stack.resolve(which.bucketName),
        PolicyDocument: {
          Statement: Match.arrayWith([
            { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: resources, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
            { Effect: 'Deny', Principal: { AWS: '*' }, Action: 's3:*', Resource: resources, Condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
          ]),
        },
      });
    });
  });

  test('keeps former versions of uploads for 90 days, and clears away uploads that were given up', () => {
    expect(bucket(files.mediaBucket).Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [{
          Status: 'Enabled',
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          NoncurrentVersionExpiration: { NoncurrentDays: 90 },
          ExpiredObjectDeleteMarker: true,
        }],
      },
    });
  });

  test('expires no static files: pages from before a deployment still need theirs', () => {
    expect(bucket(files.staticBucket!).Properties.LifecycleConfiguration.Rules)
      .toEqual([{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }]);
    expect(bucket(files.staticBucket!).Properties).not.toHaveProperty('VersioningConfiguration');
  });

  test('serves static files by CloudFront: HTTPS, cached, compressed, with CORS for fonts and security headers', () => {
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Comment: 'Static files of Stack/Files',
        Enabled: true,
        HttpVersion: 'http2and3',
        IPV6Enabled: true,
        PriceClass: 'PriceClass_100',
        DefaultCacheBehavior: {
          ViewerProtocolPolicy: 'redirect-to-https',
          CachePolicyId: cloudfront.CachePolicy.CACHING_OPTIMIZED.cachePolicyId,
          ResponseHeadersPolicyId: cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS.responseHeadersPolicyId,
          Compress: true,
        },
        Origins: [{
          DomainName: stack.resolve(files.staticBucket!.bucketRegionalDomainName),
          OriginAccessControlId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FilesOriginAccessControl'), 'Id'] },
          S3OriginConfig: { OriginAccessIdentity: '' },
        }],
      },
    });
  });

  test('signs what CloudFront asks of the bucket, by an access control whose name is unique to the region', () => {
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: {
        Name: { 'Fn::Join': ['', [Match.stringLikeRegexp('^StackFiles[A-Z0-9]+-$'), { Ref: 'AWS::Region' }]] },
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    });
  });

  test('lets this distribution alone read static/*, and list nothing', () => {
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: stack.resolve(files.staticBucket!.bucketName),
      PolicyDocument: {
        Statement: [Match.anyValue(), Match.anyValue(), {
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: stack.resolve(files.staticBucket!.arnForObjects('static/*')),
          Condition: {
            StringEquals: {
              'AWS:SourceArn': {
                'Fn::Join': ['', [
                  'arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/',
                  stack.resolve(files.distribution!.distributionId),
                ]],
              },
            },
          },
        }],
      },
    });
  });

  test('warns about nothing', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('options', () => {
  test('keep former versions as long as wanted', () => {
    define({ noncurrentVersionExpiration: Duration.days(7) }).template.hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ NoncurrentVersionExpiration: { NoncurrentDays: 7 } })] },
    });
  });

  test('keep no former versions', () => {
    define({ mediaVersioned: false }).template.allResourcesProperties('AWS::S3::Bucket', {
      VersioningConfiguration: Match.absent(),
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }] },
    });
  });

  test('let pages of other origins upload and read by presigned URLs', () => {
    const { stack, files, template } = define({ corsAllowedOrigins: ['https://www.example.com', 'http://localhost:5173'] });
    template.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [{
          AllowedOrigins: ['https://www.example.com', 'http://localhost:5173'],
          AllowedMethods: ['GET', 'HEAD', 'PUT', 'POST'],
          AllowedHeaders: ['*'],
          ExposedHeaders: ['ETag'],
          MaxAge: 3600,
        }],
      },
    });
    expect(template.findResources('AWS::S3::Bucket')[stack.resolve(files.staticBucket!.bucketName).Ref].Properties).not.toHaveProperty('CorsConfiguration');
  });

  test('serve from more regions', () => {
    define({ priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL }).template
      .hasResourceProperties('AWS::CloudFront::Distribution', { DistributionConfig: { PriceClass: 'PriceClass_All' } });
  });

  test('let the buckets go with the stack', () => {
    const { template } = define({ removalPolicy: RemovalPolicy.DESTROY });
    Object.values(template.findResources('AWS::S3::Bucket')).forEach((bucket) =>
      expect(bucket).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' }));
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });
});

describe('buckets that are given', () => {
  test('are used, and no others are made', () => {
    const stack = newStack();
    const mediaBucket = new s3.Bucket(stack, 'Uploads');
    const staticBucket = new s3.Bucket(stack, 'Assets');
    const { files, template } = define({ mediaBucket, staticBucket }, stack);
    expect(files).toMatchObject({ mediaBucket, staticBucket });
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.hasResourceProperties('AWS::S3::BucketPolicy', { Bucket: stack.resolve(staticBucket.bucketName) });
    template.resourceCountIs('AWS::S3::BucketPolicy', 1);
  });

  test('in another stack let the account\'s distributions read, so that the stacks do not need each other', () => {
    const app = new App();
    const dataStack = new Stack(app, 'Data');
    const staticBucket = new s3.Bucket(dataStack, 'Assets');
    const { template } = define({ staticBucket }, new Stack(app, 'Stack'));
    expect(JSON.stringify(template.toJSON())).toContain('Fn::ImportValue');
    Template.fromStack(dataStack).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({
          Action: 's3:GetObject',
          Condition: {
            ArnLike: {
              'AWS:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':cloudfront::', { Ref: 'AWS::AccountId' }, ':distribution/*']] },
            },
          },
        })],
      },
    });
  });

  test('from outside of the app come with a warning about the policy that CloudFront needs', () => {
    const stack = newStack();
    define({ staticBucket: s3.Bucket.fromBucketName(stack, 'Assets', 'my-assets') }, stack);
    Annotations.fromStack(stack).hasWarning('/Stack/Files',
      'The policy of the imported \'staticBucket\' cannot be changed from here, and without a statement of yours CloudFront answers 403: let the service ' +
      'cloudfront.amazonaws.com do s3:GetObject on static/* where AWS:SourceArn is the ARN of the distribution ' +
      '[ack: cdk-django-on-fargate:static-bucket-policy]');
  });

  test('give the region where they are', () => {
    const stack = newStack();
    const imported = (id: string) => s3.Bucket.fromBucketAttributes(stack, id, { bucketName: id.toLowerCase(), region: 'eu-north-1' });
    const process = new RecordingProcess(stack, 'Process');
    new FileStorage(stack, 'Files', { mediaBucket: imported('Uploads'), staticBucket: imported('Assets') }).attachTo(process);
    expect(process.variables.BUCKET_REGION).toBe('eu-north-1');
  });
});

describe('a second storage', () => {
  test('has its own variables and adds a bucket with its policy, no distribution and no Lambda function', () => {
    const { stack, process } = attach();
    const second = new FileStorage(stack, 'Archive', { variablePrefix: 'ARCHIVE_', staticFiles: StaticFiles.IN_IMAGE });
    second.attachTo(process);

    expect(Object.keys(process.variables)).toEqual([
      'MEDIA_BUCKET', 'STATIC_BUCKET', 'STATIC_URL', 'BUCKET_REGION', 'ARCHIVE_MEDIA_BUCKET', 'ARCHIVE_STATIC_URL', 'ARCHIVE_BUCKET_REGION',
    ]);
    expect(stack.resolve(process.variables.ARCHIVE_MEDIA_BUCKET)).toEqual(stack.resolve(second.mediaBucket.bucketName));
    const typesIn = (which: Stack) => Object.values(Template.fromStack(which).toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type);
    expect(typesIn(stack).sort()).toEqual([...typesIn(attach().stack), 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy'].sort());
  });
});

test.each<[string, any]>([
  ['no props', null],
  ['props that are null', { mediaVersioned: null, corsAllowedOrigins: null, noncurrentVersionExpiration: null, mediaBucket: null, additionalBuckets: null }],
  ['no origins', { corsAllowedOrigins: [] }],
])('%s are the default', (_, props) => {
  expect(define(props).template.toJSON()).toEqual(define().template.toJSON());
});

test('null among the settings of a bucket that is given is no setting', () => {
  const stack = newStack();
  expect(() => define({ mediaBucket: s3.Bucket.fromBucketName(stack, 'Mine', 'mine'), mediaVersioned: null as any }, stack)).not.toThrow();
});

test.each([
  RemovalPolicy.RETAIN, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, RemovalPolicy.DESTROY,
])('buckets have their policies as long as they are there: %s', (removalPolicy) => {
  const { template } = define({ removalPolicy });
  const fates = (type: string) => Object.values(template.findResources(type))
    .map(({ DeletionPolicy, UpdateReplacePolicy }) => [DeletionPolicy, UpdateReplacePolicy]);
  expect(fates('AWS::S3::BucketPolicy')).toEqual(fates('AWS::S3::Bucket'));
  expect(Object.keys(template.findResources('AWS::S3::BucketPolicy'))).toEqual(['FilesMediaPolicy82E17858', 'FilesStaticPolicy604D69A1']);
});

test.each<[string, (files: FileStorage, grantee: any) => unknown, unknown, string]>([
  ['uploads', (files, grantee) => files.grantReadWriteMedia(grantee), undefined, 'undefined'],
  ['static files to read', (files, grantee) => files.grantReadStatic(grantee), 'role', '"role"'],
  ['static files to publish', (files, grantee) => files.grantPublishStatic(grantee), {}, '{}'],
  ['further buckets', (files, grantee) => files.grantReadWriteBuckets(grantee, 'imports-*'), null, 'null'],
])('nobody is granted %s', (_, grant, grantee, shown) => {
  expect(messageOf(() => grant(define().files, grantee))).toBe("FileStorage at 'Stack/Files' cannot be defined:\n" +
    `- 'grantee' must be an iam.IGrantable, got ${shown}: give a role, or what has one, e.g. a ProcessDefinition or a function`);
});

test('what Python leaves out is the default', () => {
  const names = ['mediaBucket', 'staticBucket', 'bucketLayout', 'staticFiles', 'mediaVersioned', 'noncurrentVersionExpiration', 'encryptionKey',
    'corsAllowedOrigins', 'additionalBuckets', 'priceClass', 'variablePrefix', 'removalPolicy', 'accessLogBucket'];
  expect(define(fromPython({}, ...names)).template.toJSON()).toEqual(define().template.toJSON());
  expect(define({ bucketLayout: BucketLayout.SEPARATE, staticFiles: StaticFiles.CLOUDFRONT }).template.toJSON()).toEqual(define().template.toJSON());
});

test('tokens pass', () => {
  expect(() => define({
    corsAllowedOrigins: [Lazy.string({ produce: () => 'https://www.example.com' })],
    additionalBuckets: [Lazy.string({ produce: () => 'exports' })],
    noncurrentVersionExpiration: Duration.days(Lazy.number({ produce: () => 30 })),
  })).not.toThrow();
});

test('an imported role gets no rights, and that is no error', () => {
  const stack = newStack();
  const role = iam.Role.fromRoleName(stack, 'Role', 'theirs', { mutable: false });
  expect(() => new FileStorage(stack, 'Files').grantReadStatic(role)).not.toThrow();
});
