import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import * as fc from 'fast-check';
import { between, days, maybe, noDuration, noMember, noObject, noStrings, notMatching, prefix, removalPolicy } from './arbitraries';
import { describeProperties } from './subject';
import { SesSmtp } from '../../src/backing-services/email/ses-smtp';
import { DmarcPolicy, SesSmtpOptions } from '../../src/backing-services/email/ses-smtp-props';
import { RecordingProcess } from '../backing-services/recording-process';
import { TOKEN } from '../helpers';

/** What the zone is made of, which needs a stack. */
type Options = SesSmtpOptions & { readonly zoneName?: string };

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/).filter((text) => !['mail', 'bounce'].includes(text));
const domains = fc.tuple(label, fc.constantFrom('example.com', 'example.co.uk', 'xn--bcher-kva.example')).map((parts) => parts.join('.'));
const localPart = fc.stringMatching(/^[a-z0-9!#$%&'+/=?^_`{|}~-]{1,20}(\.[a-z0-9_-]{1,5})?$/);
const displayName = fc.oneof(fc.constantFrom('Shop', 'Der Laden', 'Über uns', '"Shop, Ltd."', '"say \\"hi\\""'));

const valid: fc.Arbitrary<Options> = domains.chain((domain) => fc.record({
  senders: fc.record({
    address: localPart.map((local) => `${local}@${domain}`),
    name: maybe(displayName),
    others: maybe(fc.array(fc.tuple(localPart, fc.constantFrom('', 'news.')).map(([local, sub]) => `${local}@${sub}${domain}`), { maxLength: 3 })),
  }),
  identity: fc.oneof(
    fc.record({
      domainName: maybe(fc.constant(domain)),
      zoneName: maybe(fc.constant(domain)),
      mailFromSubdomain: maybe(fc.constantFrom('mail', 'bounce', 'a.bounce')),
      dmarcPolicy: maybe(fc.constantFrom(DmarcPolicy.NONE, DmarcPolicy.QUARANTINE, DmarcPolicy.REJECT)),
      dmarcReportAddress: maybe(fc.constant('dmarc@example.org')),
    }),
    fc.constant({ domainName: domain, dmarcPolicy: DmarcPolicy.EXISTING }),
    fc.record({ identityName: fc.constant(domain), configurationSetName: maybe(fc.stringMatching(/^[\w-]{1,64}$/)) }),
  ),
  rest: fc.record({
    furtherIdentities: maybe(fc.array(fc.oneof(domains, localPart.map((local) => `${local}@example.org`)), { maxLength: 3 })),
    rotation: maybe(fc.record({ automaticallyAfter: maybe(days(1, 1000)) })),
    port: maybe(fc.constantFrom(587, 2587, 465, 2465)),
    removalPolicy: maybe(removalPolicy(RemovalPolicy.SNAPSHOT)),
    logRetention: maybe(fc.constantFrom(RetentionDays.ONE_DAY, RetentionDays.INFINITE)),
    variablePrefix: maybe(prefix),
  }),
}).map(({ senders: { address, name, others }, identity, rest }) => ({
  fromAddress: name === undefined ? address : `${name} <${address}>`, additionalFromAddresses: others, ...identity, ...rest,
})));

describeProperties<Options>({
  name: 'SesSmtp',
  base: { fromAddress: 'shop@example.com' },
  define: (stack, { zoneName, ...options }) => {
    const hostedZone = zoneName && route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName });
    new SesSmtp(stack, 'SesSmtp', hostedZone ? { hostedZone, ...options } : options).attachTo(new RecordingProcess(stack, 'Process'));
  },
  valid,
  expectOf: (template, { fromAddress, additionalFromAddresses = [] }) => {
    // No key passes through CloudFormation, and nothing can be sent from elsewhere.
    template.resourceCountIs('AWS::IAM::AccessKey', 0);
    const statements = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Action }) => Action === 'ses:SendRawEmail');
    const senders = statements.flatMap(({ Condition }) => Condition?.StringEqualsIgnoreCase['ses:FromAddress'] ?? []);
    expect(statements).toHaveLength(2);
    expect(senders).toEqual([/<(.*)>$/.exec(fromAddress)?.[1] ?? fromAddress, ...additionalFromAddresses]);
  },
  invalid: [
    ['fromAddress', fc.oneof(notMatching(/@/), fc.constantFrom('shop@', '@example.com', 'shop@example', 'a@b@', 'Shop <shop>', 'Shop\n<shop@example.com>', 'bücher@example.com'))],
    ['additionalFromAddresses', fc.oneof(noStrings, fc.constantFrom(['shop'], ['shop@example.org'], ['Shop <shop@example.com>'], ['']))],
    ['domainName', fc.oneof(notMatching(/^.+\..+$/), fc.constantFrom('https://example.com', 'Example.com', 'example.com.', 'me@example.com'))],
    ['hostedZone', noObject],
    ['identityName', fc.oneof(notMatching(/^.+\..+$/), fc.constantFrom('https://example.com', 'Example.com'))],
    ['configurationSetName', notMatching(/^[\w-]{1,64}$/)],
    ['furtherIdentities', fc.oneof(noStrings, fc.constantFrom(['https://example.com'], [''], ['*']))],
    ['mailFromSubdomain', fc.oneof(notMatching(/^[a-z0-9.-]*$/), fc.constantFrom('', '@', 'example.com', 'mail.example.com', '-mail', 'Mail', 'mail.'))],
    ['dmarcPolicy', noMember],
    ['dmarcReportAddress', fc.oneof(notMatching(/@/), fc.constantFrom('dmarc@', 'Reports <dmarc@example.com>', 'a,b@example.com'))],
    ['feedbackTopic', noObject],
    ['rotation', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['rotation.automaticallyAfter', fc.oneof(noDuration(86_400, 86_400_000), fc.constant(Duration.hours(36)))],
    ['port', fc.oneof(between(-1, 70_000).filter((port) => ![587, 2587, 465, 2465].includes(port)), fc.constantFrom('587', true, NaN, {}))],
    ['removalPolicy', fc.oneof(noMember, fc.constant(RemovalPolicy.SNAPSHOT))],
    ['logRetention', fc.constantFrom(11, -1, 0, 1.5, NaN, '7', {}, true)],
    ['variablePrefix', notMatching(/^[A-Za-z_][A-Za-z0-9_]*_$/)],
    ['vpcEndpoint', fc.oneof(fc.string(), between(1, 9), fc.constantFrom(true, []))],
    ['vpcEndpoint.vpc', noObject],
  ],
  tokens: [
    ['domainName', TOKEN.string],
    ['identityName', TOKEN.string],
    ['mailFromSubdomain', TOKEN.string],
    ['dmarcReportAddress', TOKEN.string],
    ['rotation.automaticallyAfter', TOKEN.days],
  ],
});
