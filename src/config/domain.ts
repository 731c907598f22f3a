import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as route53 from 'aws-cdk-lib/aws-route53';

/**
 * Domain that the site is served under, by HTTPS.
 *
 * Give `hostedZone` when the domain's DNS is in Route 53: the certificate is issued and validated and the
 * DNS records (IPv4 and IPv6) are made. Give `certificate` for a load balancer and `cloudFrontCertificate` for a `SpaDistribution` when the DNS is
 * elsewhere: validate the certificate there and point the names yourself to what the outputs of the stack say.
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
   * validated through it unless one is given.
   *
   * The deployment waits until the certificate is issued, so the zone must already be delegated by its parent.
   *
   * @default - no DNS records are made; a certificate is required
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * Issued certificate for all names, in the region of the load balancer.
   * @default - a certificate is issued and validated through `hostedZone`
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Issued certificate for all names in us-east-1, where CloudFront looks for it: used by `SpaDistribution` only.
   *
   * Where it is issued for a stack of another region, that region must be known, and a second stack in us-east-1 is deployed before: bootstrap us-east-1,
   * too, and deploy and destroy by `cdk deploy --all` and `cdk destroy --all`.
   *
   * @default - `certificate` where that is in us-east-1, else one is issued in us-east-1 and validated through `hostedZone`
   */
  readonly cloudFrontCertificate?: acm.ICertificate;
}
