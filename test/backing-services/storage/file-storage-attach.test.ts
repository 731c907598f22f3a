import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { attach, rights } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { ProcessDuty } from '../../../src/config/process';
import { newStack } from '../../helpers';
import { RecordingProcess } from '../recording-process';

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
