import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/** Layout of the new buckets of a `FileStorage`. */
export enum BucketLayout {
  /** A bucket for uploads and one for static files. */
  SEPARATE = 'SEPARATE',

  /** One bucket for both: uploads under `media/`, static files under `static/`. CloudFront reads `static/` only. */
  SHARED = 'SHARED',
}

/** Place that a project's static files are served from. */
export enum StaticFiles {
  /** A bucket behind CloudFront, which `collectstatic` fills in the release. */
  CLOUDFRONT = 'CLOUDFRONT',

  /**
   * A bucket that the site's own distribution serves under `/static/`, e.g. a `SpaDistribution` that has this storage; `collectstatic` fills it in
   * the release.
   */
  SAME_ORIGIN = 'SAME_ORIGIN',

  /** The image: `collectstatic` runs while it is built, and the web service itself serves the files, e.g. with WhiteNoise. */
  IN_IMAGE = 'IN_IMAGE',
}

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
   * Layout of the new buckets.
   *
   * **WARNING**: a later change moves no file. The bucket for uploads stays in both directions, but with `SHARED` the project reaches only
   * those under `media/`; the bucket for static files is left behind.
   *
   * @default BucketLayout.SEPARATE
   */
  readonly bucketLayout?: BucketLayout;

  /**
   * Place that static files are served from.
   * @default StaticFiles.CLOUDFRONT
   */
  readonly staticFiles?: StaticFiles;

  /**
   * Whether the new bucket for uploads keeps former versions of files that are overwritten or deleted.
   * @default true
   */
  readonly mediaVersioned?: boolean;

  /**
   * Time that former versions of uploads are kept, in whole days.
   * @default Duration.days(90)
   */
  readonly noncurrentVersionExpiration?: Duration;

  /**
   * KMS key that encrypts the new bucket for uploads; processes may use it, and presigned URLs work as before with Signature Version 4.
   * In a stack of its own its policy must leave the rights to IAM, as that of `kms.Key` does. A later change encrypts new uploads only.
   * @default - S3's own key
   */
  readonly encryptionKey?: kms.IKey;

  /**
   * Origins, e.g. `https://www.example.com`, whose pages may upload and read by presigned URLs.
   * @default - none, as with an empty list: files go through Django; in `DjangoOnFargate` with `spa` the names of `spa.domain`, else of `domain`
   */
  readonly corsAllowedOrigins?: string[];

  /**
   * Further buckets whose objects the processes may read, write, delete and list, e.g. those of imports and exports: names, or patterns with
   * `*` such as `cleantrac-*`. A pattern means buckets of the stack's account only, a whole name also one of another account, whose policy must
   * let the processes in. Grant the use of their KMS keys yourself.
   * @default - none
   */
  readonly additionalBuckets?: string[];

  /**
   * Regions of the world from which CloudFront serves static files.
   * @default PriceClass.PRICE_CLASS_100: North America, Europe and Israel
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * What stands before the names of all variables, for a second storage in the same project, e.g. `ARCHIVE_`. It needs no static files of its
   * own: give it `StaticFiles.IN_IMAGE`.
   * @default - nothing
   */
  readonly variablePrefix?: string;

  /**
   * What happens to the new buckets and their policies when they are removed from the stack.
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
