import { Duration } from 'aws-cdk-lib/core';

/** Maintenance of a site: the firewall answers every request with the status 503 and a page, the application sees none. */
export interface MaintenanceOptions {
  /**
   * Page that is shown, complete HTML of at most 4 KB with everything in it: whatever it refers to on the site is not served either.
   * @default - a plain page in English that asks to come back later
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
   */
  readonly html?: string;

  /**
   * Time after which search engines and clients shall try again, in whole seconds, as the header `Retry-After`.
   * @default Duration.minutes(10)
   */
  readonly retryAfter?: Duration;

  /**
   * Ranges of IPv4 and IPv6 addresses that get through to the application, e.g. `['203.0.113.0/24']`.
   * @default - none
   */
  readonly bypass?: string[];
}
