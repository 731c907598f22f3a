import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { App, Lazy, NestedStack, Stack } from 'aws-cdk-lib/core';
import { DomainOptions } from '../../../src/config/domain';
import { cloudFrontDomainRules, domainRules } from '../../../src/edge/domain/domain-rules';
import { hostNamesOf } from '../../../src/edge/domain/host-names';
import { TOKEN } from '../../helpers';

const stack = new Stack(new App(), 'Stack');
const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-west-1a'] });
const virginian = certificateOf('arn:aws:acm:us-east-1:111111111111:certificate/1a2b3c4d-0000-1111-2222-333344445555');
const certificate = certificateOf('arn:aws:acm:eu-west-1:111111111111:certificate/1a2b3c4d-0000-1111-2222-333344445555');

function certificateOf(arn: string): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(new Stack(), 'Certificate', arn);
}

function broken(domain: DomainOptions, region = 'eu-west-1'): string[] {
  return domainRules(region).map((rule) => rule(domain)).filter((message) => message !== undefined);
}

function brokenForCloudFront(domain: DomainOptions, shop = new Stack(new App(), 'Shop', { env: { region: 'eu-central-1' } })): string[] {
  return cloudFrontDomainRules(shop.region, shop).map((rule) => rule(domain)).filter((message) => message !== undefined);
}

/** A private zone of another stack. */
function zoneFor(network: ec2.IVpc): route53.IHostedZone {
  const zones = new Stack(new App(), 'Zones', { env: { region: 'eu-central-1' } });
  return new route53.PrivateHostedZone(zones, 'Zone', { zoneName: 'example.com', vpc: network });
}

const HOST_NAME = 'full host name in lower-case ASCII, without scheme, port, path, wildcard or trailing dot';

test.each<[string, DomainOptions]>([
  ['a name in the zone', { domainName: 'shop.example.com', hostedZone }],
  ['a name in a zone that is written with a trailing dot', {
    domainName: 'shop.example.com', hostedZone: route53.HostedZone.fromHostedZoneAttributes(stack, 'Absolute', { zoneName: 'example.com.', hostedZoneId: 'Z1' }),
  }],
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
  ['10.0.0.1', ''],
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

test('an imported certificate whose ARN is a token is not held against the region of its stack', () => {
  const imported = acm.Certificate.fromCertificateArn(new Stack(new App(), 'Global', { env: { region: 'us-east-1' } }), 'Certificate', TOKEN.string());

  expect(broken({ domainName: 'example.com', certificate: imported }, 'eu-central-1')).toEqual([]);
});

test.each<[string, (domain: DomainOptions) => string[], string, acm.ICertificate]>([
  ['load balancer', broken, 'certificate', certificate],
  ['distribution', brokenForCloudFront, 'cloudFrontCertificate', virginian],
])('a certificate for more than 100 names is not issued for a %s', (_, judge, prop, given) => {
  const alternativeNames = (count: number) => Array.from({ length: count }, (__, index) => `shop${index}.example.com`);

  expect(judge({ domainName: 'example.com', alternativeNames: alternativeNames(99), hostedZone })).toEqual([]);
  expect(judge({ domainName: 'example.com', alternativeNames: alternativeNames(100), hostedZone })).toEqual([
    `'alternativeNames' must be at most 99 for a certificate to be issued, got 100: give an issued certificate, e.g. one with a wildcard, in '${prop}'`,
  ]);
  expect(judge({ domainName: 'example.com', alternativeNames: alternativeNames(100), hostedZone, [prop]: given })).toEqual([]);
});

test('the manual steps show all names, and a token as what it stands for', () => {
  expect(broken({ domainName: 'example.com', alternativeNames: ['www.example.com', TOKEN.string()] })[0])
    .toContain('--domain-name example.com --subject-alternative-names www.example.com <alternative name>" in the region of this stack;');
  expect(broken({ domainName: TOKEN.string() })[0]).toContain('--domain-name <domain name>" in the region of this stack;');
});

test.each(['alternativeNames', 'hostedZone', 'certificate', 'cloudFrontCertificate'])('a string as %s is refused', (prop) => {
  const domain = { domainName: 'example.com', hostedZone, [prop]: 'www' } as unknown as DomainOptions;

  expect(broken(domain, 'eu-west-1')[0]).toMatch(new RegExp(`^'${prop}' must be an? .*, got "www": `));
  expect(brokenForCloudFront(domain)[0]).toMatch(new RegExp(`^'${prop}' must be an? .*, got "www": `));
});

test.each<[string, DomainOptions]>([
  ['a zone', { domainName: 'example.com', hostedZone }],
  ['a certificate in us-east-1 and DNS elsewhere', { domainName: 'shop.example.org', cloudFrontCertificate: virginian }],
  ['that of the load balancer in us-east-1', { domainName: 'shop.example.org', certificate: virginian }],
  ['one for each', { domainName: 'shop.example.org', certificate, cloudFrontCertificate: virginian }],
  ['a long name with a certificate', { domainName: `${'a'.repeat(60)}.example.com`, hostedZone, cloudFrontCertificate: virginian }],
  ['a private zone with a certificate', { domainName: 'example.com', cloudFrontCertificate: virginian, hostedZone: zoneFor(vpc) }],
  ['a token as certificate', { domainName: 'example.com', cloudFrontCertificate: certificateOf(TOKEN.string()) }],
  ['a token as certificate of the load balancer', { domainName: 'example.com', certificate: certificateOf(TOKEN.string()) }],
])('a distribution with %s is fine', (_, domain) => {
  expect(brokenForCloudFront(domain)).toEqual([]);
});

const STEPS = 'DNS in Route 53: give \'hostedZone\', e.g. route53.HostedZone.fromLookup(this, \'Zone\', { domainName: \'<zone name>\' }). '
  + 'DNS elsewhere: (1) run "aws acm request-certificate --region us-east-1 --validation-method DNS --domain-name shop.example.com" '
  + 'for CloudFront, which looks there only; '
  + '(2) create the CNAME record that "aws acm describe-certificate --region us-east-1 --certificate-arn <arn>" shows at your DNS provider '
  + 'and wait until the status is ISSUED; '
  + '(3) give \'cloudFrontCertificate\': acm.Certificate.fromCertificateArn(this, \'CloudFrontCertificate\', \'<arn>\'); '
  + '(4) after the deployment, point shop.example.com to the distribution\'s domain name, which is a stack output';

test.each<[string, DomainOptions, string]>([
  ['neither zone nor certificate', { domainName: 'shop.example.com' },
    `'hostedZone' or 'cloudFrontCertificate' must be given for "shop.example.com", got neither. ${STEPS}`],
  ['nothing but a certificate for a load balancer elsewhere', { domainName: 'shop.example.com', certificate },
    `'hostedZone' or 'cloudFrontCertificate' must be given for "shop.example.com", got neither ('certificate' is in "eu-west-1"). ${STEPS}`],
  ['a name in another zone', { domainName: 'api.foo.com', hostedZone },
    '\'hostedZone\' is the zone of "example.com", but "api.foo.com" must lie inside it: '
    + 'give the zone of the name, or leave \'hostedZone\' out and give \'cloudFrontCertificate\''],
  ['a name too long for a certificate', { domainName: `${'a'.repeat(60)}.example.com`, hostedZone, certificate },
    `'domainName' must have at most 64 characters for a certificate to be issued, got 72 in "${'a'.repeat(60)}.example.com": `
    + 'give a shorter name here and the long one in \'alternativeNames\''],
  ['a certificate in another region', { domainName: 'example.com', hostedZone, cloudFrontCertificate: certificate },
    '\'cloudFrontCertificate\' must be in "us-east-1", whatever the region of the distribution\'s stack, but it is in "eu-west-1": '
    + 'request a certificate in "us-east-1", or leave it out and give \'hostedZone\''],
  ['a certificate that is made in another region', {
    domainName: 'example.com',
    cloudFrontCertificate: new acm.Certificate(new Stack(new App(), 'Paris', { env: { region: 'eu-west-3' } }), 'Certificate', { domainName: 'example.com' }),
  },
  '\'cloudFrontCertificate\' must be in "us-east-1", whatever the region of the distribution\'s stack, but it is in "eu-west-3": '
    + 'request a certificate in "us-east-1", or leave it out and give \'hostedZone\''],
  ['a certificate of IAM', { domainName: 'example.com', cloudFrontCertificate: certificateOf('arn:aws:iam::111111111111:server-certificate/shop') },
    '\'cloudFrontCertificate\' must be a certificate of AWS Certificate Manager, whose ARN has the form '
    + 'arn:<partition>:acm:<region>:<account>:certificate/<id>, got "arn:aws:iam::111111111111:server-certificate/shop": request or import it there'],
  ['a private zone', { domainName: 'example.com', hostedZone: zoneFor(vpc) },
    '\'hostedZone\' must be public for a certificate to be issued, but \'Zones/Zone\' is private: nobody outside its VPCs sees the record that '
    + 'validates the certificate, so the deployment would hang; give the public zone of the name, or an issued certificate in \'cloudFrontCertificate\''],
])('a distribution with %s is refused', (_, domain, message) => {
  expect(brokenForCloudFront(domain)).toEqual([message]);
});

describe('a certificate for a distribution that is issued', () => {
  const domainWith = (zone: route53.IHostedZone): DomainOptions => ({ domainName: 'example.com', hostedZone: zone });

  test('needs a known region, or us-east-1', () => {
    const message = '\'hostedZone\' is not enough where the region of the stack is not known, because CloudFront takes a certificate of "us-east-1" only, '
      + 'which is made in a stack beside this one: give the stack its region (env: { region: \'...\' }), deploy it in "us-east-1", '
      + 'or give an issued certificate in \'cloudFrontCertificate\'';

    expect(brokenForCloudFront(domainWith(hostedZone), stack)).toEqual([message]);
    expect(brokenForCloudFront(domainWith(hostedZone), new Stack(new App(), 'Shop', { env: { region: 'us-east-1' } }))).toEqual([]);
    expect(brokenForCloudFront({ ...domainWith(hostedZone), certificate: virginian }, stack)).toEqual([]);
  });

  test('needs a zone that is there before', () => {
    const shop = new Stack(new App(), 'Shop', { env: { region: 'eu-central-1' } });
    const nested = new NestedStack(shop, 'Nested');
    const message = '\'hostedZone\' must not get its id from the stack \'Shop\' itself, because the certificate for CloudFront is made in "us-east-1" '
      + 'before this stack: make the zone in a stack of its own, import it by HostedZone.fromLookup(), or give \'cloudFrontCertificate\'';
    const made = new route53.PublicHostedZone(shop, 'Zone', { zoneName: 'example.com' });
    const read = route53.HostedZone.fromHostedZoneAttributes(shop, 'Read', {
      zoneName: 'example.com', hostedZoneId: ssm.StringParameter.valueForStringParameter(shop, '/zone'),
    });

    for (const zone of [made, read]) {
      expect(brokenForCloudFront(domainWith(zone), shop)).toEqual([message]);
      expect(brokenForCloudFront(domainWith(zone), nested)).toEqual([message]);
      expect(brokenForCloudFront({ ...domainWith(zone), cloudFrontCertificate: virginian }, shop)).toEqual([]);
    }
  });

  test('needs a zone whose stack has a region, where that makes it', () => {
    const app = new App();
    const shop = new Stack(app, 'Shop', { env: { region: 'eu-central-1' } });
    const zoneOf = (id: string, region?: string) => new route53.PublicHostedZone(new Stack(app, id, { env: { region } }), 'Zone', { zoneName: 'example.com' });

    expect(brokenForCloudFront(domainWith(zoneOf('Dns')), shop)).toEqual([
      '\'hostedZone\' must be made in a stack whose region is known, because a stack in "us-east-1" reads its id, '
      + 'but \'Dns\' has none: give it env: { region: \'...\' }',
    ]);
    expect(brokenForCloudFront(domainWith(zoneOf('FrankfurtDns', 'eu-central-1')), shop)).toEqual([]);
    expect(brokenForCloudFront(domainWith(zoneOf('VirginiaDns', 'us-east-1')), shop)).toEqual([]);
  });
});

test.each(['certificate', 'cloudFrontCertificate'])('a stack without a region cannot read a certificate (%s) that another one makes', (prop) => {
  const app = new App();
  const made = new acm.Certificate(new Stack(app, 'Certificates', { env: { region: 'us-east-1' } }), 'Certificate', { domainName: 'example.com' });

  expect(brokenForCloudFront({ domainName: 'example.com', [prop]: made }, new Stack(app, 'Shop'))).toEqual([
    `'${prop}' is made in the stack 'Certificates' in "us-east-1", which another stack can read only where its own region is known: `
    + 'give \'Shop\' its region (env: { region: \'...\' })',
  ]);
  expect(brokenForCloudFront({ domainName: 'example.com', [prop]: made }, new Stack(app, 'Known', { env: { region: 'eu-central-1' } }))).toEqual([]);
});

test('the host names are the domain name and the alternatives, in this order', () => {
  expect(hostNamesOf({ domainName: 'b.example.com', alternativeNames: ['a.example.com'] })).toEqual(['b.example.com', 'a.example.com']);
});
