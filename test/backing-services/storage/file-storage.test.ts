import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { attach, conditionsOn, define, rights } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { BucketLayout, StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { ProcessDuty } from '../../../src/config/process';
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

describe('a process that file storage is attached to', () => {
  test('gets the names, the region and the URL', () => {
    const { stack, files, process } = attach();
    expect(stack.resolve(process.variables)).toEqual({
      MEDIA_BUCKET: stack.resolve(files.mediaBucket.bucketName),
      STATIC_BUCKET: stack.resolve(files.staticBucket!.bucketName),
      STATIC_URL: { 'Fn::Join': ['', ['https://', stack.resolve(files.distribution!.distributionDomainName), '/static/']] },
      BUCKET_REGION: { Ref: 'AWS::Region' },
    });
    expect(process.secretVariables).toEqual({});
  });

  test('may change uploads and read static files', () => {
    const { stack, files, process } = attach();
    const [uploads, statics] = [stack.resolve(files.mediaBucket.arnForObjects('*')), stack.resolve(files.staticBucket!.arnForObjects('static/*'))];
    expect(rights(stack, process)).toEqual({
      's3:GetObject': [uploads, statics],
      's3:PutObject': [uploads],
      's3:DeleteObject': [uploads],
      's3:AbortMultipartUpload': [uploads],
      's3:ListBucket': [stack.resolve(files.mediaBucket.bucketArn), stack.resolve(files.staticBucket!.bucketArn)],
    });
  });

  test('may publish static files too, where it is the release', () => {
    const { stack, files, process } = attach({}, ProcessDuty.RELEASE);
    const both = [stack.resolve(files.mediaBucket.arnForObjects('*')), stack.resolve(files.staticBucket!.arnForObjects('static/*'))];
    expect(rights(stack, process)).toEqual({
      's3:GetObject': both,
      's3:PutObject': both,
      's3:DeleteObject': both,
      's3:AbortMultipartUpload': both,
      's3:ListBucket': [stack.resolve(files.mediaBucket.bucketArn), stack.resolve(files.staticBucket!.bucketArn)],
    });
  });

  test('may use the key of an encrypted media bucket', () => {
    const stack = newStack();
    const mediaBucket = new s3.Bucket(stack, 'Uploads', { encryptionKey: new kms.Key(stack, 'Key') });
    const { process } = attach({ mediaBucket }, ProcessDuty.APPLICATION, stack);
    const key = stack.resolve(mediaBucket.encryptionKey!.keyArn);
    expect(rights(stack, process)).toMatchObject({ 'kms:Decrypt': [key], 'kms:GenerateDataKey': [key] });
  });

  test('may touch only media/* and static/* of a bucket that both share', () => {
    const stack = newStack();
    const shared = new s3.Bucket(stack, 'Shared');
    const { process } = attach({ mediaBucket: shared, staticBucket: shared }, ProcessDuty.APPLICATION, stack);
    const uploads = stack.resolve(shared.arnForObjects('media/*'));
    expect(rights(stack, process)).toMatchObject({
      's3:GetObject': [uploads, stack.resolve(shared.arnForObjects('static/*'))],
      's3:PutObject': [uploads],
      's3:DeleteObject': [uploads],
    });
  });

  test('in another stack gives that of the buckets no reference back', () => {
    const app = new App();
    const dataStack = new Stack(app, 'Data');
    const files = new FileStorage(dataStack, 'Files');
    const stack = new Stack(app, 'App');
    const process = new RecordingProcess(stack, 'Process', ProcessDuty.RELEASE);
    files.attachTo(process);
    expect(JSON.stringify(Template.fromStack(stack).toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(Template.fromStack(dataStack).toJSON())).not.toContain('Fn::ImportValue');
  });
});

test.each<['grantReadWriteMedia' | 'grantReadStatic' | 'grantPublishStatic', string[]]>([
  ['grantReadWriteMedia', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListBucket']],
  ['grantReadStatic', ['s3:GetObject', 's3:ListBucket']],
  ['grantPublishStatic', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListBucket']],
])('%s gives exactly these actions to anybody', (method, actions) => {
  const stack = newStack();
  const grantee = new RecordingProcess(stack, 'Grantee');
  const grant = new FileStorage(stack, 'Files')[method](grantee.grantPrincipal);
  expect(grant.success).toBe(true);
  expect(Object.keys(rights(stack, grantee))).toEqual(actions);
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

describe('static files in the image', () => {
  test('need no bucket, no distribution and no publishing', () => {
    const { files, template } = define({ staticFiles: StaticFiles.IN_IMAGE });
    expect(Object.values(template.toJSON().Resources as Record<string, { Type: string }>).map(({ Type }) => Type)).toEqual(['AWS::S3::Bucket', 'AWS::S3::BucketPolicy']);
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['FilesMedia8AFB6286']);
    expect(files).toMatchObject({ publishesStaticFiles: false, staticUrl: '/static/' });
    expect(files.staticBucket).toBeUndefined();
    expect(files.distribution).toBeUndefined();
    expect(define().files.publishesStaticFiles).toBe(true);
  });

  test.each([ProcessDuty.APPLICATION, ProcessDuty.RELEASE])('leave a process with the duty %s the uploads alone', (duty) => {
    const { stack, files, process } = attach({ staticFiles: StaticFiles.IN_IMAGE }, duty);
    const uploads = stack.resolve(files.mediaBucket.arnForObjects('*'));
    expect(stack.resolve(process.variables)).toEqual({
      MEDIA_BUCKET: stack.resolve(files.mediaBucket.bucketName), STATIC_URL: '/static/', BUCKET_REGION: { Ref: 'AWS::Region' },
    });
    expect(rights(stack, process)).toMatchObject({ 's3:GetObject': [uploads], 's3:PutObject': [uploads], 's3:ListBucket': [stack.resolve(files.mediaBucket.bucketArn)] });
  });

  test.each(['grantReadStatic', 'grantPublishStatic'] as const)('are nothing that %s could give rights to', (method) => {
    const { stack, files } = define({ staticFiles: StaticFiles.IN_IMAGE });
    expect(messageOf(() => files[method](new RecordingProcess(stack, 'Process')))).toBe("FileStorage at 'Stack/Files' cannot be defined:\n" +
      '- static files are in the image (StaticFiles.IN_IMAGE), so there is no bucket to grant: leave the call out');
  });

  test('let the bucket for uploads be in any region', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1' } });
    const mediaBucket = s3.Bucket.fromBucketAttributes(stack, 'Uploads', { bucketName: 'uploads', region: 'eu-north-1' });
    expect(() => define({ mediaBucket, staticFiles: StaticFiles.IN_IMAGE }, stack)).not.toThrow();
  });
});

describe('static files on the site\'s own name', () => {
  test('lie in a bucket that no distribution of the storage serves, and the release publishes them', () => {
    const { files, template } = define({ staticFiles: StaticFiles.SAME_ORIGIN });
    template.resourceCountIs('AWS::S3::Bucket', 2);
    template.resourceCountIs('AWS::CloudFront::Distribution', 0);
    expect(files).toMatchObject({ publishesStaticFiles: true, staticUrl: '/static/' });
    expect(files.distribution).toBeUndefined();
  });

  test('stay in the bucket in which they were while CloudFront served them under its own name', () => {
    const logicalIds = (staticFiles: StaticFiles) => Object.keys(define({ staticFiles }).template.findResources('AWS::S3::Bucket'));
    expect(logicalIds(StaticFiles.SAME_ORIGIN)).toEqual(logicalIds(StaticFiles.CLOUDFRONT));
  });

  test('are published by the release and read by the others', () => {
    const { stack, files, process } = attach({ staticFiles: StaticFiles.SAME_ORIGIN }, ProcessDuty.RELEASE);
    expect(stack.resolve(process.variables)).toMatchObject({ STATIC_BUCKET: stack.resolve(files.staticBucket!.bucketName), STATIC_URL: '/static/' });
    expect(rights(stack, process)['s3:PutObject']).toContainEqual(stack.resolve(files.staticBucket!.arnForObjects('static/*')));
  });
});

describe('additional buckets', () => {
  const arn = (resource: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${resource}`]] });

  test('are read, written, emptied and listed by every process: those that are named and those that the pattern means', () => {
    const { stack, files, process } = attach({ additionalBuckets: ['cleantrac-*', 'exports.example'], staticFiles: StaticFiles.IN_IMAGE });
    const uploads = stack.resolve(files.mediaBucket.arnForObjects('*'));
    const objects = [uploads, arn('cleantrac-*/*'), arn('exports.example/*')];
    expect(rights(stack, process)).toEqual({
      's3:GetObject': objects,
      's3:PutObject': objects,
      's3:DeleteObject': objects,
      's3:AbortMultipartUpload': objects,
      's3:ListBucket': [stack.resolve(files.mediaBucket.bucketArn), arn('cleantrac-*'), arn('exports.example')],
    });
  });

  // Somebody else may make a bucket whose name the pattern means, and read what lands there.
  test('that a pattern means must be of the own account; one that is named may be of another', () => {
    const { stack, process } = attach({ additionalBuckets: ['cleantrac-*', 'exports'] });
    const own = { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } };
    expect(['cleantrac-*/*', 'cleantrac-*', 'exports/*', 'exports'].map((resource) => conditionsOn(stack, process, arn(resource))))
      .toEqual([[own], [own], [undefined], [undefined]]);
  });

  test('are granted to anybody', () => {
    const stack = newStack();
    const files = new FileStorage(stack, 'Files');
    const grantee = new RecordingProcess(stack, 'Grantee');
    expect(files.grantReadWriteBuckets(grantee, 'imports-*').success).toBe(true);
    expect(rights(stack, grantee)).toEqual({
      's3:GetObject': [arn('imports-*/*')],
      's3:PutObject': [arn('imports-*/*')],
      's3:DeleteObject': [arn('imports-*/*')],
      's3:AbortMultipartUpload': [arn('imports-*/*')],
      's3:ListBucket': [arn('imports-*')],
    });
  });

  test('add nothing to the template but rights', () => {
    expect(define({ additionalBuckets: ['cleantrac-*'] }).template.toJSON()).toEqual(define().template.toJSON());
  });

  test('are granted by a pattern that is refused where it means too much', () => {
    const { stack, files } = define();
    expect(messageOf(() => files.grantReadWriteBuckets(new RecordingProcess(stack, 'Grantee'), '*'))).toBe("FileStorage at 'Stack/Files' cannot be defined:\n" +
      "- 'pattern' must begin with 3 or more characters before its '*', got \"*\": it would give rights to buckets that are not meant; " +
      'begin with what your buckets have in common');
  });

  test('leave no finding of cdk-nag open', () => {
    const { stack, process } = attach({ additionalBuckets: ['cleantrac-*', 'exports'] }, ProcessDuty.RELEASE);
    const app = stack.node.root as App;
    expect(new AwsSolutionsChecks(app).validateScope(process).violations).toEqual([]);
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
