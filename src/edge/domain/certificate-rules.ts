import { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { CERTIFICATE_ARN, regionOf } from './given-certificate';
import { hostNamesOf } from './host-names';
import { isPrivate } from './hosted-zone';
import { DomainOptions } from '../../config/domain';
import { isKnown, Rule, show } from '../../private/validation';

/** ACM refuses a longer first name; longer ones may stand among the alternative names. */
const LONGEST_FIRST_NAME = 64;

/** @see https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html */
const MOST_NAMES = 100;

/** What serves a domain, and the certificate that it takes. */
export interface Served {
  /** The prop of a certificate for it. */
  readonly prop: 'certificate' | 'cloudFrontCertificate';

  /** The certificate that is given for it, if any; else one is issued. */
  readonly given: (domain: DomainOptions) => ICertificate | undefined;

  /** For people who request one by hand: where, by which option of the AWS CLI, and whose name they point their domain to. */
  readonly manually: { readonly where: string; readonly option: string; readonly target: string };
}

/** What holds for the certificate of a domain, whether it is given or issued. */
export function certificateRules({ prop, given, manually }: Served): Rule<DomainOptions>[] {
  return [
    (domain) => domain.hostedZone || given(domain) || typeof domain.domainName !== 'string'
      ? undefined
      : [neitherZoneNorCertificate(prop, domain), ...manualSteps(prop, domain, manually)].join(' '),

    (domain) => domain.hostedZone && !given(domain) && isPrivate(domain.hostedZone)
      ? `'hostedZone' must be public for a certificate to be issued, but '${domain.hostedZone.node.path}' is private: nobody outside its VPCs sees the record `
        + `that validates the certificate, so the deployment would hang; give the public zone of the name, or an issued certificate in '${prop}'`
      : undefined,

    (domain) => given(domain) || !isKnown(domain.domainName) || domain.domainName.length <= LONGEST_FIRST_NAME
      ? undefined
      : `'domainName' must have at most ${LONGEST_FIRST_NAME} characters for a certificate to be issued, got ${domain.domainName.length} in `
        + `${show(domain.domainName)}: give a shorter name here and the long one in 'alternativeNames'`,

    (domain) => given(domain) || hostNamesOf(domain).length <= MOST_NAMES
      ? undefined
      : `'alternativeNames' must be at most ${MOST_NAMES - 1} for a certificate to be issued, got ${hostNamesOf(domain).length - 1}: `
        + `give an issued certificate, e.g. one with a wildcard, in '${prop}'`,

    ({ [prop]: certificate }) => {
      const arn = certificate?.certificateArn;
      return !isKnown(arn) || CERTIFICATE_ARN.test(arn)
        ? undefined
        : `'${prop}' must be a certificate of AWS Certificate Manager, whose ARN has the form `
          + `arn:<partition>:acm:<region>:<account>:certificate/<id>, got ${show(arn)}: request or import it there`;
    },
  ];
}

function neitherZoneNorCertificate(prop: Served['prop'], { domainName, certificate }: DomainOptions): string {
  // What has a certificate for the load balancer gets here where CloudFront cannot take that.
  const other = certificate ? ` ('certificate' is in ${show(regionOf(certificate))})` : '';
  return `'hostedZone' or '${prop}' must be given for ${show(domainName)}, got neither${other}.`;
}

function manualSteps(prop: Served['prop'], { domainName, alternativeNames = [] }: DomainOptions, { where, option, target }: Served['manually']): string[] {
  const name = isKnown(domainName) ? String(domainName) : '<domain name>';
  const others = alternativeNames.map((other) => isKnown(other) ? ` ${other}` : ' <alternative name>').join('');
  const id = prop === 'certificate' ? 'Certificate' : 'CloudFrontCertificate';
  return [
    'DNS in Route 53: give \'hostedZone\', e.g. route53.HostedZone.fromLookup(this, \'Zone\', { domainName: \'<zone name>\' }).',
    `DNS elsewhere: (1) run "aws acm request-certificate ${option}--validation-method DNS --domain-name ${name}`
    + `${others && ` --subject-alternative-names${others}`}" ${where};`,
    `(2) create the CNAME record that "aws acm describe-certificate ${option}--certificate-arn <arn>" shows at your DNS provider`
    + ' and wait until the status is ISSUED;',
    `(3) give '${prop}': acm.Certificate.fromCertificateArn(this, '${id}', '<arn>');`,
    `(4) after the deployment, point ${name} to ${target}, which is a stack output`,
  ];
}
