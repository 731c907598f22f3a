import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Fn, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DomainOptions } from '../../../src/config/domain';
import { certificateFor, cloudFrontCertificateFor } from '../../../src/edge/domain/certificates';
import { globalStackOf } from '../../../src/edge/domain/global-stack';
import { newStack, TOKEN, warningsOf } from '../../helpers';

const FRANKFURT = { account: '111111111111', region: 'eu-central-1' };
const VIRGINIA = { account: '111111111111', region: 'us-east-1' };
const IRELAND_ARN = 'arn:aws:acm:eu-west-1:111111111111:certificate/1a2b3c4d-0000-1111-2222-333344445555';
const VIRGINIA_ARN = 'arn:aws:acm:us-east-1:111111111111:certificate/1a2b3c4d-0000-1111-2222-333344445555';

let app: App;

beforeEach(() => {
  app = new App();
});

function given(arn: string): acm.ICertificate {
  return acm.Certificate.fromCertificateArn(new Stack(), 'Certificate', arn);
}

function zoneIn(stack: Stack): route53.IHostedZone {
  return route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
}

/** A distribution, as it takes a certificate. */
function distribute(scope: Construct, domain: DomainOptions): acm.ICertificate {
  const site = new Construct(scope, 'Site');
  const certificate = cloudFrontCertificateFor(site, domain);
  new cloudfront.Distribution(site, 'Distribution', {
    defaultBehavior: { origin: new origins.HttpOrigin('origin.example.net') },
    domainNames: [domain.domainName, ...domain.alternativeNames ?? []],
    certificate,
  });
  return certificate;
}

function distributesWith(stack: Stack, certificate: unknown): void {
  Template.fromStack(stack).hasResourceProperties('AWS::CloudFront::Distribution', {
    DistributionConfig: { ViewerCertificate: { AcmCertificateArn: certificate } },
  });
}

/** What the stacks consist of, by the names of the stacks: no Lambda function, no role, no custom resource. */
function resources(): Record<string, string[]> {
  return Object.fromEntries(app.synth().stacks.map(({ hierarchicalId, template }) => [
    hierarchicalId, Object.values<{ Type: string }>(template.Resources ?? {}).map(({ Type }) => Type).sort(),
  ]));
}

function warnings(): string[] {
  return app.synth().stacks.flatMap(({ messages }) => messages.map(({ entry }) => String(entry.data)));
}

describe('the certificate of a load balancer', () => {
  test('is the given one', () => {
    const certificate = given(IRELAND_ARN);
    expect(certificateFor(newStack(), { domainName: 'example.com', certificate })).toBe(certificate);
  });

  test('is issued for all names, in the stack itself, and replaced as CloudFormation sees fit', () => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    certificateFor(new Construct(stack, 'LoadBalancer'), { domainName: 'shop.example.com', alternativeNames: ['www.example.com'], hostedZone: zoneIn(stack) });

    const [[id, certificate]] = Object.entries(Template.fromStack(stack).findResources('AWS::CertificateManager::Certificate'));
    expect(id).toMatch(/^LoadBalancerCertificate[0-9A-F]{8}$/);
    expect(certificate).toEqual({
      Type: 'AWS::CertificateManager::Certificate',
      Properties: expect.objectContaining({
        DomainName: 'shop.example.com',
        SubjectAlternativeNames: ['www.example.com'],
        ValidationMethod: 'DNS',
        DomainValidationOptions: [{ DomainName: 'shop.example.com', HostedZoneId: 'Z1' }, { DomainName: 'www.example.com', HostedZoneId: 'Z1' }],
      }),
    });
  });

  test('for more names than the usual quota is warned about', () => {
    const stack = newStack();
    const alternativeNames = (count: number) => Array.from({ length: count }, (_, index) => `shop${index}.example.com`);
    const few = new Construct(stack, 'Few');
    const many = new Construct(stack, 'Many');
    certificateFor(few, { domainName: 'example.com', alternativeNames: alternativeNames(9), hostedZone: zoneIn(stack) });
    certificateFor(many, { domainName: 'example.com', alternativeNames: alternativeNames(10), hostedZone: zoneIn(newStack()) });

    expect(warningsOf(few)).toEqual({});
    expect(warningsOf(many)).toEqual({
      'certificate-names': 'a certificate for 11 names is issued only where the account\'s quota "Domain names per ACM certificate" was raised from 10',
    });
  });

  test('is warned about where the same deployment makes the zone, but not where another stack does', () => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    const hostedZone = new route53.PublicHostedZone(new Stack(app, 'Dns', { env: FRANKFURT }), 'Zone', { zoneName: 'example.com' });
    const own = new Construct(stack, 'Own');
    const other = new Construct(stack, 'Other');
    const nested = new Construct(new NestedStack(stack, 'Nested'), 'LoadBalancer');
    certificateFor(other, { domainName: 'example.com', hostedZone });
    const ownZone = new route53.PublicHostedZone(stack, 'Zone', { zoneName: 'example.com' });
    certificateFor(own, { domainName: 'example.com', hostedZone: ownZone });
    certificateFor(nested, { domainName: 'example.com', hostedZone: ownZone });

    const warning = {
      'zone-delegation': 'the certificate is validated through the hosted zone \'Shop/Zone\', which the same deployment makes and which waits until its parent '
        + 'zone names its name servers: deploy the zone before, in a stack of its own, and enter its name servers in the parent zone',
    };
    expect(warningsOf(other)).toEqual({});
    expect(warningsOf(own)).toEqual(warning);
    expect(warningsOf(nested)).toEqual(warning);
  });
});

describe('the certificate of a distribution', () => {
  test('is issued in us-east-1 for a stack in another region, without custom resources', () => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT, stackName: 'shop-prod' });
    distribute(stack, { domainName: 'shop.example.com', alternativeNames: ['www.example.com'], hostedZone: zoneIn(stack) });
    const globalStack = globalStackOf(stack);

    expect(resources()).toEqual({
      'Shop': ['AWS::CloudFront::Distribution'],
      'Shop/GlobalResources': ['AWS::CertificateManager::Certificate'],
    });
    const template = Template.fromStack(globalStack).toJSON();
    const [[id, certificate]] = Object.entries(template.Resources);
    expect(id).toMatch(/^SiteCloudFrontCertificate[0-9A-F]{8}$/);
    expect(certificate).toEqual({
      Type: 'AWS::CertificateManager::Certificate',
      Properties: expect.objectContaining({
        DomainName: 'shop.example.com',
        SubjectAlternativeNames: ['www.example.com'],
        DomainValidationOptions: [{ DomainName: 'shop.example.com', HostedZoneId: 'Z1' }, { DomainName: 'www.example.com', HostedZoneId: 'Z1' }],
      }),
      UpdateReplacePolicy: 'Retain',
    });
    const [[output, { Value }]] = Object.entries<{ Value: unknown }>(template.Outputs);
    expect(Value).toEqual({ Ref: id });
    distributesWith(stack, { 'Fn::GetStackOutput': { StackName: 'shop-prod-eu-central-1-global', OutputName: output, Region: 'us-east-1' } });
    expect(stack.dependencies).toEqual([globalStack]);
    expect(warnings()).toEqual([]);
  });

  test('is issued there where the account is not known', () => {
    const stack = new Stack(app, 'Shop', { env: { region: 'eu-central-1' } });
    distribute(stack, { domainName: 'shop.example.com', hostedZone: zoneIn(stack) });

    expect(app.synth().stacks.map(({ environment }) => environment.name)).toEqual(['aws://unknown-account/us-east-1', 'aws://unknown-account/eu-central-1']);
    expect(warnings()).toEqual([]);
  });

  test('is issued there for a nested stack', () => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    const nested = new NestedStack(stack, 'Nested');
    distribute(nested, { domainName: 'shop.example.com', hostedZone: zoneIn(stack) });

    distributesWith(nested, { 'Fn::GetStackOutput': Match.objectLike({ StackName: 'Shop-eu-central-1-global' }) });
    expect(stack.dependencies).toEqual([globalStackOf(stack)]);
  });

  test('is issued for each of two distributions of a stack', () => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    distribute(new Construct(stack, 'Shop'), { domainName: 'shop.example.com', hostedZone: zoneIn(stack) });
    distribute(new Construct(stack, 'Docs'), { domainName: 'docs.example.com', hostedZone: zoneIn(globalStackOf(stack)) });

    Template.fromStack(globalStackOf(stack)).resourceCountIs('AWS::CertificateManager::Certificate', 2);
  });

  test('is issued beside the distribution in us-east-1', () => {
    const stack = new Stack(app, 'Shop', { env: VIRGINIA });
    distribute(stack, { domainName: 'shop.example.com', hostedZone: zoneIn(stack) });

    expect(resources()).toEqual({ Shop: ['AWS::CertificateManager::Certificate', 'AWS::CloudFront::Distribution'] });
    distributesWith(stack, { Ref: Match.stringLikeRegexp('^SiteCloudFrontCertificate') });
    Template.fromStack(stack).templateMatches({ Outputs: Match.absent() });
  });

  test('is validated through a zone that a stack of another region makes, without custom resources', () => {
    const hostedZone = new route53.PublicHostedZone(new Stack(app, 'Dns', { env: FRANKFURT }), 'Zone', { zoneName: 'example.com' });
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    distribute(stack, { domainName: 'shop.example.com', hostedZone });

    expect(resources()).toEqual({
      'Dns': ['AWS::Route53::HostedZone'],
      'Shop': ['AWS::CloudFront::Distribution'],
      'Shop/GlobalResources': ['AWS::CertificateManager::Certificate'],
    });
    Template.fromStack(globalStackOf(stack)).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainValidationOptions: [{
        DomainName: 'shop.example.com',
        HostedZoneId: { 'Fn::GetStackOutput': Match.objectLike({ StackName: 'Dns', Region: 'eu-central-1' }) },
      }],
    });
  });

  test('is validated through a zone that another stack in us-east-1 makes', () => {
    const hostedZone = new route53.PublicHostedZone(new Stack(app, 'Dns', { env: VIRGINIA }), 'Zone', { zoneName: 'example.com' });
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    distribute(stack, { domainName: 'shop.example.com', hostedZone });

    Template.fromStack(globalStackOf(stack)).hasResourceProperties('AWS::CertificateManager::Certificate', {
      DomainValidationOptions: [{ DomainName: 'shop.example.com', HostedZoneId: { 'Fn::ImportValue': Match.stringLikeRegexp('^Dns:') } }],
    });
  });

  test('is warned about where the id of the zone would be resolved in the wrong region', () => {
    const importIn = (stack: Stack) => {
      const hostedZone = route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: Fn.importValue('zone') });
      distribute(stack, { domainName: 'shop.example.com', hostedZone });
    };
    importIn(new Stack(app, 'Virginia', { env: VIRGINIA }));
    expect(warnings()).toEqual([]);

    app = new App();
    importIn(new Stack(app, 'Frankfurt', { env: FRANKFURT }));
    expect(warnings()).toEqual([
      'the id of the hosted zone \'Frankfurt/Zone\' is a token, which is resolved in us-east-1, where exports and parameters are others than in your region: '
      + 'import the zone by HostedZone.fromLookup() or with its plain id [ack: cdk-django-on-fargate:zone-id]',
    ]);
  });

  test('is the one that is given for it, also beside one for the load balancer and a zone', () => {
    const stack = new Stack(app, 'Shop');
    const cloudFrontCertificate = given(VIRGINIA_ARN);

    expect(distribute(stack, { domainName: 'example.com', hostedZone: zoneIn(stack), certificate: given(IRELAND_ARN), cloudFrontCertificate }))
      .toBe(cloudFrontCertificate);
    distributesWith(stack, VIRGINIA_ARN);
  });

  test.each([
    ['in us-east-1', VIRGINIA_ARN, FRANKFURT],
    ['of a region that is not known, in us-east-1', TOKEN.string(), VIRGINIA],
  ])('is that of the load balancer %s', (_, arn, env) => {
    const stack = new Stack(app, 'Shop', { env });
    const certificate = given(arn);

    expect(distribute(stack, { domainName: 'example.com', hostedZone: zoneIn(stack), certificate })).toBe(certificate);
  });

  test('is that of the load balancer where nothing is known but that it is meant for it', () => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    const certificate = given(TOKEN.string());

    expect(distribute(stack, { domainName: 'example.com', certificate })).toBe(certificate);
  });

  test.each([['in another region', IRELAND_ARN], ['of a region that is not known', TOKEN.string()]])('is not that of the load balancer %s', (_, arn) => {
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    distribute(stack, { domainName: 'example.com', hostedZone: zoneIn(stack), certificate: given(arn) });

    Template.fromStack(globalStackOf(stack)).resourceCountIs('AWS::CertificateManager::Certificate', 1);
  });

  test.each(['certificate', 'cloudFrontCertificate'])('may be made by another stack in us-east-1 (%s), without custom resources', (prop) => {
    const certificates = new Stack(app, 'Certificates', { env: VIRGINIA });
    const certificate = new acm.Certificate(certificates, 'Certificate', { domainName: 'example.com' });
    const stack = new Stack(app, 'Shop', { env: FRANKFURT });
    distribute(stack, { domainName: 'example.com', [prop]: certificate });

    expect(resources()).toEqual({ Certificates: ['AWS::CertificateManager::Certificate'], Shop: ['AWS::CloudFront::Distribution'] });
    distributesWith(stack, { 'Fn::GetStackOutput': Match.objectLike({ StackName: 'Certificates', Region: 'us-east-1' }) });
    expect(stack.dependencies).toEqual([certificates]);
  });
});
