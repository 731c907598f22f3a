import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { isIpv6Range } from './address-ranges';
import { WebAclScope } from './web-acl-scope';

/**
 * Makes the sets that AWS WAF keeps ranges of addresses in, one for each version of IP that they have.
 * @returns their ARNs
 */
export function createAddressSets(scope: Construct, id: string, webAclScope: WebAclScope, ranges: string[]): string[] {
  const different = [...new Set(ranges)];
  return [
    { suffix: 'V4', ipAddressVersion: 'IPV4', addresses: different.filter((range) => !isIpv6Range(range)) },
    { suffix: 'V6', ipAddressVersion: 'IPV6', addresses: different.filter(isIpv6Range) },
  ]
    .filter(({ addresses }) => addresses.length > 0)
    .map(({ suffix, ...set }) => new wafv2.CfnIPSet(scope, `${id}${suffix}`, { scope: webAclScope, ...set }).attrArn);
}
