import { Match, Template } from 'aws-cdk-lib/assertions';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DnsTarget, pointNamesTo } from '../../../src/edge/domain/dns-records';
import { newStack, TOKEN } from '../../helpers';

const TARGET: DnsTarget = { alias: { bind: () => ({ dnsName: 'target.example.net', hostedZoneId: 'Z2' }) }, dnsName: 'target.example.net' };

let stack: Stack;
let site: Construct;
let hostedZone: route53.IHostedZone;

beforeEach(() => {
  stack = newStack();
  site = new Construct(stack, 'Site');
  hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
});

function records(): ReturnType<Template['findResources']> {
  return Template.fromStack(stack).findResources('AWS::Route53::RecordSet');
}

test('each name points there by IPv4 and by IPv6', () => {
  pointNamesTo(site, { domainName: 'shop.example.com', alternativeNames: ['example.com'], hostedZone }, TARGET);

  expect(Object.values(records()).map(({ Properties: { Name, Type } }) => `${Type} ${Name}`).sort())
    .toEqual(['A example.com.', 'A shop.example.com.', 'AAAA example.com.', 'AAAA shop.example.com.']);
  Template.fromStack(stack).allResourcesProperties('AWS::Route53::RecordSet', {
    HostedZoneId: 'Z1', AliasTarget: { DNSName: 'target.example.net', HostedZoneId: 'Z2' },
  });
  Template.fromStack(stack).templateMatches({ Outputs: Match.absent() });
});

test('a record keeps its logical id wherever its name stands', () => {
  pointNamesTo(site, { domainName: 'shop.example.com', alternativeNames: ['example.com'], hostedZone }, TARGET);
  const before = Object.keys(records()).sort();
  expect(before.map((id) => id.slice(0, -8))).toEqual([
    'SiteAliasRecordsIpv6examplecom', 'SiteAliasRecordsIpv6shopexamplecom', 'SiteAliasRecordsexamplecom', 'SiteAliasRecordsshopexamplecom',
  ]);

  stack = newStack();
  pointNamesTo(new Construct(stack, 'Site'), { domainName: 'example.com', alternativeNames: ['shop.example.com'], hostedZone }, TARGET);
  expect(Object.keys(records()).sort()).toEqual(before);
});

describe('what served the names before', () => {
  const DOMAIN = { domainName: 'shop.example.com' };
  const OTHER: DnsTarget = { alias: { bind: () => ({ dnsName: 'other.example.net', hostedZoneId: 'Z3' }) }, dnsName: 'other.example.net' };

  test('has its records changed, since new ones beside them would be refused', () => {
    pointNamesTo(site, { ...DOMAIN, hostedZone }, TARGET);
    const before = Object.keys(records());

    stack = newStack();
    pointNamesTo(new Construct(stack, 'Distribution'), { ...DOMAIN, hostedZone }, OTHER, new Construct(stack, 'Site'));
    expect(Object.keys(records())).toEqual(before);
    Template.fromStack(stack).allResourcesProperties('AWS::Route53::RecordSet', { AliasTarget: { DNSName: 'other.example.net' } });
  });

  test('keeps what it serves still', () => {
    pointNamesTo(site, { ...DOMAIN, hostedZone }, TARGET);
    pointNamesTo(new Construct(stack, 'Distribution'), { domainName: 'www.example.com', hostedZone }, OTHER, site);

    expect(Object.values(records()).map(({ Properties: { Name, AliasTarget } }) => `${Name} ${AliasTarget.DNSName}`).sort()).toEqual([
      'shop.example.com. target.example.net', 'shop.example.com. target.example.net', 'www.example.com. other.example.net', 'www.example.com. other.example.net',
    ]);
  });
});

test('a name that is a token has a record', () => {
  pointNamesTo(site, { domainName: TOKEN.string(), hostedZone }, TARGET);

  Template.fromStack(stack).resourcePropertiesCountIs('AWS::Route53::RecordSet', { Name: 'later.' }, 2);
});

test('without a zone an output says where to point the names', () => {
  pointNamesTo(site, { domainName: 'shop.example.com' }, TARGET);

  expect(records()).toEqual({});
  Template.fromStack(stack).hasOutput('*', {
    Value: 'target.example.net',
    Description: 'Point each name of the site here: by CNAME, or by your DNS provider\'s alias record where the name is the apex of a zone',
  });
});
