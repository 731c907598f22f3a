import { AlbAccess, isBehindCloudFront } from './alb-access';
import { PREFIX_LIST_RULE, unknownPrefixList } from './cloudfront-prefix-list';
import { WafProtectedAlbOptions, WafProtectedAlbProps } from './waf-protected-alb-props';
import { Rule } from '../../private/validation';

/** What holds between the access to a load balancer and its other options. */
export const ACCESS_OPTION_RULES: Rule<WafProtectedAlbOptions>[] = [
  ({ access, allowedPeers }) => allowedPeers && access !== AlbAccess.INTERNAL
    ? '\'allowedPeers\' must be left out unless \'access\' is AlbAccess.INTERNAL: who comes otherwise is what the access says'
    : undefined,
  ({ allowedPeers }) => allowedPeers?.length === 0
    ? '\'allowedPeers\' must not be empty, or nobody reaches the load balancer: leave it out for the CIDR block of the VPC'
    : undefined,
  PREFIX_LIST_RULE,
  ({ access, cloudFrontPrefixListId }) => cloudFrontPrefixListId && !(access && isBehindCloudFront(access))
    ? '\'cloudFrontPrefixListId\' must be left out unless \'access\' is AlbAccess.CLOUDFRONT or AlbAccess.CLOUDFRONT_VPC_ORIGIN'
    : undefined,
  ({ access, existingWebAclArn }) => access === AlbAccess.CLOUDFRONT && existingWebAclArn
    ? '\'existingWebAclArn\' must not be given with AlbAccess.CLOUDFRONT, because the web ACL must block what does not carry the distribution\'s '
      + 'secret header, and the library cannot add a rule to yours: use \'webAcl\', or AlbAccess.CLOUDFRONT_VPC_ORIGIN'
    : undefined,
];

/** What holds for the access to a load balancer in a region once its domain and its VPC are known. */
export function accessRules(region: string): Rule<WafProtectedAlbProps>[] {
  return [
    ({ access, domain }) => access === AlbAccess.CLOUDFRONT && !domain
      ? '\'domain\' must be given with AlbAccess.CLOUDFRONT, because passwords, cookies and the secret header would cross the internet in plain text '
        + 'without a certificate: give it, or use AlbAccess.CLOUDFRONT_VPC_ORIGIN'
      : undefined,
    ({ access, cloudFrontPrefixListId }) => access && isBehindCloudFront(access) && !cloudFrontPrefixListId ? unknownPrefixList(region) : undefined,
    ({ access, allowedPeers, vpc }) => access === AlbAccess.INTERNAL && !allowedPeers && !hasCidr(vpc)
      ? '\'allowedPeers\' must be given for this imported VPC, whose CIDR block is not known: e.g. [ec2.Peer.ipv4(\'10.0.0.0/16\')]'
      : undefined,
  ];
}

function hasCidr(vpc: WafProtectedAlbProps['vpc']): boolean {
  try {
    return vpc.vpcCidrBlock !== '';
  } catch {
    return false; // A VPC that was imported without it throws.
  }
}
