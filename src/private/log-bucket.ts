import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface LogBucketOptions {
  /**
   * Age at which logs are deleted.
   * @default Duration.days(90)
   */
  readonly expiration?: Duration;

  /**
   * Name of the bucket.
   * @default - CloudFormation generates one
   */
  readonly bucketName?: string;

  /**
   * What happens to the bucket when it is removed from its stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Who owns what is delivered, and with it whether the bucket has access control lists.
   * @default - S3's default, no lists, because CDK's server access logging must be able to change it where its feature flag for bucket policies is off
   */
  readonly objectOwnership?: s3.ObjectOwnership;
}

/**
 * Bucket that AWS services deliver logs to: private, TLS only, emptied by age.
 *
 * Encrypted with S3's own key, because load balancers cannot deliver to a bucket with a KMS key.
 */
export function createLogBucket(scope: Construct, id: string, options: LogBucketOptions = {}): s3.Bucket {
  // A load balancer writes a test file as soon as it has the bucket, and CloudFormation cannot delete a bucket that holds
  // anything: every other policy would let a roll-back or a deletion fail. The generated name blocks nothing.
  const { bucketName, objectOwnership, expiration = Duration.days(90), removalPolicy = RemovalPolicy.RETAIN } = options;
  const bucket = new s3.Bucket(scope, id, {
    bucketName,
    objectOwnership,
    encryption: s3.BucketEncryption.S3_MANAGED,
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration }],
    removalPolicy,
  });
  // Without it a bucket that is kept would be reached without TLS too.
  bucket.policy?.applyRemovalPolicy(removalPolicy);
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'The bucket holds access logs itself: logging each delivery of a log would only grow the logs.',
  });
  return bucket;
}

/**
 * Statement that lets the load balancers of one account deliver logs under a prefix of a bucket.
 *
 * The service principal serves every region, so the region need not be known. The account in the path is
 * what keeps others' load balancers out: AWS documents no condition keys for these deliveries.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
 */
export function loadBalancerLogsStatement(bucket: s3.IBucket, prefix: string, account: string): iam.PolicyStatement {
  return new iam.PolicyStatement({
    principals: [new iam.ServicePrincipal('logdelivery.elasticloadbalancing.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects(`${prefix}/AWSLogs/${account}/*`)],
  });
}

/**
 * Lets the load balancers of one account deliver logs under a prefix of a bucket. The load balancer must
 * be made after `policyDependable`, since it tries the delivery at once. Nothing is added to the policy
 * of an imported bucket.
 */
export function allowLoadBalancerLogs(bucket: s3.IBucket, prefix: string, account: string): iam.AddToResourcePolicyResult {
  return bucket.addToResourcePolicy(loadBalancerLogsStatement(bucket, prefix, account));
}
