import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { distributionStatement } from '../../private/distribution-statement';
import { nameInRegion } from '../name-in-region';

/** What a distribution may read of a bucket. */
export interface Readable {
  readonly bucket: s3.IBucket;

  /** Pattern of the keys. */
  readonly keys: string;

  /**
   * Whether CloudFront may learn that an object is not there. Without it S3 answers 403 for what is missing. Who asks for the root of the bucket
   * would get its listing, so the distribution must never do so.
   */
  readonly missingIsNotFound?: boolean;
}

/** One identity for all buckets of a distribution. */
export function createAccessControl(scope: Construct): cloudfront.S3OriginAccessControl {
  return new cloudfront.S3OriginAccessControl(scope, 'OriginAccessControl', {
    // 64 characters at most.
    originAccessControlName: nameInRegion(scope, 'Oac', 40),
  });
}

/** The origin of a bucket, whose policy is made by `letRead`: CDK's own would let the distribution read every object. */
export function bucketOrigin(bucket: s3.IBucket, accessControl: cloudfront.IOriginAccessControl): cloudfront.IOrigin {
  return origins.S3BucketOrigin.withBucketDefaults(bucket, { originAccessControlId: accessControl.originAccessControlId });
}

/** Origins of the URLs that S3 has for the objects of a bucket, presigned ones too, as a content security policy names them. */
export function bucketOrigins({ bucketRegionalDomainName, bucketDomainName }: s3.IBucket): string[] {
  return [`https://${bucketRegionalDomainName}`, `https://${bucketDomainName}`];
}

/** Lets a distribution read objects of a bucket. */
export function letRead(scope: Construct, distribution: cloudfront.IDistribution, { bucket, keys, missingIsNotFound }: Readable): void {
  const { statementAdded } = bucket.addToResourcePolicy(distributionStatement(distribution, bucket, 's3:GetObject', bucket.arnForObjects(keys)));
  if (missingIsNotFound) {
    bucket.addToResourcePolicy(distributionStatement(distribution, bucket, 's3:ListBucket', bucket.bucketArn));
  }
  if (bucket.encryptionKey) {
    letDecrypt(scope, bucket);
  }
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:site-bucket-policy',
      `The policy of the imported bucket '${bucket.node.path}' cannot be changed from here, and without a statement of yours CloudFront answers 403: ` +
      `let the service cloudfront.amazonaws.com do s3:GetObject on ${keys} where AWS:SourceArn is the ARN of the distribution`);
  }
}

/** Any distribution of the account, since the name of this one would make key, bucket and distribution need each other. */
function letDecrypt(scope: Construct, bucket: s3.IBucket): void {
  const distributions = Stack.of(scope).formatArn({ service: 'cloudfront', region: '', resource: 'distribution', resourceName: '*' });
  const { statementAdded } = bucket.encryptionKey!.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    actions: ['kms:Decrypt'],
    resources: ['*'],
    conditions: { ArnLike: { 'AWS:SourceArn': distributions } },
  }));
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:site-bucket-key',
      `The policy of the imported key of '${bucket.node.path}' cannot be changed from here, and without a statement of yours CloudFront answers 403: ` +
      'let the service cloudfront.amazonaws.com do kms:Decrypt where AWS:SourceArn is the ARN of the distribution');
  }
}
