import { DomainOptions } from '../../config/domain';
import { isKnown, isTokenOf, Rule, show } from '../../private/validation';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)(?!.*\\.\\d+$)(?:${LABEL}\\.)+${LABEL}$`);
const MUST_BE_HOST_NAME = 'full host name in lower-case ASCII, without scheme, port, path, wildcard or trailing dot';

/** The names of a domain, the first one first. */
export function hostNamesOf(domain: DomainOptions): string[] {
  const { domainName, alternativeNames } = domain;
  return [domainName, ...Array.isArray(alternativeNames) ? alternativeNames : []];
}

export function isHostName(name: string): boolean {
  return isTokenOf('string', name) || (typeof name === 'string' && HOST_NAME.test(name));
}

/** What holds for the names of a domain. */
export const HOST_NAME_RULES: Rule<DomainOptions>[] = [
  ({ domainName }) => isHostName(domainName)
    ? undefined
    : `'domainName' must be a ${MUST_BE_HOST_NAME}, got ${show(domainName)}${advice([domainName])}`,

  ({ alternativeNames = [] }) => {
    const wrong = alternativeNames.filter((name) => !isHostName(name));
    return wrong.length === 0
      ? undefined
      : `'alternativeNames' must each be a ${MUST_BE_HOST_NAME}, got ${wrong.map(show).join(', ')}${advice(wrong)}`;
  },

  (domain) => {
    const names = hostNamesOf(domain).filter(isKnown);
    const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
    return repeated.length === 0
      ? undefined
      : `'alternativeNames' must differ from each other and from 'domainName' ${show(domain.domainName)}, got ${repeated.map(show).join(', ')} twice`;
  },
];

/** How the names should have been written, as far as that can be told. */
function advice(names: string[]): string {
  const corrected = names.map(correctedHostName).filter((name) => name !== undefined);
  return corrected.length === 0 ? '' : `: write ${corrected.map(show).join(', ')}`;
}

function correctedHostName(name: unknown): string | undefined {
  if (typeof name !== 'string') {
    return undefined;
  }
  const address = name.includes('://') ? name : `https://${name}`;
  // A URL's host is lower-case and in Punycode.
  const host = URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
  return HOST_NAME.test(host) ? host : undefined;
}
