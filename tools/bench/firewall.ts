import * as wafv2 from 'aws-cdk-lib/aws-wafv2';

type Rule = wafv2.CfnWebACL.RuleProperty;
type Statement = wafv2.CfnWebACL.StatementProperty;

const COMMON = 'awswaf:managed:aws:core-rule-set:';
const SQL = 'awswaf:managed:aws:sql-database:';

/** The rules of the web ACL as one writes them by hand; the hand-written app and the usual one have them. */
export const FIREWALL_RULES: Rule[] = [
  { name: 'Reputation', priority: 10, overrideAction: { none: {} }, statement: managed('AWSManagedRulesAmazonIpReputationList'), visibilityConfig: visible('Reputation') },
  {
    name: 'RateLimit',
    priority: 20,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: { rateBasedStatement: { limit: 2000, aggregateKeyType: 'IP', evaluationWindowSec: 300 } },
    visibilityConfig: visible('RateLimit'),
  },
  {
    name: 'LoginRateLimit',
    priority: 30,
    action: { block: { customResponse: { responseCode: 429 } } },
    statement: {
      rateBasedStatement: {
        limit: 100,
        aggregateKeyType: 'IP',
        evaluationWindowSec: 300,
        scopeDownStatement: {
          andStatement: {
            statements: [
              {
                byteMatchStatement: {
                  fieldToMatch: { method: {} },
                  positionalConstraint: 'EXACTLY',
                  searchString: 'POST',
                  textTransformations: [{ priority: 0, type: 'NONE' }],
                },
              },
              { orStatement: { statements: [under('/admin/login/'), under('/accounts/login/')] } },
            ],
          },
        },
      },
    },
    visibilityConfig: visible('LoginRateLimit'),
  },
  {
    name: 'Common',
    priority: 40,
    overrideAction: { none: {} },
    statement: managed('AWSManagedRulesCommonRuleSet', 'SizeRestrictions_BODY', 'EC2MetaDataSSRF_BODY', 'GenericLFI_BODY', 'GenericRFI_BODY', 'CrossSiteScripting_BODY'),
    visibilityConfig: visible('Common'),
  },
  { name: 'BadInputs', priority: 50, overrideAction: { none: {} }, statement: managed('AWSManagedRulesKnownBadInputsRuleSet'), visibilityConfig: visible('BadInputs') },
  {
    name: 'Sql',
    priority: 60,
    overrideAction: { none: {} },
    statement: managed('AWSManagedRulesSQLiRuleSet', 'SQLi_BODY', 'SQLiExtendedPatterns_BODY'),
    visibilityConfig: visible('Sql'),
  },
  {
    name: 'Bodies',
    priority: 70,
    action: { block: {} },
    statement: {
      andStatement: {
        statements: [
          {
            orStatement: {
              statements: [
                label(`${COMMON}SizeRestrictions_Body`), label(`${COMMON}EC2MetaDataSSRF_Body`), label(`${COMMON}GenericLFI_Body`),
                label(`${COMMON}GenericRFI_Body`), label(`${COMMON}CrossSiteScripting_Body`), label(`${SQL}SQLi_Body`), label(`${SQL}SQLiExtendedPatterns_Body`),
              ],
            },
          },
          { notStatement: { statement: under('/admin/') } },
        ],
      },
    },
    visibilityConfig: visible('Bodies'),
  },
];

function managed(name: string, ...counted: string[]): Statement {
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides: counted.length > 0 ? ruleActionOverrides : undefined } };
}

function under(path: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString: path,
      textTransformations: [{ priority: 0, type: 'URL_DECODE' }, { priority: 1, type: 'NORMALIZE_PATH' }],
    },
  };
}

function label(key: string): Statement {
  return { labelMatchStatement: { scope: 'LABEL', key } };
}

function visible(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
