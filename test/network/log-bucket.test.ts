import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { WebAclLogs } from '../../src/edge/firewall/web-acl-logs';
import { WafProtectedAlb } from '../../src/edge/load-balancer/waf-protected-alb';
import { LogBucket } from '../../src/network/log-bucket';
import { LogBucketProps } from '../../src/network/log-bucket-props';
import { Network } from '../../src/network/network';
import { fromPython, messageOf, newStack, TOKEN, warningsOf } from '../helpers';

function synthesize(props?: LogBucketProps) {
  const stack = newStack();
  const logs = new LogBucket(stack, 'Logs', props);
  return { stack, logs, template: Template.fromStack(stack) };
}

test('is private, TLS only, encrypted with S3\'s key, emptied after 90 days and retained', () => {
  const { stack, logs, template } = synthesize();

  template.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 90, Status: 'Enabled' }] },
    },
  });
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    Bucket: stack.resolve(logs.bucket.bucketName),
    PolicyDocument: { Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })] },
  });
});

test('has a name that AWS WAF accepts and that is new each time, from something that goes when a deployment is rolled back', () => {
  const { template } = synthesize();
  const [name] = Object.keys(template.findResources('AWS::WAFv2::IPSet'));

  template.hasResourceProperties('AWS::S3::Bucket', { BucketName: { 'Fn::Join': ['', ['aws-waf-logs-', { 'Fn::GetAtt': [name, 'Id'] }]] } });
  template.hasResource('AWS::WAFv2::IPSet', { DeletionPolicy: Match.absent(), Properties: { Scope: 'REGIONAL', IPAddressVersion: 'IPV4', Addresses: [] } });
  // 13 characters, and 36 of a UUID: S3 takes 63.
  expect('aws-waf-logs-'.length + 36).toBeLessThanOrEqual(63);
});

test('keeps its logical ids', () => {
  expect(Object.keys(synthesize().template.toJSON().Resources)).toEqual(['LogsNameD5063C12', 'LogsBucket5C52C3D2', 'LogsBucketPolicyE3811129']);
});

test('is kept, and keeps, as told', () => {
  const { template } = synthesize({ expiration: Duration.days(7), removalPolicy: RemovalPolicy.DESTROY });

  template.hasResource('AWS::S3::Bucket', { DeletionPolicy: 'Delete', Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: 7 }] } } });
  template.hasResource('AWS::S3::BucketPolicy', { DeletionPolicy: 'Delete' });
});

test('takes flow logs of a network', () => {
  const stack = newStack();
  const { bucket } = new LogBucket(stack, 'Logs');
  new Network(stack, 'Network', { flowLogBucket: bucket });

  Template.fromStack(stack).hasResourceProperties('AWS::EC2::FlowLog', { LogDestinationType: 's3' });
});

test('takes the logs of load balancer, network and web ACL at once, each where no other writes', () => {
  const stack = newStack();
  const { bucket } = new LogBucket(stack, 'Logs');
  const { vpc } = new Network(stack, 'Network', { flowLogBucket: bucket });
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc, accessLogBucket: bucket, webAcl: { logs: WebAclLogs.s3(bucket) } });

  const template = Template.fromStack(stack);
  const writable = Object.values(template.findResources('AWS::S3::BucketPolicy'))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .filter(({ Action, Effect }) => Action === 's3:PutObject' && Effect === 'Allow')
    .map(({ Principal, Resource }) => [Principal.Service, Resource['Fn::Join'][1][1]]);
  expect(writable.sort()).toEqual([
    ['delivery.logs.amazonaws.com', '/AWSLogs/'],
    ['delivery.logs.amazonaws.com', '/vpc-flow-logs/AWSLogs/'],
    ['logdelivery.elasticloadbalancing.amazonaws.com', '/alb/AWSLogs/'],
  ]);
  template.resourceCountIs('AWS::S3::Bucket', 1);
  template.resourceCountIs('AWS::Logs::LogGroup', 0);
  expect(warningsOf(alb)).not.toHaveProperty('access-log-bucket-policy');
});

test('can be of another stack', () => {
  const app = new App();
  const { bucket } = new LogBucket(new Stack(app, 'Platform'), 'Logs');
  new Network(new Stack(app, 'Shop'), 'Network', { flowLogBucket: bucket });

  expect(() => app.synth()).not.toThrow();
});

test.each<[string, LogBucketProps]>([
  ['props from Python', fromPython<LogBucketProps>({}, 'expiration', 'removalPolicy')],
  ['a token', { expiration: TOKEN.days() }],
])('%s pass', (_, props) => {
  expect(() => synthesize(props)).not.toThrow();
});

test.each<[LogBucketProps, string]>([
  [{ expiration: Duration.days(0) }, "'expiration' must be between 1 day and 3650 days, got 0 days"],
  [{ expiration: Duration.hours(36) }, "'expiration' must be in whole days, got 1 day 12 hours"],
  [{ expiration: 30 as any }, "'expiration' must be a Duration between 1 day and 3650 days, got 30: use Duration.days(30)"],
  [{ removalPolicy: RemovalPolicy.SNAPSHOT }, "'removalPolicy' must not be RemovalPolicy.SNAPSHOT: a bucket has no snapshots; use RemovalPolicy.RETAIN"],
])('%j is refused', (props, message) => {
  expect(messageOf(() => synthesize(props))).toBe(`LogBucket at 'Stack/Logs' cannot be defined:\n- ${message}`);
});
