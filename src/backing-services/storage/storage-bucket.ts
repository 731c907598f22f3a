import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Keys of the objects that CloudFront serves; the path of `STATIC_URL`. */
export const STATIC_PREFIX = 'static/';
/** Keys of uploads where both kinds share a bucket. */
export const MEDIA_PREFIX = 'media/';

/** What differs between the buckets of a storage. */
export interface StorageBucketSettings {
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
  readonly corsAllowedOrigins?: string[];
  /** Time that former versions of uploads are kept; the bucket has none where it is left out. */
  readonly formerUploads?: Duration;
  /** Whether static files lie beside the uploads. */
  readonly shared?: boolean;
}

/** A private bucket that keeps what is in it, and clears away uploads that were given up. */
export function createStorageBucket(scope: Construct, id: string, settings: StorageBucketSettings): s3.Bucket {
  const { encryptionKey, corsAllowedOrigins, formerUploads, shared } = settings;
  const bucket = new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: encryptionKey ? s3.BucketEncryption.KMS : s3.BucketEncryption.S3_MANAGED,
    encryptionKey,
    // One request to KMS for many objects, else each costs as much as the request to S3 itself.
    bucketKeyEnabled: encryptionKey && true,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: formerUploads && true,
    cors: corsAllowedOrigins?.length ? [{
      allowedOrigins: corsAllowedOrigins,
      allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.PUT, s3.HttpMethods.POST],
      allowedHeaders: ['*'],
      exposedHeaders: ['ETag'],
      maxAge: Duration.hours(1).toSeconds(),
    }] : undefined,
    lifecycleRules: shared ? sharedRules(formerUploads) : [{ ...GIVEN_UP_UPLOADS, ...formerVersions(formerUploads) }],
    removalPolicy: settings.removalPolicy,
  });
  // Without it a bucket that is kept would be reached without TLS too.
  bucket.policy?.applyRemovalPolicy(settings.removalPolicy);
  return bucket;
}

const GIVEN_UP_UPLOADS: s3.LifecycleRule = { abortIncompleteMultipartUploadAfter: Duration.days(7) };

/** Versions are switched on for a whole bucket, but nobody wants those of static files: the day is the least that S3 takes. */
function sharedRules(formerUploads?: Duration): s3.LifecycleRule[] {
  return formerUploads
    ? [
      GIVEN_UP_UPLOADS,
      { prefix: MEDIA_PREFIX, ...formerVersions(formerUploads) },
      { prefix: STATIC_PREFIX, ...formerVersions(Duration.days(1)) },
    ]
    : [GIVEN_UP_UPLOADS];
}

function formerVersions(time?: Duration): s3.LifecycleRule {
  return { noncurrentVersionExpiration: time, expiredObjectDeleteMarker: time && true };
}
