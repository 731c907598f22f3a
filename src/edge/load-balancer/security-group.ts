import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Token, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AlbAccess, isBehindCloudFront } from './alb-access';
import { cloudFrontServers } from './cloudfront-prefix-list';
import { WafProtectedAlbProps } from './waf-protected-alb-props';

const HTTP = 80;
const HTTPS = 443;

/**
 * The security group of a load balancer, whose listeners open it, except to CloudFront. Its description names no access: a change would replace the
 * group.
 */
export function createSecurityGroup(scope: Construct, access: AlbAccess, props: WafProtectedAlbProps): ec2.SecurityGroup {
  const securityGroup = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc: props.vpc,
    description: 'Load balancer: open on the ports of its listeners',
    allowAllOutbound: false,
  });
  if (isBehindCloudFront(access)) {
    // Through a VPC origin, too, requests come with CloudFront's addresses and not with those of the VPC. Their list counts as 55 of the 60 rules that
    // a group may have, and a new rule comes before the old one goes: one for the port alone could not follow from HTTP to HTTPS.
    const port = access === AlbAccess.CLOUDFRONT_VPC_ORIGIN ? ec2.Port.tcpRange(HTTP, HTTPS) : ec2.Port.tcp(HTTPS);
    securityGroup.addIngressRule(cloudFrontServers(scope, props.cloudFrontPrefixListId), port, 'CloudFront');
  }
  const reason = reasonForOpening(access, props);
  if (reason) {
    Validations.of(securityGroup).acknowledge({ id: 'AwsSolutions-EC23', reason });
  }
  return securityGroup;
}

/** Whom the listeners let in, beside CloudFront; nothing where that is everybody. */
export function allowedPeers(access: AlbAccess, props: WafProtectedAlbProps): ec2.IPeer[] | undefined {
  if (access === AlbAccess.INTERNET) {
    return undefined;
  }
  return isBehindCloudFront(access) ? [] : props.allowedPeers ?? [ec2.Peer.ipv4(props.vpc.vpcCidrBlock)];
}

/** Where cdk-nag finds a group open to everybody, or cannot tell. */
function reasonForOpening(access: AlbAccess, { vpc, allowedPeers: given }: WafProtectedAlbProps): string | undefined {
  if (access === AlbAccess.INTERNET) {
    return 'The site is public: the internet may reach the load balancer on its listeners\' ports and nothing else, behind the web ACL.';
  }
  return access === AlbAccess.INTERNAL && !given && Token.isUnresolved(vpc.vpcCidrBlock)
    ? 'The load balancer is open to the CIDR block of its VPC, which is known at deployment only.'
    : undefined;
}
