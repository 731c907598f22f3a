import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnMapping, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isKnown, matches, Rule, show } from '../../private/validation';

/** Lists the prefix list by name. */
const NAME = 'com.amazonaws.global.cloudfront.origin-facing';
const ID = 'Id';

/**
 * Prefix lists with the addresses from which CloudFront's servers ask origins, by region. AWS keeps what they hold; the ids stay. CloudFormation
 * cannot look them up, and CDK only where the region is known and the CLI may ask.
 *
 * @see https://aws.amazon.com/blogs/networking-and-content-delivery/limit-access-to-your-origins-using-the-aws-managed-prefix-list-for-amazon-cloudfront/
 */
const PREFIX_LISTS: Record<string, string> = {
  'af-south-1': 'pl-c0aa4fa9',
  'ap-northeast-1': 'pl-58a04531',
  'ap-northeast-2': 'pl-22a6434b',
  'ap-northeast-3': 'pl-31a14458',
  'ap-south-1': 'pl-9aa247f3',
  'ap-southeast-1': 'pl-31a34658',
  'ap-southeast-2': 'pl-b8a742d1',
  'ca-central-1': 'pl-38a64351',
  'eu-central-1': 'pl-a3a144ca',
  'eu-north-1': 'pl-fab65393',
  'eu-west-1': 'pl-4fa04526',
  'eu-west-2': 'pl-93a247fa',
  'eu-west-3': 'pl-75b1541c',
  'sa-east-1': 'pl-5da64334',
  'us-east-1': 'pl-3b927c52',
  'us-east-2': 'pl-b6a144df',
  'us-west-1': 'pl-4ea04527',
  'us-west-2': 'pl-82a045eb',
};

/** What holds for the id of the prefix list where one is given. */
export const PREFIX_LIST_RULE: Rule<{ readonly cloudFrontPrefixListId?: string }> = matches(
  'cloudFrontPrefixListId', /^pl-[0-9a-f]{8,17}$/, 'be the id of a prefix list, e.g. "pl-a3a144ca"',
);

/** Why the prefix list of a region is not known, if it is not. */
export function unknownPrefixList(region: string): string | undefined {
  return !isKnown(region) || region in PREFIX_LISTS
    ? undefined
    : `'cloudFrontPrefixListId' must be given in ${show(region)}, whose list the library does not know: run "aws ec2 describe-managed-prefix-lists `
      + `--region ${region} --filters Name=prefix-list-name,Values=${NAME} --query PrefixLists[].PrefixListId", or use ec2.PrefixList.fromLookup()`;
}

/** CloudFront's servers as a security group knows them. */
export function cloudFrontServers(scope: Construct, givenId?: string): ec2.IPeer {
  const { region } = Stack.of(scope);
  return ec2.Peer.prefixList(givenId ?? (isKnown(region) ? PREFIX_LISTS[region] : idAtDeployment(scope, region)));
}

function idAtDeployment(scope: Construct, region: string): string {
  const mapping = Object.fromEntries(Object.entries(PREFIX_LISTS).map(([name, id]) => [name, { [ID]: id }]));
  return new CfnMapping(scope, 'CloudFrontPrefixLists', { mapping }).findInMap(region, ID);
}
