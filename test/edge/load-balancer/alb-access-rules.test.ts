import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { App, Stack } from 'aws-cdk-lib/core';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbProps } from '../../../src/edge/load-balancer/waf-protected-alb-props';
import { givenVpc, messageOf, TOKEN } from '../../helpers';

const { CLOUDFRONT, CLOUDFRONT_VPC_ORIGIN, INTERNAL } = AlbAccess;

type Given = Partial<WafProtectedAlbProps>;

function define(given: Given | ((stack: Stack) => Given), region: string | undefined = 'eu-central-1'): WafProtectedAlb {
  const stack = new Stack(new App(), 'Stack', { env: { region } });
  const props = typeof given === 'function' ? given(stack) : given;
  return new WafProtectedAlb(stack, 'Alb', { vpc: props.vpc ?? givenVpc(stack, { vpcCidrBlock: '10.0.0.0/16' }), ...props });
}

function refusal(...reasons: string[]): string {
  return ['WafProtectedAlb at \'Stack/Alb\' cannot be defined:', ...reasons.map((reason) => `- ${reason}`)].join('\n');
}

test.each<[string, Given | ((stack: Stack) => Given), string]>([
  ['an access that there is not', { access: 'vpc' as AlbAccess },
    "'access' must be one of AlbAccess.INTERNET, AlbAccess.CLOUDFRONT, AlbAccess.CLOUDFRONT_VPC_ORIGIN, AlbAccess.INTERNAL, got \"vpc\""],
  ['peers of a public load balancer', { allowedPeers: [ec2.Peer.anyIpv4()] },
    "'allowedPeers' must be left out unless 'access' is AlbAccess.INTERNAL: who comes otherwise is what the access says"],
  ['no peer', { access: INTERNAL, allowedPeers: [] },
    "'allowedPeers' must not be empty, or nobody reaches the load balancer: leave it out for the CIDR block of the VPC"],
  ['text for a peer', { access: INTERNAL, allowedPeers: ['10.0.0.0/8'] as any },
    "'allowedPeers' must be a list with an ec2.IPeer as each element, got \"10.0.0.0/8\" as element 1: use ec2.Peer.ipv4('10.0.0.0/8') or a security group"],
  ['a prefix list where everybody comes in', { cloudFrontPrefixListId: 'pl-12345678' },
    "'cloudFrontPrefixListId' must be left out unless 'access' is AlbAccess.CLOUDFRONT or AlbAccess.CLOUDFRONT_VPC_ORIGIN"],
  ['the name of the prefix list', { access: CLOUDFRONT_VPC_ORIGIN, cloudFrontPrefixListId: 'com.amazonaws.global.cloudfront.origin-facing' },
    "'cloudFrontPrefixListId' must be the id of a prefix list, e.g. \"pl-a3a144ca\", got \"com.amazonaws.global.cloudfront.origin-facing\""],
  ['CloudFront over the internet without a domain', { access: CLOUDFRONT },
    "'domain' must be given with AlbAccess.CLOUDFRONT, because passwords, cookies and the secret header would cross the internet in plain text without a "
    + 'certificate: give it, or use AlbAccess.CLOUDFRONT_VPC_ORIGIN'],
  ['words for a choice', { connectionLogs: 'false' as any, deletionProtection: 1 as any }, [
    "'deletionProtection' must be true or false, got 1",
    "- 'connectionLogs' must be true or false, got \"false\": write false without quotes",
  ].join('\n')],
  ['an internal load balancer in a VPC of unknown size', (stack) => ({ access: INTERNAL, vpc: givenVpc(stack) }),
    "'allowedPeers' must be given for this imported VPC, whose CIDR block is not known: e.g. [ec2.Peer.ipv4('10.0.0.0/16')]"],
  ['an internal load balancer in a VPC with public subnets only',
    (stack) => ({ access: INTERNAL, vpc: givenVpc(stack, { vpcCidrBlock: '10.0.0.0/16', privateSubnetIds: undefined, isolatedSubnetIds: undefined }) }),
    "'vpc' must have private or isolated subnets in at least 2 availability zones, got none: add some, or give another VPC"],
  ['an internal load balancer in one zone',
    (stack) => ({
      access: INTERNAL,
      vpc: givenVpc(stack, {
        vpcCidrBlock: '10.0.0.0/16', availabilityZones: ['eu-central-1a'], publicSubnetIds: ['a'], privateSubnetIds: ['b'], isolatedSubnetIds: undefined,
      }),
    }),
    "'vpc' must have private or isolated subnets in at least 2 availability zones, got \"eu-central-1a\" only: add some, or give another VPC"],
  ['a VPC origin in a VPC without an internet gateway',
    (stack) => ({
      access: CLOUDFRONT_VPC_ORIGIN,
      vpc: new ec2.Vpc(stack, 'Vpc', { subnetConfiguration: [{ name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] }),
    }),
    "'vpc' must have an internet gateway for a VPC origin of CloudFront, although nothing flows through it: add a group of public subnets to the VPC, which brings one"],
])('%s is refused', (_, given, reason) => {
  expect(messageOf(() => define(given))).toBe(refusal(reason));
});

test('a region whose prefix list is not known is refused, with the way to find it', () => {
  expect(messageOf(() => define({ access: CLOUDFRONT_VPC_ORIGIN }, 'mx-central-1'))).toBe(refusal(
    "'cloudFrontPrefixListId' must be given in \"mx-central-1\", whose list the library does not know: run \"aws ec2 describe-managed-prefix-lists --region mx-central-1 "
    + '--filters Name=prefix-list-name,Values=com.amazonaws.global.cloudfront.origin-facing --query PrefixLists[].PrefixListId", or use ec2.PrefixList.fromLookup()'));
});

test('a shared web ACL is refused where it would have to know the secret', () => {
  const message = messageOf(() => define((stack) => ({
    access: CLOUDFRONT,
    existingWebAclArn: `arn:aws:wafv2:${stack.region}:111111111111:regional/webacl/shared/1a2b3c4d`,
  })));
  expect(message).toContain("- 'existingWebAclArn' must not be given with AlbAccess.CLOUDFRONT, because the web ACL must block what does not carry the distribution's "
    + "secret header, and the library cannot add a rule to yours: use 'webAcl', or AlbAccess.CLOUDFRONT_VPC_ORIGIN");
});

test('tokens pass', () => {
  expect(() => define({ access: CLOUDFRONT_VPC_ORIGIN, cloudFrontPrefixListId: TOKEN.string() })).not.toThrow();
});
