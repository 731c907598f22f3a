import { AlbAccess } from './alb-access';
import { ACCESS_OPTION_RULES, accessRules } from './alb-access-rules';
import { enoughSubnets } from './subnets';
import { WafProtectedAlbOptions, WafProtectedAlbProps } from './waf-protected-alb-props';
import { logRetention } from '../../private/log-retention';
import { nestedRules } from '../../private/nested-rules';
import { an, aRemovalPolicy, boolean, BUCKET, Kind, listOf, memberOf, requiredKind, shaped, VPC } from '../../private/shapes';
import { isDuration, isGiven, isKnown, isTokenOf, Rule, show, wholeUnits } from '../../private/validation';
import { domainRules } from '../domain/domain-rules';
import { WEB_ACL_RULES } from '../firewall/web-acl-rules';

const WEB_ACL_ARN = /^arn:aws[a-z-]*:wafv2:([a-z0-9-]+):\d{12}:regional\/webacl\/[\w-]+\/[\w-]+$/;
const PEER: Kind = { name: 'an ec2.IPeer', member: 'toIngressRuleConfig', hint: "use ec2.Peer.ipv4('10.0.0.0/8') or a security group" };
const MILLISECONDS = { seconds: 1000, days: 24 * 60 * 60 * 1000 };

/** What holds for the props of a load balancer in a region, which may be a token. */
export function wafProtectedAlbRules(region: string): Rule<WafProtectedAlbProps>[] {
  return shaped<WafProtectedAlbProps>({ vpc: requiredKind(VPC) }, [
    enoughSubnets, ...accessRules(region), ...wafProtectedAlbOptionRules(region),
  ]);
}

/** What holds for the options of a load balancer wherever they are given. */
export function wafProtectedAlbOptionRules(region: string): Rule<WafProtectedAlbOptions>[] {
  return shaped<WafProtectedAlbOptions>({
    access: memberOf('AlbAccess', AlbAccess),
    allowedPeers: listOf(PEER),
    accessLogBucket: an(BUCKET),
    removalPolicy: aRemovalPolicy,
    deletionProtection: boolean,
    connectionLogs: boolean,
  }, [
    ...ACCESS_OPTION_RULES,
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
    ({ existingWebAclArn: arn }) => isGiven(arn) && !isTokenOf('string', arn) && !(typeof arn === 'string' && WEB_ACL_ARN.test(arn))
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

/** In one unit, because a duration is shown to users with its largest two units only. */
function wholeBetween(prop: 'idleTimeout' | 'accessLogExpiration', min: number, max: number, unit: keyof typeof MILLISECONDS): Rule<WafProtectedAlbOptions> {
  const tokenInUnit = wholeUnits<WafProtectedAlbOptions>(prop, unit);
  return (props) => {
    const duration = props[prop];
    if (!isGiven(duration) || (isDuration(duration) && !isKnown(duration))) {
      return tokenInUnit(props);
    }
    const amount = isDuration(duration) ? duration.toMilliseconds() / MILLISECONDS[unit] : NaN;
    return Number.isInteger(amount) && amount >= min && amount <= max
      ? undefined
      : `'${prop}' must be a Duration of ${min} to ${max} whole ${unit}, got ${Number.isNaN(amount) ? show(duration) : `${amount} ${unit}`}`
        + (typeof duration === 'number' && isKnown(duration) ? `: use Duration.${unit}(${show(duration)})` : '');
  };
}
