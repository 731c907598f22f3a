import { RouteAuthentication } from './route-authentication';

/** Requests that reach a target group or service; all that no other route takes when `paths` is left out. */
export interface RouteOptions {
  /**
   * Paths as the load balancer matches them, e.g. `['/api/*', '/admin/*']`: `*` stands for any number of characters, `?` for one, and case
   * matters. `/api/*` does not take `/api` itself. The more a path says, the earlier it comes, in whatever order routes are added.
   *
   * A rule holds five paths and five wildcards at most, so more make more rules; a load balancer has 100.
   * @default - every request that no other route takes
   * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
   */
  readonly paths?: string[];

  /**
   * Priority of the rule, 1 to 49999; less comes first. For five paths at most. Those below 1000 are never chosen by the library.
   * @default - computed from the path that says most, so that another route changes nothing here
   */
  readonly priority?: number;

  /**
   * Sign-in in front of the route, which must be served by HTTPS. One target group may have a route with and one without.
   *
   * **WARNING**: paths are compared as they come. `/%61dmin/` is the admin for Django but not for a route to `/admin/*`, so where another route
   * reaches the same application without a sign-in, keep the application's own.
   * @default - requests reach the application as they come
   */
  readonly authentication?: RouteAuthentication;
}
