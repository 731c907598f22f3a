/* eslint-disable @typescript-eslint/no-explicit-any */
import { posix } from 'path';

/** A request as the rules of our own see it: the labels are those that AWS's rules have added before. */
export interface WafRequest {
  readonly method?: string;
  readonly path: string;
  readonly labels?: string[];
}

/** Whether a statement, as it stands in the template, matches a request. Throws on what it does not know. */
export function matchesStatement(statement: any, request: WafRequest): boolean {
  const [[kind, body]] = Object.entries<any>(statement);
  switch (kind) {
    case 'AndStatement': return several(body).every((inner) => matchesStatement(inner, request));
    case 'OrStatement': return several(body).some((inner) => matchesStatement(inner, request));
    case 'NotStatement': return !matchesStatement(body.Statement, request);
    case 'LabelMatchStatement': return (request.labels ?? []).includes(body.Key);
    case 'ByteMatchStatement': {
      const text = transformed(field(body.FieldToMatch, request), body.TextTransformations);
      return body.PositionalConstraint === 'EXACTLY' ? text === body.SearchString : text.startsWith(body.SearchString);
    }
    default: throw new Error(`unknown statement ${kind}`);
  }
}

/**
 * Capacity units of a statement by AWS's published costs, with every transformation in full.
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
 */
export function capacityOf(statement: any): number {
  const [[kind, body]] = Object.entries<any>(statement);
  switch (kind) {
    case 'AndStatement':
    case 'OrStatement': return several(body).reduce((sum, inner) => sum + capacityOf(inner), 0);
    case 'NotStatement': return capacityOf(body.Statement);
    case 'LabelMatchStatement': return 1;
    case 'ByteMatchStatement': return 2 + 10 * body.TextTransformations.filter(({ Type }: any) => Type !== 'NONE').length;
    case 'RateBasedStatement': return 2 + (body.ScopeDownStatement ? capacityOf(body.ScopeDownStatement) : 0);
    case 'ManagedRuleGroupStatement': return MANAGED_CAPACITY[body.Name];
    default: throw new Error(`unknown statement ${kind}`);
  }
}

/** @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html */
const MANAGED_CAPACITY: Record<string, number> = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
};

/** AWS refuses an `and` or `or` of one. */
function several({ Statements }: { Statements: any[] }): any[] {
  if (Statements.length < 2) {
    throw new Error('needs at least two statements');
  }
  return Statements;
}

function field(fieldToMatch: any, request: WafRequest): string {
  if (fieldToMatch.UriPath) {
    return request.path;
  }
  if (fieldToMatch.Method) {
    return request.method ?? 'GET';
  }
  throw new Error(`unknown field ${JSON.stringify(fieldToMatch)}`);
}

function transformed(text: string, transformations: { Priority: number; Type: string }[]): string {
  return [...transformations].sort((a, b) => a.Priority - b.Priority).reduce((result, { Type }) => {
    switch (Type) {
      case 'NONE': return result;
      case 'URL_DECODE': return decodeURIComponent(result);
      case 'NORMALIZE_PATH': return posix.normalize(result);
      default: throw new Error(`unknown transformation ${Type}`);
    }
  }, text);
}
