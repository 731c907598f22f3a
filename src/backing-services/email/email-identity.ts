import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ses from 'aws-cdk-lib/aws-ses';
import { CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DmarcPolicy } from './ses-smtp-props';

/** What the DNS of a domain says about mail. */
export interface MailDomainSettings {
  readonly domainName: string;
  readonly mailFromDomain: string;
  readonly dmarcPolicy: DmarcPolicy;
  readonly dmarcReportAddress?: string;
}

interface MailRecord {
  readonly id: string;
  readonly name: string;
  readonly type: route53.RecordType;
  readonly value: string;
  readonly purpose: string;
}

/** A domain that SES may send from once its DNS records are found. Mail that comes before the MAIL FROM record is found goes out all the same. */
export function createIdentity(scope: Construct, settings: MailDomainSettings, configurationSet: ses.IConfigurationSet): ses.EmailIdentity {
  return new ses.EmailIdentity(scope, 'Identity', {
    identity: ses.Identity.domain(settings.domainName),
    configurationSet,
    mailFromDomain: settings.mailFromDomain,
    mailFromBehaviorOnMxFailure: ses.MailFromBehaviorOnMxFailure.USE_DEFAULT_VALUE,
  });
}

/** The records of an identity: in the hosted zone, else as outputs that say what to enter. Gives those that were made. */
export function publishRecords(
  scope: Construct, identity: ses.EmailIdentity, settings: MailDomainSettings, zone?: route53.IHostedZone,
): route53.RecordSet[] {
  const records = mailRecords(Stack.of(scope).region, identity, settings);
  const parent = new Construct(scope, 'DnsRecords');
  if (zone) {
    return records.map(({ id, name, type, value }) => new route53.RecordSet(parent, id, {
      zone,
      // With the dot it is a full name, whatever the zone's is.
      recordName: `${name}.`,
      recordType: type,
      target: route53.RecordTarget.fromValues(value),
    }));
  }
  records.forEach(({ id, name, type, value, purpose }) => new CfnOutput(parent, id, {
    description: `Enter at your DNS provider (name, type, value): ${purpose}`,
    value: `${name} ${type} ${value}`,
  }));
  return [];
}

function mailRecords(region: string, identity: ses.EmailIdentity, settings: MailDomainSettings): MailRecord[] {
  const { domainName, mailFromDomain, dmarcPolicy } = settings;
  return [
    ...identity.dkimRecords.map(({ name, value }, index) => ({
      id: `Dkim${index + 1}`, name, type: route53.RecordType.CNAME, value, purpose: `DKIM; SES sends for ${domainName} when it finds all three`,
    })),
    {
      id: 'MailFromMx',
      name: mailFromDomain,
      type: route53.RecordType.MX,
      value: `10 feedback-smtp.${region}.amazonses.com`,
      purpose: 'MAIL FROM, for bounces',
    },
    {
      id: 'MailFromSpf', name: mailFromDomain, type: route53.RecordType.TXT, value: '"v=spf1 include:amazonses.com ~all"', purpose: 'MAIL FROM, for SPF',
    },
    ...dmarcPolicy === DmarcPolicy.EXISTING ? [] : [{
      id: 'Dmarc', name: `_dmarc.${domainName}`, type: route53.RecordType.TXT, value: dmarc(settings), purpose: 'DMARC; keep a record that you have already',
    }],
  ];
}

function dmarc({ dmarcPolicy, dmarcReportAddress }: MailDomainSettings): string {
  return `"v=DMARC1; p=${dmarcPolicy.toLowerCase()};${dmarcReportAddress ? ` rua=mailto:${dmarcReportAddress};` : ''}"`;
}
