import { RouteOptions } from './route-props';
import { an, Kind, shaped, strings } from '../../../private/shapes';
import { integerBetween, isKnown, joined, Rule, show } from '../../../private/validation';

/**
 * The quotas say 6 wildcards, the rules' own documentation 5.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const MOST_VALUES = 5;
const MOST_WILDCARDS = 5;
/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
const PATH = /^\/[\w\-.$/~"'@:+&*?]{0,127}$/;

const AUTHENTICATION: Kind = { name: 'a RouteAuthentication', member: '_before', hint: 'use RouteAuthentication.cognito({ ... }) or .oidc({ ... })' };

/** What holds for a route. */
export const ROUTE_RULES: Rule<RouteOptions>[] = shaped<RouteOptions>({ paths: strings, authentication: an(AUTHENTICATION) }, [
  ({ authentication }) => authentication?._problem(),
  ({ paths }) => paths?.length === 0 ? "'paths' must not be empty: leave it out to send every request there that no other route takes" : undefined,
  ({ paths }) => joined((paths ?? []).map((path) => !isKnown(path)
    ? "'paths' must be known at synthesis, because the order of the rules is computed from them: give plain strings, not tokens"
    : PATH.test(path)
      ? wildcards(path) > MOST_WILDCARDS ? `'paths' must have ${MOST_WILDCARDS} wildcards each at most, got ${show(path)}` : undefined
      : `'paths' must begin with '/' and have 128 characters at most, of letters, digits and -_.$/~"'@:+&*?, e.g. ${show(pathFor(path))}, got ${show(path)}`)),
  ({ paths }) => joined([...new Set((paths ?? []).filter((path, index, all) => all.indexOf(path) !== index))]
    .map((path) => `'paths' must not name a path twice, got ${show(path)}`)),
  integerBetween('priority', 1, 49_999),
  ({ paths, priority }) => priority !== undefined && !paths
    ? "'priority' must be left out without 'paths': what no other route takes comes last"
    : undefined,
]);

/** Patterns in rules, each with as many as a rule may have beside a number of other values. */
export function inRules(patterns: string[], otherValues: number): string[][] {
  const rules: string[][] = [];
  for (const pattern of patterns) {
    const last = rules[rules.length - 1];
    const fits = last && last.length < MOST_VALUES - otherValues && wildcards(...last, pattern) <= MOST_WILDCARDS - otherValues;
    if (fits) {
      last.push(pattern);
    } else {
      rules.push([pattern]);
    }
  }
  return rules;
}

function wildcards(...patterns: string[]): number {
  return patterns.join('').replace(/[^*?]/g, '').length;
}

/** What may have been meant. */
function pathFor(path: string): string {
  const plain = path.trim().replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[^\w\-.$/~@:+*?]/g, '').replace(/^\/+|\/+$/g, '').slice(0, 100);
  return plain === '' ? '/api/*' : `/${plain}${/[*?]$/.test(plain) ? '' : '/*'}`;
}
