import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Stack } from 'aws-cdk-lib/core';

/**
 * Statement for the policy of a bucket that lets a distribution do something with it. Where the bucket is of another stack, it is any distribution of the
 * account, because the name of this one would make the stacks need each other.
 */
export function distributionStatement(distribution: cloudfront.IDistribution, bucket: s3.IBucket, action: string, resource: string): iam.PolicyStatement {
  const stack = Stack.of(distribution);
  const together = Stack.of(bucket) === stack;
  const sourceArn = stack.formatArn({
    service: 'cloudfront', region: '', resource: 'distribution', resourceName: together ? distribution.distributionId : '*',
  });
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
    actions: [action],
    resources: [resource],
    conditions: { [together ? 'StringEquals' : 'ArnLike']: { 'AWS:SourceArn': sourceArn } },
  });
}
