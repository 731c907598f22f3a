import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbOptions } from '../../../src/edge/load-balancer/waf-protected-alb-props';

const WEB_ACL_ARN = 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shared/1a2b3c4d';

function define(options: WafProtectedAlbOptions | ((stack: Stack) => WafProtectedAlbOptions), publicSubnetIds = ['subnet-a', 'subnet-b']) {
  const stack = new Stack(new App(), 'Stack', { env: { account: '111111111111', region: 'eu-central-1' } });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['eu-central-1a', 'eu-central-1b'].slice(0, publicSubnetIds.length || 2), publicSubnetIds,
  });
  return new WafProtectedAlb(stack, 'Alb', { vpc, ...typeof options === 'function' ? options(stack) : options });
}

function refusal(...reasons: string[]): Error {
  return new Error(['WafProtectedAlb at \'Stack/Alb\' cannot be defined:', ...reasons.map((reason) => `- ${reason}`)].join('\n'));
}

test.each<[string, Parameters<typeof define>[0], string]>([
  ['no VPC', { vpc: undefined } as any, '\'vpc\' must be given: use ec2.Vpc.fromLookup(this, \'Vpc\', { vpcId })'],
  ['one name for a list', { domain: { domainName: 'a.example.com', alternativeNames: 'b.example.com' as any, certificate: { certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1', env: {} } as any } },
    '\'domain.alternativeNames\' must be a list of strings, got "b.example.com": write ["b.example.com"]'],
  ['no idle timeout', { idleTimeout: Duration.seconds(0) }, '\'idleTimeout\' must be a Duration of 1 to 4000 whole seconds, got 0 seconds'],
  ['a long idle timeout', { idleTimeout: Duration.seconds(4001) }, '\'idleTimeout\' must be a Duration of 1 to 4000 whole seconds, got 4001 seconds'],
  ['a broken idle timeout', { idleTimeout: Duration.millis(1500) }, '\'idleTimeout\' must be a Duration of 1 to 4000 whole seconds, got 1.5 seconds'],
  ['a long expiration', { accessLogExpiration: Duration.days(3651) }, '\'accessLogExpiration\' must be a Duration of 1 to 3650 whole days, got 3651 days'],
  ['a broken expiration', { accessLogExpiration: Duration.hours(36) }, '\'accessLogExpiration\' must be a Duration of 1 to 3650 whole days, got 1.5 days'],
  ['a number as idle timeout', { idleTimeout: 60 as unknown as Duration }, '\'idleTimeout\' must be a Duration of 1 to 4000 whole seconds, got 60: use Duration.seconds(60)'],
  ['a token in minutes', { idleTimeout: Duration.minutes(Lazy.number({ produce: () => 1 })) },
    '\'idleTimeout\' must be a Duration.seconds(...) where its amount is a token, got Duration.minutes(...)'],
  ['an expiration for somebody else\'s bucket',
    (stack) => ({ accessLogBucket: s3.Bucket.fromBucketName(stack, 'Bucket', 'logs'), accessLogExpiration: Duration.days(7) }),
    '\'accessLogExpiration\' must not be given with \'accessLogBucket\': add a lifecycle rule to your bucket instead'],
  ['a bucket with a KMS key', (stack) => ({ accessLogBucket: new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'Key') }) }),
    '\'accessLogBucket\' must not be encrypted with a KMS key, because load balancers cannot write to such a bucket: '
    + 'give one with BucketEncryption.S3_MANAGED'],
  ['a bucket in another region', (stack) => ({ accessLogBucket: s3.Bucket.fromBucketAttributes(stack, 'Bucket', { bucketName: 'logs', region: 'us-east-1' }) }),
    '\'accessLogBucket\' must be in the region of the load balancer, which is "eu-central-1", but it is in "us-east-1"'],
  ['two web ACLs', { webAcl: { rateLimit: 100 }, existingWebAclArn: WEB_ACL_ARN.replace('eu-west-1', 'eu-central-1') },
    '\'webAcl\' must not be given with \'existingWebAclArn\': the settings are those of the existing web ACL'],
  ['a web ACL of CloudFront', { existingWebAclArn: 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/shared/1a2b3c4d' },
    '\'existingWebAclArn\' must be the ARN of a regional web ACL of AWS WAF, arn:<partition>:wafv2:<region>:<account>:regional/webacl/<name>/<id>, '
    + 'got "arn:aws:wafv2:us-east-1:111111111111:global/webacl/shared/1a2b3c4d"'],
  ['an empty ARN', { existingWebAclArn: '' },
    '\'existingWebAclArn\' must be the ARN of a regional web ACL of AWS WAF, arn:<partition>:wafv2:<region>:<account>:regional/webacl/<name>/<id>, got ""'],
  ['a web ACL in another region', { existingWebAclArn: WEB_ACL_ARN },
    '\'existingWebAclArn\' must be in the region of the load balancer, which is "eu-central-1", but it is in "eu-west-1"'],
  ['a certificate in another region', (stack) => ({
    domain: {
      domainName: 'example.com',
      certificate: acm.Certificate.fromCertificateArn(stack, 'Imported', 'arn:aws:acm:us-east-1:111111111111:certificate/1a2b3c4d'),
    },
  }), '\'domain.certificate\' must be in the region of the load balancer, which is "eu-central-1", but it is in "us-east-1": '
    + 'request a certificate in "eu-central-1"'],
])('%s is refused', (_, options, message) => {
  expect(() => define(options)).toThrow(refusal(message));
});

test.each([
  [[], 'got none: add some, or give another VPC'],
  [['subnet-a'], 'got "eu-central-1a" only: add some, or give another VPC'],
])('a VPC with the public subnets %j is refused', (publicSubnetIds, rest) => {
  expect(() => define({}, publicSubnetIds)).toThrow(refusal(`'vpc' must have public subnets in at least 2 availability zones, ${rest}`));
});

test('all broken rules are told at once, those of nested structs with their path', () => {
  expect(() => define({
    domain: { domainName: 'SHOP.example.com', alternativeNames: ['example.com.'] }, idleTimeout: Duration.hours(2), webAcl: { rateLimit: 1 },
  })).toThrow(refusal(
    '\'domain.domainName\' must be a full host name in lower-case ASCII, without scheme, port, path, wildcard or trailing dot, '
    + 'got "SHOP.example.com": write "shop.example.com"',
    '\'domain.alternativeNames\' must each be a full host name in lower-case ASCII, without scheme, port, path, wildcard or trailing dot, '
    + 'got "example.com.": write "example.com"',
    '\'domain.hostedZone\' or \'certificate\' must be given for "SHOP.example.com", got neither. '
    + 'DNS in Route 53: give \'hostedZone\', e.g. route53.HostedZone.fromLookup(this, \'Zone\', { domainName: \'<zone name>\' }). '
    + 'DNS elsewhere: (1) run "aws acm request-certificate --validation-method DNS --domain-name SHOP.example.com --subject-alternative-names example.com." in the region of this stack; '
    + '(2) create the CNAME record that "aws acm describe-certificate --certificate-arn <arn>" shows at your DNS provider and wait until the status is ISSUED; '
    + '(3) give \'certificate\': acm.Certificate.fromCertificateArn(this, \'Certificate\', \'<arn>\'); '
    + '(4) after the deployment, point SHOP.example.com to the load balancer\'s DNS name, which is a stack output',
    '\'idleTimeout\' must be a Duration of 1 to 4000 whole seconds, got 7200 seconds',
    '\'webAcl.rateLimit\' must be a whole number between 10 and 2000000000 requests in five minutes, got 1',
  ));
});

test('tokens and what lies at the edge of the allowed pass', () => {
  expect(() => define({ idleTimeout: Duration.seconds(Lazy.number({ produce: () => 60 })), existingWebAclArn: Token.asString({ Ref: 'Arn' }) })).not.toThrow();
  expect(() => define({ idleTimeout: Duration.seconds(1), accessLogExpiration: Duration.days(1) })).not.toThrow();
  expect(() => define({ idleTimeout: Duration.seconds(4000), accessLogExpiration: Duration.days(3650) })).not.toThrow();
});
