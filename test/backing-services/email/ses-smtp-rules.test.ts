import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { SesSmtp } from '../../../src/backing-services/email/ses-smtp';
import { DmarcPolicy, SesSmtpProps } from '../../../src/backing-services/email/ses-smtp-props';
import { fromPython, givenVpc, messageOf, newStack, TOKEN, warningsOf } from '../../helpers';

const SENDER = { fromAddress: 'shop@example.com' };

const refusal = (props: unknown, stack = newStack()) => messageOf(() => new SesSmtp(stack, 'Mail', props as SesSmtpProps));
const lines = (...reasons: string[]) => ['SesSmtp at \'Stack/Mail\' cannot be defined:', ...reasons.map((reason) => `- ${reason}`)].join('\n');

const RETENTIONS = Object.values(RetentionDays).filter((days) => typeof days === 'number');
const SENDER_FORM = '\'fromAddress\' must be an address in ASCII like \'shop@example.com\', or \'Shop <shop@example.com>\' with quotes around a name that has commas';
const IDENTITY_STAYS = 'must not be given with \'identityName\': the identity and its DNS stay as they are';

describe('refuses', () => {
  test.each<[string, unknown, string]>([
    ['no sender', {},
      '\'fromAddress\' must be given as text, got undefined: the value that you hand over is missing, e.g. a context value or an environment variable that is not set'],
    ['a number as sender', { fromAddress: 7 }, '\'fromAddress\' must be given as text, got 7: give a string'],
    ['a sender without a domain', { fromAddress: 'shop' }, `${SENDER_FORM}, got "shop"`],
    ['a sender in an IDN', { fromAddress: 'laden@müller.de' }, `${SENDER_FORM}, got "laden@müller.de"`],
    ['a name with a comma', { fromAddress: 'Shop, Inc. <shop@example.com>' }, `${SENDER_FORM}, got "Shop, Inc. <shop@example.com>"`],
    ['a sender with a line break', { fromAddress: 'Shop\nBcc: a <shop@example.com>' }, `${SENDER_FORM}, got "Shop\\nBcc: a <shop@example.com>"`],
    ['a line break before the address', { fromAddress: 'Shop\n<shop@example.com>' }, `${SENDER_FORM}, got "Shop\\n<shop@example.com>"`],
    ['a time for logs that CloudWatch does not have', { ...SENDER, logRetention: 11 },
      `'logRetention' must be one of ${RETENTIONS.join(', ')} days, which logs.RetentionDays has names for, got 11`],
    ['a sender elsewhere', { fromAddress: 'Shop <shop@example.org>', domainName: 'example.com' },
      '\'fromAddress\' and \'additionalFromAddresses\' must lie in the domain that is sent from, "example.com", got "shop@example.org": ' +
      'give other addresses, or another identity in \'domainName\' or \'identityName\''],
    ['a further sender elsewhere', { ...SENDER, additionalFromAddresses: ['help@badexample.com'] },
      '\'fromAddress\' and \'additionalFromAddresses\' must lie in the domain that is sent from, "example.com", got "help@badexample.com": ' +
      'give other addresses, or another identity in \'domainName\' or \'identityName\''],
    ['another sender than the identity, which is an address', { ...SENDER, identityName: 'help@example.com' },
      '\'fromAddress\' and \'additionalFromAddresses\' must be the address that is sent from, "help@example.com", got "shop@example.com": ' +
      'give other addresses, or another identity in \'domainName\' or \'identityName\''],
    ['a pattern as further sender', { ...SENDER, additionalFromAddresses: ['*@example.com'] },
      '\'additionalFromAddresses\' must be addresses without names, like \'help@example.com\', got "*@example.com"'],
    ['a further sender that is no list', { ...SENDER, additionalFromAddresses: 'help@example.com' },
      '\'additionalFromAddresses\' must be a list of strings, got "help@example.com": write ["help@example.com"]'],
    ['a URL as domain', { ...SENDER, domainName: 'https://example.com' },
      '\'domainName\' must be a domain in lower-case ASCII, without scheme, \'@\' or trailing dot, got "https://example.com": write "example.com"'],
    ['an address as domain', { ...SENDER, domainName: 'shop@example.com' },
      '\'domainName\' must be a domain in lower-case ASCII, without scheme, \'@\' or trailing dot, got "shop@example.com": write "example.com"'],
    ['an IDN as domain', { fromAddress: 'laden@xn--mller-kva.de', domainName: 'müller.de' },
      '\'domainName\' must be a domain in lower-case ASCII, without scheme, \'@\' or trailing dot, got "müller.de": write "xn--mller-kva.de"'],
    ['a URL as identity', { ...SENDER, identityName: 'https://example.com/' },
      '\'identityName\' must be the domain or the address as SES shows it, in lower-case ASCII and without scheme, got "https://example.com/": write "example.com"'],
    ['an ARN as identity', { ...SENDER, identityName: 'arn:aws:ses:eu-central-1:123456789012:identity/example.com' },
      '\'identityName\' must be the domain or the address as SES shows it, in lower-case ASCII and without scheme, ' +
      'got "arn:aws:ses:eu-central-1:123456789012:identity/example.com"'],
    ['a new and an existing identity', { ...SENDER, identityName: 'example.com', domainName: 'example.com', dmarcPolicy: DmarcPolicy.NONE },
      `'domainName', 'dmarcPolicy' ${IDENTITY_STAYS}`],
    ['a configuration set of a new identity', { ...SENDER, configurationSetName: 'ours' },
      '\'configurationSetName\' must not be given without \'identityName\': a new identity gets a configuration set of its own'],
    ['a configuration set that is no name', { ...SENDER, identityName: 'example.com', configurationSetName: 'ours/*' },
      '\'configurationSetName\' must be 1 to 64 letters, digits, \'-\' and \'_\', got "ours/*"'],
    ['a token as sender with nothing to know its domain by', { fromAddress: TOKEN.string() },
      '\'domainName\' must be given where \'fromAddress\' is a token: its domain is not known at synthesis'],
    ['a further identity that is none', { ...SENDER, furtherIdentities: ['*'] },
      '\'furtherIdentities\' must be domains or addresses as SES shows them, like \'example.com\', got "*"'],
    ['the domain itself as MAIL FROM', { ...SENDER, mailFromSubdomain: 'example.com' },
      '\'mailFromSubdomain\' must be a subdomain of "example.com", got "example.com": SES refuses the domain itself; write "mail"'],
    ['nothing as MAIL FROM', { ...SENDER, mailFromSubdomain: '' },
      '\'mailFromSubdomain\' must be a subdomain of "example.com", got "": SES refuses the domain itself; write "mail"'],
    ['a whole name as MAIL FROM', { ...SENDER, mailFromSubdomain: 'bounce.example.com' },
      '\'mailFromSubdomain\' must be what stands before ".example.com", got "bounce.example.com": write "bounce"'],
    ['a MAIL FROM that is no label', { ...SENDER, mailFromSubdomain: 'Mail_1' },
      '\'mailFromSubdomain\' must be labels of lower-case letters, digits and \'-\', like "mail", got "Mail_1"'],
    ['a number as MAIL FROM', { ...SENDER, mailFromSubdomain: 7 },
      '\'mailFromSubdomain\' must be labels of lower-case letters, digits and \'-\', like "mail", got 7'],
    ['a sender at MAIL FROM', { fromAddress: 'shop@mail.example.com', domainName: 'example.com' },
      '\'mailFromSubdomain\' "mail" must not be the place of a sender, got "shop@mail.example.com": choose another, e.g. \'bounce\''],
    ['a DMARC policy that is none', { ...SENDER, dmarcPolicy: 'reject' },
      '\'dmarcPolicy\' must be one of DmarcPolicy.NONE, DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT, DmarcPolicy.EXISTING, got "reject": use DmarcPolicy.REJECT'],
    ['a DMARC address that is none', { ...SENDER, dmarcReportAddress: 'mailto:dmarc@example.com' },
      '\'dmarcReportAddress\' must be an address without a name, like \'dmarc@example.com\', got "mailto:dmarc@example.com"'],
    ['a DMARC address that breaks the record', { ...SENDER, dmarcReportAddress: 'a!10m@example.com' },
      '\'dmarcReportAddress\' must be an address without a name, like \'dmarc@example.com\', got "a!10m@example.com"'],
    ['a DMARC address for a record of others', { ...SENDER, dmarcPolicy: DmarcPolicy.EXISTING, dmarcReportAddress: 'dmarc@example.com' },
      '\'dmarcReportAddress\' must not be given with DmarcPolicy.EXISTING: no record is made that could name it'],
    ['a zone by name', { ...SENDER, hostedZone: 'example.com' },
      '\'hostedZone\' must be a route53.IHostedZone, got "example.com": use route53.HostedZone.fromLookup(this, \'Zone\', { domainName })'],
    ['a topic by ARN', { ...SENDER, feedbackTopic: 'arn:aws:sns:eu-central-1:123456789012:mail' },
      '\'feedbackTopic\' must be an sns.ITopic, got "arn:aws:sns:eu-central-1:123456789012:mail": make one, or use sns.Topic.fromTopicArn(this, \'Topic\', \'arn:…\')'],
    ['a rotation that is no struct', { ...SENDER, rotation: true }, '\'rotation\' must be an object with options, got true'],
    ['a time as rotation', { ...SENDER, rotation: Duration.days(30) }, '\'rotation\' must be an object with options, got 30 days'],
    ['a sender with more before the @ than SMTP takes', { fromAddress: `${'s'.repeat(65)}@example.com` }, `${SENDER_FORM}, got "${'s'.repeat(65)}@example.com"`],
    ['a policy by its name', { ...SENDER, removalPolicy: 'RETAIN' },
      '\'removalPolicy\' must be one of RemovalPolicy.DESTROY, RemovalPolicy.RETAIN, RemovalPolicy.SNAPSHOT, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, ' +
        'got "RETAIN": use RemovalPolicy.RETAIN'],
    ['a rotation in numbers', { ...SENDER, rotation: { automaticallyAfter: 30 } },
      '\'rotation.automaticallyAfter\' must be a Duration, got 30: use Duration.days(30)'],
    ['a rotation too often', { ...SENDER, rotation: { automaticallyAfter: Duration.hours(4) } },
      '\'rotation.automaticallyAfter\' must be between 1 day and 1000 days, got 4 hours\n- \'rotation.automaticallyAfter\' must be in whole days, got 4 hours'],
    ['a rotation too seldom', { ...SENDER, rotation: { automaticallyAfter: Duration.days(1001) } },
      '\'rotation.automaticallyAfter\' must be between 1 day and 1000 days, got 1001 days'],
    ['port 25', { ...SENDER, port: 25 }, '\'port\' must be one of 587, 2587, 465, 2465, got 25: AWS blocks port 25'],
    ['a port that is a token', { ...SENDER, port: TOKEN.number(587) },
      '\'port\' must be known at synthesis, because whether the connection is encrypted from the start is computed from it: ' +
      'give it as a plain value, not as a token'],
    ['another port', { ...SENDER, port: '587' }, '\'port\' must be one of 587, 2587, 465, 2465, got "587"'],
    ['a snapshot', { ...SENDER, removalPolicy: RemovalPolicy.SNAPSHOT },
      '\'removalPolicy\' must not be SNAPSHOT: an identity has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE'],
    ['a prefix that is no name', { ...SENDER, variablePrefix: '2ND-' },
      '\'variablePrefix\' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. \'ARCHIVE_\', got "2ND-"'],
    ['an endpoint without a network', { ...SENDER, vpcEndpoint: {} },
      '\'vpcEndpoint.vpc\' must be given: use ec2.Vpc.fromLookup(this, \'Vpc\', { vpcId })'],
    ['an id as the endpoint that is there', { ...SENDER, existingVpcEndpoint: 'vpce-1' },
      '\'existingVpcEndpoint\' must be an ec2.IInterfaceVpcEndpoint, got "vpce-1": use ec2.InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes' +
      '(this, \'Smtp\', { vpcEndpointId, port: 587, securityGroups })'],
    ['an endpoint that is none', { ...SENDER, vpcEndpoint: true }, '\'vpcEndpoint\' must be an object with options, got true'],
  ])('%s', (_, props, reason) => expect(refusal(props)).toBe(lines(reason)));

  test('a zone that does not know its name', () => {
    const stack = newStack();
    expect(refusal({ ...SENDER, hostedZone: route53.HostedZone.fromHostedZoneId(stack, 'Zone', 'Z1') }, stack)).toBe(lines(
      '\'hostedZone\' must know the name of its zone: use HostedZone.fromLookup() or .fromHostedZoneAttributes() instead of .fromHostedZoneId()'));
  });

  test('a new endpoint beside one that is there', () => {
    const stack = newStack();
    const existingVpcEndpoint = ec2.InterfaceVpcEndpoint.fromInterfaceVpcEndpointAttributes(stack, 'Smtp', { vpcEndpointId: 'vpce-1', port: 587 });
    expect(refusal({ ...SENDER, vpcEndpoint: { vpc: givenVpc(stack) }, existingVpcEndpoint }, stack)).toBe(lines(
      '\'vpcEndpoint\' and \'existingVpcEndpoint\' exclude each other: a network has one endpoint of SES; give the one that is there'));
  });

  test('a private zone', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    expect(refusal({ ...SENDER, hostedZone: new route53.PrivateHostedZone(stack, 'Zone', { zoneName: 'example.com', vpc }) }, stack)).toBe(lines(
      '\'hostedZone\' must be public, but \'Stack/Zone\' is private: SES would not find the records; give the public zone of the domain'));
  });

  test.each([
    ['a domain', { domainName: 'example.org' },
      '\'hostedZone\' is the zone of "example.com", but \'domainName\' "example.org" must lie inside it: ' +
        'give the zone of the domain, or leave \'hostedZone\' out and enter the records that the stack outputs'],
    ['a sender', {},
      '\'fromAddress\' and \'additionalFromAddresses\' must lie in the domain that is sent from, "example.com", got "shop@example.org": ' +
        'give other addresses, or another identity in \'domainName\' or \'identityName\''],
  ])('%s outside of the zone', (_, props, reason) => {
    const stack = newStack();
    const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
    expect(refusal({ fromAddress: 'shop@example.org', hostedZone, ...props }, stack)).toBe(lines(reason));
  });

  test.each([
    [{ subnetGroupName: 'Mail' }, 'There are no subnet groups with name \'Mail\' in this VPC. Available names: Private'],
    [{ availabilityZones: ['b'] }, ''],
  ])('subnets of an endpoint that are not there: %j', (subnets, detail) => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    expect(refusal({ ...SENDER, vpcEndpoint: { vpc, subnets } }, stack)).toBe(lines(
      `'vpcEndpoint.subnets' matches no subnet of the VPC: ${detail || 'choose others'}`));
  });

  test('a name for the subnets of an endpoint', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['a'], privateSubnetIds: ['subnet-1'] });
    expect(refusal({ ...SENDER, vpcEndpoint: { vpc, subnets: 'private' } }, stack)).toBe(lines(
      '\'vpcEndpoint.subnets\' must be an ec2.SubnetSelection, got "private": e.g. { subnetType: ec2.SubnetType.PRIVATE_ISOLATED }'));
  });

  test('a FIFO topic', () => {
    const stack = newStack();
    expect(refusal({ ...SENDER, feedbackTopic: new sns.Topic(stack, 'Topic', { fifo: true }) }, stack)).toBe(lines(
      '\'feedbackTopic\' must not be a FIFO topic, because SES publishes to standard topics only: give one without \'fifo\''));
  });

  test('a topic for a configuration set of others', () => {
    const stack = newStack();
    const props = { ...SENDER, identityName: 'example.com', configurationSetName: 'ours', feedbackTopic: new sns.Topic(stack, 'Topic') };
    expect(refusal(props, stack)).toBe(lines('\'feedbackTopic\' must not be given with \'configurationSetName\': add it to that configuration set'));
  });

  test('all that is wrong at once', () => {
    expect(refusal({ fromAddress: 'shop', port: 25, dmarcPolicy: 'x' })).toBe(lines(
      '\'dmarcPolicy\' must be one of DmarcPolicy.NONE, DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT, DmarcPolicy.EXISTING, got "x"',
      `${SENDER_FORM}, got "shop"`,
      '\'port\' must be one of 587, 2587, 465, 2465, got 25: AWS blocks port 25'));
  });
});

// AWS adds servers: what is not known here may be there.
test.each(['af-south-1', 'ap-southeast-3', 'cn-north-1'])('warns of the region %s, where SES is not known to have an SMTP server', (region) => {
  const mail = new SesSmtp(new Stack(new App(), 'Stack', { env: { account: '123456789012', region } }), 'Mail', SENDER);
  expect(warningsOf(mail)).toEqual({
    'smtp-region': `The region of the stack, ${region}, is not known to have an SMTP server of SES, and without one the deployment fails. ` +
      'Use one of us-east-1, us-east-2, us-west-1, us-west-2, ca-central-1, sa-east-1, eu-central-1, eu-north-1, eu-west-1, eu-west-2, eu-west-3, ' +
      'ap-south-1, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-southeast-1, ap-southeast-2, us-gov-east-1, us-gov-west-1, ' +
      'or a server elsewhere by SesSmtp.fromSmtpServer(...), unless AWS has added it since.',
  });
});

test('takes tokens, and what Python leaves out', () => {
  const stack = newStack();
  const props: SesSmtpProps = {
    fromAddress: TOKEN.string(),
    additionalFromAddresses: [TOKEN.string()],
    domainName: TOKEN.string(),
    mailFromSubdomain: TOKEN.string(),
    dmarcReportAddress: TOKEN.string(),
    furtherIdentities: [TOKEN.string()],
    rotation: { automaticallyAfter: TOKEN.days(30) },
  };
  expect(() => new SesSmtp(stack, 'Mail', props)).not.toThrow();
  expect(() => new SesSmtp(stack, 'Existing', { fromAddress: TOKEN.string(), identityName: TOKEN.string(), configurationSetName: TOKEN.string() })).not.toThrow();
  expect(() => new SesSmtp(stack, 'Python', fromPython<SesSmtpProps>(
    { ...SENDER, rotation: fromPython({}, 'automaticallyAfter') },
    'additionalFromAddresses', 'domainName', 'hostedZone', 'identityName', 'configurationSetName', 'furtherIdentities', 'mailFromSubdomain', 'dmarcPolicy',
    'dmarcReportAddress', 'feedbackTopic', 'port', 'removalPolicy', 'logRetention', 'variablePrefix', 'vpcEndpoint'))).not.toThrow();
});
