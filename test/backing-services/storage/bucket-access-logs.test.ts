import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { define } from './defined';
import { newStack } from '../../helpers';

describe('access logs', () => {
  test.each([true, false])('go to the given bucket, ordered by source and day, by right of its policy (feature flag %s)', (flag) => {
    const stack = new Stack(new App({ context: { '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': flag } }), 'Stack');
    const accessLogBucket = new s3.Bucket(stack, 'Logs');
    const { files, template } = define({ accessLogBucket }, stack);
    [files.mediaBucket, files.staticBucket!].forEach((bucket) => {
      expect(template.findResources('AWS::S3::Bucket')[stack.resolve(bucket.bucketName).Ref]).toMatchObject({
        Properties: {
          LoggingConfiguration: {
            DestinationBucketName: stack.resolve(accessLogBucket.bucketName),
            LogFilePrefix: 's3-access-logs/',
            TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: 'EventTime' } },
          },
        },
        DependsOn: [stack.getLogicalId(accessLogBucket.policy!.node.defaultChild as s3.CfnBucketPolicy)],
      });
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: stack.resolve(accessLogBucket.bucketName),
      PolicyDocument: {
        Statement: [{
          Effect: 'Allow',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: stack.resolve(accessLogBucket.arnForObjects('s3-access-logs/*')),
          Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
        }],
      },
    });
    expect(Object.keys(template.toJSON().Resources)).toHaveLength(8);
  });

  test('go to a bucket in another stack, which gets no reference back', () => {
    const app = new App();
    const logStack = new Stack(app, 'Logs');
    const { template } = define({ accessLogBucket: new s3.Bucket(logStack, 'Bucket') }, new Stack(app, 'Stack'));
    expect(JSON.stringify(template.toJSON())).toContain('Fn::ImportValue');
    expect(JSON.stringify(Template.fromStack(logStack).toJSON())).not.toContain('Fn::ImportValue');
  });

  test('of buckets that are given are their owner\'s business', () => {
    const stack = newStack();
    const [mediaBucket, staticBucket, accessLogBucket] = ['Uploads', 'Assets', 'Logs'].map((id) => new s3.Bucket(stack, id));
    define({ mediaBucket, staticBucket, accessLogBucket }, stack).template.allResourcesProperties('AWS::S3::Bucket', { LoggingConfiguration: Match.absent() });
    expect(accessLogBucket.policy).toBeUndefined();
  });

  test('in an imported bucket come with a warning about its policy', () => {
    const stack = newStack();
    define({ accessLogBucket: s3.Bucket.fromBucketName(stack, 'Logs', 'my-logs') }, stack);
    Annotations.fromStack(stack).hasWarning('/Stack/Files',
      'The policy of the imported \'accessLogBucket\' cannot be changed from here, and without a statement of yours no logs arrive: let the service ' +
      'logging.s3.amazonaws.com do s3:PutObject on s3-access-logs/* where aws:SourceAccount is this account ' +
      '[ack: cdk-django-on-fargate:access-log-bucket-policy]');
  });
});
