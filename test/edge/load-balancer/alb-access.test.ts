import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Environment, Stack } from 'aws-cdk-lib/core';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbOptions } from '../../../src/edge/load-balancer/waf-protected-alb-props';
import { VIEWER_ADDRESS_HEADER } from '../../../src/edge/viewer-address';
import { fromPython, givenVpc, warningsOf } from '../../helpers';

const FRANKFURT = { account: '111111111111', region: 'eu-central-1' };
/** Account and region are known at deployment only. */
const AGNOSTIC = {};
const CERTIFICATE_ARN = 'arn:aws:acm:eu-central-1:111111111111:certificate/1a2b3c4d';
const { INTERNET, CLOUDFRONT, CLOUDFRONT_VPC_ORIGIN, INTERNAL } = AlbAccess;

function synthesize(options: WafProtectedAlbOptions, env: Environment = FRANKFURT, vpcOverrides: Partial<ec2.VpcAttributes> = {}) {
  const stack = new Stack(new App(), 'Stack', { env });
  const vpc = givenVpc(stack, { vpcCidrBlock: '10.0.0.0/16', ...vpcOverrides });
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc, ...options });
  return { stack, vpc, alb, template: Template.fromStack(stack) };
}

/** With a zone, which lives in a stack of its own. */
function withDomain(options: WafProtectedAlbOptions, env: Environment = FRANKFURT) {
  const zone = route53.HostedZone.fromHostedZoneAttributes(new Stack(new App(), 'Zones'), 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
  return synthesize({ ...options, domain: { domainName: 'shop.example.com', hostedZone: zone } }, env);
}

/** What may come in, whether its rule stands in the group or beside it: where from and to which ports. */
function openings(template: Template): [unknown, ...number[]][] {
  const inGroup = Object.values(template.findResources('AWS::EC2::SecurityGroup')).flatMap(({ Properties }) => Properties.SecurityGroupIngress ?? []);
  const beside = Object.values(template.findResources('AWS::EC2::SecurityGroupIngress')).map(({ Properties }) => Properties);
  return [...inGroup, ...beside].map(({ CidrIp, SourcePrefixListId, SourceSecurityGroupId, FromPort, ToPort }) =>
    [CidrIp ?? SourcePrefixListId ?? SourceSecurityGroupId, ...new Set([FromPort, ToPort])]);
}

function ports(template: Template): number[] {
  return Object.values(template.findResources('AWS::ElasticLoadBalancingV2::Listener')).map(({ Properties }) => Properties.Port as number).sort((one, other) => one - other);
}

describe.each<[AlbAccess | undefined, string, string[], [unknown, ...number[]][], number]>([
  [undefined, 'internet-facing', ['public-1', 'public-2'], [['0.0.0.0/0', 80], ['0.0.0.0/0', 443]], 2],
  [INTERNET, 'internet-facing', ['public-1', 'public-2'], [['0.0.0.0/0', 80], ['0.0.0.0/0', 443]], 2],
  [CLOUDFRONT, 'internet-facing', ['public-1', 'public-2'], [['pl-a3a144ca', 443]], 0],
  [CLOUDFRONT_VPC_ORIGIN, 'internal', ['private-1', 'private-2'], [['pl-a3a144ca', 80, 443]], 0],
  [INTERNAL, 'internal', ['private-1', 'private-2'], [['10.0.0.0/16', 80], ['10.0.0.0/16', 443]], 2],
])('with access %s and a domain', (access, scheme, subnets, open, names) => {
  const { template, alb, stack } = withDomain(fromPython({ access }, 'allowedPeers', 'cloudFrontPrefixListId', 'connectionLogs'));

  test(`the load balancer is ${scheme}, in the subnets for it`, () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: scheme, Subnets: subnets });
    expect(alb.access).toBe(access ?? INTERNET);
  });

  test('exactly those who may come in get in, on the ports that are listened on', () => {
    expect(openings(template)).toEqual(open);
    expect(ports(template)).toEqual(access === CLOUDFRONT_VPC_ORIGIN ? [443] : open.map(([, port]) => port));
  });

  test(`${names} records point to the load balancer, since people come to ${names === 0 ? 'CloudFront' : 'it'}`, () => {
    const targets = Object.values(template.findResources('AWS::Route53::RecordSet')).map(({ Properties }) => Properties.AliasTarget.HostedZoneId);
    expect(targets).toEqual(Array.from({ length: names }, () => stack.resolve(alb.loadBalancer.loadBalancerCanonicalHostedZoneId)));
    expect(template.findOutputs('*')).toEqual({});
  });

  test('the site is served by HTTPS without a warning, by at most 14 resources', () => {
    expect(alb.servesHttps).toBe(true);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 443, SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09' });
    expect(warningsOf(alb)).toEqual({});
    expect(Object.keys(template.toJSON().Resources).length).toBeLessThanOrEqual(14);
  });
});

describe('behind CloudFront', () => {
  test.each([CLOUDFRONT, CLOUDFRONT_VPC_ORIGIN])('with %s, the web ACL goes by the viewer\'s address, which no header of the viewer can fake', (access) => {
    const { template } = withDomain({ access });
    const rate = Object.values(template.findResources('AWS::WAFv2::WebACL'))[0].Properties.Rules.find(({ Name }: { Name: string }) => Name === 'RateLimit').Statement.RateBasedStatement;
    expect(rate).toMatchObject({ AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig: { HeaderName: VIEWER_ADDRESS_HEADER } });
  });

  test.each([INTERNET, INTERNAL])('is not where %s is: the web ACL goes by the address of the connection', (access) => {
    const acl = JSON.stringify(withDomain({ access }).template.findResources('AWS::WAFv2::WebACL'));
    expect(acl).not.toContain(VIEWER_ADDRESS_HEADER);
    expect(acl).not.toContain('x-origin-secret');
  });

  test('with public addresses, what lacks the secret header is blocked, and the template does not hold the secret', () => {
    const { template } = withDomain({ access: CLOUDFRONT });
    template.hasResourceProperties('AWS::SecretsManager::Secret', {
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true }, Name: Match.absent(),
    });
    const [secretId] = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    const first = Object.values(template.findResources('AWS::WAFv2::WebACL'))[0].Properties.Rules
      .sort((one: { Priority: number }, other: { Priority: number }) => one.Priority - other.Priority)[0];
    expect(first.Action).toHaveProperty('Block');
    expect(JSON.stringify(first)).toContain('x-origin-secret');
    expect(JSON.stringify(first)).toContain(JSON.stringify({ 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secretId }, ':SecretString:::}}']] }));
  });

  test('through a VPC origin, there is no secret, because there is no way around', () => {
    const { template } = withDomain({ access: CLOUDFRONT_VPC_ORIGIN });
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('x-origin-secret');
  });

  test('a shared web ACL is warned about, because it sees other addresses', () => {
    const { alb } = synthesize({
      access: CLOUDFRONT_VPC_ORIGIN, existingWebAclArn: 'arn:aws:wafv2:eu-central-1:111111111111:regional/webacl/shared/1a2b3c4d',
    });
    expect(warningsOf(alb)['web-acl-behind-cloudfront']).toBe("the web ACL in 'existingWebAclArn' sees CloudFront's addresses: let its rules on addresses and rates "
      + "go by the header 'x-viewer-address', which a SpaDistribution sets to the address of the viewer");
  });

  test('without a domain, the way through AWS is plain HTTP, with a warning', () => {
    const { template, alb } = synthesize({ access: CLOUDFRONT_VPC_ORIGIN });
    expect(openings(template)).toEqual([['pl-a3a144ca', 80, 443]]);
    expect(warningsOf(alb)).toEqual({
      'plain-http': 'CloudFront reaches the load balancer by plain HTTP, inside of AWS, so the load balancer tells Django that requests came by HTTP: '
        + 'let it read the header CloudFront-Forwarded-Proto, which DjangoOnFargate names in DJANGO_SECURE_PROXY_SSL_HEADER, '
        + 'or give \'domain\' with a hosted zone or a certificate',
    });
  });

  test('the rule for CloudFront stays the same one when a domain comes: with a second one beside it, the group would have more than it may', () => {
    const rules = [synthesize({ access: CLOUDFRONT_VPC_ORIGIN }), withDomain({ access: CLOUDFRONT_VPC_ORIGIN })]
      .map(({ template }) => template.findResources('AWS::EC2::SecurityGroupIngress'));
    expect(Object.keys(rules[0])).toHaveLength(1);
    expect(rules[1]).toEqual(rules[0]);
  });

  test('the certificate can be one that is there, and no output asks for DNS records that are the distribution\'s', () => {
    const certificate = acm.Certificate.fromCertificateArn(new Stack(new App(), 'Certificates'), 'Certificate', CERTIFICATE_ARN);
    const { template } = synthesize({ access: CLOUDFRONT, domain: { domainName: 'shop.example.com', certificate } });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    expect(template.findOutputs('*')).toEqual({});
  });
});

describe('the prefix list of CloudFront', () => {
  test('is looked up by CloudFormation where the region is not known', () => {
    const { template } = synthesize({ access: CLOUDFRONT_VPC_ORIGIN }, AGNOSTIC);
    const [[name, mapping]] = Object.entries(template.findMappings('*'));
    expect(openings(template)).toEqual([[{ 'Fn::FindInMap': [name, { Ref: 'AWS::Region' }, 'Id'] }, 80, 443]]);
    expect(Object.keys(mapping)).toHaveLength(18);
    expect(mapping).toMatchObject({ 'us-east-1': { Id: 'pl-3b927c52' }, 'eu-central-1': { Id: 'pl-a3a144ca' } });
  });

  test('ids differ between regions', () => {
    const { template } = synthesize({ access: CLOUDFRONT_VPC_ORIGIN }, AGNOSTIC);
    const ids = Object.values(Object.values(template.findMappings('*'))[0] as Record<string, { Id: string }>).map(({ Id }) => Id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('can be given', () => {
    const { template } = synthesize({ access: CLOUDFRONT_VPC_ORIGIN, cloudFrontPrefixListId: 'pl-12345678' }, { region: 'mx-central-1' });
    expect(openings(template)).toEqual([['pl-12345678', 80, 443]]);
    expect(template.findMappings('*')).toEqual({});
  });
});

describe('an internal load balancer', () => {
  test('lets those in who are named, and nobody else', () => {
    const stack = new Stack(new App(), 'Stack', { env: FRANKFURT });
    const vpc = givenVpc(stack);
    const jumpHost = new ec2.SecurityGroup(stack, 'JumpHost', { vpc });
    new WafProtectedAlb(stack, 'Alb', { vpc, access: INTERNAL, allowedPeers: [ec2.Peer.ipv4('10.8.0.0/16'), jumpHost] });
    expect(openings(Template.fromStack(stack))).toEqual([['10.8.0.0/16', 80], [stack.resolve(jumpHost.securityGroupId), 80]]);
  });

  test('of a VPC in the same app lets its addresses in', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
    new WafProtectedAlb(stack, 'Alb', { vpc, access: INTERNAL });
    expect(openings(Template.fromStack(stack))).toEqual([[stack.resolve(vpc.vpcCidrBlock), 80]]);
  });

  test.each<[string, Partial<ec2.VpcAttributes>, string[]]>([
    ['private subnets', {}, ['private-1', 'private-2']],
    ['isolated subnets where there are no private ones', { privateSubnetIds: undefined }, ['isolated-1', 'isolated-2']],
  ])('stands in %s', (_, overrides, subnets) => {
    const { template } = synthesize({ access: INTERNAL }, FRANKFURT, overrides);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: subnets });
  });
});

test('the security group stays the same one whatever the access', () => {
  const group = (access: AlbAccess) => {
    const [[id, { Properties }]] = Object.entries(withDomain({ access }).template.findResources('AWS::EC2::SecurityGroup'));
    return [id, Properties.GroupDescription];
  };
  expect(Object.values(AlbAccess).map(group)).toEqual(Object.values(AlbAccess).map(() => group(INTERNET)));
});

test('connections are logged on request, beside the requests', () => {
  const { template, alb, stack } = synthesize({ connectionLogs: true }, AGNOSTIC);
  const [{ Properties }] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
  expect(Properties.LoadBalancerAttributes).toEqual(expect.arrayContaining([
    { Key: 'connection_logs.s3.enabled', Value: 'true' },
    { Key: 'connection_logs.s3.bucket', Value: stack.resolve(alb.accessLogBucket.bucketName) },
    { Key: 'connection_logs.s3.prefix', Value: 'alb-connections' },
  ]));
  template.hasResourceProperties('AWS::S3::BucketPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([Match.objectLike({
        Action: 's3:PutObject', Resource: stack.resolve(alb.accessLogBucket.arnForObjects(`alb-connections/AWSLogs/${stack.account}/*`)),
      })]),
    },
  });
  template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', { DependsOn: Object.keys(template.findResources('AWS::S3::BucketPolicy')) });
});

test('connection logs to an imported bucket come with a warning of their own', () => {
  const { alb } = synthesize({ connectionLogs: true, accessLogBucket: s3.Bucket.fromBucketName(new Stack(new App(), 'Logs'), 'Bucket', 'platform-logs') });
  const { 'access-log-bucket-policy': access, 'connection-log-bucket-policy': connections } = warningsOf(alb.loadBalancer);
  expect(access).toContain(':s3:::platform-logs/alb/AWSLogs/111111111111/*');
  expect(connections).toContain(':s3:::platform-logs/alb-connections/AWSLogs/111111111111/*');
});
