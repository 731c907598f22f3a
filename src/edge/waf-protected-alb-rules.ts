import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { certificateIn, DOMAIN_RULES } from './domain-rules';
import { WafProtectedAlbOptions, WafProtectedAlbProps } from './waf-protected-alb-props';
import { WEB_ACL_RULES } from './web-acl-rules';
import { DomainOptions } from '../config/domain';
import { logRetention } from '../private/log-retention';
import { nestedRules } from '../private/nested-rules';
import { an, aRemovalPolicy, BUCKET, CERTIFICATE, HOSTED_ZONE, requiredKind, shaped, strings, VPC } from '../private/shapes';
import { isKnown, Rule, show, wholeUnits } from '../private/validation';

const WEB_ACL_ARN = /^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/;
const MILLISECONDS = { seconds: 1000, days: 24 * 60 * 60 * 1000 };

/** What holds for the props of a load balancer in a region, which may be a token. */
export function wafProtectedAlbRules(region: string): Rule<WafProtectedAlbProps>[] {
  return shaped<WafProtectedAlbProps>({ vpc: requiredKind(VPC) }, [enoughPublicSubnets, ...wafProtectedAlbOptionRules(region)]);
}

/** What holds for the domain of a load balancer in a region. */
export function domainRules(region: string): Rule<DomainOptions>[] {
  return shaped<DomainOptions>({ alternativeNames: strings, hostedZone: an(HOSTED_ZONE), certificate: an(CERTIFICATE) }, [
    ...DOMAIN_RULES, certificateIn(region),
  ]);
}

/** What holds for the options of a load balancer wherever they are given. */
export function wafProtectedAlbOptionRules(region: string): Rule<WafProtectedAlbOptions>[] {
  return shaped<WafProtectedAlbOptions>({ accessLogBucket: an(BUCKET), removalPolicy: aRemovalPolicy }, [
    ...nestedRules<WafProtectedAlbOptions, 'domain'>('domain', domainRules(region)),
    logRetention('logRetention'),
    wholeBetween('idleTimeout', 1, 4000, 'seconds'),
    ({ accessLogBucket }) => accessLogBucket?.encryptionKey
      ? '\'accessLogBucket\' must not be encrypted with a KMS key, because load balancers cannot write to such a bucket: '
        + 'give one with BucketEncryption.S3_MANAGED'
      : undefined,
    ({ accessLogBucket }) => isKnown(region) && isKnown(accessLogBucket?.env.region) && accessLogBucket.env.region !== region
      ? `'accessLogBucket' must be in the region of the load balancer, which is ${show(region)}, but it is in ${show(accessLogBucket.env.region)}`
      : undefined,
    wholeBetween('accessLogExpiration', 1, 3650, 'days'),
    ({ accessLogBucket, accessLogExpiration }) => accessLogBucket && accessLogExpiration
      ? '\'accessLogExpiration\' must not be given with \'accessLogBucket\': add a lifecycle rule to your bucket instead'
      : undefined,
    ...nestedRules<WafProtectedAlbOptions, 'webAcl'>('webAcl', WEB_ACL_RULES),
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
  ]);
}

/** A load balancer needs two zones, and an internet-facing one a route to the internet in both. */
export function enoughPublicSubnets({ vpc }: { readonly vpc: ec2.IVpc }): string | undefined {
  const zones = [...new Set(vpc.publicSubnets.map((subnet) => subnet.availabilityZone))];
  return zones.length >= 2
    ? undefined
    : '\'vpc\' must have public subnets in at least 2 availability zones, '
      + `got ${zones.length === 0 ? 'none' : `${zones.map(show).join(', ')} only`}: add some, or give another VPC`;
}

/** In one unit, because a duration is shown to users with its largest two units only. */
function wholeBetween(prop: 'idleTimeout' | 'accessLogExpiration', min: number, max: number, unit: keyof typeof MILLISECONDS): Rule<WafProtectedAlbOptions> {
  const tokenInUnit = wholeUnits<WafProtectedAlbOptions>(prop, unit);
  return (props) => {
    const duration = props[prop];
    if (!isKnown(duration)) {
      return tokenInUnit(props);
    }
    const amount = typeof duration.toMilliseconds === 'function' ? duration.toMilliseconds() / MILLISECONDS[unit] : NaN;
    return Number.isInteger(amount) && amount >= min && amount <= max
      ? undefined
      : `'${prop}' must be a Duration of ${min} to ${max} whole ${unit}, got ${Number.isNaN(amount) ? show(duration) : `${amount} ${unit}`}`
        + (typeof duration === 'number' ? `: use Duration.${unit}(${show(duration)})` : '');
  };
}
