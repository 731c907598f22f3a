import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Lazy, Stack } from 'aws-cdk-lib/core';
import { DomainOptions } from '../../src/config/domain';
import { certificateIn, DOMAIN_RULES, hostNamesOf } from '../../src/edge/domain-rules';

const stack = new Stack(new App(), 'Stack');
const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] });
const certificate = certificateOf('arn:aws:acm:eu-west-1:111111111111:certificate/1a2b3c4d-0000-1111-2222-333344445555');

function certificateOf(arn: string): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(new Stack(), 'Certificate', arn);
}

function broken(domain: DomainOptions, region = 'eu-west-1'): string[] {
  return [...DOMAIN_RULES, certificateIn(region)].map((rule) => rule(domain)).filter((message) => message !== undefined);
}

const HOST_NAME = 'full host name in lower-case ASCII, without scheme, port, path, wildcard or trailing dot';

test.each<[string, DomainOptions]>([
  ['a name in the zone', { domainName: 'shop.example.com', hostedZone }],
  ['the apex of the zone', { domainName: 'example.com', alternativeNames: ['www.example.com'], hostedZone }],
  ['a name with a certificate and DNS elsewhere', { domainName: 'shop.example.org', certificate }],
  ['a zone and a certificate', { domainName: 'shop.example.com', hostedZone, certificate }],
  ['an international name in Punycode', { domainName: 'xn--mller-kva.example.com', hostedZone }],
  ['a long name in second place', { domainName: 'example.com', alternativeNames: [`${'a'.repeat(60)}.example.com`], hostedZone }],
  ['a long name with a certificate', { domainName: `${'a'.repeat(60)}.example.com`, certificate }],
  ['a token', { domainName: Lazy.string({ produce: () => 'x' }), alternativeNames: [Lazy.string({ produce: () => 'y' })], hostedZone }],
  ['a token as certificate', { domainName: 'example.com', certificate: new acm.Certificate(stack, 'Made', { domainName: 'example.com' }) }],
  ['a public zone of the same app', { domainName: 'example.com', hostedZone: new route53.PublicHostedZone(stack, 'Public', { zoneName: 'example.com' }) }],
  ['a private zone with a certificate', {
    domainName: 'example.com', certificate, hostedZone: new route53.PrivateHostedZone(stack, 'WithCertificate', { zoneName: 'example.com', vpc }),
  }],
  ['a token as zone', {
    domainName: 'example.org',
    hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Token', { zoneName: Lazy.string({ produce: () => 'z' }), hostedZoneId: 'Z1' }),
  }],
])('%s is fine', (_, domain) => {
  expect(broken(domain)).toEqual([]);
});

test.each([
  ['Shop.Example.com', ': write "shop.example.com"'],
  ['müller.de', ': write "xn--mller-kva.de"'],
  ['https://shop.example.com/', ': write "shop.example.com"'],
  ['shop.example.com:8000', ': write "shop.example.com"'],
  ['shop.example.com.', ': write "shop.example.com"'],
  ['*.example.com', ''],
  ['localhost', ''],
  ['shop_1.example.com', ''],
  ['-shop.example.com', ''],
  ['', ''],
  [`${'a'.repeat(64)}.com`, ''],
])('name %j is refused', (name, advice) => {
  expect(broken({ domainName: name, certificate })).toEqual([`'domainName' must be a ${HOST_NAME}, got ${JSON.stringify(name)}${advice}`]);
  expect(broken({ domainName: 'example.org', alternativeNames: ['www.example.org', name], certificate }))
    .toEqual([`'alternativeNames' must each be a ${HOST_NAME}, got ${JSON.stringify(name)}${advice}`]);
});

test.each<[string, DomainOptions, string]>([
  ['a name in another zone', { domainName: 'api.foo.com', alternativeNames: ['api.example.com'], hostedZone },
    '\'hostedZone\' is the zone of "example.com", but "api.foo.com" must lie inside it: '
    + 'give the zone of the name, or leave \'hostedZone\' out and give \'certificate\''],
  ['a name that only ends like the zone', { domainName: 'myexample.com', hostedZone },
    '\'hostedZone\' is the zone of "example.com", but "myexample.com" must lie inside it: '
    + 'give the zone of the name, or leave \'hostedZone\' out and give \'certificate\''],
  ['a zone without a name', { domainName: 'example.com', hostedZone: route53.HostedZone.fromHostedZoneId(stack, 'ById', 'Z1') },
    '\'hostedZone\' must know the name of its zone: use HostedZone.fromLookup() or .fromHostedZoneAttributes() instead of .fromHostedZoneId()'],
  ...[
    new route53.PrivateHostedZone(stack, 'Private', { zoneName: 'example.com', vpc }),
    new route53.HostedZone(stack, 'WithVpc', { zoneName: 'example.com', vpcs: [vpc] }),
  ].map((zone): [string, DomainOptions, string] => [`a private zone (${zone.node.id}) for a certificate`, { domainName: 'example.com', hostedZone: zone },
    `'hostedZone' must be public for a certificate to be issued, but '${zone.node.path}' is private: nobody outside its VPCs sees the record that `
    + 'validates the certificate, so the deployment would hang; give the public zone of the name, or an issued certificate in \'certificate\'']),
  ['the same name twice', { domainName: 'example.com', alternativeNames: ['example.com', 'www.example.com'], hostedZone },
    '\'alternativeNames\' must differ from each other and from \'domainName\' "example.com", got "example.com" twice'],
  ['a name too long for a certificate', { domainName: `${'a'.repeat(60)}.example.com`, hostedZone },
    `'domainName' must have at most 64 characters for a certificate to be issued, got 72 in "${'a'.repeat(60)}.example.com": `
    + 'give a shorter name here and the long one in \'alternativeNames\''],
  ['a certificate of IAM', { domainName: 'example.com', certificate: certificateOf('arn:aws:iam::111111111111:server-certificate/shop') },
    '\'certificate\' must be a certificate of AWS Certificate Manager, whose ARN has the form arn:<partition>:acm:<region>:<account>:certificate/<id>, '
    + 'got "arn:aws:iam::111111111111:server-certificate/shop": request or import it there'],
  ['neither zone nor certificate', { domainName: 'shop.example.com' },
    '\'hostedZone\' or \'certificate\' must be given for "shop.example.com", got neither. '
    + 'DNS in Route 53: give \'hostedZone\', e.g. route53.HostedZone.fromLookup(this, \'Zone\', { domainName: \'<zone name>\' }). '
    + 'DNS elsewhere: (1) run "aws acm request-certificate --validation-method DNS --domain-name shop.example.com" in the region of this stack; '
    + '(2) create the CNAME record that "aws acm describe-certificate --certificate-arn <arn>" shows at your DNS provider and wait until the status is ISSUED; '
    + '(3) give \'certificate\': acm.Certificate.fromCertificateArn(this, \'Certificate\', \'<arn>\'); '
    + '(4) after the deployment, point shop.example.com to the load balancer\'s DNS name, which is a stack output'],
])('%s is refused', (_, domain, message) => {
  expect(broken(domain)).toEqual([message]);
});

test('a certificate in another region is refused, whether its ARN or its stack tells', () => {
  const made = new acm.Certificate(new Stack(new App(), 'Global', { env: { region: 'us-east-1' } }), 'Certificate', { domainName: 'example.com' });
  const message = (region: string) => '\'certificate\' must be in the region of the load balancer, which is "eu-central-1", '
    + `but it is in "${region}": request a certificate in "eu-central-1"`;

  expect(broken({ domainName: 'example.com', certificate }, 'eu-central-1')).toEqual([message('eu-west-1')]);
  expect(broken({ domainName: 'example.com', certificate: made }, 'eu-central-1')).toEqual([message('us-east-1')]);
  expect(broken({ domainName: 'example.com', certificate }, stack.region)).toEqual([]);
});

test('the host names are the domain name and the alternatives, in this order', () => {
  expect(hostNamesOf({ domainName: 'b.example.com', alternativeNames: ['a.example.com'] })).toEqual(['b.example.com', 'a.example.com']);
});
