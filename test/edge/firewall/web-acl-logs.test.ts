import { Match, Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Fn, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { WebAcl } from '../../../src/edge/firewall/web-acl';
import { WebAclLogs } from '../../../src/edge/firewall/web-acl-logs';
import { WebAclProps } from '../../../src/edge/firewall/web-acl-props';
import { LogBucket } from '../../../src/network/log-bucket';
import { messageOf, newStack, warningsOf } from '../../helpers';

const REDACTED = [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }];

function synthesize(props?: WebAclProps, stack = newStack()) {
  const webAcl = new WebAcl(stack, 'WebAcl', props);
  return { stack, webAcl, template: Template.fromStack(stack) };
}

/** What AWS asks for, of the stack that the web ACL is in. */
function deliveryStatements(stack: Stack, bucket: s3.IBucket) {
  const account = { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } };
  const source = { 'aws:SourceArn': { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':*']] } };
  const from = { Effect: 'Allow', Principal: { Service: 'delivery.logs.amazonaws.com' } };
  return [
    {
      ...from,
      Action: 's3:PutObject',
      Resource: stack.resolve(Fn.join('', [bucket.bucketArn, '/AWSLogs/', stack.account, '/*'])),
      Condition: { StringEquals: { ...account, 's3:x-amz-acl': 'bucket-owner-full-control' }, ArnLike: source },
    },
    { ...from, Action: 's3:GetBucketAcl', Resource: stack.resolve(bucket.bucketArn), Condition: { StringEquals: account, ArnLike: source } },
  ];
}

describe('in CloudWatch', () => {
  test.each([[undefined], [{ logs: WebAclLogs.cloudWatch() }]])('go to a group with a legal name that is new with each web ACL (%j)', (props) => {
    const { stack, webAcl, template } = synthesize(props);

    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        LogGroupName: { 'Fn::Join': ['', ['aws-waf-logs-', stack.resolve(webAcl.resource.attrId)]] },
        RetentionInDays: 90,
      },
    });
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      ResourceArn: stack.resolve(webAcl.webAclArn),
      LogDestinationConfigs: [{
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' },
          ':log-group:', stack.resolve(webAcl.logGroup!.logGroupName)]],
      }],
      RedactedFields: REDACTED,
    });
  });

  test('are kept and removed as told', () => {
    const { template } = synthesize({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });

    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
  });
});

test('sampled requests show neither cookies nor authorization', () => {
  synthesize().template.hasResourceProperties('AWS::WAFv2::WebACL', {
    DataProtectionConfig: {
      DataProtections: [{ Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie'] } }],
    },
  });
});

describe('in a bucket', () => {
  test('are redacted, too, and the bucket lets them in before they come', () => {
    const stack = newStack();
    const { bucket } = new LogBucket(stack, 'Logs');
    const { webAcl, template } = synthesize({ logs: WebAclLogs.s3(bucket) }, stack);

    expect(webAcl.logGroup).toBeUndefined();
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.hasResource('AWS::WAFv2::LoggingConfiguration', {
      DependsOn: [stack.getLogicalId(bucket.policy!.node.defaultChild as s3.CfnBucketPolicy)],
      Properties: { ResourceArn: stack.resolve(webAcl.webAclArn), LogDestinationConfigs: [stack.resolve(bucket.bucketArn)], RedactedFields: REDACTED },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: Match.arrayWith(deliveryStatements(stack, bucket)) },
    });
    expect(warningsOf(webAcl)).toEqual({});
  });

  test('with a key of its own, may use the key', () => {
    const stack = newStack();
    const bucket = new s3.Bucket(stack, 'Logs', { bucketName: 'aws-waf-logs-shop', encryptionKey: new kms.Key(stack, 'Key') });
    const { template } = synthesize({ logs: WebAclLogs.s3(bucket) }, stack);

    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext', 'kms:DescribeKey'],
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Condition: Match.objectLike({ StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } }),
        })]),
      },
    });
  });

  test('from outside, are warned about with the statements that its policy must hold', () => {
    const stack = newStack();
    const bucket = s3.Bucket.fromBucketName(stack, 'Logs', 'aws-waf-logs-of-the-platform-team');
    const { webAcl, template } = synthesize({ logs: WebAclLogs.s3(bucket) }, stack);

    expect(warningsOf(webAcl)).toEqual({
      'web-acl-log-bucket-policy': 'the policy of the imported bucket for the logs cannot be changed from here: unless whoever deploys may change it, '
        + `it must hold these statements: ${JSON.stringify(deliveryStatements(stack, bucket).map(({ Effect, Principal, Action, Resource, Condition }) =>
          ({ Action, Condition: { StringEquals: Condition.StringEquals, ArnLike: Condition.ArnLike }, Effect, Principal, Resource })))}`,
    });
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', { LogDestinationConfigs: [stack.resolve(bucket.bucketArn)] });
  });

  test('of another stack, make no cycle', () => {
    const app = new App();
    const platform = new Stack(app, 'Platform');
    const { bucket } = new LogBucket(platform, 'Logs');
    const stack = new Stack(app, 'Shop');
    new WebAcl(stack, 'WebAcl', { logs: WebAclLogs.s3(bucket) });

    expect(() => app.synth()).not.toThrow();
    expect(stack.dependencies).toContain(platform);
    expect(platform.dependencies).toEqual([]);
  });
});

describe('names of buckets', () => {
  const advice = ": use a LogBucket, or give the bucket a 'bucketName' like 'aws-waf-logs-shop'";
  const must = "'logs' must go to a bucket whose name begins with 'aws-waf-logs-', because AWS WAF accepts no other, got ";

  test.each<[string, (stack: Stack) => s3.IBucket, string]>([
    ['imported', (stack) => s3.Bucket.fromBucketName(stack, 'Logs', 'waf-logs'), `${must}"waf-logs"${advice}`],
    ['imported by its ARN', (stack) => s3.Bucket.fromBucketArn(stack, 'Logs', 'arn:aws:s3:::my-aws-waf-logs-x'), `${must}"my-aws-waf-logs-x"${advice}`],
    ['with a name', (stack) => new s3.Bucket(stack, 'Logs', { bucketName: 'shop-logs' }), `${must}"shop-logs"${advice}`],
    ['with a name that begins so', (stack) => new s3.Bucket(stack, 'Logs', { bucketName: `logs-${stack.account}` }), `${must}"logs-"${advice}`],
    ['with no name', (stack) => new s3.Bucket(stack, 'Logs'), `${must}a generated name${advice}`],
    ['nothing', () => undefined as any, "'logs' must go to an s3.IBucket, got nothing: use s3.Bucket.fromBucketName(this, 'Bucket', 'my-bucket')"],
    ['a name instead', () => 'aws-waf-logs-shop' as any, "'logs' must go to an s3.IBucket, got \"aws-waf-logs-shop\": use s3.Bucket.fromBucketName(this, 'Bucket', 'my-bucket')"],
  ])('%s is refused', (_, bucketIn, message) => {
    const stack = newStack();

    expect(messageOf(() => new WebAcl(stack, 'WebAcl', { logs: WebAclLogs.s3(bucketIn(stack)) })))
      .toBe(`WebAcl at 'Stack/WebAcl' cannot be defined:\n- ${message}`);
  });

  test.each<[string, (stack: Stack) => s3.IBucket]>([
    ['imported', (stack) => s3.Bucket.fromBucketName(stack, 'Logs', 'aws-waf-logs-x')],
    ['imported with a token', (stack) => s3.Bucket.fromBucketName(stack, 'Logs', Lazy.string({ produce: () => 'x' }))],
    ['with a name', (stack) => new s3.Bucket(stack, 'Logs', { bucketName: 'aws-waf-logs-shop' })],
    ['with a name that begins so', (stack) => new s3.Bucket(stack, 'Logs', { bucketName: `aws-waf-logs-${stack.account}` })],
    ['with a name that is a token', (stack) => new s3.Bucket(stack, 'Logs', { bucketName: Fn.importValue('LogBucket') })],
  ])('%s passes', (_, bucketIn) => {
    const stack = newStack();

    expect(() => new WebAcl(stack, 'WebAcl', { logs: WebAclLogs.s3(bucketIn(stack)) })).not.toThrow();
  });

  test('generated from a stack with a legal name pass, since they begin with it', () => {
    const stack = newStack('aws-waf-logs-platform');

    expect(() => new WebAcl(stack, 'WebAcl', { logs: WebAclLogs.s3(new s3.Bucket(stack, 'Logs')) })).not.toThrow();
  });
});
