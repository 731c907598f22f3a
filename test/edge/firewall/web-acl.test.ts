import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as cdkLogs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { App, Duration, Lazy, RemovalPolicy, SecretValue, Stack } from 'aws-cdk-lib/core';
import { WebAcl } from '../../../src/edge/firewall/web-acl';
import { WebAclMode } from '../../../src/edge/firewall/web-acl-mode';
import { WebAclProps } from '../../../src/edge/firewall/web-acl-props';
import { WebAclScope } from '../../../src/edge/firewall/web-acl-scope';
import { fromPython, warningsOf } from '../../helpers';

function synthesize(props?: WebAclProps, region?: string) {
  const stack = new Stack(new App(), 'Stack', { env: { region } });
  const webAcl = new WebAcl(stack, 'WebAcl', props);
  return { stack, webAcl, template: Template.fromStack(stack) };
}

function propertiesOf(props?: WebAclProps) {
  const [resource] = Object.values(synthesize(props).template.findResources('AWS::WAFv2::WebACL'));
  return resource.Properties;
}

/* eslint-disable-next-line @typescript-eslint/no-explicit-any */
function ruleOf(name: string, props?: WebAclProps): any {
  return propertiesOf(props).Rules.find(({ Name }: { Name: string }) => Name === name);
}

const OWN_RULE: wafv2.CfnWebACL.RuleProperty = {
  name: 'BlockOldClients',
  priority: 10,
  action: { block: {} },
  visibilityConfig: { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'BlockOldClients' },
  statement: { geoMatchStatement: { countryCodes: ['AQ'] } },
};

const EVERYTHING: WebAclProps = {
  adminAllowList: ['203.0.113.0/24', '2001:db8::/32'],
  maintenance: { bypass: ['203.0.113.0/24'] },
  blockedCountries: ['AQ'],
  requiredHeader: { name: 'X-Origin', value: SecretValue.secretsManager('origin') },
  clientAddressHeader: 'X-Viewer-Address',
  rules: [OWN_RULE],
};

describe('rules', () => {
  test('allow what no rule blocks, with a metric each', () => {
    const { template } = synthesize();

    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      Name: Match.absent(),
      DefaultAction: { Allow: {} },
      CustomResponseBodies: Match.absent(),
      VisibilityConfig: { CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: Match.stringLikeRegexp('^StackWebAcl[0-9A-F]{8}$') },
    });
    for (const rule of propertiesOf().Rules) {
      expect(rule.VisibilityConfig).toEqual({ CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: rule.Name });
    }
  });

  test.each<[string, WebAclProps | undefined, [number, string][]]>([
    ['by default', undefined, [
      [1000, 'AWSManagedRulesAmazonIpReputationList'],
      [1100, 'RateLimit'],
      [1200, 'LoginRateLimit'],
      [1300, 'AWSManagedRulesCommonRuleSet'],
      [1400, 'AWSManagedRulesKnownBadInputsRuleSet'],
      [1500, 'AWSManagedRulesSQLiRuleSet'],
      [1600, 'BlockSuspiciousBodies'],
    ]],
    ['with everything, behind a proxy, which the list of bad addresses could not see through', EVERYTHING, [
      [0, 'RequiredHeader'],
      [1, 'ClientAddress'],
      [2, 'Maintenance'],
      [3, 'Countries'],
      [4, 'AdminAllowList'],
      [10, 'BlockOldClients'],
      [1100, 'RateLimit'],
      [1200, 'LoginRateLimit'],
      [1300, 'AWSManagedRulesCommonRuleSet'],
      [1400, 'AWSManagedRulesKnownBadInputsRuleSet'],
      [1500, 'AWSManagedRulesSQLiRuleSet'],
      [1600, 'BlockSuspiciousBodies'],
    ]],
  ])('have the priorities that are documented, %s', (_, props, expected) => {
    const actual = propertiesOf(props).Rules.map(({ Priority, Name }: { Priority: number; Name: string }) => [Priority, Name]);

    expect(actual.sort(([one]: [number], [other]: [number]) => one - other)).toEqual(expected);
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
    expect(ruleOf(name, { mode: WebAclMode.COUNT }).OverrideAction).toEqual({ Count: {} });
  });

  test.each([[{}, 2000, 100], [{ rateLimit: 500, loginRateLimit: 10 }, 500, 10]])('rate limits of %j are %d and %d in five minutes', (props, all, login) => {
    const limits = ['RateLimit', 'LoginRateLimit'].map((name) => ruleOf(name, props));

    expect(limits.map(({ Statement }) => Statement.RateBasedStatement)).toEqual([
      { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: all },
      { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: login, ScopeDownStatement: expect.anything() },
    ]);
    expect(limits.map(({ Action }) => Action)).toEqual(Array(2).fill({ Block: { CustomResponse: { ResponseCode: 429 } } }));
  });

  test('an empty list of log-in paths leaves their limit out', () => {
    expect(ruleOf('LoginRateLimit', { loginPaths: [] })).toBeUndefined();
  });

  test('of one\'s own are taken as they are', () => {
    expect(ruleOf('BlockOldClients', EVERYTHING)).toEqual({
      Name: 'BlockOldClients',
      Priority: 10,
      Action: { Block: {} },
      Statement: { GeoMatchStatement: { CountryCodes: ['AQ'] } },
      VisibilityConfig: { CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: 'BlockOldClients' },
    });
  });

  test('more than 50 countries are told in several statements, since AWS WAF takes no more in one', () => {
    const codes = ['DE', 'AT', 'CH', 'FR', 'NL'];
    const many = 'AD AE AF AG AI AL AM AO AQ AR AS AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CI CK CL CM CN'.split(' ');

    const { OrStatement } = ruleOf('Countries', { blockedCountries: [...codes, ...many, 'DE'] }).Statement;
    expect(OrStatement.Statements.map(({ GeoMatchStatement }: any) => GeoMatchStatement.CountryCodes.length)).toEqual([50, 1]);
  });
});

describe('addresses', () => {
  test('are kept in sets of the web ACL\'s scope, by version and once each', () => {
    const { template } = synthesize({ ...EVERYTHING, scope: WebAclScope.CLOUDFRONT, adminAllowList: [...EVERYTHING.adminAllowList!, '203.0.113.0/24'] }, 'us-east-1');

    template.hasResourceProperties('AWS::WAFv2::WebACL', { Scope: 'CLOUDFRONT' });
    expect(Object.values(template.findResources('AWS::WAFv2::IPSet')).map(({ Properties }) => Properties)).toEqual([
      { Scope: 'CLOUDFRONT', IPAddressVersion: 'IPV4', Addresses: ['203.0.113.0/24'] },
      { Scope: 'CLOUDFRONT', IPAddressVersion: 'IPV4', Addresses: ['203.0.113.0/24'] },
      { Scope: 'CLOUDFRONT', IPAddressVersion: 'IPV6', Addresses: ['2001:db8::/32'] },
    ]);
  });

  test('are sought in the header where there is a proxy, and nowhere else', () => {
    const { Statement: maintenance } = ruleOf('Maintenance', EVERYTHING);
    const { Statement: limit } = ruleOf('RateLimit', EVERYTHING);
    const { Statement: countries } = ruleOf('Countries', EVERYTHING);

    expect(maintenance.NotStatement.Statement.IPSetReferenceStatement.IPSetForwardedIPConfig)
      .toEqual({ HeaderName: 'X-Viewer-Address', Position: 'FIRST', FallbackBehavior: 'NO_MATCH' });
    expect(limit.RateBasedStatement).toMatchObject({
      AggregateKeyType: 'FORWARDED_IP', ForwardedIPConfig: { HeaderName: 'X-Viewer-Address', FallbackBehavior: 'MATCH' },
    });
    expect(countries.GeoMatchStatement.ForwardedIPConfig).toEqual({ HeaderName: 'X-Viewer-Address', FallbackBehavior: 'MATCH' });
    expect(JSON.stringify(propertiesOf({ ...EVERYTHING, clientAddressHeader: undefined }))).not.toContain('Forwarded');
  });
});

describe('the required header', () => {
  test('has its value from Secrets Manager, and stands in no log', () => {
    const stack = new Stack(new App(), 'Stack');
    const secret = new secretsmanager.Secret(stack, 'Secret');
    new WebAcl(stack, 'WebAcl', { requiredHeader: { name: 'X-Origin', value: secret.secretValue } });

    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: Match.arrayWith([Match.objectLike({
        Name: 'RequiredHeader',
        Statement: {
          NotStatement: {
            Statement: {
              ByteMatchStatement: {
                FieldToMatch: { SingleHeader: { Name: 'x-origin' } },
                PositionalConstraint: 'EXACTLY',
                SearchString: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', stack.resolve(secret.secretArn), ':SecretString:::}}']] },
                TextTransformations: [{ Priority: 0, Type: 'NONE' }],
              },
            },
          },
        },
      })]),
      DataProtectionConfig: { DataProtections: [{ Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie', 'x-origin'] } }] },
    });
    template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', {
      RedactedFields: [{ SingleHeader: { Name: 'authorization' } }, { SingleHeader: { Name: 'cookie' } }, { SingleHeader: { Name: 'x-origin' } }],
    });
  });
});

test('headers may be tokens', () => {
  const token = Lazy.string({ produce: () => 'X-Later' });
  const props: WebAclProps = { clientAddressHeader: token, requiredHeader: { name: token, value: SecretValue.secretsManager('origin') } };

  expect(ruleOf('ClientAddress', props).Statement.NotStatement.Statement.SizeConstraintStatement.FieldToMatch).toEqual({ SingleHeader: { Name: 'X-Later' } });
  expect(ruleOf('RateLimit', props).Statement.RateBasedStatement.ForwardedIPConfig.HeaderName).toBe('X-Later');
  synthesize(props).template.hasResourceProperties('AWS::WAFv2::LoggingConfiguration', { RedactedFields: Match.arrayWith([{ SingleHeader: { Name: 'X-Later' } }]) });
});

describe('metrics', () => {
  test('are those that the web ACL writes', () => {
    const { stack, webAcl } = synthesize();
    const metric = webAcl.metricBlockedRequests({ label: 'Blocked' });

    expect(metric).toMatchObject({ namespace: 'AWS/WAFV2', metricName: 'BlockedRequests', statistic: 'Sum', label: 'Blocked' });
    expect(stack.resolve(metric.dimensions)).toEqual({
      WebACL: stack.resolve(webAcl.resource.visibilityConfig).metricName, Region: { Ref: 'AWS::Region' }, Rule: 'ALL',
    });
    expect(webAcl.metricCountedRequests()).toMatchObject({ metricName: 'CountedRequests', statistic: 'Sum', dimensions: metric.dimensions });
  });

  test('of CloudFront are in us-east-1, and have no region', () => {
    const { stack, webAcl } = synthesize({ scope: WebAclScope.CLOUDFRONT }, 'us-east-1');
    const metric = webAcl.metricBlockedRequests({ period: Duration.minutes(1) });

    expect(metric).toMatchObject({ region: 'us-east-1', period: Duration.minutes(1) });
    expect(metric.dimensions).toEqual({ WebACL: stack.resolve(webAcl.resource.visibilityConfig).metricName, Rule: 'ALL' });
  });
});

describe('warnings', () => {
  test.each<[string, WebAclProps, string]>([
    ['upload-paths', { uploadPaths: ['/'] },
      '\'uploadPaths\' holds "/", so no body of any request is checked for attacks: give only the paths that take uploads or rich text'],
    ['web-acl-counts', { mode: WebAclMode.COUNT },
      "'mode' is WebAclMode.COUNT, so attacks and floods are logged and let through: look through what was counted after a week, and leave 'mode' out to block"],
    ['client-address-header', { clientAddressHeader: 'X-Forwarded-For' },
      "'clientAddressHeader' is X-Forwarded-For, of which AWS WAF takes the first address, and that is what clients claim to be: "
      + 'let the proxy set a header of its own'],
    ['cloudfront-region', { scope: WebAclScope.CLOUDFRONT },
      "'scope' is WebAclScope.CLOUDFRONT, and the region of the stack is not known: the deployment fails in any but us-east-1, "
      + "so give the stack env: { region: 'us-east-1' }"],
    ['web-acl-capacity', {
      rules: [{
        ...OWN_RULE,
        action: undefined,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesLinuxRuleSet' } },
      }, {
        ...OWN_RULE,
        name: 'Own',
        priority: 11,
        statement: {
          xssMatchStatement: {
            fieldToMatch: { allQueryArguments: {} }, textTransformations: [{ priority: 0, type: 'URL_DECODE' }, { priority: 1, type: 'HTML_ENTITY_DECODE' }, { priority: 2, type: 'LOWERCASE' }],
          },
        },
      }, {
        ...OWN_RULE,
        name: 'Sizes',
        priority: 12,
        statement: {
          regexPatternSetReferenceStatement: {
            arn: 'arn:aws:wafv2:eu-central-1:123456789012:regional/regexpatternset/x/y', fieldToMatch: { uriPath: {} }, textTransformations: [{ priority: 0, type: 'NONE' }],
          },
        },
      }],
    }, "'rules' make the web ACL need 1512 capacity units or more, and 1500 are included: "
      + 'AWS charges an extra fee for each million requests, and accepts 5000 units at most'],
  ])('%s', (topic, props, text) => {
    expect(warningsOf(synthesize(props).webAcl)).toEqual({ [topic]: text });
  });

  test('none where there is nothing to warn of', () => {
    Annotations.fromStack(synthesize().stack).hasNoWarning('*', Match.anyValue());
    Annotations.fromStack(synthesize(EVERYTHING).stack).hasNoWarning('*', Match.anyValue());
    Annotations.fromStack(synthesize({ scope: WebAclScope.CLOUDFRONT }, 'us-east-1').stack).hasNoWarning('*', Match.anyValue());
  });
});

test('tokens and limits at the edge of the allowed pass', () => {
  const rateLimit = Lazy.number({ produce: () => 3000 });
  const token = Lazy.string({ produce: () => '/u/' });

  expect(ruleOf('RateLimit', { rateLimit }).Statement.RateBasedStatement.Limit).toBe(3000);
  expect(propertiesOf({ maintenance: { html: token, retryAfter: Duration.seconds(rateLimit) } })).toMatchObject({ CustomResponseBodies: { maintenance: { Content: '/u/' } } });
  expect(() => synthesize({
    rateLimit: 2_000_000_000,
    loginRateLimit: 10,
    uploadPaths: [token],
    adminPaths: [token],
    adminAllowList: ['0.0.0.0/1', '::/1', '::1/128'],
    blockedCountries: [token],
    rules: [{ ...OWN_RULE, priority: rateLimit }],
    maintenance: { html: 'x'.repeat(4096), retryAfter: Duration.days(30) },
  })).not.toThrow();
});

test('the props of Python, which hands over what is left out as undefined, make the same web ACL', () => {
  const { template } = synthesize(fromPython<WebAclProps>({}, 'mode', 'uploadPaths', 'adminAllowList', 'allowedCountries', 'blockedCountries', 'maintenance', 'rules', 'logs',
    'scope', 'clientAddressHeader', 'requiredHeader', 'logRetention', 'removalPolicy'));

  expect(template.toJSON()).toEqual(synthesize().template.toJSON());
});

test('the log group keeps its logical id', () => {
  expect(Object.keys(synthesize().template.findResources('AWS::Logs::LogGroup'))).toEqual(['WebAclLogs68403EB9']);
});

test('stands for three resources by default, one of them data', () => {
  const { Resources: resources } = synthesize({ logRetention: cdkLogs.RetentionDays.ONE_WEEK, removalPolicy: RemovalPolicy.DESTROY }).template.toJSON();

  expect(Object.values<{ Type: string }>(resources).map(({ Type }) => Type).sort()).toEqual([
    'AWS::Logs::LogGroup', 'AWS::WAFv2::LoggingConfiguration', 'AWS::WAFv2::WebACL',
  ]);
});
