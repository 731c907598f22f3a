/* eslint-disable @typescript-eslint/no-explicit-any -- it reads templates */
import { BlockList, isIP } from 'net';
import { posix } from 'path';
import { MANAGED_GROUPS } from './managed-rules-model';

/** A request as it reaches the web ACL; header names are in lower case. */
export interface WafRequest {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Where the connection comes from. */
  readonly address?: string;
}

/** What became of a request. */
export interface Verdict {
  readonly action: 'ALLOW' | 'BLOCK';
  /** The rule that decided; none where it is the default action. */
  readonly rule?: string;
  readonly status?: number;
  readonly responseHeaders?: Record<string, string>;
  readonly page?: string;
  readonly contentType?: string;
  /** The rules that matched and only counted, those in groups included. */
  readonly counted: string[];
  readonly labels: string[];
}

/** What AWS knows and the template does not say. */
export interface Surroundings {
  readonly countries?: Record<string, string>;
  readonly badAddresses?: string[];
  /** The values that CloudFormation puts in for references to secrets. */
  readonly secrets?: Record<string, string>;
}

interface Scene {
  readonly request: WafRequest;
  readonly labels: Set<string>;
  readonly seconds: number;
}

/** AWS WAF does not apply a rule whose header with the address is missing. */
class NotApplicable extends Error {}

/** The web ACL of a template, as AWS documents that it works. It throws on what it does not know, so nothing in a template goes unnoticed. */
export class WafInterpreter {
  private readonly resources: Record<string, any>;
  private readonly webAcl: any;
  /** Times of requests by rule and address. */
  private readonly seen = new Map<string, number[]>();

  public constructor(template: { readonly Resources?: Record<string, any> }, private readonly surroundings: Surroundings = {}) {
    this.resources = template.Resources ?? {};
    this.webAcl = Object.values(this.resources).find(({ Type }) => Type === 'AWS::WAFv2::WebACL')!.Properties;
  }

  /** Capacity units by AWS's published costs, with every transformation in full. */
  public get capacity(): number {
    return this.webAcl.Rules.reduce((sum: number, { Statement }: any) => sum + capacityOf(Statement), 0);
  }

  /** What happens to a request at a time. */
  public handle(request: WafRequest, seconds = 0): Verdict {
    const scene: Scene = { request: { ...request, headers: { 'user-agent': 'Mozilla/5.0', 'host': 'shop.example.com', ...request.headers } }, labels: new Set(), seconds };
    const counted: string[] = [];
    const end = (action: 'ALLOW' | 'BLOCK', rule?: any, rest: object = {}) => ({ action, rule: rule?.Name, counted, labels: [...scene.labels], ...rest });
    for (const rule of [...this.webAcl.Rules].sort((a: any, b: any) => a.Priority - b.Priority)) {
      const group = rule.Statement.ManagedRuleGroupStatement;
      const matched = group ? this.runGroup(group, scene, counted) : this.applies(rule, scene);
      if (!matched) {
        continue;
      }
      const action = group ? (one(rule.OverrideAction) === 'None' ? 'Block' : 'Count') : one(rule.Action);
      switch (action) {
        case 'Block': return end('BLOCK', rule, this.response(rule.Action?.Block));
        case 'Allow': return end('ALLOW', rule);
        case 'Count': counted.push(rule.Name); break;
        default: throw new Error(`unknown action ${action}`);
      }
    }
    return end(one(this.webAcl.DefaultAction) === 'Allow' ? 'ALLOW' : 'BLOCK');
  }

  private applies(rule: any, scene: Scene): boolean {
    try {
      return this.matches(rule.Statement, scene, rule.Name);
    } catch (error) {
      if (error instanceof NotApplicable) {
        return false;
      }
      throw error;
    }
  }

  /** Each rule of the group in turn, up to the first that ends it. */
  private runGroup(group: any, { request, labels }: Scene, counted: string[]): boolean {
    const bytes = Buffer.from(request.body ?? '');
    const inspected = {
      request,
      body: bytes.subarray(0, this.webAcl.Scope === 'CLOUDFRONT' ? 16_384 : 8192).toString(),
      bodyBytes: bytes.length,
      hasBadAddress: (this.surroundings.badAddresses ?? []).includes(request.address ?? ''),
    };
    const overrides = Object.fromEntries((group.RuleActionOverrides ?? []).map(({ Name, ActionToUse }: any) => [Name, one(ActionToUse)]));
    const rules = MANAGED_GROUPS[group.Name];
    const unknown = Object.keys(overrides).filter((name) => !rules.some((rule) => rule.name === name));
    if (unknown.length > 0) {
      throw new Error(`AWS would silently ignore the overrides of ${unknown.join(', ')}`);
    }
    for (const rule of rules.filter((candidate) => candidate.matches(inspected))) {
      labels.add(rule.label);
      if (overrides[rule.name] !== 'Count') {
        return true;
      }
      counted.push(rule.name);
    }
    return false;
  }

  private matches(statement: any, scene: Scene, rule: string): boolean {
    const body = statement[one(statement)];
    switch (one(statement)) {
      case 'AndStatement': return several(body).map((inner) => this.matches(inner, scene, rule)).every(Boolean);
      case 'OrStatement': return several(body).map((inner) => this.matches(inner, scene, rule)).some(Boolean);
      case 'NotStatement': return !this.matches(body.Statement, scene, rule);
      case 'LabelMatchStatement': return scene.labels.has(body.Key);
      case 'ByteMatchStatement': return this.matchesBytes(body, scene.request);
      case 'RegexMatchStatement': return new RegExp(body.RegexString).test(transformed(fieldOf(body.FieldToMatch, scene.request) ?? '', body.TextTransformations));
      case 'SizeConstraintStatement': return matchesSize(body, scene.request);
      case 'IPSetReferenceStatement': return this.matchesAddress(body, scene.request);
      case 'GeoMatchStatement': return this.matchesCountry(body, scene.request);
      case 'RateBasedStatement': return this.exceedsRate(body, scene, rule);
      default: throw new Error(`unknown statement ${one(statement)}`);
    }
  }

  private matchesBytes({ FieldToMatch, TextTransformations, SearchString, PositionalConstraint }: any, request: WafRequest): boolean {
    const field = fieldOf(FieldToMatch, request);
    if (field === undefined) {
      return false;
    }
    const text = transformed(field, TextTransformations);
    const wanted = this.surroundings.secrets?.[JSON.stringify(SearchString)] ?? SearchString;
    switch (PositionalConstraint) {
      case 'EXACTLY': return text === wanted;
      case 'STARTS_WITH': return text.startsWith(wanted);
      default: throw new Error(`unknown constraint ${PositionalConstraint}`);
    }
  }

  private matchesAddress({ Arn, IPSetForwardedIPConfig: config }: any, request: WafRequest): boolean {
    const address = addressOf(request, config);
    if (isIP(address) === 0) {
      return config.FallbackBehavior === 'MATCH';
    }
    const { Addresses, IPAddressVersion, Scope } = this.resources[Arn['Fn::GetAtt'][0]].Properties;
    if (Scope !== this.webAcl.Scope) {
      throw new Error('the set of addresses is of another scope');
    }
    const list = new BlockList();
    for (const range of Addresses) {
      const [first, bits] = range.split('/');
      list.addSubnet(first, Number(bits), IPAddressVersion.toLowerCase());
    }
    return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }

  private matchesCountry({ CountryCodes, ForwardedIPConfig: config }: any, request: WafRequest): boolean {
    const address = addressOf(request, config);
    return isIP(address) === 0 ? config.FallbackBehavior === 'MATCH' : CountryCodes.includes(this.surroundings.countries?.[address] ?? 'ZZ');
  }

  private exceedsRate(body: any, scene: Scene, rule: string): boolean {
    const forwarded = { IP: undefined, FORWARDED_IP: body.ForwardedIPConfig }[body.AggregateKeyType as string];
    const address = addressOf(scene.request, forwarded);
    if (body.ScopeDownStatement && !this.matches(body.ScopeDownStatement, scene, rule)) {
      return false;
    }
    if (isIP(address) === 0) {
      return forwarded.FallbackBehavior === 'MATCH';
    }
    const key = `${rule} ${address}`;
    const recent = [...this.seen.get(key) ?? [], scene.seconds].filter((time) => time > scene.seconds - body.EvaluationWindowSec);
    this.seen.set(key, recent);
    return recent.length > body.Limit;
  }

  private response(block: any): Partial<Verdict> {
    const { ResponseCode, ResponseHeaders, CustomResponseBodyKey } = block?.CustomResponse ?? {};
    const page = CustomResponseBodyKey && this.webAcl.CustomResponseBodies[CustomResponseBodyKey];
    return {
      status: ResponseCode ?? 403,
      ...ResponseHeaders && { responseHeaders: Object.fromEntries(ResponseHeaders.map(({ Name, Value }: any) => [Name, Value])) },
      ...page && { page: page.Content, contentType: page.ContentType },
    };
  }
}

/**
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export function capacityOf(statement: any): number {
  const body = statement[one(statement)];
  const transformations = 10 * (body.TextTransformations ?? []).filter(({ Type }: any) => Type !== 'NONE').length;
  switch (one(statement)) {
    case 'AndStatement':
    case 'OrStatement': return several(body).reduce((sum, inner) => sum + capacityOf(inner), 0);
    case 'NotStatement': return capacityOf(body.Statement);
    case 'LabelMatchStatement':
    case 'GeoMatchStatement':
    case 'IPSetReferenceStatement': return 1;
    case 'SizeConstraintStatement': return 1 + transformations;
    case 'ByteMatchStatement': return 2 + transformations;
    case 'RegexMatchStatement': return 3 + transformations;
    case 'RateBasedStatement': return 2 + (body.ScopeDownStatement ? capacityOf(body.ScopeDownStatement) : 0);
    case 'ManagedRuleGroupStatement': return MANAGED_CAPACITY[body.Name];
    default: throw new Error(`unknown statement ${one(statement)}`);
  }
}

const MANAGED_CAPACITY: Record<string, number> = {
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesSQLiRuleSet: 200,
};

/** The only key of an object that is one of several. */
function one(union: any): string {
  const keys = Object.keys(union);
  if (keys.length !== 1) {
    throw new Error(`must be one of several: ${keys.join(', ')}`);
  }
  return keys[0];
}

/** AWS refuses an `and` or `or` of one. */
function several({ Statements }: { Statements: any[] }): any[] {
  if (Statements.length < 2) {
    throw new Error('needs at least two statements');
  }
  return Statements;
}

/** The address that a statement goes by; what is no address is left to the fallback. */
function addressOf(request: WafRequest, config?: any): string {
  if (!config) {
    return request.address ?? '198.51.100.1';
  }
  const value = request.headers?.[config.HeaderName.toLowerCase()];
  if (value === undefined) {
    throw new NotApplicable();
  }
  return value.split(',')[0].trim();
}

/** A part of the request; nothing where there is none, which matches no statement. */
function fieldOf(fieldToMatch: any, request: WafRequest): string | undefined {
  switch (one(fieldToMatch)) {
    case 'UriPath': return request.path;
    case 'Method': return request.method ?? 'GET';
    case 'SingleHeader': return request.headers?.[fieldToMatch.SingleHeader.Name.toLowerCase()];
    default: throw new Error(`unknown field ${JSON.stringify(fieldToMatch)}`);
  }
}

function matchesSize({ FieldToMatch, TextTransformations, ComparisonOperator, Size }: any, request: WafRequest): boolean {
  const field = fieldOf(FieldToMatch, request);
  if (field === undefined) {
    return false;
  }
  const size = Buffer.byteLength(transformed(field, TextTransformations));
  switch (ComparisonOperator) {
    case 'GT': return size > Size;
    case 'GE': return size >= Size;
    default: throw new Error(`unknown operator ${ComparisonOperator}`);
  }
}

function transformed(text: string, transformations: { Priority: number; Type: string }[]): string {
  return [...transformations].sort((a, b) => a.Priority - b.Priority).reduce((result, { Type }) => {
    switch (Type) {
      case 'NONE': return result;
      case 'URL_DECODE': return result.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      case 'NORMALIZE_PATH': return posix.normalize(result);
      default: throw new Error(`unknown transformation ${Type}`);
    }
  }, text);
}
