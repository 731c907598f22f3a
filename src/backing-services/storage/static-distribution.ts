import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Names, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { STATIC_PREFIX } from './storage-bucket';
import { distributionStatement } from '../../private/distribution-statement';

/** The distribution that serves the static files of a bucket. */
export function createStaticDistribution(scope: Construct, bucket: s3.IBucket, priceClass: cloudfront.PriceClass): cloudfront.Distribution {
  // Names of origin access controls are unique in an account; the same stack may stand in several regions of it.
  const accessControl = new cloudfront.S3OriginAccessControl(scope, 'OriginAccessControl', {
    originAccessControlName: `${Names.uniqueResourceName(scope, { maxLength: 45 })}-${Stack.of(scope).region}`,
  });
  const distribution = new cloudfront.Distribution(scope, 'Distribution', {
    comment: `Static files of ${scope.node.path}`.slice(0, 128),
    defaultBehavior: {
      origin: origins.S3BucketOrigin.withBucketDefaults(bucket, { originAccessControlId: accessControl.originAccessControlId }),
      viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS,
      compress: true,
    },
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    priceClass,
  });
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Static files are public wherever the site is' },
    { id: 'AwsSolutions-CFR2', reason: 'Static files only, no input to inspect: the web ACL stands before Django' },
    { id: 'AwsSolutions-CFR3', reason: 'Requests for public files; what Django answers is logged by the load balancer' },
    { id: 'AwsSolutions-CFR4', reason: 'CloudFront fixes the TLS policy of its own certificate for *.cloudfront.net' },
  );
  allowToRead(scope, bucket, distribution);
  return distribution;
}

/** Reads of `static/*` and no listing: a shared bucket stays private, and `/` does not show what there is. */
function allowToRead(scope: Construct, bucket: s3.IBucket, distribution: cloudfront.Distribution): void {
  const { statementAdded } = bucket.addToResourcePolicy(distributionStatement(distribution, bucket, 's3:GetObject', bucket.arnForObjects(`${STATIC_PREFIX}*`)));
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:static-bucket-policy',
      'The policy of the imported \'staticBucket\' cannot be changed from here, and without a statement of yours CloudFront answers 403: ' +
      `let the service cloudfront.amazonaws.com do s3:GetObject on ${STATIC_PREFIX}* where AWS:SourceArn is the ARN of the distribution`);
  }
}
