import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { App, Duration, RemovalPolicy, SecretValue, Stack, Token } from 'aws-cdk-lib/core';
import { MANAGED_RULE_NAMES } from '../../../src/edge/firewall/waf-rules/managed-rules';
import { WebAcl } from '../../../src/edge/firewall/web-acl';
import { WebAclProps } from '../../../src/edge/firewall/web-acl-props';
import { WebAclScope } from '../../../src/edge/firewall/web-acl-scope';
import { messageOf, TOKEN } from '../../helpers';

function messageFor(props: WebAclProps, region?: string): string {
  return messageOf(() => new WebAcl(new Stack(new App(), 'Stack', { env: { region } }), 'WebAcl', props));
}

function whole(...reasons: string[]): string {
  return ["WebAcl at 'Stack/WebAcl' cannot be defined:", ...reasons.map((reason) => `- ${reason}`)].join('\n');
}

const PATH = 'must each be the beginning of a path that begins with \'/\', has at most 200 ASCII characters and no wildcard, query, space, '
  + '\'%\', \'//\' or \'..\', e.g. \'/admin/\'';
const LONG = `/${'a'.repeat(200)}`;
const RANGES = 'must hold ranges of addresses like "203.0.113.0/24" or "2001:db8::/32"';
const CODES = 'must hold codes of ISO 3166 with two capital letters, e.g. "DE"';

function rule(name: string, priority: number, rest: Partial<wafv2.CfnWebACL.RuleProperty> = {}): wafv2.CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    action: { block: {} },
    visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'Metric' },
    statement: { geoMatchStatement: { countryCodes: ['AQ'] } },
    ...rest,
  };
}

describe('paths and limits', () => {
  test.each<[WebAclProps, string]>([
    ...['admin/', '', '/admin/*', '/a b/', '/a?b', '/%61/', '/a//b', '/a/../b', '/a/..', '/ü/', LONG].map<[WebAclProps, string]>((wrong) =>
      [{ uploadPaths: ['/fine/', wrong] }, `'uploadPaths' ${PATH}, got ${JSON.stringify(wrong)}`]),
    [{ uploadPaths: Token.asList({ Ref: 'Paths' }) }, "'uploadPaths' must be known at synthesis, because each makes a part of a rule: give a list of strings, not a token"],
    [{ uploadPaths: '/api/' as any }, '\'uploadPaths\' must be a list of strings, got "/api/": write ["/api/"]'],
    [{ loginPaths: ['login', 'token'] }, `'loginPaths' ${PATH}, got "login", "token"`],
    [{ adminPaths: ['admin'], adminAllowList: ['203.0.113.0/24'] }, `'adminPaths' ${PATH}, got "admin"`],
    [{ adminPaths: ['/backoffice/'] }, "'adminPaths' must be left out without 'adminAllowList', which says who reaches them"],
    [{ adminPaths: [], adminAllowList: ['203.0.113.0/24'] }, "'adminPaths' must not be empty: leave it out for the admin of Django"],
    [{ uploadPaths: Array(25).fill('/u/') },
      "'uploadPaths', 'loginPaths' and 'adminPaths' must need at most 337 capacity units of AWS WAF together, at 12, 22, 34 for each path, "
      + 'got 25, 2, 0 paths with 344: give a common beginning instead'],
    ...[9, 0, 2_000_000_001, 10.5].flatMap<[WebAclProps, string]>((wrong) => [
      [{ rateLimit: wrong }, `'rateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got ${wrong}`],
      [{ loginRateLimit: wrong }, `'loginRateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got ${wrong}`],
    ]),
    [{ mode: 'count' as any }, "'mode' must be one of WebAclMode.BLOCK, WebAclMode.COUNT, got \"count\": use WebAclMode.COUNT"],
    [{ logRetention: 11 as RetentionDays }, `'logRetention' must be one of ${Object.values(RetentionDays).filter((days) => typeof days === 'number').join(', ')} days, `
      + 'which logs.RetentionDays has names for, got 11'],
    [{ removalPolicy: 'keep' as any }, "'removalPolicy' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, "
      + 'RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, got "keep"'],
    [{ countedRules: ['NoUserAgent_HEADER', 'NoUserAgent_Header', 'XSS'] }, "'countedRules' must be names of rules as the logs of AWS WAF show them, "
      + `got "NoUserAgent_Header", "XSS": there are ${MANAGED_RULE_NAMES.join(', ')}`],
    [{ countedRules: Token.asList({ Ref: 'Rules' }) },
      "'countedRules' must be known at synthesis, because each makes a part of a rule: give a list of strings, not a token"],
    [{ logs: 's3' as any }, "'logs' must be a WebAclLogs, got \"s3\": use WebAclLogs.cloudWatch() or WebAclLogs.s3(bucket)"],
  ])('%j is refused', (props, message) => {
    expect(messageFor(props)).toBe(whole(message));
  });

  test('all broken rules are told together', () => {
    expect(messageFor({ rateLimit: 1, blockedCountries: ['UK'], maintenance: { retryAfter: Duration.millis(1500) } })).toBe(whole(
      "'rateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got 1",
      `'blockedCountries' ${CODES}, got "UK": use "GB"`,
      "'maintenance.retryAfter' must be in whole seconds, got 1 second 500 millis",
    ));
  });
});

describe('ranges of addresses', () => {
  const first = 'must begin with the first address of each range';

  test.each<[string, string]>([
    ['203.0.113.7', `${RANGES}, got "203.0.113.7": use "203.0.113.7/32"`],
    ['2001:db8::7', `${RANGES}, got "2001:db8::7": use "2001:db8::7/128"`],
    ['0.0.0.0/0', `${RANGES}, got "0.0.0.0/0": AWS WAF has no range of all addresses; leave the list out where all are meant`],
    ['::/0', `${RANGES}, got "::/0": AWS WAF has no range of all addresses; leave the list out where all are meant`],
    ['203.0.113.0/33', `${RANGES}, got "203.0.113.0/33"`],
    ['2001:db8::/129', `${RANGES}, got "2001:db8::/129"`],
    ['203.0.113.256/32', `${RANGES}, got "203.0.113.256/32"`],
    ['203.0.113.0/24/1', `${RANGES}, got "203.0.113.0/24/1"`],
    ['203.0.113.0/', `${RANGES}, got "203.0.113.0/": AWS WAF has no range of all addresses; leave the list out where all are meant`],
    ['203.0.113.0/x', `${RANGES}, got "203.0.113.0/x"`],
    ['office.example.com', `${RANGES}, got "office.example.com"`],
    ['195.178.188.66/29', `${first}, got "195.178.188.66/29": use "195.178.188.64/29"`],
    ['2001:db8::7/64', `${first}, got "2001:db8::7/64": use "2001:db8::/64"`],
    ['2001:db8:0:1:2::/60', `${first}, got "2001:db8:0:1:2::/60": use "2001:db8::/60"`],
    ['2001:db8:1:ff00::1/56', `${first}, got "2001:db8:1:ff00::1/56": use "2001:db8:1:ff00::/56"`],
    ['1:2:3:4:5:6:7:8/112', `${first}, got "1:2:3:4:5:6:7:8/112": use "1:2:3:4:5:6:7:0/112"`],
    ['1:2:3:4:5:6:7:9/127', `${first}, got "1:2:3:4:5:6:7:9/127": use "1:2:3:4:5:6:7:8/127"`],
    ['::ffff:203.0.113.7/120', `${first}, got "::ffff:203.0.113.7/120": use "0:0:0:0:0:ffff:cb00:7100/120"`],
  ])('%s is refused', (range, problem) => {
    expect(messageFor({ adminAllowList: ['192.0.2.0/24', range] })).toBe(whole(`'adminAllowList' ${problem}`));
    expect(messageFor({ maintenance: { bypass: [range] } })).toBe(whole(`'maintenance.bypass' ${problem}`));
  });

  test.each<[string[]]>([
    [['203.0.113.7/32', '203.0.113.0/24', '128.0.0.0/1']],
    [['2001:db8::7/128', '2001:DB8::/32', '2001:0db8:0000:0000::/64', '8000::/1', '::ffff:203.0.113.0/120', '1:2:3:4:5:6:7:8/128']],
  ])('%j pass', (adminAllowList) => {
    expect(() => new WebAcl(new Stack(), 'WebAcl', { adminAllowList, maintenance: { bypass: adminAllowList } })).not.toThrow();
  });

  test.each<[WebAclProps, string]>([
    [{ adminAllowList: [] }, "'adminAllowList' must not be empty: leave it out to let everybody reach the login form of the admin"],
    [{ adminAllowList: '203.0.113.0/24' as any }, '\'adminAllowList\' must be a list of strings, got "203.0.113.0/24": write ["203.0.113.0/24"]'],
    [{ adminAllowList: [TOKEN.string()] },
      "'adminAllowList' must be known at synthesis, because AWS WAF keeps IPv4 and IPv6 addresses apart: give plain strings, not tokens"],
    [{ adminAllowList: Array(10_001).fill('203.0.113.0/24') }, "'adminAllowList' must hold at most 10000 ranges, got 10001: AWS WAF keeps no more in a set"],
  ])('lists: case %#', (props, message) => {
    expect(messageFor(props)).toBe(whole(message));
  });
});

test.each<[WebAclProps, string]>([
  [{ allowedCountries: ['de'] }, `'allowedCountries' ${CODES}, got "de": use "DE"`],
  [{ blockedCountries: ['EL'] }, `'blockedCountries' ${CODES}, got "EL": use "GR"`],
  [{ blockedCountries: ['Germany'] }, `'blockedCountries' ${CODES}, got "Germany"`],
  [{ blockedCountries: ['EU'] }, `'blockedCountries' ${CODES}, got "EU"`],
  [{ allowedCountries: 'DE' as any }, '\'allowedCountries\' must be a list of strings, got "DE": write ["DE"]'],
  [{ allowedCountries: [] }, "'allowedCountries' must not be empty: leave it out to let all countries in"],
  [{ allowedCountries: ['DE'], blockedCountries: ['KP'] },
    "'allowedCountries' and 'blockedCountries' must not be given together: whatever is not allowed is blocked"],
])('countries %j are refused', (props, message) => {
  expect(messageFor(props)).toBe(whole(message));
});

test.each<[WebAclProps['maintenance'], string]>([
  [{ html: '' }, "'maintenance.html' must be a page of 1 to 4096 bytes, which is what AWS WAF sends, got 0 bytes"],
  [{ html: 'ü'.repeat(2049) }, "'maintenance.html' must be a page of 1 to 4096 bytes, which is what AWS WAF sends, got 4098 bytes"],
  [{ html: 7 as any }, "'maintenance.html' must be a page of 1 to 4096 bytes, which is what AWS WAF sends, got 7"],
  [{ retryAfter: 600 as any }, "'maintenance.retryAfter' must be a Duration, got 600: use Duration.seconds(600)"],
  [{ retryAfter: Duration.seconds(0) }, "'maintenance.retryAfter' must be between 1 second and 30 days, got 0 seconds"],
  [true as any, "'maintenance' must be an object with options, got true"],
])('maintenance %j is refused', (maintenance, message) => {
  expect(messageFor({ maintenance })).toBe(whole(message));
});

describe('rules of one\'s own', () => {
  const group = { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesLinuxRuleSet' } };
  const kept = '0 to 9 are kept for what the other options ask for; use 10 to come next';

  test.each<[wafv2.CfnWebACL.RuleProperty[], string]>([
    [[rule('One', 20), rule('Two', 21), rule('Three', 20)], '\'rules\' must have priorities that differ, got 20 of "Three" and of "One": use e.g. 22 for one of them'],
    [[rule('One', 1300)], '\'rules\' must have priorities that differ, got 1300 of "One" and of "AWSManagedRulesCommonRuleSet" of this web ACL: '
      + 'use e.g. 1301 for one of them'],
    [[rule('One', 3)], `'rules' must have whole numbers from 10 on as priorities, got 3 of "One": ${kept}`],
    [[rule('One', -1)], `'rules' must have whole numbers from 10 on as priorities, got -1 of "One": ${kept}`],
    [[rule('One', 10.5)], `'rules' must have whole numbers from 10 on as priorities, got 10.5 of "One": ${kept}`],
    [[rule('One', 2 ** 31)], `'rules' must have whole numbers from 10 on as priorities, got 2147483648 of "One": ${kept}`],
    [[rule('One', 20), rule('One', 21)], '\'rules\' must have names that differ, got "One" twice: use another one'],
    [[rule('RateLimit', 20)], '\'rules\' must have names that differ, got "RateLimit" which this web ACL has itself: use another one'],
    [[rule('One', 20, { action: undefined })],
      '\'rules\' must have "One" with \'action\' and without \'overrideAction\', because it is no rule group: e.g. action: { block: {} }'],
    [[rule('One', 20, { statement: group })],
      '\'rules\' must have "One" with \'overrideAction\' and without \'action\', because it is a rule group: e.g. overrideAction: { none: {} }'],
    [[{ statement: group } as any], "'rules' must each have 'name', 'priority', 'visibilityConfig', which \"the rule without a name\" has not"],
    [[rule('One', 20, { visibilityConfig: undefined })], "'rules' must each have 'visibilityConfig', which \"One\" has not"],
    [[rule('No XML', 20)], "'rules' must have names of 1 to 128 letters, digits, '_' and '-', got \"No XML\""],
    [[rule('One', 20, { action: 'BLOCK' as any })], "'rules' must have objects as 'action', got \"BLOCK\" in \"One\": e.g. { block: {} }"],
    [[rule('One', 20, { visibilityConfig: { metricName: 'One' } as any })], "'rules' must have 'cloudWatchMetricsEnabled', 'sampledRequestsEnabled' in 'visibilityConfig' "
      + "of \"One\": e.g. { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'NoXmlRpc' }"],
    [[{ name: 'One' } as any], "'rules' must be a list with a wafv2.CfnWebACL.RuleProperty as each element, got {\"name\":\"One\"} as element 1: "
      + 'give it a statement that says which requests it is for'],
    [Array.from({ length: 9 }, (_, index) => rule(`Limit${index}`, 20 + index, { statement: { rateBasedStatement: { limit: 100, aggregateKeyType: 'IP' } } })),
      "'rules' must hold at most 8 rate limits, got 9: AWS WAF has 10 in a web ACL, and 2 are its own"],
  ])('case %# is refused', (rules, message) => {
    expect(messageFor({ rules })).toBe(whole(message));
  });

  test('tokens, rule groups and priorities between all others pass', () => {
    const rules = [
      rule('A', 10), rule('B', 999), rule('C', 1301), rule('D', 1601), rule('E', 2 ** 31 - 1), rule('F', TOKEN.number()),
      rule('Group', 50, { action: undefined, overrideAction: { none: {} }, statement: group }),
    ];

    expect(() => new WebAcl(new Stack(), 'WebAcl', { rules })).not.toThrow();
  });
});

describe('what only the web ACL itself has', () => {
  const secret = SecretValue.secretsManager('origin');

  test.each<[WebAclProps, string | undefined, string]>([
    [{ scope: WebAclScope.CLOUDFRONT }, 'eu-central-1', "'scope' must be WebAclScope.REGIONAL in eu-central-1, because AWS keeps web ACLs of CloudFront in us-east-1: "
      + "make this one in a stack with env: { region: 'us-east-1' }"],
    [{ scope: 'GLOBAL' as any }, undefined, "'scope' must be one of WebAclScope.REGIONAL, WebAclScope.CLOUDFRONT, got \"GLOBAL\""],
    [{ clientAddressHeader: 'x viewer' }, undefined,
      "'clientAddressHeader' must be the name of a header, of letters, digits and '-', e.g. \"x-viewer-address\", got \"x viewer\""],
    [{ requiredHeader: { name: 'x:y', value: secret } }, undefined,
      "'requiredHeader.name' must be the name of a header, of letters, digits, '-' and '_', e.g. \"x-origin-verify\", got \"x:y\""],
    [{ requiredHeader: { value: secret } as any }, undefined, "'requiredHeader.name' must be given, e.g. \"x-origin-verify\""],
    [{ requiredHeader: { name: 'x' } as any }, undefined, "'requiredHeader.value' must be given: e.g. secret.secretValue"],
    [{ requiredHeader: { name: 'x', value: 's3cret' as any } }, undefined,
      "'requiredHeader.value' must be a SecretValue, never the value itself, which would stand in the template: e.g. secret.secretValue"],
  ])('case %# is refused', (props, region, message) => {
    expect(messageFor(props, region)).toBe(whole(message));
    expect(messageFor(props, region)).not.toContain('s3cret');
  });

  test.each<[WebAclProps, string | undefined]>([
    [{ scope: WebAclScope.CLOUDFRONT }, 'us-east-1'],
    [{ scope: WebAclScope.CLOUDFRONT }, undefined],
    [{ scope: WebAclScope.REGIONAL, removalPolicy: RemovalPolicy.DESTROY }, 'eu-central-1'],
    [{ clientAddressHeader: TOKEN.string(), requiredHeader: { name: TOKEN.string(), value: secret } }, undefined],
  ])('case %# passes', (props, region) => {
    expect(() => new WebAcl(new Stack(new App(), 'Stack', { env: { region } }), 'WebAcl', props)).not.toThrow();
  });
});
