import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SpaBackendOptions, SpaLoadBalancerOptions } from './spa-backend-props';
import { loadBalancerProblem, optionsProblem } from './spa-backend-rules';
import { DomainOptions } from '../../config/domain';
import { an, Kind, LOAD_BALANCER } from '../../private/shapes';
import { isBehindCloudFront } from '../load-balancer/alb-access';
import { AUTHENTICATION_CALLBACK } from '../load-balancer/routes/route-authentication-rules';
import { WafProtectedAlb } from '../load-balancer/waf-protected-alb';

const ORIGIN: Kind = { name: 'a cloudfront.IOrigin', member: 'bind', hint: "e.g. new origins.HttpOrigin('api.example.com')" };

/**
 * Backend of a single-page app on the origin of the site.
 *
 * CloudFront hands requests on as they are, with their `Host`, cookies, queries and every method, and stores none of the answers. To these it adds
 * `X-Viewer-Address`, and the headers by which it describes the viewer, among them `CloudFront-Forwarded-Proto`, which is `https` also where the way
 * to the backend is not.
 */
export abstract class SpaBackend {
  /**
   * The load balancer of a Django project. It must serve every name of the site, since it gets the requests with their `Host`.
   * @param loadBalancer the load balancer; best one with `AlbAccess.CLOUDFRONT_VPC_ORIGIN`, which nobody reaches in another way
   * @param options the paths, and how long to wait
   */
  public static loadBalancer(loadBalancer: WafProtectedAlb, options: SpaLoadBalancerOptions = {}): SpaBackend {
    return new LoadBalancerBackend(loadBalancer, options ?? {});
  }

  /**
   * Another backend.
   * @param origin the origin; it gets the `Host` of the site
   * @param options the paths
   */
  public static origin(origin: cloudfront.IOrigin, options: SpaBackendOptions = {}): SpaBackend {
    return new OriginBackend(origin, options ?? {});
  }

  /**
   * The paths as they were given.
   * @internal
   */
  public abstract readonly _paths?: string[];

  /**
   * Paths that it needs beside those.
   * @internal
   */
  public abstract readonly _furtherPaths: string[];

  /**
   * What is wrong with the backend for a site of a domain.
   * @internal
   */
  public abstract _problem(domain?: DomainOptions): string | undefined;

  /**
   * What may have served the names of the site before the site did, in the same stack.
   * @internal
   */
  public abstract _servedNamesIn(stack: Stack): Construct | undefined;

  /**
   * The origin in a distribution.
   * @internal
   */
  public abstract _origin(scope: Construct): cloudfront.IOrigin;
}

class LoadBalancerBackend extends SpaBackend {
  public readonly _paths?: string[];
  public readonly _furtherPaths = [AUTHENTICATION_CALLBACK];

  public constructor(private readonly loadBalancer: WafProtectedAlb, private readonly options: SpaLoadBalancerOptions) {
    super();
    this._paths = options.paths ?? undefined;
  }

  public _problem(domain?: DomainOptions): string | undefined {
    const misfit = an(LOAD_BALANCER)(this.loadBalancer ?? 'nothing');
    return misfit ? `'backend' must be given ${misfit}` : optionsProblem(this.options) ?? loadBalancerProblem(this.loadBalancer, this.options, domain);
  }

  public _servedNamesIn(stack: Stack): Construct | undefined {
    const { loadBalancer } = this;
    return isBehindCloudFront(loadBalancer.access) && Stack.of(loadBalancer) === stack ? loadBalancer : undefined;
  }

  public _origin(scope: Construct): cloudfront.IOrigin {
    const { readTimeout, keepaliveTimeout } = this.options;
    return this.loadBalancer._cloudFrontOrigin(scope, { readTimeout: readTimeout ?? undefined, keepaliveTimeout: keepaliveTimeout ?? undefined });
  }
}

class OriginBackend extends SpaBackend {
  public readonly _paths?: string[];
  public readonly _furtherPaths = [];

  public constructor(private readonly origin: cloudfront.IOrigin, private readonly options: SpaBackendOptions) {
    super();
    this._paths = options.paths ?? undefined;
  }

  public _problem(): string | undefined {
    const misfit = an(ORIGIN)(this.origin ?? 'nothing');
    return misfit ? `'backend' must be given ${misfit}` : optionsProblem(this.options);
  }

  public _servedNamesIn(): Construct | undefined {
    return undefined;
  }

  public _origin(): cloudfront.IOrigin {
    return this.origin;
  }
}
