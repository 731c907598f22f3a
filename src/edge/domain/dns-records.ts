import * as route53 from 'aws-cdk-lib/aws-route53';
import { CfnOutput, Token } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { hostNamesOf } from './host-names';
import { DomainOptions } from '../../config/domain';

const IPV4_RECORDS = 'AliasRecords';

/** What serves the names of a domain, as Route 53 and as other DNS providers can point to it. */
export interface DnsTarget {
  readonly alias: route53.IAliasRecordTarget;
  readonly dnsName: string;
}

/**
 * Points the names of a domain to what serves them: by records in the hosted zone, else by an output that says where to point them.
 * @param before what served the names before, if it was there: its records are changed then. New ones beside them would be refused, since CloudFormation
 * deletes last.
 */
export function pointNamesTo(scope: Construct, domain: DomainOptions, { alias, dnsName }: DnsTarget, before?: Construct): void {
  const { hostedZone: zone } = domain;
  if (!zone) {
    new CfnOutput(scope, 'DnsTarget', {
      description: 'Point each name of the site here: by CNAME, or by your DNS provider\'s alias record where the name is the apex of a zone',
      value: dnsName,
    });
    return;
  }
  const place = before && !before.node.tryFindChild(IPV4_RECORDS) ? before : scope;
  // Ids by name: with ids by position, a name that moves in the list would be created while its old record still exists.
  const ipv4 = new Construct(place, IPV4_RECORDS);
  // Where the target has no IPv6 addresses, Route 53 answers as if there were no such record.
  const ipv6 = new Construct(place, 'AliasRecordsIpv6');
  const target = route53.RecordTarget.fromAlias(alias);
  hostNamesOf(domain).forEach((name, index) => {
    const id = Token.isUnresolved(name) ? `Name${index}` : name;
    new route53.ARecord(ipv4, id, { zone, recordName: `${name}.`, target });
    new route53.AaaaRecord(ipv6, id, { zone, recordName: `${name}.`, target });
  });
}
