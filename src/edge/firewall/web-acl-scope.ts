/**
 * Kind of resource that a web ACL protects.
 */
export enum WebAclScope {
  /** Load balancers and other resources of one region. */
  REGIONAL = 'REGIONAL',

  /** CloudFront distributions. The web ACL must be in us-east-1. */
  CLOUDFRONT = 'CLOUDFRONT',
}
