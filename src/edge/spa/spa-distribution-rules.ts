import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { isDeliveredTo, takesAccessLogs } from './access-logs';
import { BEHAVIOR_RULES, OWN_PATH_RULES } from './cache-behavior-rules';
import { RESPONSE_HEADER_RULES } from './response-header-rules';
import { obstacleToWebAcl } from './site-web-acl';
import { SpaDistributionOptions, SpaDistributionProps } from './spa-distribution-props';
import { logRetention } from '../../private/log-retention';
import { nestedRules } from '../../private/nested-rules';
import { an, aRemovalPolicy, BUCKET, duration, isOf, Kind, memberOf, requiredKind, Shape, shaped, strings } from '../../private/shapes';
import { durationBetween, isGiven, isKnown, isTokenOf, joined, Rule, show, wholeUnits } from '../../private/validation';
import { cloudFrontDomainRules } from '../domain/domain-rules';
import { GLOBAL_REGION } from '../domain/global-stack';
import { WEB_ACL_RULES } from '../firewall/web-acl-rules';

const BACKEND: Kind = { name: 'a SpaBackend', member: '_origin', hint: 'use SpaBackend.loadBalancer(alb)' };
const MEDIA: Kind = { name: 'a SpaMedia', member: '_problem', hint: 'use SpaMedia.publiclyReadable() or SpaMedia.signed(keyGroup)' };
const POLICY: Kind = { name: 'a SpaContentSecurityPolicy', member: '_frameAncestors', hint: "use SpaContentSecurityPolicy.enforced({ 'connect-src': \"'self' https://…\" })" };
const SOURCE: Kind = { name: 'a SpaSource', member: '_bind', hint: "use SpaSource.directory('frontend/dist')" };
const STORAGE: Kind = { name: 'a FileStorage', member: 'mediaBucket', hint: 'make one' };

const GLOBAL_WEB_ACL_ARN = /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/;

/** What holds for the props of a site in a region, which may be a token; in a stack, if it is known by then. */
export function spaDistributionRules(region: string, stack?: Stack): Rule<SpaDistributionProps>[] {
  return shaped<SpaDistributionProps>({ backend: an(BACKEND), storage: an(STORAGE) }, [
    ...spaDistributionOptionRules(region, stack),
    ({ backend, domain }) => backend?._problem(domain),
    ({ source, backend }) => source?._hasFiles === false && !backend
      ? "'backend' must be given with SpaSource.none(), because nothing else answers: e.g. SpaBackend.loadBalancer(alb)"
      : undefined,
    ({ source, backend }) => source?._hasFiles === false && isGiven(backend?._paths)
      ? "'backend.paths' must be left out with SpaSource.none(): the backend answers every path"
      : undefined,
    ({ media, storage }) => media && !isGiven(storage) && isOf(MEDIA, media) ? '\'media\' must be given with \'storage\' only, which has the uploads' : undefined,
    ...BEHAVIOR_RULES,
  ]);
}

/** What holds for the options of a site wherever they are given. */
export function spaDistributionOptionRules(region: string, stack?: Stack): Rule<SpaDistributionOptions>[] {
  return shaped<SpaDistributionOptions>({
    source: requiredKind(SOURCE),
    config: texts,
    pagePaths: strings,
    immutablePaths: strings,
    contentSecurityPolicy: an(POLICY),
    responseHeaders: texts,
    strictTransportSecurityMaxAge: duration('days'),
    media: an(MEDIA),
    priceClass: memberOf('PriceClass', cloudfront.PriceClass),
    accessLogBucket: an(BUCKET),
    accessLogExpiration: duration('days'),
    removalPolicy: aRemovalPolicy,
  }, [
    // Each on a line of its own.
    ({ source }) => source._problem()?.replace(/^(- )?/gm, (dash) => `${dash}'source' cannot be used: `),
    ...nestedRules<SpaDistributionOptions, 'domain'>('domain', cloudFrontDomainRules(region, stack)),
    ({ config }) => joined(Object.entries(config ?? {}).map(([name, value]) => isKnown(value) && value.startsWith('{{resolve:')
      ? `'config' must hold nothing secret, because everybody can read it, got a dynamic reference in ${show(name)}: let the app ask the backend for it`
      : undefined)),
    ({ source, config, pagePaths, immutablePaths, contentSecurityPolicy, responseHeaders }) => {
      const superfluous = Object.entries({ config, pagePaths, immutablePaths, contentSecurityPolicy, responseHeaders }).filter(([, value]) => isGiven(value));
      return source?._hasFiles === false && superfluous.length > 0
        ? `${superfluous.map(([prop]) => `'${prop}'`).join(', ')} must be left out with SpaSource.none(): there is no app that it could be for`
        : undefined;
    },
    ...OWN_PATH_RULES,
    ...RESPONSE_HEADER_RULES,
    ({ media }) => prefixed('media', media?._problem()),
    ...nestedRules<SpaDistributionOptions, 'webAcl'>('webAcl', WEB_ACL_RULES),
    ({ webAcl }) => webAcl && !isKnown(region)
      ? `'webAcl' must be left out where the region of the stack is not known, because the web ACL is made in ${GLOBAL_REGION}: give the stack a region by env, or give 'existingWebAclArn'`
      : undefined,
    ({ webAcl }) => webAcl && obstacleToWebAcl(webAcl),
    ({ webAcl, existingWebAclArn }) => webAcl && isGiven(existingWebAclArn)
      ? '\'webAcl\' must not be given with \'existingWebAclArn\': the settings are those of the existing web ACL'
      : undefined,
    ({ existingWebAclArn: arn }) => isGiven(arn) && !isTokenOf('string', arn) && !(typeof arn === 'string' && GLOBAL_WEB_ACL_ARN.test(arn))
      ? `'existingWebAclArn' must be the ARN of a global web ACL of AWS WAF, arn:<partition>:wafv2:${GLOBAL_REGION}:<account>:global/webacl/<name>/<id>, got ${show(arn)}: `
        + `make one with WebAclScope.CLOUDFRONT in a stack in ${GLOBAL_REGION}`
      : undefined,
    ...LOG_RULES,
    ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT ? '\'removalPolicy\' must not be SNAPSHOT: a bucket has no snapshots; use RETAIN' : undefined,
    logRetention('logRetention'),
  ]);
}

const LOG_RULES: Rule<SpaDistributionOptions>[] = [
  ({ accessLogBucket }) => accessLogBucket?.encryptionKey
    ? '\'accessLogBucket\' must not be encrypted with a KMS key, because CloudFront may not use it: give one with BucketEncryption.S3_MANAGED'
    : undefined,
  ({ accessLogBucket }) => accessLogBucket && !takesAccessLogs(accessLogBucket)
    ? '\'accessLogBucket\' must have access control lists, by which CloudFront delivers: give it objectOwnership: ObjectOwnership.BUCKET_OWNER_PREFERRED, or leave it out to have one made'
    : undefined,
  ({ accessLogBucket }) => {
    const region = accessLogBucket?.env?.region;
    return isKnown(region) && !isDeliveredTo(region)
      ? `'accessLogBucket' must be in a region that CloudFront delivers access logs to, got one in ${show(region)}: give one in another region, e.g. in ${show(GLOBAL_REGION)}`
      : undefined;
  },
  ({ accessLogBucket, accessLogExpiration }) => accessLogBucket && accessLogExpiration
    ? '\'accessLogExpiration\' must not be given with \'accessLogBucket\': add a lifecycle rule to your bucket instead'
    : undefined,
  durationBetween('accessLogExpiration', Duration.days(1), Duration.days(3650)),
  wholeUnits('accessLogExpiration', 'days'),
];

/** An object whose values are strings. */
function texts(value: unknown): ReturnType<Shape> {
  if (!isGiven(value)) {
    return undefined;
  }
  if (!isKnown(value)) {
    return 'an object of strings that is known at synthesis: each of the strings may be a token';
  }
  if (typeof value !== 'object' || Array.isArray(value) || isOf({ member: 'node' }, value)) {
    return `an object of strings, got ${show(value)}`;
  }
  const [stranger] = Object.entries(value).filter(([, text]) => typeof text !== 'string');
  return stranger && `an object of strings, got ${show(stranger[1])} for ${show(stranger[0])}: write ${show(show(stranger[1]))}`;
}

function prefixed(prop: string, problem: string | undefined): string | undefined {
  return problem && `'${prop}' ${problem}`;
}
