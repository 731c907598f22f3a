import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { FileStorageOptions, FileStorageProps } from './file-storage-props';
import { duration, shaped, strings } from '../../private/shapes';
import { isKnown, Rule, show } from '../../private/validation';

/** What holds for the options of a `FileStorage` wherever they are given. */
export const FILE_STORAGE_OPTION_RULES = shaped<FileStorageOptions>({ corsAllowedOrigins: strings, noncurrentVersionExpiration: duration('days') }, [
  ({ corsAllowedOrigins }) => isKnown(corsAllowedOrigins) ? originProblem(corsAllowedOrigins) : undefined,
  ({ noncurrentVersionExpiration: time }) => isKnown(time) && !isWholeDays(time)
    ? `'noncurrentVersionExpiration' must be one or more whole days, got ${show(time)}`
    : undefined,
  ({ mediaVersioned, noncurrentVersionExpiration: time }) => mediaVersioned === false && time
    ? `'noncurrentVersionExpiration' must not be given with 'mediaVersioned' false, got ${show(time)}: there are no former versions`
    : undefined,
  ({ mediaBucket, mediaVersioned, noncurrentVersionExpiration, corsAllowedOrigins }) => {
    const settings = Object.entries({ mediaVersioned, noncurrentVersionExpiration, corsAllowedOrigins }).filter(([, value]) => value !== undefined);
    return mediaBucket && settings.length > 0
      ? `${settings.map(([prop]) => `'${prop}'`).join(', ')} must not be given with 'mediaBucket': set it on that bucket`
      : undefined;
  },
  ({ staticBucket }) => staticBucket?.encryptionKey
    ? '\'staticBucket\' must not be encrypted with a KMS key, because everybody reads static files: use BucketEncryption.S3_MANAGED'
    : undefined,
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? '\'removalPolicy\' must not be SNAPSHOT: a bucket has no snapshots; use RETAIN'
    : undefined,
]);

/** What holds for the props of a `FileStorage`. */
export const FILE_STORAGE_RULES: Rule<FileStorageProps>[] = [
  ...FILE_STORAGE_OPTION_RULES,
  ({ accessLogBucket }) => accessLogBucket?.encryptionKey
    ? '\'accessLogBucket\' must not be encrypted with a KMS key, because S3 delivers no access logs to it: use BucketEncryption.S3_MANAGED'
    : undefined,
];

/** Django gets one region for both buckets; a new bucket stands in the region of the stack. */
export function inOneRegion(stackRegion: string): Rule<FileStorageOptions> {
  return ({ mediaBucket, staticBucket }) => {
    const media = mediaBucket?.env.region ?? stackRegion;
    const statics = staticBucket?.env.region ?? stackRegion;
    return isKnown(media) && isKnown(statics) && media !== statics
      ? `'mediaBucket' and 'staticBucket' must be in one region, got ${media} and ${statics}: Django gets one region for both`
      : undefined;
  };
}

function isWholeDays(time: Duration): boolean {
  const days = time.toDays({ integral: false });
  return days >= 1 && Number.isInteger(days);
}

function originProblem(allowed: string[]): string | undefined {
  const wrong = allowed.filter((origin) => isKnown(origin) && !/^https?:\/\/[^/*\s]+$/.test(origin));
  return wrong.length > 0
    ? `'corsAllowedOrigins' must be a scheme and a host like 'https://www.example.com', without a path, got ${wrong.map(show).join(', ')}: ` +
      'with \'*\' any page could use the presigned URLs that it gets hold of, so name each origin'
    : undefined;
}
