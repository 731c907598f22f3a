import { Duration } from 'aws-cdk-lib/core';

/** Options of a backend of a single-page app. */
export interface SpaBackendOptions {
  /**
   * Paths of the site that the backend answers, as CloudFront's path patterns (`*` for any characters, `?` for one). They must not collide with the
   * paths of the app's own pages. What says most is asked first, in whatever order they stand here. `/static/*` comes beside them where the static files
   * of `storage` are in the image.
   * @default ['/api/*', '/admin', '/admin/*']
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern
   */
  readonly paths?: string[];
}

/** Options of a load balancer as backend of a single-page app. */
export interface SpaLoadBalancerOptions extends SpaBackendOptions {
  /**
   * Time that CloudFront waits for an answer, 1 to 120 seconds. It should be longer than the time that the web server allows a request.
   * @default Duration.seconds(60)
   */
  readonly readTimeout?: Duration;

  /**
   * Time that CloudFront keeps a connection to the load balancer open without traffic, 1 to 120 seconds. It should be shorter than the idle timeout
   * of the load balancer.
   * @default - 5 seconds less than the idle timeout of the load balancer, 60 seconds at most
   */
  readonly keepaliveTimeout?: Duration;
}
