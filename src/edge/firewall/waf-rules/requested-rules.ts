import { Duration, Tokenization } from 'aws-cdk-lib/core';
import { numbered, WafRule } from './numbered-rule';
import { allOf, fromAddresses, fromCountries, hasHeader, headerIs, not, pathPossiblyUnder } from './statements';
import { MAINTENANCE_PAGE_KEY } from '../maintenance-page';
import { RequiredHeader } from '../required-header-props';

export interface RequestedSettings {
  readonly requiredHeader?: RequiredHeader;
  readonly clientAddressHeader?: string;
  readonly maintenance?: { readonly retryAfter: Duration; readonly bypassIpSets: string[] };
  readonly allowedCountries?: string[];
  readonly blockedCountries?: string[];
  readonly admin?: { readonly paths: string[]; readonly ipSets: string[] };
}

const SERVICE_UNAVAILABLE = 503;

/** The rules that were asked for by name. They block in every mode, since they guess nothing. */
export function requestedRules(settings: RequestedSettings): WafRule[] {
  const { requiredHeader, clientAddressHeader: header, maintenance, allowedCountries, blockedCountries, admin } = settings;
  return [
    // CloudFormation puts the value in; the template holds a reference.
    ...requiredHeader ? [blocking('RequiredHeader', not(headerIs(requiredHeader.name, requiredHeader.value.unsafeUnwrap())))] : [],
    // AWS WAF does not apply a rule at all whose header with the address is missing: limits and lists would not hold.
    ...header ? [blocking('ClientAddress', not(hasHeader(header)))] : [],
    ...maintenance ? [closed(maintenance.retryAfter, maintenance.bypassIpSets, header)] : [],
    ...allowedCountries ? [blocking('Countries', not(fromCountries(allowedCountries, header, 'NO_MATCH')))] : [],
    ...blockedCountries?.length ? [blocking('Countries', fromCountries(blockedCountries, header, 'MATCH'))] : [],
    ...admin ? [blocking('AdminAllowList', allOf(pathPossiblyUnder(admin.paths), not(fromAddresses(admin.ipSets, header))))] : [],
  ];
}

function blocking(name: 'RequiredHeader' | 'ClientAddress' | 'Countries' | 'AdminAllowList', statement: WafRule['statement']): WafRule {
  return numbered(name, { action: { block: {} }, statement });
}

function closed(retryAfter: Duration, bypassIpSets: string[], header?: string): WafRule {
  return numbered('Maintenance', {
    action: {
      block: {
        customResponse: {
          responseCode: SERVICE_UNAVAILABLE,
          customResponseBodyKey: MAINTENANCE_PAGE_KEY,
          responseHeaders: [
            { name: 'Retry-After', value: Tokenization.stringifyNumber(retryAfter.toSeconds()) },
            { name: 'Cache-Control', value: 'no-store' },
          ],
        },
      },
    },
    statement: bypassIpSets.length > 0 ? not(fromAddresses(bypassIpSets, header)) : everything(),
  });
}

/** AWS WAF has no statement for it. Each request has a path. */
function everything(): WafRule['statement'] {
  return {
    sizeConstraintStatement: { fieldToMatch: { uriPath: {} }, comparisonOperator: 'GE', size: 0, textTransformations: [{ priority: 0, type: 'NONE' }] },
  };
}
