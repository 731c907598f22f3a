import { Duration } from 'aws-cdk-lib/core';
import { certificateIn, DOMAIN_RULES } from './domain-rules';
import { nestedRules } from './nested-rules';
import { WafProtectedAlbProps } from './waf-protected-alb';
import { WEB_ACL_RULES } from './web-acl-validation';
import { durationBetween, isKnown, Rule, show } from '../private/validation';

const WEB_ACL_ARN = /^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/;
const DAY_IN_MILLISECONDS = Duration.days(1).toMilliseconds();

/** What holds for a load balancer in a region, which may be a token. */
export function wafProtectedAlbRules(region: string): Rule<WafProtectedAlbProps>[] {
  return [
    enoughPublicSubnets,
    ...nestedRules<WafProtectedAlbProps, 'domain'>('domain', [...DOMAIN_RULES, certificateIn(region)]),
    durationBetween('idleTimeout', Duration.seconds(1), Duration.seconds(4000)),
    wholeUnits('idleTimeout', 1000, 'seconds'),
    ({ accessLogBucket }) => accessLogBucket?.encryptionKey
      ? '\'accessLogBucket\' must not be encrypted with a KMS key, because load balancers cannot write to such a bucket: '
        + 'give one with BucketEncryption.S3_MANAGED'
      : undefined,
    ({ accessLogBucket }) => isKnown(region) && isKnown(accessLogBucket?.env.region) && accessLogBucket.env.region !== region
      ? `'accessLogBucket' must be in the region of the load balancer, which is ${show(region)}, but it is in ${show(accessLogBucket.env.region)}`
      : undefined,
    durationBetween('accessLogExpiration', Duration.days(1), Duration.days(3650)),
    wholeUnits('accessLogExpiration', DAY_IN_MILLISECONDS, 'days'),
    ({ accessLogBucket, accessLogExpiration }) => accessLogBucket && accessLogExpiration
      ? '\'accessLogExpiration\' must not be given with \'accessLogBucket\': add a lifecycle rule to your bucket instead'
      : undefined,
    ...nestedRules<WafProtectedAlbProps, 'webAcl'>('webAcl', WEB_ACL_RULES),
    ({ webAcl, existingWebAclArn }) => webAcl && existingWebAclArn
      ? '\'webAcl\' must not be given with \'existingWebAclArn\': the settings are those of the existing web ACL'
      : undefined,
    ({ existingWebAclArn: arn }) => isKnown(arn) && !WEB_ACL_ARN.test(arn)
      ? '\'existingWebAclArn\' must be the ARN of a regional web ACL of AWS WAF, '
        + `arn:<partition>:wafv2:<region>:<account>:regional/webacl/<name>/<id>, got ${show(arn)}`
      : undefined,
    ({ existingWebAclArn: arn }) => {
      const actual = isKnown(arn) ? WEB_ACL_ARN.exec(arn)?.[1] : undefined;
      return actual && isKnown(region) && actual !== region
        ? `'existingWebAclArn' must be in the region of the load balancer, which is ${show(region)}, but it is in ${show(actual)}`
        : undefined;
    },
  ];
}

/** A load balancer needs two zones, and an internet-facing one a route to the internet in both. */
function enoughPublicSubnets({ vpc }: WafProtectedAlbProps): string | undefined {
  const zones = [...new Set(vpc.publicSubnets.map((subnet) => subnet.availabilityZone))];
  return zones.length >= 2
    ? undefined
    : '\'vpc\' must have public subnets in at least 2 availability zones, '
      + `got ${zones.length === 0 ? 'none' : `${zones.map(show).join(', ')} only`}: add some, or give another VPC`;
}

function wholeUnits(prop: 'idleTimeout' | 'accessLogExpiration', milliseconds: number, unit: string): Rule<WafProtectedAlbProps> {
  return ({ [prop]: duration }) => isKnown(duration) && duration.toMilliseconds() % milliseconds !== 0
    ? `'${prop}' must be in whole ${unit}, got ${show(duration)}`
    : undefined;
}
