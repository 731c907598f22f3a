import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { AlbAccess, isPublic } from './alb-access';
import { show } from '../../private/validation';

const ZONES = 2;

/** The kind of subnets that a load balancer stands in: one without public addresses in private subnets, else in isolated ones. */
export function subnetTypeFor(vpc: ec2.IVpc, access: AlbAccess): ec2.SubnetType {
  if (isPublic(access)) {
    return ec2.SubnetType.PUBLIC;
  }
  const privateSuffice = zonesOf(vpc.privateSubnets).length >= ZONES || vpc.isolatedSubnets.length === 0;
  return privateSuffice ? ec2.SubnetType.PRIVATE_WITH_EGRESS : ec2.SubnetType.PRIVATE_ISOLATED;
}

/** What the VPC must have for a load balancer with an access: two zones, and for public addresses a route to the internet in both. */
export function enoughSubnets({ vpc, access = AlbAccess.INTERNET }: { readonly vpc: ec2.IVpc; readonly access?: AlbAccess }): string | undefined {
  if (isPublic(access)) {
    return inTwoZones('public', vpc.publicSubnets);
  }
  if (access === AlbAccess.CLOUDFRONT_VPC_ORIGIN && hasNoInternetGateway(vpc)) {
    return '\'vpc\' must have an internet gateway for a VPC origin of CloudFront, although nothing flows through it: '
      + 'add a group of public subnets to the VPC, which brings one';
  }
  return inTwoZones('private or isolated',
    subnetTypeFor(vpc, access) === ec2.SubnetType.PRIVATE_ISOLATED ? vpc.isolatedSubnets : vpc.privateSubnets);
}

function inTwoZones(kind: string, subnets: ec2.ISubnet[]): string | undefined {
  const zones = zonesOf(subnets);
  return zones.length >= ZONES
    ? undefined
    : `'vpc' must have ${kind} subnets in at least ${ZONES} availability zones, `
      + `got ${zones.length === 0 ? 'none' : `${zones.map(show).join(', ')} only`}: add some, or give another VPC`;
}

function zonesOf(subnets: ec2.ISubnet[]): string[] {
  return [...new Set(subnets.map((subnet) => subnet.availabilityZone))];
}

/** Only a VPC that is made in the app can tell. */
function hasNoInternetGateway(vpc: ec2.IVpc): boolean {
  return 'internetGatewayId' in vpc && (vpc as ec2.Vpc).internetGatewayId === undefined;
}
