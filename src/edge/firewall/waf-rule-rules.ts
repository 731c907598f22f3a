import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { FIRST_FREE_PRIORITY, PRIORITIES, WafRule } from './waf-rules/numbered-rule';
import { isDuration, isGiven, isKnown, isTokenOf, joined, Rule, show } from '../../private/validation';

type Named = Pick<WafRule, 'name' | 'priority'>;

const NAME = /^[\w-]{1,128}$/;
const HIGHEST_PRIORITY = 2 ** 31 - 1;
/** AWS has 10 in a web ACL; two are its own. */
const MOST_RATE_LIMITS = 8;

/** What holds for rules of the user's, besides what CDK's types say. */
export const WAF_RULE_RULES: Rule<{ readonly rules?: WafRule[] }>[] = [
  ({ rules = [] }) => joined(rules.map((rule) => incomplete(rule))),
  ({ rules = [] }) => joined(rules.map(({ name }) => !isGiven(name) || isTokenOf('string', name) || (typeof name === 'string' && NAME.test(name))
    ? undefined
    : `'rules' must have names of 1 to 128 letters, digits, '_' and '-', got ${show(name)}`)),
  ({ rules = [] }) => joined(rules.map(({ name, priority }) => isGiven(priority) && !isFree(priority)
    ? `'rules' must have whole numbers from ${FIRST_FREE_PRIORITY} on as priorities, got ${show(priority)} of ${show(name)}: `
      + `0 to ${FIRST_FREE_PRIORITY - 1} are kept for what the other options ask for; use ${FIRST_FREE_PRIORITY} to come next`
    : undefined)),
  ({ rules = [] }) => joined(pairs(rules, ({ priority }) => isKnown(priority) && isFree(priority) ? priority : undefined).map(([first, second, free]) =>
    `'rules' must have priorities that differ, got ${second.priority} of ${show(second.name)} and of ${show(first.name)}${whose(first)}: `
    + `use e.g. ${free} for one of them`)),
  ({ rules = [] }) => joined(pairs(rules, ({ name }) => isKnown(name) ? name : undefined).map(([first, second]) =>
    `'rules' must have names that differ, got ${show(second.name)} ${isOurs(first) ? 'which this web ACL has itself' : 'twice'}: use another one`)),
  ({ rules = [] }) => {
    const count = rules.filter(({ statement }) => isKnown(statement) && isGiven((statement as { rateBasedStatement?: unknown }).rateBasedStatement)).length;
    return count > MOST_RATE_LIMITS
      ? `'rules' must hold at most ${MOST_RATE_LIMITS} rate limits, got ${count}: AWS WAF has 10 in a web ACL, and 2 are its own`
      : undefined;
  },
];

const EXAMPLES = {
  statement: "{ geoMatchStatement: { countryCodes: ['KP'] } }",
  visibilityConfig: "{ cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName: 'NoXmlRpc' }",
  action: '{ block: {} }',
  overrideAction: '{ none: {} }',
};
const VISIBILITY = ['cloudWatchMetricsEnabled', 'sampledRequestsEnabled', 'metricName'] as const;
const OBJECTS = Object.keys(EXAMPLES) as (keyof typeof EXAMPLES)[];

/** Ours, so that a pair of one of them and one of the user's is found, too. */
const OURS: Named[] = Object.entries(PRIORITIES).map(([name, priority]) => ({ name, priority }));

/** Rules that have something in common with one before them, and a priority that none has. */
function pairs(rules: Named[], keyOf: (rule: Named) => string | number | undefined): [Named, Named, number][] {
  const taken = new Set([...OURS, ...rules].map(({ priority }) => priority));
  return rules.flatMap((rule, index): [Named, Named, number][] => {
    const key = keyOf(rule);
    const other = key === undefined ? undefined : [...OURS, ...rules.slice(0, index)].find((before) => keyOf(before) === key);
    return other ? [[other, rule, firstFree(rule.priority, taken)]] : [];
  });
}

function firstFree(after: number, taken: ReadonlySet<number>): number {
  let priority = after;
  while (taken.has(priority)) {
    priority++;
  }
  return priority;
}

function incomplete(rule: WafRule): string | undefined {
  const missing = (['name', 'priority', 'visibilityConfig'] as const).filter((prop) => !isGiven(rule[prop]));
  if (missing.length > 0) {
    return `'rules' must each have ${missing.map((prop) => `'${prop}'`).join(', ')}, which ${show(rule.name ?? 'the rule without a name')} has not`;
  }
  const misshapen = OBJECTS.find((prop) => isGiven(rule[prop]) && !isObject(rule[prop]));
  if (misshapen) {
    return `'rules' must have objects as '${misshapen}', got ${show(rule[misshapen])} in ${show(rule.name)}: e.g. ${EXAMPLES[misshapen]}`;
  }
  const visibility = isKnown(rule.visibilityConfig) ? rule.visibilityConfig as wafv2.CfnWebACL.VisibilityConfigProperty : undefined;
  const lacking = VISIBILITY.filter((prop) => visibility && !isGiven(visibility[prop]));
  if (lacking.length > 0) {
    return `'rules' must have ${lacking.map((prop) => `'${prop}'`).join(', ')} in 'visibilityConfig' of ${show(rule.name)}: e.g. ${EXAMPLES.visibilityConfig}`;
  }
  if (!isKnown(rule.statement)) {
    return undefined;
  }
  const { managedRuleGroupStatement, ruleGroupReferenceStatement } = rule.statement as wafv2.CfnWebACL.StatementProperty;
  const [needed, other] = isGiven(managedRuleGroupStatement ?? ruleGroupReferenceStatement)
    ? ['overrideAction', 'action'] as const
    : ['action', 'overrideAction'] as const;
  return isGiven(rule[needed]) && !isGiven(rule[other])
    ? undefined
    : `'rules' must have ${show(rule.name)} with '${needed}' and without '${other}', because it ${needed === 'action' ? 'is no rule group' : 'is a rule group'}: `
      + `e.g. ${needed === 'action' ? 'action: { block: {} }' : 'overrideAction: { none: {} }'}`;
}

/** What CloudFormation's types take as a struct. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value) && !isDuration(value);
}

function isFree(priority: number): boolean {
  return isTokenOf('number', priority) || (Number.isInteger(priority) && priority >= FIRST_FREE_PRIORITY && priority <= HIGHEST_PRIORITY);
}

function isOurs({ name }: Named): boolean {
  return Object.keys(PRIORITIES).includes(name);
}

function whose(rule: Named): string {
  return isOurs(rule) ? ' of this web ACL' : '';
}
