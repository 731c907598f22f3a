import * as s3 from 'aws-cdk-lib/aws-s3';
import { wafLogBucketProblem } from './log-bucket-name';

/**
 * Place for the logs of a web ACL. Cookies, the `Authorization` header and the value of a required header are redacted in each.
 */
export class WebAclLogs {
  /** Place in CloudWatch: a new log group, 0.50 USD per GB. What was blocked can be searched within minutes. */
  public static cloudWatch(): WebAclLogs {
    return new WebAclLogs();
  }

  /**
   * Place in a bucket, written every five minutes under `AWSLogs/`: half the price, for sites with much traffic.
   * @param bucket bucket of the same account whose name begins with `aws-waf-logs-`, such as the one of a `LogBucket`
   */
  public static s3(bucket: s3.IBucket): WebAclLogs {
    return new WebAclLogs(bucket, wafLogBucketProblem(bucket));
  }

  private constructor(
    /**
     * Bucket for the logs; a log group where there is none.
     * @internal
     */
    public readonly _bucket?: s3.IBucket,

    /**
     * What is wrong with the bucket.
     * @internal
     */
    public readonly _problem?: string,
  ) {}
}
