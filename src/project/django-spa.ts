import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Site } from './django-attachments';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { DjangoLoadBalancerOptions } from './django-option-props';
import { ProfileDefaults } from './profile-defaults';
import { FileStorage } from '../backing-services/storage/file-storage';
import { IBackingService } from '../config/backing-service';
import { DomainOptions } from '../config/domain';
import { GLOBAL_REGION } from '../edge/domain/global-stack';
import { hostNamesOf } from '../edge/domain/host-names';
import { WebAclOptions } from '../edge/firewall/web-acl-props';
import { AlbAccess, isBehindCloudFront } from '../edge/load-balancer/alb-access';
import { DEFAULT_TIMEOUT_SECONDS, LONGEST_TIMEOUT_SECONDS } from '../edge/load-balancer/cloudfront-origins';
import { WafProtectedAlb } from '../edge/load-balancer/waf-protected-alb';
import { bucketOrigins } from '../edge/spa/bucket-access';
import { SpaContentSecurityPolicy } from '../edge/spa/content-security-policy';
import { SpaBackend } from '../edge/spa/spa-backend';
import { SpaDistribution } from '../edge/spa/spa-distribution';
import { given } from '../private/options';
import { isOf } from '../private/shapes';
import { isKnown } from '../private/validation';

/** Seconds between the end of the longest request and the end of CloudFront's patience. */
const READ_MARGIN = 5;

/** Whether the single-page app and Django have one name: the distribution stands before the load balancer then. */
export function isSameOrigin({ spa }: Pick<DjangoOnFargateProps, 'spa'>): boolean {
  return spa !== undefined && !spa.domain;
}

/** The origins of the pages of the app. CloudFront's own name is not among them: it is made after the bucket that would have to name it. */
export function knownOriginsOfApp({ spa, domain }: DjangoOnFargateProps): string[] | undefined {
  const own = spa && (spa.domain ?? domain);
  return own && hostNamesOf(own).map((name) => `https://${name}`);
}

/** How the load balancer is reached where its options do not say. */
export function defaultAccess(props: DjangoOnFargateProps): AlbAccess | undefined {
  return isSameOrigin(props) ? AlbAccess.CLOUDFRONT_VPC_ORIGIN : undefined;
}

/** The single-page app, where there is one. */
export function createSpa(
  scope: Construct, props: DjangoOnFargateProps, defaults: ProfileDefaults, loadBalancer: WafProtectedAlb, filesOf?: IBackingService,
): SpaDistribution | undefined {
  if (!props.spa) {
    return undefined;
  }
  const { backendPaths, contentSecurityPolicy, webAcl, ...options } = props.spa;
  const hasFiles = options.source._hasFiles;
  // A storage of the user's own making serves its files itself.
  const storage = isOf({ member: 'mediaBucket' }, filesOf) ? filesOf as FileStorage : undefined;
  return new SpaDistribution(scope, 'Spa', {
    removalPolicy: defaults.removalPolicy === RemovalPolicy.DESTROY ? RemovalPolicy.DESTROY : undefined,
    logRetention: defaults.logRetention,
    webAcl: webAcl && { ...formsOf(props.loadBalancer), ...given(webAcl) },
    contentSecurityPolicy: hasFiles ? policyFor(props, loadBalancer, storage) : contentSecurityPolicy,
    ...isSameOrigin(props) && {
      domain: domainOf(scope, props, loadBalancer),
      backend: SpaBackend.loadBalancer(loadBalancer, {
        paths: backendPaths ?? (hasFiles ? props.web?.paths : undefined), readTimeout: readTimeout(props.web?.requestTimeout),
      }),
      storage: storage?.distribution ? undefined : storage,
    },
    ...given(options),
  });
}

/** What the load balancer's firewall knows of the project's paths holds at the distribution as well. */
function formsOf({ webAcl }: DjangoLoadBalancerOptions = {}): WebAclOptions {
  return { uploadPaths: webAcl?.uploadPaths, loginPaths: webAcl?.loginPaths };
}

/** The policy of the app, which may call Django by another name and show what presigned URLs lead to. */
function policyFor(props: DjangoOnFargateProps, loadBalancer: WafProtectedAlb, storage?: FileStorage): SpaContentSecurityPolicy {
  const policy = props.spa!.contentSecurityPolicy ?? SpaContentSecurityPolicy.enforced();
  if (isSameOrigin(props) && !storage?.distribution) {
    return policy;
  }
  const uploads = storage ? bucketOrigins(storage.mediaBucket) : [];
  return policy._allowing({ 'connect-src': [...isSameOrigin(props) ? [] : loadBalancer.origins, ...uploads], 'img-src': uploads, 'media-src': uploads });
}

/** The domain of the site; in us-east-1 the certificate of the load balancer does for both. */
function domainOf(scope: Construct, { domain }: DjangoOnFargateProps, { certificate }: WafProtectedAlb): DomainOptions | undefined {
  return domain && { cloudFrontCertificate: Stack.of(scope).region === GLOBAL_REGION ? certificate : undefined, ...given(domain) };
}

/** The site as Django must know it: with its names, and with that of a single-page app. */
export function siteOf(props: DjangoOnFargateProps, loadBalancer: WafProtectedAlb, spa?: SpaDistribution): Site {
  if (!spa) {
    return loadBalancer;
  }
  if (!isSameOrigin(props)) {
    const { hostNames, servesHttps, url } = loadBalancer;
    return { hostNames, servesHttps, url, origins: [...loadBalancer.origins, ...spa.origins], frontendUrl: spa.url, corsAllowedOrigins: spa.origins };
  }
  // What has a way around CloudFront is reached by the load balancer's own names too.
  const also = isBehindCloudFront(loadBalancer.access) ? { hostNames: [], origins: [] } : loadBalancer;
  return {
    hostNames: distinct([...spa.hostNames, ...also.hostNames]),
    origins: distinct([...spa.origins, ...also.origins]),
    servesHttps: true,
    url: spa.url,
    // The load balancer tells what it was reached by.
    secureProxySslHeader: !loadBalancer.servesHttps && isBehindCloudFront(loadBalancer.access) ? 'HTTP_CLOUDFRONT_FORWARDED_PROTO' : undefined,
    frontendUrl: spa.url,
    corsAllowedOrigins: spa.origins,
  };
}

/** Longer than a request may take, so that its answer or its end comes from Django; the default of CloudFront's side where that is enough. */
function readTimeout(requestTimeout?: Duration): Duration | undefined {
  const seconds = isKnown(requestTimeout) ? requestTimeout.toSeconds() + READ_MARGIN : 0;
  return seconds > DEFAULT_TIMEOUT_SECONDS ? Duration.seconds(Math.min(seconds, LONGEST_TIMEOUT_SECONDS)) : undefined;
}

function distinct(names: string[]): string[] {
  return [...new Set(names)];
}
