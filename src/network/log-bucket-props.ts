import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** Props of `LogBucket`. */
export interface LogBucketProps {
  /**
   * Age at which logs are deleted, in whole days.
   * @default Duration.days(90)
   */
  readonly expiration?: Duration;

  /**
   * What happens to the bucket when it is removed from its stack. A bucket that holds logs cannot be deleted, so everything but `RETAIN`
   * lets the deletion of a stack, or the roll-back of its first deployment, fail until you have emptied it.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}
