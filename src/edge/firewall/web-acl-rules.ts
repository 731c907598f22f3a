import { Duration } from 'aws-cdk-lib/core';
import { addressRanges } from './address-ranges';
import { countryCodes } from './countries';
import { MaintenanceOptions } from './maintenance-props';
import { RequiredHeader } from './required-header-props';
import { WAF_RULE_RULES } from './waf-rule-rules';
import { MANAGED_RULE_NAMES } from './waf-rules/managed-rules';
import { WebAclMode } from './web-acl-mode';
import { WebAclOptions, WebAclProps } from './web-acl-props';
import { WebAclScope } from './web-acl-scope';
import { logRetention } from '../../private/log-retention';
import { nestedRules } from '../../private/nested-rules';
import { an, aRemovalPolicy, duration, Kind, listOf, memberOf, required, Shape, shaped, strings } from '../../private/shapes';
import { durationBetween, integerBetween, isGiven, isKnown, matches, Rule, show, wholeUnits } from '../../private/validation';
import { GLOBAL_REGION } from '../domain/global-stack';

const LOGS: Kind = { name: 'a WebAclLogs', member: '_bucket', hint: 'use WebAclLogs.cloudWatch() or WebAclLogs.s3(bucket)' };
const RULE: Kind = { name: 'a wafv2.CfnWebACL.RuleProperty', member: 'statement', hint: 'give it a statement that says which requests it is for' };
const SECRET_VALUE: Kind = { name: 'a SecretValue', member: 'unsafeUnwrap', hint: 'e.g. secret.secretValue' };

const PATH_PREFIX = /^\/(?!.*(?:\/\/|\/\.{1,2}(?:\/|$)))[\w.~!$&'()+,;=:@/-]{0,199}$/;

/** What of the 1,500 capacity units without extra fee is left when every option is used; a test counts them. */
const CAPACITY_FOR_PATHS = 337;
const CAPACITY_OF_UPLOAD_PATH = 12;
const CAPACITY_OF_LOGIN_PATH = 22;
const CAPACITY_OF_ADMIN_PATH = 34;

const LOWEST_RATE_LIMIT = 10;
const HIGHEST_RATE_LIMIT = 2_000_000_000;
/** @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const MOST_BYTES_OF_PAGE = 4096;

/** The Django admin. */
export const DEFAULT_ADMIN_PATHS = ['/admin/'];
export const DEFAULT_UPLOAD_PATHS = ['/admin/'];

/** The forms of the Django admin and of `django.contrib.auth`. */
export const DEFAULT_LOGIN_PATHS = ['/admin/login/', '/accounts/login/'];

const MAINTENANCE_RULES = shaped<MaintenanceOptions>({ bypass: strings, retryAfter: duration('seconds') }, [
  ({ html }) => {
    const bytes = isKnown(html) && typeof html === 'string' ? Buffer.byteLength(html) : 1;
    return bytes >= 1 && bytes <= MOST_BYTES_OF_PAGE && (!isGiven(html) || typeof html === 'string')
      ? undefined
      : `'html' must be a page of 1 to ${MOST_BYTES_OF_PAGE} bytes, which is what AWS WAF sends, got ${typeof html === 'string' ? `${bytes} bytes` : show(html)}`;
  },
  durationBetween('retryAfter', Duration.seconds(1), Duration.days(30)),
  wholeUnits('retryAfter', 'seconds'),
  addressRanges('bypass'),
]);

/** What holds for the settings of a web ACL wherever they are given. */
export const WEB_ACL_RULES = shaped<WebAclOptions>({
  mode: memberOf('WebAclMode', WebAclMode),
  uploadPaths: knownStrings,
  loginPaths: knownStrings,
  countedRules: knownStrings,
  adminPaths: knownStrings,
  adminAllowList: strings,
  allowedCountries: knownStrings,
  blockedCountries: knownStrings,
  rules: listOf(RULE),
  logs: an(LOGS),
}, [
  pathPrefixes('uploadPaths'),
  pathPrefixes('loginPaths'),
  pathPrefixes('adminPaths'),
  notEmpty('adminPaths', 'for the admin of Django'),
  ({ adminPaths, adminAllowList }) => adminPaths && !adminAllowList
    ? "'adminPaths' must be left out without 'adminAllowList', which says who reaches them"
    : undefined,
  (options) => capacityProblem(options),
  integerBetween('rateLimit', LOWEST_RATE_LIMIT, HIGHEST_RATE_LIMIT, 'requests in five minutes'),
  integerBetween('loginRateLimit', LOWEST_RATE_LIMIT, HIGHEST_RATE_LIMIT, 'requests in five minutes'),
  ({ countedRules = [] }) => {
    const unknown = countedRules.filter((name) => isKnown(name) && !MANAGED_RULE_NAMES.includes(name));
    return unknown.length === 0
      ? undefined
      : `'countedRules' must be names of rules as the logs of AWS WAF show them, got ${unknown.map(show).join(', ')}: there are ${MANAGED_RULE_NAMES.join(', ')}`;
  },
  notEmpty('adminAllowList', 'to let everybody reach the login form of the admin'),
  addressRanges('adminAllowList'),
  notEmpty('allowedCountries', 'to let all countries in'),
  countryCodes('allowedCountries'),
  countryCodes('blockedCountries'),
  ({ allowedCountries, blockedCountries }) => allowedCountries && blockedCountries
    ? "'allowedCountries' and 'blockedCountries' must not be given together: whatever is not allowed is blocked"
    : undefined,
  ...nestedRules<WebAclOptions, 'maintenance'>('maintenance', MAINTENANCE_RULES),
  ...WAF_RULE_RULES,
  ({ logs }) => logs?._problem && `'logs' must ${logs._problem}`,
]);

/** What holds for the props of a web ACL in a region, which may be a token. */
export function webAclPropsRules(region: string): Rule<WebAclProps>[] {
  return shaped<WebAclProps>({ scope: memberOf('WebAclScope', WebAclScope), removalPolicy: aRemovalPolicy }, [
    ...WEB_ACL_RULES,
    ({ scope }) => scope === WebAclScope.CLOUDFRONT && isKnown(region) && region !== GLOBAL_REGION
      ? `'scope' must be WebAclScope.REGIONAL in ${region}, because AWS keeps web ACLs of CloudFront in ${GLOBAL_REGION}: `
        + `make this one in a stack with env: { region: '${GLOBAL_REGION}' }`
      : undefined,
    matches('clientAddressHeader', /^[a-zA-Z0-9-]{1,64}$/, "be the name of a header, of letters, digits and '-', e.g. \"x-viewer-address\""),
    ...nestedRules<WebAclProps, 'requiredHeader'>('requiredHeader', [
      ...shaped<RequiredHeader>({ value: required(secretValue, SECRET_VALUE.hint) }, [
        ({ name }) => name === undefined ? "'name' must be given, e.g. \"x-origin-verify\"" : undefined,
        matches('name', /^[a-zA-Z0-9_-]{1,64}$/, "be the name of a header, of letters, digits, '-' and '_', e.g. \"x-origin-verify\""),
      ]),
    ]),
    logRetention('logRetention'),
  ]);
}

/** Texts whose number must be known; each may be a token. */
function knownStrings(value: unknown): ReturnType<Shape> {
  return Array.isArray(value) && !isKnown(value)
    ? 'known at synthesis, because each makes a part of a rule: give a list of strings, not a token'
    : strings(value);
}

/** What stands there instead is not shown, since it may be the secret. */
function secretValue(value: unknown): string | undefined {
  return an(SECRET_VALUE)(value) && `${SECRET_VALUE.name}, never the value itself, which would stand in the template: ${SECRET_VALUE.hint}`;
}

function capacityProblem(options: WebAclOptions): string | undefined {
  const counts = [
    (options.uploadPaths ?? DEFAULT_UPLOAD_PATHS).length,
    (options.loginPaths ?? DEFAULT_LOGIN_PATHS).length,
    options.adminAllowList ? (options.adminPaths ?? DEFAULT_ADMIN_PATHS).length : 0,
  ];
  const costs = [CAPACITY_OF_UPLOAD_PATH, CAPACITY_OF_LOGIN_PATH, CAPACITY_OF_ADMIN_PATH];
  const needed = counts.reduce((sum, count, index) => sum + count * costs[index], 0);
  return needed <= CAPACITY_FOR_PATHS
    ? undefined
    : `'uploadPaths', 'loginPaths' and 'adminPaths' must need at most ${CAPACITY_FOR_PATHS} capacity units of AWS WAF together, at ${costs.join(', ')} for each path, `
      + `got ${counts.join(', ')} paths with ${needed}: give a common beginning instead`;
}

function notEmpty(prop: 'adminPaths' | 'adminAllowList' | 'allowedCountries', purpose: string): Rule<WebAclOptions> {
  return (props) => props[prop]?.length === 0 ? `'${prop}' must not be empty: leave it out ${purpose}` : undefined;
}

function pathPrefixes(prop: 'uploadPaths' | 'loginPaths' | 'adminPaths'): Rule<WebAclOptions> {
  return (props) => {
    const wrong = (props[prop] ?? []).filter((path) => isKnown(path) && !PATH_PREFIX.test(path));
    return wrong.length === 0
      ? undefined
      : `'${prop}' must each be the beginning of a path that begins with '/', has at most 200 ASCII characters and no wildcard, query, space, `
        + `'%', '//' or '..', e.g. '/admin/', got ${wrong.map(show).join(', ')}`;
  };
}
