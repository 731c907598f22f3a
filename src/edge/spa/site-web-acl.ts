import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { joined, show } from '../../private/validation';
import { fromGlobalStack, GLOBAL_REGION, globalScopeOf } from '../domain/global-stack';
import { producerOf } from '../domain/references';
import { WebAcl } from '../firewall/web-acl';
import { WebAclOptions } from '../firewall/web-acl-props';
import { WebAclScope } from '../firewall/web-acl-scope';

/** Settings of the web ACL of a site. */
export interface SiteWebAclSettings {
  readonly options: WebAclOptions;
  readonly logRetention: logs.RetentionDays;
  readonly removalPolicy?: RemovalPolicy;
}

/** The web ACL of a site, in us-east-1 whatever the region of the site's stack is, and its ARN as that stack can read it. */
export function createSiteWebAcl(scope: Construct, settings: SiteWebAclSettings): { readonly webAcl: WebAcl; readonly webAclArn: string } {
  const { options, logRetention, removalPolicy } = settings;
  const webAcl = new WebAcl(globalScopeOf(scope), 'WebAcl', { ...options, scope: WebAclScope.CLOUDFRONT, logRetention, removalPolicy });
  return { webAcl, webAclArn: fromGlobalStack(scope, 'WebAclArn', webAcl.webAclArn) };
}

/** Why the web ACL of a site could not be made in us-east-1 before the site's own stack, if it could not. */
export function obstacleToWebAcl({ rules, ...options }: WebAclOptions): string | undefined {
  const bucketOf = foreignStackOf(options.logs?._bucket?.bucketArn);
  return joined([
    bucketOf && `'webAcl.logs' must go to a bucket of a stack in ${show(GLOBAL_REGION)}, where the web ACL is made before this stack, got one of '${bucketOf}': `
      + 'make a LogBucket in a stack there, or leave \'logs\' out',
    ...(Array.isArray(rules) ? rules : []).map((rule) => {
      const maker = foreignStackOf(rule);
      return maker && `'webAcl.rules' must name what stands in ${show(GLOBAL_REGION)}, where the web ACL is made before this stack, but ${show(rule.name)} names something of '${maker}': `
        + 'make that in a stack there';
    }),
  ]);
}

/** The path of a stack in another region that a value, or something in it, comes from. */
function foreignStackOf(value: unknown): string | undefined {
  if (typeof value === 'string') {
    const producer = producerOf(value);
    return producer && producer.region !== GLOBAL_REGION ? producer.node.path : undefined;
  }
  return Array.isArray(value) || (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    ? Object.values(value as object).map(foreignStackOf).find((path) => path !== undefined)
    : undefined;
}
