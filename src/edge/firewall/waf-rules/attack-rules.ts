import { ManagedGroup, rulesOf } from './managed-rules';
import { numbered, RuleName, WafRule } from './numbered-rule';
import { allOf, anyOf, hasLabel, hasMethod, not, pathCertainlyUnder, pathUnder, Statement } from './statements';
import { WebAclMode } from '../web-acl-mode';

export interface AttackRuleSettings {
  readonly mode: WebAclMode;
  readonly uploadPaths: string[];
  readonly loginPaths: string[];
  readonly rateLimit: number;
  readonly loginRateLimit: number;
  readonly countedRules: string[];
  readonly clientAddressHeader?: string;
}

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
const BODY_LABELS: Partial<Record<ManagedGroup, Record<string, string>>> = {
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
 * The rules that tell attacks and floods from their looks. The block of bodies comes last, because a label is seen
 * only by the rules after the one that adds it.
 */
export function attackRules(settings: AttackRuleSettings): WafRule[] {
  const { mode, uploadPaths, loginPaths, rateLimit, loginRateLimit, countedRules, clientAddressHeader: header } = settings;
  return [
    // It goes by the address of the connection only, which behind a proxy is the proxy's.
    ...header ? [] : [managedRules('AWSManagedRulesAmazonIpReputationList', mode)],
    rateRule('RateLimit', mode, rateLimit, header),
    ...loginPaths.length > 0 ? [rateRule('LoginRateLimit', mode, loginRateLimit, header, loginAttempt(loginPaths))] : [],
    attackGroup('AWSManagedRulesCommonRuleSet', mode, countedRules),
    attackGroup('AWSManagedRulesKnownBadInputsRuleSet', mode, countedRules),
    attackGroup('AWSManagedRulesSQLiRuleSet', mode, countedRules),
    ...blockedBodies(uploadPaths, mode, countedRules),
  ];
}

/** A rule group that looks for attacks, of which the rules on bodies and those that are named only count. */
function attackGroup(name: ManagedGroup, mode: WebAclMode, countedRules: string[]): WafRule {
  return managedRules(name, mode, rulesOf(name, [...Object.keys(BODY_LABELS[name] ?? {}), ...countedRules]));
}

/** A rule group of AWS without extra fees, with its own actions but for the rules that only count. */
function managedRules(name: RuleName, mode: WebAclMode, counted: string[] = []): WafRule {
  return numbered(name, {
    overrideAction: mode === WebAclMode.COUNT ? { count: {} } : { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.length > 0 ? counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })) : undefined,
      },
    },
  });
}

function rateRule(name: RuleName, mode: WebAclMode, limit: number, header?: string, scopeDownStatement?: Statement): WafRule {
  return numbered(name, {
    action: mode === WebAclMode.COUNT ? { count: {} } : { block: { customResponse: { responseCode: TOO_MANY_REQUESTS } } },
    statement: {
      rateBasedStatement: {
        limit,
        aggregateKeyType: header ? 'FORWARDED_IP' : 'IP',
        forwardedIpConfig: header ? { headerName: header, fallbackBehavior: 'MATCH' } : undefined,
        evaluationWindowSec: RATE_LIMIT_WINDOW_SECONDS,
        scopeDownStatement,
      },
    },
  });
}

/** Only what carries credentials counts as an attempt: everyone who is logged out is sent to the form. */
function loginAttempt(paths: string[]): Statement {
  return allOf(hasMethod('POST'), pathUnder(paths));
}

function blockedBodies(uploadPaths: string[], mode: WebAclMode, countedRules: string[]): WafRule[] {
  const labels = Object.values(BODY_LABELS)
    .flatMap((group) => Object.entries(group))
    .filter(([rule]) => !countedRules.includes(rule))
    .map(([, label]) => label);
  if (labels.length === 0) {
    return [];
  }
  const suspicious = anyOf(labels.map(hasLabel));
  return [numbered('BlockSuspiciousBodies', {
    action: mode === WebAclMode.COUNT ? { count: {} } : { block: {} },
    statement: uploadPaths.length > 0 ? allOf(suspicious, not(pathCertainlyUnder(uploadPaths))) : suspicious,
  })];
}
