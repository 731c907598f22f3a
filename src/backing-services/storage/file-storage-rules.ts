import { PriceClass } from 'aws-cdk-lib/aws-cloudfront';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { bucketPatternProblem } from './bucket-pattern';
import { BucketLayout, FileStorageOptions, FileStorageProps, StaticFiles } from './file-storage-props';
import { an, aRemovalPolicy, boolean, BUCKET, duration, isOf, KEY, memberOf, shaped, strings } from '../../private/shapes';
import { isKnown, joined, Rule, show, wholeUnits } from '../../private/validation';
import { VARIABLE_PREFIX_RULES } from '../../private/variable-prefix';


/** What holds for the options of a `FileStorage` wherever they are given. */
export const FILE_STORAGE_OPTION_RULES = shaped<FileStorageOptions>({
  mediaBucket: an(BUCKET),
  staticBucket: an(BUCKET),
  bucketLayout: memberOf('BucketLayout', BucketLayout),
  staticFiles: memberOf('StaticFiles', StaticFiles),
  encryptionKey: an(KEY),
  corsAllowedOrigins: strings,
  additionalBuckets: strings,
  noncurrentVersionExpiration: duration('days'),
  mediaVersioned: boolean,
  priceClass: memberOf('PriceClass', PriceClass),
  removalPolicy: aRemovalPolicy,
}, [
  ({ corsAllowedOrigins }) => isKnown(corsAllowedOrigins) ? originProblem(corsAllowedOrigins) : undefined,
  ({ noncurrentVersionExpiration: time }) => isKnown(time) && !isWholeDays(time)
    ? `'noncurrentVersionExpiration' must be one or more whole days, got ${show(time)}`
    : undefined,
  (props) => isKnown(props.noncurrentVersionExpiration) ? undefined : wholeUnits<FileStorageOptions>('noncurrentVersionExpiration', 'days')(props),
  ({ mediaVersioned, noncurrentVersionExpiration: time }) => mediaVersioned === false && time
    ? `'noncurrentVersionExpiration' must not be given with 'mediaVersioned' false, got ${show(time)}: there are no former versions`
    : undefined,
  ({ mediaBucket, mediaVersioned, noncurrentVersionExpiration, encryptionKey, corsAllowedOrigins }) => {
    const settings = named({ mediaVersioned, noncurrentVersionExpiration, encryptionKey, corsAllowedOrigins });
    return mediaBucket && settings ? `${settings} must not be given with 'mediaBucket': set it on that bucket` : undefined;
  },
  ({ bucketLayout, mediaBucket, staticBucket }) => bucketLayout && (mediaBucket || staticBucket)
    ? `'bucketLayout' must not be given with ${named({ mediaBucket, staticBucket })}: it is for new buckets; to share yours, give it as both 'mediaBucket' and 'staticBucket'`
    : undefined,
  ({ staticFiles, bucketLayout, staticBucket, priceClass }) => {
    const superfluous = named({ bucketLayout, staticBucket, priceClass });
    return staticFiles === StaticFiles.IN_IMAGE && superfluous
      ? `${superfluous} must not be given with StaticFiles.IN_IMAGE: no static files are published`
      : undefined;
  },
  ({ staticFiles, priceClass }) => staticFiles === StaticFiles.SAME_ORIGIN && priceClass
    ? "'priceClass' must not be given with StaticFiles.SAME_ORIGIN: give it to the distribution of the site"
    : undefined,
  ({ bucketLayout, encryptionKey }) => bucketLayout === BucketLayout.SHARED && encryptionKey
    ? "'encryptionKey' must not be given with BucketLayout.SHARED, because everybody reads static files: use BucketLayout.SEPARATE"
    : undefined,
  ({ staticBucket }) => staticBucket?.encryptionKey
    ? '\'staticBucket\' must not be encrypted with a KMS key, because everybody reads static files: use BucketEncryption.S3_MANAGED'
    : undefined,
  ({ encryptionKey }) => isAlias(encryptionKey) ? `'encryptionKey' ${NO_ALIAS}` : undefined,
  ({ mediaBucket }) => isAlias(mediaBucket?.encryptionKey) ? `the key of 'mediaBucket' ${NO_ALIAS}` : undefined,
  ({ additionalBuckets }) => isKnown(additionalBuckets)
    ? joined(additionalBuckets.map(bucketPatternProblem).map((problem) => problem && `'additionalBuckets' must ${problem}`))
    : undefined,
  ...VARIABLE_PREFIX_RULES,
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? '\'removalPolicy\' must not be SNAPSHOT: a bucket has no snapshots; use RETAIN'
    : undefined,
]);

/** What holds for the props of a `FileStorage`. */
export const FILE_STORAGE_RULES: Rule<FileStorageProps>[] = [
  ...FILE_STORAGE_OPTION_RULES,
  ...shaped<FileStorageProps>({ accessLogBucket: an(BUCKET) }, [
    ({ accessLogBucket }) => accessLogBucket?.encryptionKey
      ? '\'accessLogBucket\' must not be encrypted with a KMS key, because S3 delivers no access logs to it: use BucketEncryption.S3_MANAGED'
      : undefined,
  ]),
];

/** Django gets one region for both buckets; a new bucket stands in the region of the stack, and so must its key and its access logs. */
export function inOneRegion(stackRegion: string): Rule<FileStorageProps> {
  return ({ mediaBucket, staticBucket, staticFiles, encryptionKey, accessLogBucket }) => {
    const media = mediaBucket?.env?.region ?? stackRegion;
    const statics = staticBucket?.env?.region ?? stackRegion;
    return joined([
      staticFiles !== StaticFiles.IN_IMAGE && isKnown(media) && isKnown(statics) && media !== statics
        ? `'mediaBucket' and 'staticBucket' must be in one region, got ${media} and ${statics}: Django gets one region for both`
        : undefined,
      elsewhere('encryptionKey', stackRegion, encryptionKey?.env?.region),
      elsewhere('accessLogBucket', stackRegion, accessLogBucket?.env?.region),
    ]);
  };
}

function elsewhere(prop: string, stackRegion: string, region: string = stackRegion): string | undefined {
  return isKnown(stackRegion) && isKnown(region) && region !== stackRegion
    ? `'${prop}' must be in the region of the new buckets, ${stackRegion}, got one in ${region}`
    : undefined;
}

const NO_ALIAS = "must not be an alias, to which IAM grants nothing: give the key itself, e.g. kms.Key.fromKeyArn(this, 'Key', 'arn:…')";

function isAlias(key?: kms.IKey): boolean {
  return isOf({ member: 'aliasName' }, key);
}

/** The names of the options that are given, if any. */
function named(options: Record<string, unknown>): string {
  return Object.entries(options).filter(([, value]) => value !== undefined && value !== null).map(([prop]) => `'${prop}'`).join(', ');
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
