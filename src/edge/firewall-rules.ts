import * as wafv2 from 'aws-cdk-lib/aws-wafv2';

type WafRule = wafv2.CfnWebACL.RuleProperty;
type Statement = wafv2.CfnWebACL.StatementProperty;

/** A rule whose priority is its place in the list, with room for others in between. */
type UnnumberedRule = Omit<WafRule, 'priority' | 'visibilityConfig'>;

export interface WebAclRuleSettings {
  readonly uploadPaths: string[];
  readonly loginPaths: string[];
  readonly rateLimit: number;
  readonly loginRateLimit: number;
}

const PRIORITY_STEP = 10;
const RATE_LIMIT_WINDOW_SECONDS = 300;
const TOO_MANY_REQUESTS = 429;

/**
 * The rules that look for attacks in bodies, and the labels that they add: no rule derives one spelling from the other.
 *
 * They match what Django projects send all day: anything longer than 8 KB, rich text, uploads whose bytes
 * look like an attack by chance. So they only count here, and `blockedBodies` blocks by the labels.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
 */
const BODY_LABELS: Record<string, Record<string, string>> = {
  AWSManagedRulesCommonRuleSet: {
    SizeRestrictions_BODY: 'awswaf:managed:aws:core-rule-set:SizeRestrictions_Body',
    EC2MetaDataSSRF_BODY: 'awswaf:managed:aws:core-rule-set:EC2MetaDataSSRF_Body',
    GenericLFI_BODY: 'awswaf:managed:aws:core-rule-set:GenericLFI_Body',
    GenericRFI_BODY: 'awswaf:managed:aws:core-rule-set:GenericRFI_Body',
    CrossSiteScripting_BODY: 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body',
  },
  AWSManagedRulesSQLiRuleSet: {
    SQLi_BODY: 'awswaf:managed:aws:sql-database:SQLi_Body',
    SQLiExtendedPatterns_BODY: 'awswaf:managed:aws:sql-database:SQLiExtendedPatterns_Body',
  },
};

/**
 * The rules of the web ACL in the order in which they are evaluated. The block of bodies comes last,
 * because a label is seen only by the rules after the one that adds it.
 */
export function webAclRules(settings: WebAclRuleSettings): WafRule[] {
  const rules = [
    managedRules('AWSManagedRulesAmazonIpReputationList'),
    rateLimit('RateLimit', settings.rateLimit),
    ...settings.loginPaths.length > 0 ? [rateLimit('LoginRateLimit', settings.loginRateLimit, loginAttempt(settings.loginPaths))] : [],
    managedRules('AWSManagedRulesCommonRuleSet'),
    managedRules('AWSManagedRulesKnownBadInputsRuleSet'),
    managedRules('AWSManagedRulesSQLiRuleSet'),
    blockedBodies(settings.uploadPaths),
  ];
  return rules.map((rule, index) => ({ ...rule, priority: (index + 1) * PRIORITY_STEP, visibilityConfig: visibility(rule.name) }));
}

/** What CloudWatch and the console show of a rule or of the web ACL. */
export function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

/** A rule group of AWS without extra fees, with its own actions but for the rules on bodies. */
function managedRules(name: string): UnnumberedRule {
  const counted = Object.keys(BODY_LABELS[name] ?? {});
  return {
    name,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.length > 0 ? counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })) : undefined,
      },
    },
  };
}

function rateLimit(name: string, limit: number, scopeDownStatement?: Statement): UnnumberedRule {
  return {
    name,
    action: { block: { customResponse: { responseCode: TOO_MANY_REQUESTS } } },
    statement: {
      rateBasedStatement: { limit, aggregateKeyType: 'IP', evaluationWindowSec: RATE_LIMIT_WINDOW_SECONDS, scopeDownStatement },
    },
  };
}

/** Only what carries credentials counts as an attempt: everyone who is logged out is sent to the form. */
function loginAttempt(paths: string[]): Statement {
  const post: Statement = {
    byteMatchStatement: {
      fieldToMatch: { method: {} },
      positionalConstraint: 'EXACTLY',
      searchString: 'POST',
      textTransformations: [{ priority: 0, type: 'NONE' }],
    },
  };
  return { andStatement: { statements: [post, pathUnder(paths)] } };
}

function blockedBodies(uploadPaths: string[]): UnnumberedRule {
  const suspicious = anyOf(Object.values(BODY_LABELS).flatMap((labels) => Object.values(labels))
    .map((key) => ({ labelMatchStatement: { scope: 'LABEL', key } })));
  return {
    name: 'BlockSuspiciousBodies',
    action: { block: {} },
    statement: uploadPaths.length > 0
      ? { andStatement: { statements: [suspicious, { notStatement: { statement: pathUnder(uploadPaths) } }] } }
      : suspicious,
  };
}

/** The path as Django will read it: `/%61dmin/` is the admin, `/admin/../api/` is not. */
function pathUnder(prefixes: string[]): Statement {
  return anyOf(prefixes.map((searchString) => ({
    byteMatchStatement: {
      fieldToMatch: { uriPath: {} },
      positionalConstraint: 'STARTS_WITH',
      searchString,
      textTransformations: [{ priority: 0, type: 'URL_DECODE' }, { priority: 1, type: 'NORMALIZE_PATH' }],
    },
  })));
}

/** AWS refuses an `or` of one. */
function anyOf(statements: Statement[]): Statement {
  return statements.length === 1 ? statements[0] : { orStatement: { statements } };
}
