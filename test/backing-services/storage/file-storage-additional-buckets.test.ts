import { App } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks } from 'cdk-nag';
import { attach, conditionsOn, define, rights } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { ProcessDuty } from '../../../src/config/process';
import { messageOf, newStack } from '../../helpers';
import { RecordingProcess } from '../recording-process';

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
