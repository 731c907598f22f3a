/* eslint-disable @typescript-eslint/no-explicit-any */
import { Account, Resource } from './account';
import { resource } from './edges';
import { Front } from './front';

const SELF_SIGNED = { certificate: '', key: '' };

function createFront(resources: Resource[]): Front {
  return new Front({ account: new Account(resources), s3: { url: 'http://127.0.0.1:1', key: 'key' }, tasks: {}, tls: SELF_SIGNED, firewall: () => undefined, viewer: '203.0.113.7' });
}

function distribution(config: any): Resource {
  return resource('CloudFront::Distribution', 'E1', { DistributionConfig: { Origins: [], DefaultCacheBehavior: {}, ...config } }, { DomainName: 'd1.cloudfront.net' });
}
const certificate = (arn: string, DomainName: string) => resource('CertificateManager::Certificate', arn, { DomainName });
const record = (Type: string, DNSName = 'd1.cloudfront.net') => resource('Route53::RecordSet', Type, { Type, Name: 'shop.example.com.', AliasTarget: { DNSName } });

test.each([
  ['a certificate in us-east-1', 'arn:aws:acm:us-east-1:1:a', 'shop.example.com', []],
  ['one for all names of the zone', 'arn:aws:acm:us-east-1:1:a', '*.example.com', []],
  ['one in another region', 'arn:aws:acm:eu-central-1:1:a', 'shop.example.com', ['shop.example.com']],
  ['one for another name', 'arn:aws:acm:us-east-1:1:a', 'example.com', ['shop.example.com']],
])('with %s browsers refuse %s', (_what, arn, name, expected) => {
  const config = { Aliases: ['shop.example.com'], ViewerCertificate: { AcmCertificateArn: arn } };
  expect(createFront([distribution(config), certificate(arn, name)]).uncovered).toEqual(expected);
});

test('misses records for either kind of addresses, and those that point elsewhere', () => {
  const site = distribution({ Aliases: ['shop.example.com'] });
  expect(createFront([site, record('A'), record('AAAA')]).unresolved).toEqual([]);
  expect(createFront([site, record('A')]).unresolved).toEqual(['AAAA shop.example.com']);
  expect(createFront([site, record('A', 'lb.elb.amazonaws.com'), record('AAAA')]).unresolved).toEqual(['A shop.example.com']);
});

test('has browsers find what the records point at, and nothing else', async () => {
  const front = createFront([distribution({ Aliases: ['shop.example.com', 'www.example.com'] }), record('A')]);
  await front.open();
  expect(front.resolverRules.replace(/127\.0\.0\.1:\d+/g, 'here')).toBe(
    'MAP d1.cloudfront.net:443 here, MAP d1.cloudfront.net:80 here, MAP shop.example.com:443 here, MAP shop.example.com:80 here, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  );
  front.close();
});
