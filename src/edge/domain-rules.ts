import { CfnHostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Stack, Token } from 'aws-cdk-lib/core';
import { DomainOptions } from '../config/domain';
import { isKnown, Rule, show } from '../private/validation';

const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)(?:${LABEL}\\.)+${LABEL}$`);
const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:([a-z0-9-]+):\d{12}:certificate\/[\w-]+$/;
const MUST_BE_HOST_NAME = 'full host name in lower-case ASCII, without scheme, port, path, wildcard or trailing dot';

/** ACM refuses a longer first name; longer ones may stand among the alternative names. */
const LONGEST_FIRST_NAME = 64;

/** The names of a domain, the first one first. */
export function hostNamesOf(domain: DomainOptions): string[] {
  return [domain.domainName, ...domain.alternativeNames ?? []];
}

/** What holds for a domain whichever service serves it. */
export const DOMAIN_RULES: Rule<DomainOptions>[] = [
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

  (domain) => domain.hostedZone || domain.certificate ? undefined : neitherZoneNorCertificate(domain),

  (domain) => {
    const zone = zoneNameOf(domain);
    if (domain.hostedZone && zone === undefined) {
      return '\'hostedZone\' must know the name of its zone: use HostedZone.fromLookup() or .fromHostedZoneAttributes() instead of .fromHostedZoneId()';
    }
    const outside = isKnown(zone) ? hostNamesOf(domain).filter((name) => isHostName(name) && isKnown(name) && !liesIn(name, zone)) : [];
    return outside.length === 0
      ? undefined
      : `'hostedZone' is the zone of ${show(zone)}, but ${outside.map(show).join(', ')} must lie inside it: `
        + 'give the zone of the name, or leave \'hostedZone\' out and give \'certificate\'';
  },

  ({ hostedZone, certificate }) => hostedZone && !certificate && isPrivate(hostedZone)
    ? `'hostedZone' must be public for a certificate to be issued, but '${hostedZone.node.path}' is private: nobody outside its VPCs sees the record that `
      + 'validates the certificate, so the deployment would hang; give the public zone of the name, or an issued certificate in \'certificate\''
    : undefined,

  ({ domainName, certificate }) => certificate || !isKnown(domainName) || domainName.length <= LONGEST_FIRST_NAME
    ? undefined
    : `'domainName' must have at most ${LONGEST_FIRST_NAME} characters for a certificate to be issued, got ${domainName.length} in ${show(domainName)}: `
      + 'give a shorter name here and the long one in \'alternativeNames\'',

  ({ certificate }) => {
    const arn = certificate?.certificateArn;
    return !isKnown(arn) || CERTIFICATE_ARN.test(arn)
      ? undefined
      : '\'certificate\' must be a certificate of AWS Certificate Manager, whose ARN has the form '
        + `arn:<partition>:acm:<region>:<account>:certificate/<id>, got ${show(arn)}: request or import it there`;
  },
];

/** The certificate, where its region and this one are known, must be in this region. */
export function certificateIn(region: string): Rule<DomainOptions> {
  return ({ certificate }) => {
    const arn = certificate?.certificateArn;
    const actual = isKnown(arn) ? CERTIFICATE_ARN.exec(arn)?.[1] : certificate?.env.region;
    return !isKnown(actual) || !isKnown(region) || actual === region
      ? undefined
      : `'certificate' must be in the region of the load balancer, which is ${show(region)}, but it is in ${show(actual)}: `
        + `request a certificate in ${show(region)}`;
  };
}

function isHostName(name: string): boolean {
  return Token.isUnresolved(name) || typeof name === 'string' && HOST_NAME.test(name);
}

function zoneNameOf({ hostedZone }: DomainOptions): string | undefined {
  try {
    return hostedZone?.zoneName.replace(/\.$/, '');
  } catch {
    return undefined; // A zone imported by nothing but its id throws.
  }
}

/** Whether the zone is made in this app and bound to a VPC; what an imported one is cannot be told. */
function isPrivate(zone: IHostedZone): boolean {
  const { vpcs } = (zone.node.defaultChild ?? {}) as Partial<CfnHostedZone>;
  return vpcs !== undefined && Stack.of(zone).resolve(vpcs)?.length > 0;
}

function liesIn(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** How the names should have been written, as far as that can be told. */
function advice(names: string[]): string {
  const corrected = names.map(correctedHostName).filter((name) => name !== undefined);
  return corrected.length === 0 ? '' : `: write ${corrected.map(show).join(', ')}`;
}

function correctedHostName(name: string): string | undefined {
  const address = String(name).includes('://') ? String(name) : `https://${name}`;
  // A URL's host is lower-case and in Punycode.
  const host = URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '';
  return HOST_NAME.test(host) ? host : undefined;
}

function neitherZoneNorCertificate({ domainName }: DomainOptions): string {
  const name = isKnown(domainName) ? String(domainName) : '<domain name>';
  return [
    `'hostedZone' or 'certificate' must be given for ${show(domainName)}, got neither.`,
    'DNS in Route 53: give \'hostedZone\', e.g. route53.HostedZone.fromLookup(this, \'Zone\', { domainName: \'<zone name>\' }).',
    `DNS elsewhere: (1) run "aws acm request-certificate --validation-method DNS --domain-name ${name}" in the region of this stack;`,
    '(2) create the CNAME record that "aws acm describe-certificate --certificate-arn <arn>" shows at your DNS provider and wait until the status is ISSUED;',
    '(3) give \'certificate\': acm.Certificate.fromCertificateArn(this, \'Certificate\', \'<arn>\');',
    `(4) after the deployment, point ${name} to the load balancer's DNS name, which is a stack output`,
  ].join(' ');
}
