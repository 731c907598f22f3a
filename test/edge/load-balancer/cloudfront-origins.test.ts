import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, CfnParameter, Duration, Stack, Tags } from 'aws-cdk-lib/core';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { CloudFrontOriginOptions } from '../../../src/edge/load-balancer/cloudfront-origins';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbOptions } from '../../../src/edge/load-balancer/waf-protected-alb-props';
import { messageOf, warningsOf } from '../../helpers';

const { INTERNET, CLOUDFRONT, CLOUDFRONT_VPC_ORIGIN, INTERNAL } = AlbAccess;

function newAlb(options: WafProtectedAlbOptions, https: boolean, app = new App()) {
  const stack = new Stack(app, 'Stack', { env: { account: '111111111111', region: 'eu-central-1' } });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
  const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', 'arn:aws:acm:eu-central-1:111111111111:certificate/1a2b3c4d');
  const domain = https ? { domainName: 'shop.example.com', certificate } : undefined;
  return { stack, vpc, alb: new WafProtectedAlb(stack, 'Alb', { vpc, domain, ...options }) };
}

/** A distribution whose every behaviour goes to the load balancer. */
function distribute(alb: WafProtectedAlb, stack: Stack, id = 'Site', options?: CloudFrontOriginOptions) {
  const distribution = new cloudfront.Distribution(stack, id, { defaultBehavior: { origin: alb._cloudFrontOrigin(stack, options) } });
  return () => {
    const resource = Template.fromStack(stack).toJSON().Resources[stack.getLogicalId(distribution.node.defaultChild as cloudfront.CfnDistribution)];
    return resource.Properties.DistributionConfig.Origins;
  };
}

describe('through a VPC origin', () => {
  test.each<[string, boolean, string]>([['HTTPS with a certificate', true, 'https-only'], ['HTTP without', false, 'http-only']])('CloudFront speaks %s', (_, https, policy) => {
    const { stack, alb } = newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, https);
    const origins = distribute(alb, stack);
    const [[id, origin]] = Object.entries(Template.fromStack(stack).findResources('AWS::CloudFront::VpcOrigin'));
    expect(origin.Properties.VpcOriginEndpointConfig).toMatchObject({
      Arn: stack.resolve(alb.loadBalancer.loadBalancerArn), OriginProtocolPolicy: policy, OriginSSLProtocols: ['TLSv1.2'],
    });
    expect(origins()).toEqual([{
      Id: expect.any(String),
      DomainName: stack.resolve(alb.loadBalancer.loadBalancerDnsName),
      VpcOriginConfig: { VpcOriginId: { 'Fn::GetAtt': [id, 'Id'] }, OriginReadTimeout: 60, OriginKeepaliveTimeout: 55 },
    }]);
  });

  test('the VPC origin waits for the internet gateway that it needs, and nothing but distributions waits for it', () => {
    const { stack, alb } = newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, true);
    distribute(alb, stack);
    const template = Template.fromStack(stack);
    const [[id, origin]] = Object.entries(template.findResources('AWS::CloudFront::VpcOrigin'));
    const routes = template.findResources('AWS::EC2::Route');
    const [attachment] = Object.keys(template.findResources('AWS::EC2::VPCGatewayAttachment'));
    expect(origin.DependsOn.filter((dependency: string) => routes[dependency]?.DependsOn.includes(attachment))).not.toEqual([]);
    const waiting = Object.entries<any>(template.toJSON().Resources).filter(([other, resource]) => other !== id && JSON.stringify(resource).includes(`"${id}"`));
    expect(waiting.map(([, { Type }]) => Type)).toEqual(['AWS::CloudFront::Distribution']);
  });

  test('several distributions share it, also from another stack', () => {
    const app = new App();
    const { stack, alb } = newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, true, app);
    const other = new Stack(app, 'Other', { env: { account: '111111111111', region: 'eu-central-1' } });
    distribute(alb, stack);
    distribute(alb, stack, 'Second');
    distribute(alb, other);
    Template.fromStack(stack).resourceCountIs('AWS::CloudFront::VpcOrigin', 1);
    Template.fromStack(other).resourceCountIs('AWS::CloudFront::VpcOrigin', 0);
    expect(other.dependencies).toEqual([stack]);
  });

  test('another protocol is another VPC origin, since CloudFront does not change one in use', () => {
    const [withHttps, withHttp] = [true, false].map((https) => {
      const { stack, alb } = newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, https);
      distribute(alb, stack);
      return Object.keys(Template.fromStack(stack).findResources('AWS::CloudFront::VpcOrigin'))[0];
    });
    expect(withHttps).not.toBe(withHttp);
  });

  test('tags do not reach the VPC origin: CloudFront would refuse to change their values', () => {
    const { stack, alb } = newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, true);
    distribute(alb, stack);
    Tags.of(stack).add('release', '2024.11.1');
    Template.fromStack(stack).hasResourceProperties('AWS::CloudFront::VpcOrigin', { Tags: Match.absent() });
    Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Tags: [{ Key: 'release', Value: '2024.11.1' }] });
  });

  test.each([true, false])('the VPC origin has a name of its own in each region, of 64 characters at most (HTTPS: %s)', (https) => {
    const name = (region: string) => {
      const stack = new Stack(new App(), 'A'.repeat(60), { env: { account: '111111111111', region } });
      const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0 });
      const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', `arn:aws:acm:${region}:111111111111:certificate/1a2b3c4d`);
      const alb = new WafProtectedAlb(stack, 'Alb', {
        vpc, access: CLOUDFRONT_VPC_ORIGIN, domain: https ? { domainName: 'shop.example.com', certificate } : undefined,
      });
      distribute(alb, stack);
      return Object.values(Template.fromStack(stack).findResources('AWS::CloudFront::VpcOrigin'))[0].Properties.VpcOriginEndpointConfig.Name as string;
    };
    expect(name('ap-northeast-1')).not.toBe(name('ap-southeast-1'));
    expect(name('ap-northeast-1').length).toBeLessThanOrEqual(64);
  });

  test('without a distribution there is no VPC origin', () => {
    Template.fromStack(newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, true).stack).resourceCountIs('AWS::CloudFront::VpcOrigin', 0);
  });
});

test('over the internet, CloudFront speaks HTTPS and sends the secret header that the web ACL asks for', () => {
  const { stack, alb } = newAlb({ access: CLOUDFRONT }, true);
  const [origin] = distribute(alb, stack)();
  const [secretId] = Object.keys(Template.fromStack(stack).findResources('AWS::SecretsManager::Secret'));
  const value = { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secretId }, ':SecretString:::}}']] };
  expect(origin).toMatchObject({
    DomainName: stack.resolve(alb.loadBalancer.loadBalancerDnsName),
    CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'], OriginReadTimeout: 60, OriginKeepaliveTimeout: 55 },
    OriginCustomHeaders: [{ HeaderName: 'x-origin-secret', HeaderValue: value }],
  });
  expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::WAFv2::WebACL'))).toContain(JSON.stringify(value));
});

test('a load balancer that is open to all works, with a warning', () => {
  const { stack, alb } = newAlb({ access: INTERNET }, true);
  const [origin] = distribute(alb, stack)();
  expect(origin.CustomOriginConfig.OriginProtocolPolicy).toBe('https-only');
  expect(origin.OriginCustomHeaders).toBeUndefined();
  expect(warningsOf(stack)['open-origin']).toBe("everybody can go around CloudFront to 'Stack/Alb', whose web ACL sees CloudFront's addresses instead of the viewers', so that "
    + 'a rate limit stops many at once: give it AlbAccess.CLOUDFRONT_VPC_ORIGIN, or AlbAccess.CLOUDFRONT where it is deployed already');
});

test('an internal load balancer is refused', () => {
  const { stack, alb } = newAlb({ access: INTERNAL }, true);
  expect(messageOf(() => alb._cloudFrontOrigin(stack))).toBe('An origin of CloudFront at \'Stack\' cannot be defined:\n'
    + "- 'Stack/Alb' has AlbAccess.INTERNAL, which keeps CloudFront out: give it AlbAccess.CLOUDFRONT_VPC_ORIGIN");
});

test.each<[string, WafProtectedAlbOptions, CloudFrontOriginOptions | undefined, [number, number]]>([
  ['follow the idle timeout', { idleTimeout: Duration.seconds(30) }, undefined, [60, 25]],
  ['stay possible with the shortest idle timeout', { idleTimeout: Duration.seconds(1) }, undefined, [60, 1]],
  ['stay below the quota with a long one', { idleTimeout: Duration.minutes(10) }, {}, [60, 60]],
  ['can be given', {}, { readTimeout: Duration.seconds(117), keepaliveTimeout: Duration.seconds(10) }, [117, 10]],
])('time-outs %s', (_, options, given, [read, keepalive]) => {
  for (const access of [CLOUDFRONT, CLOUDFRONT_VPC_ORIGIN]) {
    const { stack, alb } = newAlb({ access, ...options }, true);
    const [{ VpcOriginConfig, CustomOriginConfig }] = distribute(alb, stack, 'Site', given)();
    expect(VpcOriginConfig ?? CustomOriginConfig).toMatchObject({ OriginReadTimeout: read, OriginKeepaliveTimeout: keepalive });
  }
});

test('a connection is kept for a short time where the idle timeout is known at deployment only', () => {
  const { stack, vpc } = newAlb({}, true);
  const seconds = new CfnParameter(stack, 'IdleTimeout', { type: 'Number' }).valueAsNumber;
  const alb = new WafProtectedAlb(stack, 'Other', { vpc, access: CLOUDFRONT_VPC_ORIGIN, idleTimeout: Duration.seconds(seconds) });
  const [{ VpcOriginConfig }] = distribute(alb, stack)();
  expect(VpcOriginConfig.OriginKeepaliveTimeout).toBe(5);
  Template.fromStack(stack).hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', {
    LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: { Ref: 'IdleTimeout' } }]),
  });
});

test.each<[string, number, string | undefined]>([
  ['shorter', 59, undefined],
  ['as long as', 60, "CloudFront would keep connections for 60 seconds, which 'Stack/Alb' closes after 60 seconds, so that users get a 502 now and then: "
    + "give a shorter 'keepaliveTimeout', or the load balancer a longer 'idleTimeout'"],
])('CloudFront may keep a connection shorter than the load balancer does, not as long: %s', (_, seconds, warning) => {
  const { stack, alb } = newAlb({ access: CLOUDFRONT_VPC_ORIGIN }, true);
  distribute(alb, stack, 'Site', { keepaliveTimeout: Duration.seconds(seconds) });
  expect(warningsOf(stack)['origin-keepalive']).toBe(warning);
});
