import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';

/**
 * Domain that the site is served under, by HTTPS.
 *
 * Give `hostedZone` when the domain's DNS is in Route 53: the certificate is issued and validated and the
 * DNS records are made. Give `certificate` when the DNS is elsewhere: validate the certificate there
 * and point the names to the load balancer yourself.
 */
export interface DomainOptions {
  /**
   * Name of the site, e.g. `shop.example.com`: lower-case, Punycode where it is international.
   *
   * **WARNING**: a change replaces the certificate and the DNS record; the old name stops working.
   */
  readonly domainName: string;

  /**
   * Further names of the same site, e.g. `www.shop.example.com`.
   * @default - none
   */
  readonly alternativeNames?: string[];

  /**
   * Public hosted zone in Route 53 that all names lie in. DNS records are made in it, and the certificate is
   * validated through it unless `certificate` is given.
   *
   * The deployment waits until the certificate is issued, so the zone must already be delegated by its parent.
   *
   * @default - no DNS records are made; `certificate` is required
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * Issued certificate for all names, in the region of the load balancer.
   * @default - a certificate is issued and validated through `hostedZone`
   */
  readonly certificate?: acm.ICertificate;
}
