import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** Options of a `FileStorage`. */
export interface FileStorageOptions {
  /**
   * Bucket for uploads instead of a new one. Its settings are yours.
   * @default - a new bucket
   */
  readonly mediaBucket?: s3.IBucket;

  /**
   * Bucket for static files instead of a new one; may be the same as `mediaBucket`, then uploads must lie under `media/`.
   * The policy of a bucket from outside of the app must let CloudFront read `static/*`.
   * @default - a new bucket
   */
  readonly staticBucket?: s3.IBucket;

  /**
   * Whether the new media bucket keeps former versions of files that are overwritten or deleted.
   * @default true
   */
  readonly mediaVersioned?: boolean;

  /**
   * Time that former versions are kept, in whole days.
   * @default Duration.days(90)
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * Origins, e.g. `https://www.example.com`, whose pages may upload and read by presigned URLs.
   * @default - none: files go through Django
   */
  readonly corsAllowedOrigins?: string[];

  /**
   * Regions of the world from which CloudFront serves static files.
   * @default PriceClass.PRICE_CLASS_100: North America, Europe and Israel
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * What happens to the new buckets when they are removed from the stack.
   *
   * AWS deletes no bucket that holds anything. So with anything but `RETAIN` the roll-back of a first deployment that fails after
   * `collectstatic`, and with `DESTROY` the deletion of the stack, stop until you have emptied the buckets. Retained ones have
   * generated names and stand in nobody's way.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of a `FileStorage`. */
export interface FileStorageProps extends FileStorageOptions {
  /**
   * Bucket for the server access logs of the new buckets, if any, under `s3-access-logs/`. It must be in the same region and not be
   * encrypted with a KMS key.
   * @default - no access logs
   * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
   */
  readonly accessLogBucket?: s3.IBucket;
}
