import { Match, Template } from 'aws-cdk-lib/assertions';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { allowLoadBalancerLogs, createLogBucket } from '../../src/private/log-bucket';

function newStack(): Stack {
  return new Stack(new App(), 'Stack');
}

test('a log bucket is private, TLS only, encrypted with S3\'s key, emptied after 90 days and retained', () => {
  const stack = newStack();
  const bucket = createLogBucket(stack, 'Logs');

  const template = Template.fromStack(stack);
  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
      BucketName: Match.absent(),
      OwnershipControls: Match.absent(),
    },
  });
  template.hasResource('AWS::S3::BucketPolicy', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      Bucket: stack.resolve(bucket.bucketName),
      PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
    },
  });
});

test('the expiration can be chosen', () => {
  const stack = newStack();
  createLogBucket(stack, 'Logs', { expiration: Duration.days(7) });

  Template.fromStack(stack).hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7 }] } },
  });
});

test.each([
  ['without', undefined],
  ['with', { '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy': true }],
])('takes CDK\'s server access logs %s the feature flag for bucket policies', (_, context) => {
  const stack = new Stack(new App({ context }), 'Stack');
  const logs = createLogBucket(stack, 'Logs');
  new s3.Bucket(stack, 'Source', { serverAccessLogsBucket: logs, serverAccessLogsPrefix: 's3/' });

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::S3::Bucket', {
    LoggingConfiguration: { DestinationBucketName: stack.resolve(logs.bucketName), LogFilePrefix: 's3/' },
  });
  template.resourcePropertiesCountIs('AWS::S3::Bucket', { AccessControl: 'LogDeliveryWrite' }, context ? 0 : 1);
});

test('load balancers of the account, and of no other, may deliver logs under the prefix, in any region', () => {
  const stack = newStack();
  const bucket = createLogBucket(stack, 'Logs');

  const { statementAdded, policyDependable } = allowLoadBalancerLogs(bucket, 'alb', stack.account);

  expect(statementAdded).toBe(true);
  expect(policyDependable).toBe(bucket.policy);
  Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([{
        Effect: 'Allow',
        Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [stack.resolve(bucket.bucketArn), '/alb/AWSLogs/', { Ref: 'AWS::AccountId' }, '/*']] },
      }]),
    },
  });
});

test('nothing is added to the policy of an imported bucket', () => {
  const stack = newStack();
  const { statementAdded } = allowLoadBalancerLogs(s3.Bucket.fromBucketName(stack, 'Logs', 'logs-of-the-platform-team'), 'alb', stack.account);

  expect(statementAdded).toBe(false);
  Template.fromStack(stack).resourceCountIs('AWS::S3::BucketPolicy', 0);
});
