import { Duration } from 'aws-cdk-lib/core';
import { SpaLoadBalancerOptions } from './spa-backend-props';
import { DomainOptions } from '../../config/domain';
import { durationBetween, isKnown, joined, knownAtSynthesis, show, wholeUnits } from '../../private/validation';
import { hostNamesOf } from '../domain/host-names';
import { AlbAccess } from '../load-balancer/alb-access';
import { LONGEST_TIMEOUT_SECONDS } from '../load-balancer/cloudfront-origins';
import { WafProtectedAlb } from '../load-balancer/waf-protected-alb';

const TIMES = [
  (prop: 'readTimeout' | 'keepaliveTimeout') => knownAtSynthesis<SpaLoadBalancerOptions>(prop, 'the settings of CloudFront are'),
  (prop: 'readTimeout' | 'keepaliveTimeout') => durationBetween<SpaLoadBalancerOptions>(prop, Duration.seconds(1), Duration.seconds(LONGEST_TIMEOUT_SECONDS)),
  (prop: 'readTimeout' | 'keepaliveTimeout') => wholeUnits<SpaLoadBalancerOptions>(prop, 'seconds'),
];

/** What is wrong with options that are none. */
export function optionsProblem(options: unknown): string | undefined {
  return typeof options === 'object' && !Array.isArray(options)
    ? undefined
    : `'backend' must be given its options as an object, got ${show(options)}: e.g. { paths: ['/api/*'] }`;
}

/** What is wrong with a load balancer as the backend of a site. */
export function loadBalancerProblem(loadBalancer: WafProtectedAlb, options: SpaLoadBalancerOptions, domain?: DomainOptions): string | undefined {
  return joined([
    ...(['readTimeout', 'keepaliveTimeout'] as const).map((prop) =>
      TIMES.map((rule) => rule(prop)(options)).find((problem) => problem !== undefined)?.replace(/^'/, "'backend.")),
    unreachable(loadBalancer._originProblem()),
    twiceNamed(loadBalancer, domain),
    unserved(loadBalancer, domain),
  ]);
}

/** The same name cannot point to both. */
function twiceNamed({ access, hostNames, node, servesHttps }: WafProtectedAlb, domain?: DomainOptions): string | undefined {
  const shared = domain && servesHttps && access === AlbAccess.INTERNET ? hostNamesOf(domain).filter((name) => isKnown(name) && hostNames.includes(name)) : [];
  return shared.length > 0
    ? `'domain' must not have the names of the load balancer '${node.path}', got ${shared.map(show).join(', ')} for both: they can point to one only, `
      + 'so give the load balancer AlbAccess.CLOUDFRONT_VPC_ORIGIN, or AlbAccess.CLOUDFRONT if it is deployed already'
    : undefined;
}

/** CloudFront hands on the viewer's `Host` and wants a certificate for it, else it answers 502. */
function unserved({ access, hostNames, node, servesHttps }: WafProtectedAlb, domain?: DomainOptions): string | undefined {
  if (!servesHttps || access === AlbAccess.INTERNET || access === AlbAccess.INTERNAL || !hostNames.every(isKnown)) {
    return undefined;
  }
  if (!domain) {
    return `'domain' must be given, because the load balancer '${node.path}' has a certificate for ${hostNames.map(show).join(', ')} and CloudFront asks it for the site's name: `
      + 'give both the same domain';
  }
  const missing = hostNamesOf(domain).filter((name) => isKnown(name) && !hostNames.includes(name));
  return missing.length > 0
    ? `'domain' must have names that the load balancer '${node.path}' serves, which are ${hostNames.map(show).join(', ')}, got ${missing.map(show).join(', ')} too: `
      + 'give both the same domain, or CloudFront answers 502'
    : undefined;
}

function unreachable(problem: string | undefined): string | undefined {
  return problem && `'backend' must let CloudFront in, but ${problem}`;
}
