import * as wafv2 from 'aws-cdk-lib/aws-wafv2';

export type WafRule = wafv2.CfnWebACL.RuleProperty;

/**
 * The rules of a web ACL by their priorities, which are public: users put rules of their own between them. What was asked for by name
 * comes first, so that no rule of a user's that lets requests through goes before it.
 */
export const PRIORITIES = {
  RequiredHeader: 0,
  ClientAddress: 1,
  Maintenance: 2,
  Countries: 3,
  AdminAllowList: 4,
  AWSManagedRulesAmazonIpReputationList: 1000,
  RateLimit: 1100,
  LoginRateLimit: 1200,
  AWSManagedRulesCommonRuleSet: 1300,
  AWSManagedRulesKnownBadInputsRuleSet: 1400,
  AWSManagedRulesSQLiRuleSet: 1500,
  BlockSuspiciousBodies: 1600,
} as const;

/** The name of a rule, which its metric and the logs have, too. */
export type RuleName = keyof typeof PRIORITIES;

/** The lowest priority of a user's rule. */
export const FIRST_FREE_PRIORITY = 10;

/** A rule with the priority and the metric of its name. */
export function numbered(name: RuleName, rule: Pick<WafRule, 'statement' | 'action' | 'overrideAction'>): WafRule {
  return { name, priority: PRIORITIES[name], ...rule, visibilityConfig: visibility(name) };
}

/** What CloudWatch and the console show of a rule or of the web ACL. */
export function visibility(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}
