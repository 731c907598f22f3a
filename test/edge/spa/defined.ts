import { mkdirSync, mkdtempSync, writeFileSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { App, Environment, Stack } from 'aws-cdk-lib/core';
import { AlbAccess } from '../../../src/edge/load-balancer/alb-access';
import { WafProtectedAlb } from '../../../src/edge/load-balancer/waf-protected-alb';
import { WafProtectedAlbOptions } from '../../../src/edge/load-balancer/waf-protected-alb-props';
import { SpaSource } from '../../../src/edge/spa/source/spa-source';
import { SpaDistribution } from '../../../src/edge/spa/spa-distribution';
import { SpaDistributionProps } from '../../../src/edge/spa/spa-distribution-props';
import { givenVpc } from '../../helpers';

export const HOST_NAME = 'shop.example.com';

/** A small build. */
export const BUILD = join(mkdtempSync(join(tmpdir(), 'spa-')), 'dist');
mkdirSync(join(BUILD, 'assets'), { recursive: true });
writeFileSync(join(BUILD, 'index.html'), '<!doctype html><title>Shop</title>');
writeFileSync(join(BUILD, 'assets/index-0a1b2c3d.js'), 'export {};');

export const SOURCE = SpaSource.directory(BUILD);

type Properties = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any

/** A site in a stack of its own. */
export function defined(props: (stack: Stack) => Partial<SpaDistributionProps> = () => ({}), env?: Environment) {
  const stack = new Stack(new App(), 'Stack', { env });
  const site = new SpaDistribution(stack, 'Site', { source: SOURCE, ...props(stack) });
  return { stack, site, ...read(stack) };
}

/** The template of a stack, and what it says of its only distribution. */
export function read(stack: Stack) {
  const template = Template.fromStack(stack);
  const [config] = Object.values(template.findResources('AWS::CloudFront::Distribution'))
    .map(({ Properties }) => (Properties as Properties).DistributionConfig as Properties)
    .filter(({ Comment }) => /^(Single-page app|Site) /.test(Comment as string));
  const behaviors = (config.CacheBehaviors ?? []) as Properties[];
  const behavior = (path: string): Properties => behaviors.find(({ PathPattern }) => PathPattern === path)!;
  const origin = ({ TargetOriginId }: Properties): Properties => config.Origins.find(({ Id }: Properties) => Id === TargetOriginId);
  const named = (reference: { Ref: string }): Properties => template.toJSON().Resources[reference.Ref].Properties;
  return {
    template,
    config,
    behaviors,
    behavior,
    origin,
    paths: behaviors.map(({ PathPattern }) => PathPattern as string),
    /** Code of the function of a behavior. */
    code: (of: Properties): string => template.toJSON().Resources[of.FunctionAssociations[0].FunctionARN['Fn::GetAtt'][0]].Properties.FunctionCode,
    headers: (of: Properties): Properties => named(of.ResponseHeadersPolicyId).ResponseHeadersPolicyConfig,
    cache: (of: Properties): Properties => named(of.CachePolicyId).CachePolicyConfig,
  };
}

export function zone(stack: Stack): route53.IHostedZone {
  return route53.HostedZone.fromHostedZoneAttributes(stack, 'Zone', { zoneName: 'example.com', hostedZoneId: 'Z1' });
}

/** A load balancer that only CloudFront reaches. */
export function privateAlb(stack: Stack, options: WafProtectedAlbOptions = {}): WafProtectedAlb {
  return new WafProtectedAlb(stack, 'Alb', { vpc: new ec2.Vpc(stack, 'Vpc'), access: AlbAccess.CLOUDFRONT_VPC_ORIGIN, ...options });
}

/** A load balancer with public addresses. */
export function publicAlb(stack: Stack, options: WafProtectedAlbOptions = {}): WafProtectedAlb {
  return new WafProtectedAlb(stack, 'Alb', { vpc: givenVpc(stack), ...options });
}
