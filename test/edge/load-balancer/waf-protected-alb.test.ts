import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, Environment, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbOptions } from '../../../src/edge/load-balancer/waf-protected-alb-props';

const CERTIFICATE_ARN = 'arn:aws:acm:eu-west-1:111111111111:certificate/1a2b3c4d';
const WEB_ACL_ARN = 'arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/shared/1a2b3c4d';
const HOST_NAME = 'shop.example.com';

/** The network is imported, so that the stack holds only what the load balancer makes. */
function newStack(env?: Environment): { stack: Stack; vpc: ec2.IVpc } {
  const stack = new Stack(new App(), 'Stack', { env });
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetIds: ['subnet-a', 'subnet-b'], publicSubnetRouteTableIds: ['table', 'table'],
  });
  return { stack, vpc };
}

function synthesize(options: (stack: Stack) => WafProtectedAlbOptions = () => ({}), env?: Environment) {
  const { stack, vpc } = newStack(env);
  const alb = new WafProtectedAlb(stack, 'Alb', { vpc, ...options(stack) });
  return { stack, vpc, alb, template: Template.fromStack(stack) };
}

function inZone(stack: Stack): WafProtectedAlbOptions {
  const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
  return { domain: { domainName: HOST_NAME, hostedZone } };
}

function withCertificate(stack: Stack): WafProtectedAlbOptions {
  return { domain: { domainName: HOST_NAME, certificate: acm.Certificate.fromCertificateArn(stack, 'Imported', CERTIFICATE_ARN) } };
}

function attributes(template: Template): Record<string, unknown> {
  const [alb] = Object.values(template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
  return Object.fromEntries(alb.Properties.LoadBalancerAttributes.map(({ Key, Value }: { Key: string; Value: unknown }) => [Key, Value]));
}

describe('load balancer', () => {
  test('is public, protected from deletion, closed after 60 seconds and strict about headers', () => {
    const { template, alb, stack } = synthesize();

    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      Scheme: 'internet-facing', Type: 'application', Name: Match.absent(), Subnets: ['subnet-a', 'subnet-b'],
    });
    expect(attributes(template)).toEqual({
      'deletion_protection.enabled': 'true',
      'idle_timeout.timeout_seconds': '60',
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'defensive',
      'routing.http.xff_header_processing.mode': 'append',
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.bucket': stack.resolve(alb.accessLogBucket.bucketName),
      'access_logs.s3.prefix': 'alb',
    });
    expect(alb.idleTimeout.toSeconds()).toBe(60);
  });

  test('stands in one subnet of each zone, more of which AWS refuses', () => {
    const stack = new Stack(new App(), 'Stack');
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1', availabilityZones: ['a', 'b'], publicSubnetNames: ['Web', 'Mail'], publicSubnetIds: ['web-a', 'web-b', 'mail-a', 'mail-b'],
    });
    new WafProtectedAlb(stack, 'Alb', { vpc });

    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Subnets: ['web-a', 'web-b'] });
  });

  test('takes idle timeout and deletion protection', () => {
    const { template, alb } = synthesize(() => ({ idleTimeout: Duration.seconds(4000), deletionProtection: false }));

    expect(attributes(template)).toMatchObject({ 'deletion_protection.enabled': 'false', 'idle_timeout.timeout_seconds': '4000' });
    expect(alb.idleTimeout.toSeconds()).toBe(4000);
  });

  test.each<[string, typeof inZone | undefined, number[]]>([
    ['HTTP', undefined, [80]],
    ['HTTPS', inZone, [80, 443]],
  ])('with %s is open on the ports that it listens on and on no other', (_, options, ports) => {
    const { template } = synthesize(options);

    template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupIngress: ports.map((port) => Match.objectLike({ CidrIp: '0.0.0.0/0', IpProtocol: 'tcp', FromPort: port, ToPort: port })),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
    });
  });

  test('is connectable', () => {
    const { stack, vpc } = newStack();
    const alb = new WafProtectedAlb(stack, 'Alb', { vpc });
    const group = new ec2.SecurityGroup(stack, 'Tasks', { vpc, allowAllOutbound: false });
    alb.connections.allowTo(group, ec2.Port.tcp(8000));

    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: stack.resolve(group.securityGroupId),
      SourceSecurityGroupId: stack.resolve(alb.loadBalancer.connections.securityGroups[0].securityGroupId),
      FromPort: 8000,
    });
  });

  test('makes at most 14 resources with a domain and a zone', () => {
    const { template } = synthesize(inZone);

    expect(Object.keys(template.toJSON().Resources)).toHaveLength(13);
  });
});

describe('without a domain', () => {
  test('the site is served by HTTP under the load balancer\'s name, with a warning', () => {
    const { alb, stack, template } = synthesize();
    const dnsName = stack.resolve(alb.loadBalancer.loadBalancerDnsName);

    expect(alb.servesHttps).toBe(false);
    expect(stack.resolve(alb.hostNames)).toEqual([dnsName]);
    expect(stack.resolve(alb.origins)).toEqual([{ 'Fn::Join': ['', ['http://', dnsName]] }]);
    expect(stack.resolve(alb.url)).toEqual({ 'Fn::Join': ['', ['http://', dnsName]] });
    expect(alb.certificate).toBeUndefined();
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 1);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, Protocol: 'HTTP' });
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    Annotations.fromStack(stack).hasWarning('/Stack/Alb', 'the site is served by plain HTTP, so passwords and session cookies can be read on their way: '
      + 'give \'domain\' with a hosted zone or a certificate [ack: cdk-django-on-fargate:plain-http]');
  });
});

describe.each<[string, typeof inZone]>([['a zone', inZone], ['a certificate', withCertificate]])('with a domain and %s', (_, options) => {
  test('the site is served by HTTPS and HTTP is redirected to it for good', () => {
    const { alb, stack, template } = synthesize(options);

    template.resourceCountIs('AWS::ElasticLoadBalancingV2::Listener', 2);
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: stack.resolve(alb.certificate!.certificateArn) }],
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('a load balancer that had none keeps its listener for HTTP, which redirects once there is one for HTTPS', () => {
    const listenerOn = (port: number, { template }: ReturnType<typeof synthesize>) =>
      Object.entries(template.findResources('AWS::ElasticLoadBalancingV2::Listener', { Properties: { Port: port } }))[0];
    const after = synthesize(options);
    const [id, { DependsOn }] = listenerOn(80, after);

    expect(id).toBe(listenerOn(80, synthesize())[0]);
    expect(DependsOn).toEqual([listenerOn(443, after)[0]]);
  });

  test('host names, origins and address are those of the domain', () => {
    const { alb } = synthesize((stack) => ({ domain: { ...options(stack).domain!, alternativeNames: ['www.example.com'] } }));

    expect(alb.servesHttps).toBe(true);
    expect(alb.hostNames).toEqual([HOST_NAME, 'www.example.com']);
    expect(alb.origins).toEqual(['https://shop.example.com', 'https://www.example.com']);
    expect(alb.url).toBe('https://shop.example.com');
  });
});

describe('names', () => {
  test('in a zone get a certificate that validates itself, and records for both kinds of addresses each', () => {
    const { alb, stack, template } = synthesize((scope) => ({ domain: { ...inZone(scope).domain!, alternativeNames: ['example.com'] } }));

    template.hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainName: HOST_NAME,
      SubjectAlternativeNames: ['example.com'],
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: HOST_NAME, HostedZoneId: 'Z1' }, { DomainName: 'example.com', HostedZoneId: 'Z1' }],
    });
    template.resourceCountIs('AWS::Route53::RecordSet', 4);
    for (const name of ['shop.example.com.', 'example.com.']) {
      for (const Type of ['A', 'AAAA']) {
        template.hasResourceProperties('AWS::Route53::RecordSet', {
          Name: name,
          Type,
          HostedZoneId: 'Z1',
          AliasTarget: { DNSName: { 'Fn::Join': ['', ['dualstack.', stack.resolve(alb.loadBalancer.loadBalancerDnsName)]] } },
        });
      }
    }
    expect(template.findOutputs('*')).toEqual({});
  });

  test('keep their records when they change places', () => {
    const records = (domainName: string, alternativeNames: string[]) => {
      const { template } = synthesize((scope) => ({ domain: { ...inZone(scope).domain!, domainName, alternativeNames } }));
      return Object.entries(template.findResources('AWS::Route53::RecordSet')).map(([id, { Properties }]) => `${id} ${Properties.Name}`).sort();
    };

    expect(records('a.example.com', ['b.example.com', 'c.example.com'])).toEqual(records('c.example.com', ['a.example.com', 'b.example.com']));
  });

  test('may be tokens', () => {
    const { template } = synthesize((scope) => ({ domain: { ...inZone(scope).domain!, domainName: Lazy.string({ produce: () => 'late.example.com' }) } }));

    template.hasResourceProperties('AWS::Route53::RecordSet', { Name: 'late.example.com.' });
  });

  test('with a certificate of their own in a zone get records only', () => {
    const { alb, template } = synthesize((scope) => ({ domain: { ...inZone(scope).domain!, ...withCertificate(scope).domain! } }));

    expect(alb.certificate!.certificateArn).toBe(CERTIFICATE_ARN);
    template.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    template.resourceCountIs('AWS::Route53::RecordSet', 2);
  });

  test('with DNS elsewhere get an output that says where to point them', () => {
    const { alb, stack, template } = synthesize(withCertificate);

    template.resourceCountIs('AWS::Route53::RecordSet', 0);
    expect(Object.values(template.findOutputs('*'))).toEqual([{
      Description: 'Point each name of the site here: by CNAME, or by your DNS provider\'s alias record where the name is the apex of a zone',
      Value: stack.resolve(alb.loadBalancer.loadBalancerDnsName),
    }]);
  });
});

describe('web ACL', () => {
  test('protects the load balancer, with the given settings', () => {
    const { alb, stack, template } = synthesize(() => ({
      webAcl: { rateLimit: 777 }, logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY,
    }));

    template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: stack.resolve(alb.loadBalancer.loadBalancerArn),
      WebACLArn: stack.resolve(alb.webAcl!.resource.attrArn),
    });
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({ Name: 'RateLimit', Statement: { RateBasedStatement: Match.objectLike({ Limit: 777 }) } })]),
    });
    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
  });

  test('can be an existing one', () => {
    const { alb, template } = synthesize(() => ({ existingWebAclArn: WEB_ACL_ARN }));

    expect(alb.webAcl).toBeUndefined();
    expect(alb.webAclArn).toBe(WEB_ACL_ARN);
    // It goes with the stack; where it is replaced, nothing takes the new one away again.
    template.hasResource('AWS::WAFv2::WebACLAssociation', { Properties: { WebACLArn: WEB_ACL_ARN }, DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Retain' });
    template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
  });
});

describe('access logs', () => {
  test.each<[string, Environment | undefined, unknown]>([
    ['without a known region', undefined, { Ref: 'AWS::AccountId' }],
    ['in a region where CDK would use a legacy account', { account: '111111111111', region: 'eu-west-1' }, '111111111111'],
  ])('go to a bucket that is ready before the load balancer, %s', (_, env, account) => {
    const { alb, stack, template } = synthesize(undefined, env);
    const bucket = alb.accessLogBucket as s3.Bucket;

    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      Bucket: stack.resolve(bucket.bucketName),
      PolicyDocument: {
        Statement: Match.arrayWith([{
          Effect: 'Allow',
          Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
          Action: 's3:PutObject',
          Resource: stack.resolve(bucket.arnForObjects(`alb/AWSLogs/${env ? account : stack.account}/*`)),
        }]),
      },
    });
    template.hasResource('AWS::ElasticLoadBalancingV2::LoadBalancer', {
      DependsOn: Object.keys(template.findResources('AWS::S3::BucketPolicy')),
    });
  });

  test('are kept for 90 days or as told; the bucket is never deleted, since it is never empty', () => {
    const kept = (options: WafProtectedAlbOptions, days: number) => synthesize(() => options).template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain', Properties: { LifecycleConfiguration: { Rules: [{ ExpirationInDays: days }] } },
    });

    kept({ removalPolicy: RemovalPolicy.DESTROY }, 90);
    kept({ accessLogExpiration: Duration.days(7) }, 7);
  });

  test('can go to a bucket of another stack', () => {
    const { stack, vpc } = newStack();
    const other = new Stack(stack.node.root, 'Other');
    const bucket = new s3.Bucket(other, 'Bucket', { encryption: s3.BucketEncryption.S3_MANAGED });
    const alb = new WafProtectedAlb(stack, 'Alb', { vpc, accessLogBucket: bucket });

    expect(alb.accessLogBucket).toBe(bucket);
    Template.fromStack(stack).resourceCountIs('AWS::S3::Bucket', 0);
    Template.fromStack(other).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' } })] },
    });
    expect(stack.dependencies).toContain(other);
  });

  test('to an imported bucket come with a warning that holds the statement for its policy', () => {
    const { stack, template } = synthesize((scope) => ({
      ...inZone(scope), accessLogBucket: s3.Bucket.fromBucketName(scope, 'Bucket', 'platform-logs'),
    }));

    template.resourceCountIs('AWS::S3::BucketPolicy', 0);
    Annotations.fromStack(stack).hasWarning('/Stack/Alb/LoadBalancer', Match.stringLikeRegexp(
      '^the policy of the imported \'accessLogBucket\' cannot be changed from here, and the deployment fails unless it holds this statement: '
      + '\\{.*"s3:PutObject".*"logdelivery.elasticloadbalancing.amazonaws.com".*platform-logs/alb/AWSLogs/.*\\} '
      + '\\[ack: cdk-django-on-fargate:access-log-bucket-policy\\]$'));
  });
});

test('the bucket and the log group keep their logical ids', () => {
  const { template } = synthesize();

  expect(Object.keys(template.findResources('AWS::S3::Bucket'))).toEqual(['AlbAccessLogs4EBA3815']);
  expect(Object.keys(template.findResources('AWS::Logs::LogGroup'))).toEqual(['AlbWebAclLogs2F5707E4']);
});
