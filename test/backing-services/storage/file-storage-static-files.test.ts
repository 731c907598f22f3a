import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { attach, define, rights } from './defined';
import { StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { ProcessDuty } from '../../../src/config/process';
import { messageOf } from '../../helpers';
import { RecordingProcess } from '../recording-process';

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
