import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createLogBucket } from '../../private/log-bucket';

/**
 * Regions with buckets that CloudFront delivers no access logs to: those that an account must opt into.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
 */
const NOT_DELIVERED_TO = [
  'af-south-1', 'ap-east-1', 'ap-east-2', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'ca-west-1', 'eu-central-2',
  'eu-south-1', 'eu-south-2', 'il-central-1', 'me-central-1', 'me-south-1', 'mx-central-1',
];

/** Whether CloudFront delivers access logs to buckets in a region; where the region is not known, it is taken for one of the many. */
export function isDeliveredTo(region: string): boolean {
  return !NOT_DELIVERED_TO.includes(region);
}

/**
 * The bucket for the access logs of a distribution. CloudFront delivers them by access control lists, which S3 leaves off otherwise; its newer way,
 * which needs none, is set up in us-east-1 only and so not in a stack of another region.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
 */
export function createAccessLogBucket(scope: Construct, expiration?: Duration): s3.Bucket {
  return createLogBucket(scope, 'AccessLogs', { expiration, objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_PREFERRED });
}

/** Whether a bucket of this app takes what CloudFront delivers; what an imported one does cannot be told. */
export function takesAccessLogs(bucket: s3.IBucket): boolean {
  const resource = bucket.node.defaultChild as Partial<s3.CfnBucket> | undefined;
  if (resource?.cfnResourceType !== s3.CfnBucket.CFN_RESOURCE_TYPE_NAME) {
    return true;
  }
  const controls = Stack.of(bucket).resolve(resource.ownershipControls) as s3.CfnBucket.OwnershipControlsProperty | undefined;
  const [rule] = controls?.rules as s3.CfnBucket.OwnershipControlsRuleProperty[] | undefined ?? [];
  return ['BucketOwnerPreferred', 'ObjectWriter'].includes(rule?.objectOwnership ?? '');
}
