import * as s3 from 'aws-cdk-lib/aws-s3';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { LogBucketProps } from './log-bucket-props';
import { createLogBucket } from '../private/log-bucket';
import { aRemovalPolicy, shaped } from '../private/shapes';
import { durationBetween, validateProps, wholeUnits } from '../private/validation';

const RULES = shaped<LogBucketProps>({ removalPolicy: aRemovalPolicy }, [
  durationBetween('expiration', Duration.days(1), Duration.days(3650)),
  wholeUnits('expiration', 'days'),
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT ? "'removalPolicy' must not be RemovalPolicy.SNAPSHOT: a bucket has no snapshots; use RemovalPolicy.RETAIN" : undefined,
]);

/**
 * Bucket that takes the logs of everything that stands at the edge: access and connection logs of load balancers, flow logs of networks, logs of web
 * ACLs, access logs of buckets. Private, TLS only, encrypted with S3's own key, emptied by age.
 *
 * AWS WAF accepts only buckets whose name begins with `aws-waf-logs-`. The rest of the name is new each time the bucket is made, so that one that
 * was kept never stands in the way of another; it comes from an empty IP set, which costs nothing.
 *
 * Costs 0.023 USD per GB and month, and what the services charge for the delivery.
 *
 * @example
 *
 * const logs = new LogBucket(this, 'Logs');
 * const network = new Network(this, 'Network', { flowLogBucket: logs.bucket });
 * new WafProtectedAlb(this, 'Alb', {
 *   vpc: network.vpc,
 *   accessLogBucket: logs.bucket,
 *   webAcl: { logs: WebAclLogs.s3(logs.bucket) },
 * });
 */
export class LogBucket extends Construct {
  /** Bucket itself. */
  public readonly bucket: s3.Bucket;

  public constructor(scope: Construct, id: string, props: LogBucketProps = {}) {
    super(scope, id);
    const { expiration, removalPolicy } = validateProps(this, 'LogBucket', props, RULES);

    // A retained bucket outlives the update that made it and failed, so neither the stack's id nor the path makes a name that is free the next time.
    const name = new wafv2.CfnIPSet(this, 'Name', {
      description: 'Empty: its id makes the name of a bucket for logs unique',
      scope: 'REGIONAL',
      ipAddressVersion: 'IPV4',
      addresses: [],
    });
    this.bucket = createLogBucket(this, 'Bucket', { bucketName: `aws-waf-logs-${name.attrId}`, expiration, removalPolicy });
  }
}
