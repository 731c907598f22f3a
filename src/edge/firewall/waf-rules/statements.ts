import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Token } from 'aws-cdk-lib/core';

export type Statement = wafv2.CfnWebACL.StatementProperty;

/** What AWS WAF refuses to match against in one statement. */
const MOST_COUNTRIES = 50;

/** A path with `..`, which browsers never send: it leaves what it begins with where a server tidies it up. */
const UPWARDS = '/\\.\\.(/|$)';

const AS_IT_IS = { priority: 0, type: 'NONE' };
const DECODED = { priority: 0, type: 'URL_DECODE' };
const TIDIED = { priority: 1, type: 'NORMALIZE_PATH' };

/** AWS refuses an `or` of one. */
export function anyOf(statements: Statement[]): Statement {
  return statements.length === 1 ? statements[0] : { orStatement: { statements } };
}

export function allOf(...statements: Statement[]): Statement {
  return { andStatement: { statements } };
}

export function not(statement: Statement): Statement {
  return { notStatement: { statement } };
}

export function hasMethod(method: string): Statement {
  return { byteMatchStatement: { fieldToMatch: { method: {} }, positionalConstraint: 'EXACTLY', searchString: method, textTransformations: [AS_IT_IS] } };
}

export function hasLabel(key: string): Statement {
  return { labelMatchStatement: { scope: 'LABEL', key } };
}

/** CDK passes the name of a header on as it is, so it is spelt as in CloudFormation. */
export function singleHeader(name: string): { readonly singleHeader: { readonly Name: string } } {
  return { singleHeader: { Name: name } };
}

/** The name of a header as AWS WAF shows it. A token is no text yet. */
export function inLowerCase(name: string): string {
  return Token.isUnresolved(name) ? name : name.toLowerCase();
}

export function hasHeader(name: string): Statement {
  return {
    sizeConstraintStatement: { fieldToMatch: singleHeader(inLowerCase(name)), comparisonOperator: 'GT', size: 0, textTransformations: [AS_IT_IS] },
  };
}

export function headerIs(name: string, value: string): Statement {
  return {
    byteMatchStatement: {
      fieldToMatch: singleHeader(inLowerCase(name)), positionalConstraint: 'EXACTLY', searchString: value, textTransformations: [AS_IT_IS],
    },
  };
}

/** The path as a server reads it that tidies paths up: `/%61dmin/` is the admin, `/admin/../api/` is not. */
export function pathUnder(prefixes: string[]): Statement {
  return anyOf(prefixes.map((prefix) => startsWith(prefix, [DECODED, TIDIED])));
}

/** The path as any server may read it, whether it tidies paths up or not, as Django does not. */
export function pathPossiblyUnder(prefixes: string[]): Statement {
  return anyOf(prefixes.flatMap((prefix) => [startsWith(prefix, [DECODED]), startsWith(prefix, [DECODED, TIDIED])]));
}

/** The path as every server reads it. */
export function pathCertainlyUnder(prefixes: string[]): Statement {
  const upwards: Statement = { regexMatchStatement: { fieldToMatch: { uriPath: {} }, regexString: UPWARDS, textTransformations: [DECODED] } };
  return allOf(anyOf(prefixes.map((prefix) => startsWith(prefix, [DECODED]))), not(upwards));
}

/** What has no address in the header is from none of them: AWS WAF skips the rule where there is no header at all, so another rule must demand it. */
export function fromAddresses(ipSetArns: string[], header?: string): Statement {
  return anyOf(ipSetArns.map((arn) => ({
    ipSetReferenceStatement: {
      arn,
      ipSetForwardedIpConfig: header ? { headerName: header, position: 'FIRST', fallbackBehavior: 'NO_MATCH' } : undefined,
    },
  })));
}

/**
 * @param otherwise what an address counts as that is none
 */
export function fromCountries(codes: string[], header: string | undefined, otherwise: 'MATCH' | 'NO_MATCH'): Statement {
  const different = [...new Set(codes)];
  const parts = Array.from({ length: Math.ceil(different.length / MOST_COUNTRIES) }, (_, part) =>
    different.slice(part * MOST_COUNTRIES, (part + 1) * MOST_COUNTRIES));
  return anyOf(parts.map((countryCodes) => ({
    geoMatchStatement: { countryCodes, forwardedIpConfig: header ? { headerName: header, fallbackBehavior: otherwise } : undefined },
  })));
}

function startsWith(searchString: string, textTransformations: wafv2.CfnWebACL.TextTransformationProperty[]): Statement {
  return { byteMatchStatement: { fieldToMatch: { uriPath: {} }, positionalConstraint: 'STARTS_WITH', searchString, textTransformations } };
}
