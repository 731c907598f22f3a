import { RuleName } from './numbered-rule';

/**
 * The rules of AWS's groups, as AWS documents them. AWS WAF ignores an override for a name that it does not know without a word.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
 */
const MANAGED_RULES = {
  AWSManagedRulesCommonRuleSet: [
    'NoUserAgent_HEADER', 'UserAgent_BadBots_HEADER',
    'SizeRestrictions_QUERYSTRING', 'SizeRestrictions_Cookie_HEADER', 'SizeRestrictions_BODY', 'SizeRestrictions_URIPATH',
    'EC2MetaDataSSRF_BODY', 'EC2MetaDataSSRF_COOKIE', 'EC2MetaDataSSRF_URIPATH', 'EC2MetaDataSSRF_QUERYARGUMENTS',
    'GenericLFI_QUERYARGUMENTS', 'GenericLFI_URIPATH', 'GenericLFI_BODY',
    'RestrictedExtensions_URIPATH', 'RestrictedExtensions_QUERYARGUMENTS',
    'GenericRFI_QUERYARGUMENTS', 'GenericRFI_BODY', 'GenericRFI_URIPATH',
    'CrossSiteScripting_COOKIE', 'CrossSiteScripting_QUERYARGUMENTS', 'CrossSiteScripting_BODY', 'CrossSiteScripting_URIPATH',
  ],
  AWSManagedRulesKnownBadInputsRuleSet: [
    'JavaDeserializationRCE_HEADER', 'JavaDeserializationRCE_BODY', 'JavaDeserializationRCE_URIPATH', 'JavaDeserializationRCE_QUERYSTRING',
    'Host_localhost_HEADER', 'PROPFIND_METHOD', 'ExploitablePaths_URIPATH',
    'Log4JRCE_HEADER', 'Log4JRCE_QUERYSTRING', 'Log4JRCE_BODY', 'Log4JRCE_URIPATH',
  ],
  AWSManagedRulesSQLiRuleSet: [
    'SQLi_QUERYARGUMENTS', 'SQLiExtendedPatterns_QUERYARGUMENTS', 'SQLi_BODY', 'SQLiExtendedPatterns_BODY', 'SQLi_COOKIE',
  ],
} satisfies Partial<Record<RuleName, string[]>>;

/** A group of AWS's with the rules that look for attacks. */
export type ManagedGroup = keyof typeof MANAGED_RULES;

/** The names of all rules that look for attacks. */
export const MANAGED_RULE_NAMES: readonly string[] = Object.values(MANAGED_RULES).flat();

/** Those of the names that are rules of a group. */
export function rulesOf(group: ManagedGroup, names: readonly string[]): string[] {
  return MANAGED_RULES[group].filter((name) => names.includes(name));
}
