import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Token } from 'aws-cdk-lib/core';

type Statement = wafv2.CfnWebACL.StatementProperty;
type Inspected = { readonly fieldToMatch?: unknown; readonly textTransformations?: unknown };

/** Capacity units of a web ACL that cost no extra fee. */
export const INCLUDED_CAPACITY = 1500;

const MANAGED: Record<string, number> = {
  AWSManagedRulesACFPRuleSet: 50,
  AWSManagedRulesATPRuleSet: 50,
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesAntiDDoSRuleSet: 50,
  AWSManagedRulesBotControlRuleSet: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesPHPRuleSet: 100,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
  AWSManagedRulesWindowsRuleSet: 200,
  AWSManagedRulesWordPressRuleSet: 100,
};

/**
 * Capacity units that rules need at least, by AWS's published costs. What cannot be told here, such as a rule group of one's own, counts nothing;
 * AWS may charge less where rules share a transformation.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
 */
export function capacityOf(rules: readonly wafv2.CfnWebACL.RuleProperty[]): number {
  return total(rules.map(({ statement }) => statement));
}

function total(statements: unknown): number {
  return Array.isArray(statements) ? statements.reduce<number>((sum, statement) => sum + costOf(statement), 0) : 0;
}

function costOf(statement: unknown): number {
  if (typeof statement !== 'object' || statement === null || Token.isUnresolved(statement)) {
    return 0;
  }
  // A statement is one kind of statement; Python hands over the others as undefined.
  return Object.entries(statement as Statement)
    .filter(([, body]) => typeof body === 'object' && body !== null && !Token.isUnresolved(body))
    .reduce((sum, [kind, body]) => sum + (COSTS[kind]?.(body) ?? 0), 0);
}

/* eslint-disable @typescript-eslint/no-explicit-any -- CDK allows a token in place of each struct, so nothing has a type that could be used. */
const COSTS: Record<string, ((body: any) => number) | undefined> = {
  andStatement: ({ statements }) => total(statements),
  orStatement: ({ statements }) => total(statements),
  notStatement: ({ statement }) => costOf(statement),
  asnMatchStatement: () => 1,
  byteMatchStatement: (body) => (String(body.positionalConstraint).startsWith('CONTAINS') ? 10 : 2) + inspection(body, 10),
  geoMatchStatement: () => 1,
  ipSetReferenceStatement: ({ ipSetForwardedIpConfig }) => ipSetForwardedIpConfig?.position === 'ANY' ? 5 : 1,
  labelMatchStatement: () => 1,
  managedRuleGroupStatement: ({ name, scopeDownStatement }) => (MANAGED[name] ?? 0) + costOf(scopeDownStatement),
  rateBasedStatement: ({ customKeys, scopeDownStatement }) => 2 + 30 * (customKeys?.length ?? 0) + costOf(scopeDownStatement),
  regexMatchStatement: (body) => 3 + inspection(body, 10),
  regexPatternSetReferenceStatement: (body) => 25 + inspection(body, 10),
  sizeConstraintStatement: (body) => 1 + inspection(body, 10),
  sqliMatchStatement: (body) => (body.sensitivityLevel === 'HIGH' ? 30 : 20) + inspection(body, 10),
  xssMatchStatement: (body) => 40 + inspection(body, 10),
};
/* eslint-enable @typescript-eslint/no-explicit-any */

/** What transformations cost, and the request component that costs extra. */
function inspection({ fieldToMatch, textTransformations }: Inspected, perTransformation: number): number {
  const transformations = Array.isArray(textTransformations) ? textTransformations.filter(({ type }) => type !== 'NONE').length : 0;
  const allArguments = (fieldToMatch as { readonly allQueryArguments?: unknown } | undefined)?.allQueryArguments !== undefined;
  return transformations * perTransformation + (allArguments ? 10 : 0);
}
