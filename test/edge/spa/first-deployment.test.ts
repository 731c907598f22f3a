import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { App, CfnElement, Stack } from 'aws-cdk-lib/core';
import { IConstruct } from 'constructs';
import { HOST_NAME, SOURCE, zone } from './defined';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { SpaBackend } from '../../../src/edge/spa/spa-backend';
import { SpaDistribution } from '../../../src/edge/spa/spa-distribution';
import { SpaMedia } from '../../../src/edge/spa/spa-media';

type Resources = Record<string, { readonly Type: string; readonly DependsOn?: string | string[] }>;

/** What CloudFormation makes only when another resource is there, by reference or by order, at whatever distance. */
function waitingFor(resources: Resources, id: string): string[] {
  const needs = Object.fromEntries(Object.entries(resources).map(([name, resource]) => [name, named(resource, resources)]));
  const found = new Set([id]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    Object.entries(needs).filter(([, needed]) => needed.some((each) => found.has(each))).forEach(([name]) => found.add(name));
  }
  return [...found].filter((name) => name !== id);
}

/** The resources that a resource names. */
function named(resource: Resources[string], resources: Resources): string[] {
  const text = JSON.stringify(resource);
  return [
    ...[...text.matchAll(/"Ref":"([^"]+)"/g), ...text.matchAll(/"Fn::GetAtt":\["([^"]+)"/g), ...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name),
    ...[resource.DependsOn ?? []].flat(),
  ].filter((name) => name in resources);
}

const app = new App();
const stack = new Stack(app, 'Stack', { env: { account: '111111111111', region: 'us-east-1' } });
const domain = { domainName: HOST_NAME, hostedZone: zone(stack) };
const vpc = new ec2.Vpc(stack, 'Vpc');
const alb = new WafProtectedAlb(stack, 'Alb', { vpc, domain, access: AlbAccess.CLOUDFRONT_VPC_ORIGIN });
alb.addTargetGroup(new elbv2.ApplicationTargetGroup(stack, 'Targets', { vpc, port: 8000, targetType: elbv2.TargetType.IP }));
const storage = new FileStorage(stack, 'Storage');
const site = new SpaDistribution(stack, 'Site', {
  source: SOURCE, domain, storage, media: SpaMedia.publiclyReadable(), backend: SpaBackend.loadBalancer(alb), config: { siteName: 'Shop' }, webAcl: {},
});
const resources = Template.fromStack(stack).toJSON().Resources as Resources;

function idOf(construct: IConstruct): string {
  return stack.getLogicalId(construct.node.defaultChild as CfnElement);
}

/** Paths of constructs for logical ids. */
function pathsOf(ids: string[]): string[] {
  const elements = stack.node.findAll().filter((each): each is CfnElement => CfnElement.isCfnElement(each));
  return ids.map((id) => elements.find((each) => stack.resolve(each.logicalId) === id)!.node.path.replace(/^Stack\//, '').replace(/\/(Resource|Default)$/, '')).sort();
}

describe('a first deployment', () => {
  test('lets nothing wait for the distribution but what names it', () => {
    expect(pathsOf(waitingFor(resources, idOf(site.distribution)))).toEqual([
      `Alb/AliasRecords/${HOST_NAME}`,
      `Alb/AliasRecordsIpv6/${HOST_NAME}`,
      'Site/Files/Bucket/Policy',
      'Site/Files/InvalidationRights',
      'Site/Files/Published',
      'Storage/Media/Policy',
      'Storage/Static/Policy',
    ]);
  });

  test('lets nothing wait for the upload, and the distribution not for it either', () => {
    expect(waitingFor(resources, idOf(site.deployment!))).toEqual([]);
  });

  test('lets nothing wait for the way into the VPC but the distribution', () => {
    const [vpcOrigin] = Object.keys(Template.fromStack(stack).findResources('AWS::CloudFront::VpcOrigin'));
    const distribution = idOf(site.distribution);

    expect(pathsOf(waitingFor(resources, vpcOrigin))).toEqual(pathsOf([distribution, ...waitingFor(resources, distribution)]));
  });

  test('makes buckets, handler and web service\'s targets while CloudFront works', () => {
    const waiting = waitingFor(resources, idOf(site.distribution));

    expect(waiting.map((id) => resources[id].Type)).not.toContain('AWS::S3::Bucket');
    expect(waiting.map((id) => resources[id].Type)).not.toContain('AWS::Lambda::Function');
    expect(waiting.filter((id) => resources[id].Type.startsWith('AWS::ElasticLoadBalancingV2'))).toEqual([]);
  });

  test('the graph is not blind', () => {
    expect(pathsOf(waitingFor(resources, idOf(site.bucket!)))).toContain('Site/Distribution');
    expect(pathsOf(waitingFor(resources, idOf(alb.loadBalancer)))).toEqual(expect.arrayContaining(['Site/Distribution', 'Site/Files/Published']));
  });
});
