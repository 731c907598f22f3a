import { CfnHostedZone, IHostedZone } from 'aws-cdk-lib/aws-route53';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { addressOf, domainAdvice, domainOf, isAddress, isDomain, isSender, isSubdomain, liesIn } from './email-address';
import { DmarcPolicy, SesSmtpOptions, SesSmtpProps, SmtpEndpointOptions, SmtpRotationOptions } from './ses-smtp-props';
import { logRetention } from '../../private/log-retention';
import { nestedRules } from '../../private/nested-rules';
import { textProblem } from '../../private/secret-name';
import { an, aRemovalPolicy, duration, HOSTED_ZONE, Kind, memberOf, requiredKind, shaped, strings, TOPIC, VPC, subnets as subnetsShape } from '../../private/shapes';
import { durationBetween, isKnown, knownAtSynthesis, matches, Rule, show, wholeUnits } from '../../private/validation';
import { VARIABLE_PREFIX_RULES } from '../../private/variable-prefix';

export const DEFAULT_MAIL_FROM = 'mail';
export const DEFAULT_PORT = 587;
const PORTS = [587, 2587, 465, 2465];

/** Where `email-smtp.<region>` has an address: SES has regions with its API alone, e.g. af-south-1. */
export const SMTP_REGIONS = [
  'us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'sa-east-1', 'eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-2', 'eu-west-3',
  'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1', 'ap-southeast-2', 'us-gov-east-1', 'us-gov-west-1',
];

const VPC_ENDPOINT: Kind = {
  name: 'an ec2.IInterfaceVpcEndpoint',
  member: 'vpcEndpointId',
  hint: "use ec2.InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(this, 'Smtp', { vpcEndpointId, port: 587, securityGroups })",
};

/** What holds for an address with or without a display name, which must be given. */
export function senderRule<P extends { readonly fromAddress: string }>(): Rule<P> {
  return ({ fromAddress }) => textProblem('\'fromAddress\'', fromAddress) ?? (!isKnown(fromAddress) || isSender(fromAddress)
    ? undefined
    : '\'fromAddress\' must be an address in ASCII like \'shop@example.com\', or \'Shop <shop@example.com>\' with quotes around a name that has commas, ' +
      `got ${show(fromAddress)}`);
}

/** What holds for a port of any server. */
export function knownPort<P extends { readonly port?: number }>(): Rule<P> {
  return knownAtSynthesis<P>('port', 'whether the connection is encrypted from the start is');
}

const ROTATION_RULES = shaped<SmtpRotationOptions>({ automaticallyAfter: duration('days') }, [
  durationBetween('automaticallyAfter', Duration.days(1), Duration.days(1000)),
  wholeUnits('automaticallyAfter', 'days'),
]);

/** What holds for the options of a `SesSmtp` wherever they are given. */
export const SES_SMTP_OPTION_RULES = shaped<SesSmtpOptions>({
  existingVpcEndpoint: an(VPC_ENDPOINT),
  additionalFromAddresses: strings,
  hostedZone: an(HOSTED_ZONE),
  furtherIdentities: strings,
  dmarcPolicy: memberOf('DmarcPolicy', DmarcPolicy),
  feedbackTopic: an(TOPIC),
  removalPolicy: aRemovalPolicy,
}, [
  senderRule(),
  ({ additionalFromAddresses: addresses }) => listProblem('additionalFromAddresses', addresses, isAddress, "addresses without names, like 'help@example.com'"),
  ({ domainName }) => isKnown(domainName) && !isDomain(domainName)
    ? `'domainName' must be a domain in lower-case ASCII, without scheme, '@' or trailing dot, got ${show(domainName)}${domainAdvice(domainName)}`
    : undefined,
  ({ identityName }) => isKnown(identityName) && !isIdentity(identityName)
    ? `'identityName' must be the domain or the address as SES shows it, in lower-case ASCII and without scheme, got ${show(identityName)}${domainAdvice(identityName)}`
    : undefined,
  ({ identityName, domainName, hostedZone, mailFromSubdomain, dmarcPolicy, dmarcReportAddress }) => {
    const settings = given({ domainName, hostedZone, mailFromSubdomain, dmarcPolicy, dmarcReportAddress });
    return identityName && settings.length > 0
      ? `${settings.join(', ')} must not be given with 'identityName': the identity and its DNS stay as they are`
      : undefined;
  },
  ({ identityName, configurationSetName }) => configurationSetName && !identityName
    ? '\'configurationSetName\' must not be given without \'identityName\': a new identity gets a configuration set of its own'
    : undefined,
  matches('configurationSetName', /^[\w-]{1,64}$/, "be 1 to 64 letters, digits, '-' and '_'"),
  ({ configurationSetName, feedbackTopic }) => configurationSetName && feedbackTopic
    ? '\'feedbackTopic\' must not be given with \'configurationSetName\': add it to that configuration set'
    : undefined,
  ({ fromAddress, domainName, hostedZone, identityName }) => typeof fromAddress === 'string' && !isKnown(fromAddress) && !domainName && !hostedZone && !identityName
    ? '\'domainName\' must be given where \'fromAddress\' is a token: its domain is not known at synthesis'
    : undefined,
  (options) => senderPlaceProblem(options),
  ({ furtherIdentities: names }) => listProblem('furtherIdentities', names, isIdentity, "domains or addresses as SES shows them, like 'example.com'"),
  ({ hostedZone, domainName }) => hostedZone ? zoneProblem(hostedZone, domainName) : undefined,
  (options) => mailFromProblem(options),
  ({ dmarcReportAddress }) => isKnown(dmarcReportAddress) && !(isAddress(dmarcReportAddress) && !/[!,%]/.test(dmarcReportAddress))
    ? `'dmarcReportAddress' must be an address without a name, like 'dmarc@example.com', got ${show(dmarcReportAddress)}`
    : undefined,
  ({ dmarcPolicy, dmarcReportAddress }) => dmarcPolicy === DmarcPolicy.EXISTING && dmarcReportAddress
    ? '\'dmarcReportAddress\' must not be given with DmarcPolicy.EXISTING: no record is made that could name it'
    : undefined,
  ({ feedbackTopic }) => feedbackTopic?.fifo
    ? '\'feedbackTopic\' must not be a FIFO topic, because SES publishes to standard topics only: give one without \'fifo\''
    : undefined,
  ...nestedRules<SesSmtpOptions, 'rotation'>('rotation', ROTATION_RULES),
  knownPort(),
  ({ port }) => isKnown(port) && !PORTS.includes(port)
    ? `'port' must be one of ${PORTS.join(', ')}, got ${show(port)}${port === 25 ? ': AWS blocks port 25' : ''}`
    : undefined,
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? '\'removalPolicy\' must not be SNAPSHOT: an identity has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE'
    : undefined,
  logRetention('logRetention'),
  ...VARIABLE_PREFIX_RULES,
]);

/** What holds for the props of a `SesSmtp`. */
export const SES_SMTP_RULES: Rule<SesSmtpProps>[] = [
  ...SES_SMTP_OPTION_RULES,
  ({ vpcEndpoint, existingVpcEndpoint }) => vpcEndpoint && existingVpcEndpoint
    ? "'vpcEndpoint' and 'existingVpcEndpoint' exclude each other: a network has one endpoint of SES; give the one that is there"
    : undefined,
  ...nestedRules<SesSmtpProps, 'vpcEndpoint'>('vpcEndpoint', shaped<SmtpEndpointOptions>({ vpc: requiredKind(VPC), subnets: subnetsShape }, [(options) => endpointProblem(options)])),
];

/** Whether a region has an SMTP server of SES, as far as is known here; AWS adds regions. One that is a token may have one. */
export function hasKnownSmtpServer(region: string): boolean {
  return !isKnown(region) || SMTP_REGIONS.includes(region);
}

/** The domain that is sent from, or the address where the identity is one. */
export function identityOf({ identityName, domainName, hostedZone, fromAddress }: SesSmtpOptions): string {
  return identityName ?? domainName ?? (hostedZone ? zoneNameOf(hostedZone) : undefined) ?? domainOf(addressOf(fromAddress));
}

function endpointProblem({ vpc, subnets: selection }: SmtpEndpointOptions): string | undefined {
  try {
    const { subnets, isPendingLookup } = vpc.selectSubnets(selection);
    return subnets.length > 0 || isPendingLookup ? undefined : "'subnets' matches no subnet of the VPC: choose others";
  } catch (error) {
    return vpc && `'subnets' matches no subnet of the VPC: ${(error as Error).message}`;
  }
}

function isIdentity(name: string): boolean {
  return isDomain(name) || isAddress(name);
}

function given(settings: object): string[] {
  return Object.entries(settings).filter(([, value]) => value !== undefined && value !== null).map(([prop]) => `'${prop}'`);
}

function listProblem(prop: string, values: string[] | undefined, fits: (value: string) => boolean, what: string): string | undefined {
  const wrong = (values ?? []).filter((value) => isKnown(value) && !fits(value));
  return wrong.length > 0 ? `'${prop}' must be ${what}, got ${wrong.map(show).join(', ')}` : undefined;
}

/** Whether the senders lie in the identity; silent where another rule has refused what it would compare. */
function senderPlaceProblem(options: SesSmtpOptions): string | undefined {
  const senders = [options.fromAddress, ...options.additionalFromAddresses ?? []].filter((sender) => isKnown(sender) && isSender(sender)).map(addressOf);
  const identity = senders.length > 0 ? identityOf(options) : undefined;
  if (!isKnown(identity) || !isIdentity(identity)) {
    return undefined;
  }
  const outside = senders.filter((sender) => isAddress(identity) ? sender.toLowerCase() !== identity.toLowerCase() : !liesIn(domainOf(sender), identity));
  return outside.length > 0
    ? `'fromAddress' and 'additionalFromAddresses' must ${isAddress(identity) ? 'be the address' : 'lie in the domain'} that is sent from, ${show(identity)}, ` +
      `got ${outside.map(show).join(', ')}: give other addresses, or another identity in 'domainName' or 'identityName'`
    : undefined;
}

function zoneProblem(zone: IHostedZone, domainName: string | undefined): string | undefined {
  const name = zoneNameOf(zone);
  if (name === undefined) {
    return '\'hostedZone\' must know the name of its zone: use HostedZone.fromLookup() or .fromHostedZoneAttributes() instead of .fromHostedZoneId()';
  }
  if (isPrivate(zone)) {
    return `'hostedZone' must be public, but '${zone.node.path}' is private: SES would not find the records; give the public zone of the domain`;
  }
  return isKnown(domainName) && isDomain(domainName) && isKnown(name) && !liesIn(domainName, name)
    ? `'hostedZone' is the zone of ${show(name)}, but 'domainName' ${show(domainName)} must lie inside it: ` +
      'give the zone of the domain, or leave \'hostedZone\' out and enter the records that the stack outputs'
    : undefined;
}

function zoneNameOf(zone: IHostedZone): string | undefined {
  try {
    return zone.zoneName.replace(/\.$/, '');
  } catch {
    return undefined; // A zone imported by nothing but its id throws.
  }
}

/** Whether the zone is made in this app and bound to a VPC; what an imported one is cannot be told. */
function isPrivate(zone: IHostedZone): boolean {
  const { vpcs } = (zone.node.defaultChild ?? {}) as Partial<CfnHostedZone>;
  return vpcs !== undefined && Stack.of(zone).resolve(vpcs)?.length > 0;
}

function mailFromProblem(options: SesSmtpOptions): string | undefined {
  const { mailFromSubdomain: subdomain = DEFAULT_MAIL_FROM, fromAddress } = options;
  const identity = typeof fromAddress === 'string' && !options.identityName ? identityOf(options) : undefined;
  if (!isKnown(subdomain) || !isKnown(identity)) {
    return undefined;
  }
  if (subdomain === identity || subdomain === '' || subdomain === '@') {
    return `'mailFromSubdomain' must be a subdomain of ${show(identity)}, got ${show(subdomain)}: SES refuses the domain itself; write ${show(DEFAULT_MAIL_FROM)}`;
  }
  if (String(subdomain).endsWith(`.${identity}`)) {
    return `'mailFromSubdomain' must be what stands before ${show(`.${identity}`)}, got ${show(subdomain)}: write ${show(subdomain.slice(0, -identity.length - 1))}`;
  }
  if (!isSubdomain(subdomain)) {
    return `'mailFromSubdomain' must be labels of lower-case letters, digits and '-', like ${show(DEFAULT_MAIL_FROM)}, got ${show(subdomain)}`;
  }
  const mailFrom = `${subdomain}.${identity}`;
  const senders = [fromAddress, ...options.additionalFromAddresses ?? []].filter((sender) => isKnown(sender) && domainOf(addressOf(sender)) === mailFrom);
  return senders.length > 0
    ? `'mailFromSubdomain' ${show(subdomain)} must not be the place of a sender, got ${senders.map(show).join(', ')}: choose another, e.g. 'bounce'`
    : undefined;
}
