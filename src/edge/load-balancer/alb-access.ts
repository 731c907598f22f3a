/** Where requests to a load balancer come from. What else comes is turned away before it reaches a task. */
export enum AlbAccess {
  /** From everywhere: the load balancer has public addresses and the site's names point to it. */
  INTERNET = 'INTERNET',

  /**
   * From a CloudFront distribution, over the internet: public addresses, open to CloudFront's servers only, and a web ACL that blocks what does
   * not carry a secret header of the distribution. Needs a domain, since the way is not private.
   */
  CLOUDFRONT = 'CLOUDFRONT',

  /**
   * From a CloudFront distribution, through a VPC origin: no public address, so that nobody can go around the distribution. The best of the
   * ways for a site behind CloudFront, and it saves the price of the public addresses. Some regions and zones do not have VPC origins.
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
   */
  CLOUDFRONT_VPC_ORIGIN = 'CLOUDFRONT_VPC_ORIGIN',

  /** From the VPC and from networks that reach it (peering, VPN, Direct Connect): no public address, the site's names point to private ones. */
  INTERNAL = 'INTERNAL',
}

/** Whether requests come through CloudFront alone. */
export function isBehindCloudFront(access: AlbAccess): boolean {
  return access === AlbAccess.CLOUDFRONT || access === AlbAccess.CLOUDFRONT_VPC_ORIGIN;
}

/** Whether the load balancer has public addresses. */
export function isPublic(access: AlbAccess): boolean {
  return access === AlbAccess.INTERNET || access === AlbAccess.CLOUDFRONT;
}
