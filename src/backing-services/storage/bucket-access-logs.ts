import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const ACCESS_LOG_PREFIX = 's3-access-logs/';

/** Logs the access to buckets. By hand, because CDK names the bucket in the log bucket's policy, which would tie their stacks to each other. */
export function logBucketAccess(scope: Construct, buckets: s3.IBucket[], logBucket?: s3.IBucket): void {
  if (!logBucket) {
    buckets.forEach((bucket) => Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'No accessLogBucket is given; the application\'s role and CloudFront are all who read and write',
    }));
    return;
  }
  if (buckets.length === 0) {
    return;
  }
  allowDelivery(scope, logBucket);
  buckets.forEach((bucket) => {
    const resource = bucket.node.defaultChild as s3.CfnBucket;
    resource.loggingConfiguration = {
      destinationBucketName: logBucket.bucketName,
      logFilePrefix: ACCESS_LOG_PREFIX,
      targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: 'EventTime' } },
    };
    if (logBucket.policy) {
      resource.node.addDependency(logBucket.policy.node.defaultChild!);
    }
  });
}

function allowDelivery(scope: Construct, logBucket: s3.IBucket): void {
  const { statementAdded } = logBucket.addToResourcePolicy(new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [logBucket.arnForObjects(`${ACCESS_LOG_PREFIX}*`)],
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  }));
  if (!statementAdded) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:access-log-bucket-policy',
      'The policy of the imported \'accessLogBucket\' cannot be changed from here, and without a statement of yours no logs arrive: ' +
      `let the service logging.s3.amazonaws.com do s3:PutObject on ${ACCESS_LOG_PREFIX}* where aws:SourceAccount is this account`);
  }
}
