import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as logs from 'aws-cdk-lib/aws-logs';
import { App, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { capacityOf, matchesStatement, WafRequest } from './waf-interpreter';
import { WebAcl } from '../../src/edge/web-acl';
import { WebAclProps } from '../../src/edge/web-acl-props';

const SIZE = 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body';
const BODY_LABELS = [
  SIZE,
  'awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body',
  'awswaf:managed:aws:core-rule-set:GenericLFI_Body',
  'awswaf:managed:aws:core-rule-set:GenericRFI_Body',
  'awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body',
  'awswaf:managed:aws:sql-database:SQLi_Body',
  'awswaf:managed:aws:sql-database:SQLiExtendedPatterns_Body',
];

function synthesize(props?: WebAclProps) {
  const stack = new Stack(new App(), 'Stack');
  const webAcl = new WebAcl(stack, 'WebAcl', props);
  return { stack, webAcl, template: Template.fromStack(stack) };
}

const DEFAULTS: WebAclProps = {};
const DEFAULT_RULES = synthesizedRules(DEFAULTS);

/* eslint-disable-next-line @typescript-eslint/no-explicit-any */
function rulesOf(props = DEFAULTS): any[] {
  return props === DEFAULTS ? DEFAULT_RULES : synthesizedRules(props);
}

/* eslint-disable-next-line @typescript-eslint/no-explicit-any */
function synthesizedRules(props: WebAclProps): any[] {
  const [resource] = Object.values(synthesize(props).template.findResources('AWS::WAFv2::WebACL'));
  return resource.Properties.Rules;
}

function ruleOf(name: string, props?: WebAclProps) {
  return rulesOf(props).find((rule) => rule.Name === name);
}

function isBlockedForItsBody(request: WafRequest, props?: WebAclProps): boolean {
  return matchesStatement(ruleOf('BlockSuspiciousBodies', props).Statement, request);
}

function countsAsLogin(request: WafRequest, props?: WebAclProps): boolean {
  return matchesStatement(ruleOf('LoginRateLimit', props).Statement.RateBasedStatement.ScopeDownStatement, request);
}

describe('rules', () => {
  test('allow what no rule blocks, in this order, with a metric each and room between their priorities', () => {
    const { template } = synthesize();

    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      Name: Match.absent(),
      DefaultAction: { Allow: {} },
      VisibilityConfig: { CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: Match.stringLikeRegexp('^StackWebAcl[0-9A-F]{8}$') },
    });
    expect(rulesOf().map(({ Priority, Name }) => [Priority, Name])).toEqual([
      [10, 'AWSManagedRulesAmazonIpReputationList'],
      [20, 'RateLimit'],
      [30, 'LoginRateLimit'],
      [40, 'AWSManagedRulesCommonRuleSet'],
      [50, 'AWSManagedRulesKnownBadInputsRuleSet'],
      [60, 'AWSManagedRulesSQLiRuleSet'],
      [70, 'BlockSuspiciousBodies'],
    ]);
    for (const rule of rulesOf()) {
      expect(rule.VisibilityConfig).toEqual({ CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: rule.Name });
    }
  });

  test.each([
    ['AWSManagedRulesAmazonIpReputationList', undefined],
    ['AWSManagedRulesCommonRuleSet',
      ['SizeRestrictions_BODY', 'EC2MetaDataSSRF_BODY', 'GenericLFI_BODY', 'GenericRFI_BODY', 'CrossSiteScripting_BODY']],
    ['AWSManagedRulesKnownBadInputsRuleSet', undefined],
    ['AWSManagedRulesSQLiRuleSet', ['SQLi_BODY', 'SQLiExtendedPatterns_BODY']],
  ])('%s blocks, and only counts what it finds in bodies', (name, counted) => {
    const rule = ruleOf(name);

    expect(rule.Action).toBeUndefined();
    expect(rule.OverrideAction).toEqual({ None: {} });
    expect(rule.Statement.ManagedRuleGroupStatement).toEqual({
      VendorName: 'AWS',
      Name: name,
      ...counted && { RuleActionOverrides: counted.map((Name) => ({ Name, ActionToUse: { Count: {} } })) },
    });
  });

  test('every body that was only counted is blocked outside the upload paths', () => {
    expect(ruleOf('BlockSuspiciousBodies').Action).toEqual({ Block: {} });
    for (const label of BODY_LABELS) {
      expect([label, isBlockedForItsBody({ path: '/api/orders/', labels: [label] })]).toEqual([label, true]);
      expect([label, isBlockedForItsBody({ path: '/admin/shop/product/add/', labels: [label] })]).toEqual([label, false]);
    }
  });

  test.each<[string, WafRequest, boolean]>([
    ['a request without a label', { path: '/api/orders/' }, false],
    ['a label of another rule', { path: '/api/orders/', labels: ['awswaf:managed:aws:core-rule-set:NoUserAgent_Header'] }, false],
    ['a path that holds an upload path further on', { path: '/api/admin/', labels: [SIZE] }, true],
    ['a path that only looks like an upload path', { path: '/administration/', labels: [SIZE] }, true],
    ['a path that leaves the upload path', { path: '/admin/../api/orders/', labels: [SIZE] }, true],
    ['a path that leaves the upload path, encoded', { path: '/admin/%2e%2e/api/orders/', labels: [SIZE] }, true],
    ['an upload path, encoded', { path: '/%61dmin/', labels: [SIZE] }, false],
  ])('%s: blocked is %p', (_, request, blocked) => {
    expect(isBlockedForItsBody(request)).toBe(blocked);
  });

  test('uploadPaths replace the default', () => {
    const props = { uploadPaths: ['/backoffice/', '/api/documents/'] };

    expect(isBlockedForItsBody({ path: '/backoffice/', labels: [SIZE] }, props)).toBe(false);
    expect(isBlockedForItsBody({ path: '/api/documents/7/', labels: [SIZE] }, props)).toBe(false);
    expect(isBlockedForItsBody({ path: '/admin/', labels: [SIZE] }, props)).toBe(true);
    expect(isBlockedForItsBody({ path: '/admin/', labels: [SIZE] }, { uploadPaths: [] })).toBe(true);
  });

  test.each([[{}, 2000, 100], [{ rateLimit: 500, loginRateLimit: 10 }, 500, 10]])('rate limits of %j are %d and %d in five minutes', (props, all, login) => {
    const limits = ['RateLimit', 'LoginRateLimit'].map((name) => ruleOf(name, props));

    expect(limits.map(({ Statement }) => Statement.RateBasedStatement)).toEqual([
      { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: all },
      { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: login, ScopeDownStatement: expect.anything() },
    ]);
    expect(limits.map(({ Action }) => Action)).toEqual(Array(2).fill({ Block: { CustomResponse: { ResponseCode: 429 } } }));
  });

  test.each<[string, WafRequest, boolean]>([
    ['a password to the admin', { method: 'POST', path: '/admin/login/' }, true],
    ['a password to the accounts', { method: 'POST', path: '/accounts/login/' }, true],
    ['a password to an encoded path', { method: 'POST', path: '/admin/%6Cogin/' }, true],
    ['the form', { method: 'GET', path: '/admin/login/' }, false],
    ['a save in the admin', { method: 'POST', path: '/admin/shop/product/add/' }, false],
  ])('%s: counts as login is %p', (_, request, counts) => {
    expect(countsAsLogin(request)).toBe(counts);
  });

  test('loginPaths replace the default, and an empty list leaves the limit out', () => {
    expect(countsAsLogin({ method: 'POST', path: '/api/token/' }, { loginPaths: ['/api/token/'] })).toBe(true);
    expect(countsAsLogin({ method: 'POST', path: '/admin/login/' }, { loginPaths: ['/api/token/'] })).toBe(false);
    expect(rulesOf({ loginPaths: [] }).map(({ Name }) => Name)).not.toContain('LoginRateLimit');
  });

  test.each<[string, WebAclProps, number]>([
    ['by default', {}, 1204],
    ['with as many paths as are allowed', { uploadPaths: Array.from({ length: 10 }, (_, i) => `/upload/${i}/`), loginPaths: Array(6).fill('/l/') }, 1490],
  ])('cost no extra fee %s', (_, props, capacity) => {
    const sum = rulesOf(props).reduce((total, rule) => total + capacityOf(rule.Statement), 0);

    expect(sum).toBe(capacity);
    expect(sum).toBeLessThanOrEqual(1500);
  });
});

describe('logs', () => {
  test('go to a group with a legal name that is new with each web ACL, without cookies and authorization', () => {
    const { stack, webAcl, template } = synthesize();

    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        LogGroupName: { 'Fn::Join': ['', ['aws-waf-logs-', stack.resolve(webAcl.resource.attrId)]] },
        RetentionInDays: 90,
      },
    });
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      ResourceArn: stack.resolve(webAcl.webAclArn),
      LogDestinationConfigs: [{
        'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':logs:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' },
          ':log-group:', stack.resolve(webAcl.logGroup.logGroupName)]],
      }],
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }],
    });
  });

  test('are kept and removed as told', () => {
    const { template } = synthesize({ logRetention: logs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY });

    template.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
  });

  test('sampled requests show neither cookies nor authorization', () => {
    synthesize().template.hasResourceProperties('AWS::WAFv2::WebACL', {
      DataProtectionConfig: {
        DataProtections: [{ Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie'] } }],
      },
    });
  });
});

test('metricBlockedRequests reads the metric that the web ACL writes', () => {
  const { stack, webAcl } = synthesize();
  const metric = webAcl.metricBlockedRequests({ label: 'Blocked' });

  expect(metric).toMatchObject({ namespace: 'AWS/WAFV2', metricName: 'BlockedRequests', statistic: 'Sum', label: 'Blocked' });
  expect(stack.resolve(metric.dimensions)).toEqual({
    WebACL: stack.resolve(webAcl.resource.visibilityConfig).metricName, Region: { Ref: 'AWS::Region' }, Rule: 'ALL',
  });
});

test('the log group keeps its logical id', () => {
  expect(Object.keys(synthesize().template.findResources('AWS::Logs::LogGroup'))).toEqual(['WebAclLogs68403EB9']);
});

describe('bad input', () => {
  const path = 'must each be the beginning of a path that begins with \'/\', has at most 200 ASCII characters and no wildcard, query, space, '
    + '\'%\', \'//\' or \'..\', e.g. \'/admin/\'';
  const long = `/${'a'.repeat(200)}`;

  test.each<[WebAclProps, string]>([
    ...['admin/', '', '/admin/*', '/a b/', '/a?b', '/%61/', '/a//b', '/a/../b', '/a/..', '/ü/', long].map<[WebAclProps, string]>((wrong) =>
      [{ uploadPaths: ['/fine/', wrong] }, `'uploadPaths' ${path}, got ${JSON.stringify(wrong)}`]),
    [{ uploadPaths: '/api/' as any }, '\'uploadPaths\' must be a list of strings, got "/api/": write ["/api/"]'],
    [{ loginPaths: ['login', 'token'] }, `'loginPaths' ${path}, got "login", "token"`],
    [{ uploadPaths: Array(15).fill('/u/') },
      '\'uploadPaths\' and \'loginPaths\' must hold at most 16 paths together, got 15 and 2: '
      + 'a web ACL has no capacity for more, so give a common beginning instead'],
    ...[9, 0, 2_000_000_001, 10.5].flatMap<[WebAclProps, string]>((wrong) => [
      [{ rateLimit: wrong }, `'rateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got ${wrong}`],
      [{ loginRateLimit: wrong }, `'loginRateLimit' must be a whole number between 10 and 2000000000 requests in five minutes, got ${wrong}`],
    ]),
  ])('%j is refused', (props, message) => {
    expect(() => synthesize(props)).toThrow(new Error(`WebAcl at 'Stack/WebAcl' cannot be defined:\n- ${message}`));
  });

  test('an upload path that takes in everything is warned about', () => {
    Annotations.fromStack(synthesize({ uploadPaths: ['/'] }).stack).hasWarning('/Stack/WebAcl',
      '\'uploadPaths\' holds "/", so no body of any request is checked for attacks: give only the paths that take uploads or rich text '
      + '[ack: cdk-django-on-fargate:upload-paths]');
    Annotations.fromStack(synthesize().stack).hasNoWarning('*', Match.anyValue());
  });

  test('tokens and limits at the edge of the allowed pass', () => {
    const rateLimit = Lazy.number({ produce: () => 3000 });

    expect(ruleOf('RateLimit', { rateLimit }).Statement.RateBasedStatement.Limit).toBe(3000);
    expect(() => synthesize({ rateLimit: 2_000_000_000, loginRateLimit: 10, uploadPaths: [Lazy.string({ produce: () => '/u/' })] })).not.toThrow();
  });
});
