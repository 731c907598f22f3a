import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { attach, define, rights } from './defined';
import { BucketLayout } from '../../../src/backing-services/storage/file-storage-props';
import { ProcessDuty } from '../../../src/config/process';
import { newStack } from '../../helpers';

describe('one bucket for both', () => {
  const { stack, files, template } = define({ bucketLayout: BucketLayout.SHARED, noncurrentVersionExpiration: Duration.days(30) });

  test('is the bucket that holds the uploads in the other layout, so that nobody loses them by a change', () => {
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['FilesMedia8AFB6286']);
    expect(files.staticBucket).toBe(files.mediaBucket);
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(4);
  });

  test('keeps former versions of uploads, and drops those of static files, of which it never expires the current ones', () => {
    expect(Object.values(template.findResources('AWS::S3::Bucket'))[0].Properties).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: {
        Rules: [
          { Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } },
          { Status: 'Enabled', Prefix: 'media/', NoncurrentVersionExpiration: { NoncurrentDays: 30 }, ExpiredObjectDeleteMarker: true },
          { Status: 'Enabled', Prefix: 'static/', NoncurrentVersionExpiration: { NoncurrentDays: 1 }, ExpiredObjectDeleteMarker: true },
        ],
      },
    });
  });

  test('without versions has no rule for them', () => {
    const [bucket] = Object.values(define({ bucketLayout: BucketLayout.SHARED, mediaVersioned: false }).template.findResources('AWS::S3::Bucket'));
    expect(bucket.Properties.LifecycleConfiguration.Rules).toEqual([{ Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 } }]);
    expect(bucket.Properties).not.toHaveProperty('VersioningConfiguration');
  });

  test('shows CloudFront static/* only', () => {
    const [policy] = Object.values(template.findResources('AWS::S3::BucketPolicy'));
    const allowed = policy.Properties.PolicyDocument.Statement.filter(({ Effect }: any) => Effect === 'Allow');
    expect(allowed).toEqual([expect.objectContaining({
      Principal: { Service: 'cloudfront.amazonaws.com' }, Action: 's3:GetObject', Resource: stack.resolve(files.mediaBucket.arnForObjects('static/*')),
    })]);
  });

  test.each([ProcessDuty.APPLICATION, ProcessDuty.RELEASE])('lets a process with the duty %s touch media/* and static/*, and nothing beside them', (duty) => {
    const { stack: own, files: shared, process } = attach({ bucketLayout: BucketLayout.SHARED }, duty);
    const [uploads, statics] = ['media/*', 'static/*'].map((keys) => own.resolve(shared.mediaBucket.arnForObjects(keys)));
    expect(rights(own, process)).toMatchObject({
      's3:GetObject': [uploads, statics],
      's3:PutObject': duty === ProcessDuty.RELEASE ? [uploads, statics] : [uploads],
      's3:DeleteObject': duty === ProcessDuty.RELEASE ? [uploads, statics] : [uploads],
    });
    expect(own.resolve(process.variables)).toMatchObject({
      MEDIA_BUCKET: own.resolve(shared.mediaBucket.bucketName), STATIC_BUCKET: own.resolve(shared.mediaBucket.bucketName),
    });
  });

  test('logs its access once', () => {
    const own = newStack();
    const { template: logged } = define({ bucketLayout: BucketLayout.SHARED, accessLogBucket: new s3.Bucket(own, 'Logs') }, own);
    expect(Object.values(logged.findResources('AWS::S3::Bucket')).filter(({ Properties }) => Properties?.LoggingConfiguration)).toHaveLength(1);
  });
});

describe('a KMS key', () => {
  test('encrypts the uploads, by one request for many files, and not the static files, which everybody reads', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const { files, template } = define({ encryptionKey }, stack);
    const encryption = (bucket: s3.IBucket) => template.findResources('AWS::S3::Bucket')[stack.resolve(bucket.bucketName).Ref].Properties.BucketEncryption;
    expect(encryption(files.mediaBucket)).toEqual({
      ServerSideEncryptionConfiguration: [{
        BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: stack.resolve(encryptionKey.keyArn) },
      }],
    });
    expect(encryption(files.staticBucket!)).toEqual({ ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] });
    expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['FilesMedia8AFB6286', 'FilesStatic79203CF9']);
  });

  test('may be used by the processes, for uploads and for the presigned URLs that they sign', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const { process } = attach({ encryptionKey }, ProcessDuty.APPLICATION, stack);
    const key = stack.resolve(encryptionKey.keyArn);
    expect(rights(stack, process)).toMatchObject({ 'kms:Decrypt': [key], 'kms:GenerateDataKey': [key] });
  });

  test('of another stack gets no reference back', () => {
    const app = new App();
    const keyStack = new Stack(app, 'Keys');
    const { process } = attach({ encryptionKey: new kms.Key(keyStack, 'Key') }, ProcessDuty.APPLICATION, new Stack(app, 'Stack'));
    expect(JSON.stringify(Template.fromStack(Stack.of(process)).toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(Template.fromStack(keyStack).toJSON())).not.toContain('Fn::ImportValue');
  });
});
