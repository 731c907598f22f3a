import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { FileStorage } from '../../../src/backing-services/storage/file-storage';
import { BucketLayout, FileStorageProps, StaticFiles } from '../../../src/backing-services/storage/file-storage-props';
import { messageOf, newStack, TOKEN } from '../../helpers';

const NO_ALIAS = "must not be an alias, to which IAM grants nothing: give the key itself, e.g. kms.Key.fromKeyArn(this, 'Key', 'arn:…')";

describe('file storage refuses', () => {
  const own = () => s3.Bucket.fromBucketName(newStack(), 'Bucket', 'mine');
  const key = () => new kms.Key(newStack(), 'Key');
  const encrypted = () => {
    const stack = newStack();
    return new s3.Bucket(stack, 'Bucket', { encryptionKey: new kms.Key(stack, 'Key') });
  };
  const origins = (...got: string[]) => '\'corsAllowedOrigins\' must be a scheme and a host like \'https://www.example.com\', without a path, got ' +
    `${got.map((origin) => JSON.stringify(origin)).join(', ')}: with '*' any page could use the presigned URLs that it gets hold of, so name each origin`;

  test.each<[string, () => FileStorageProps, string]>([
    ['any origin', () => ({ corsAllowedOrigins: ['*'] }), origins('*')],
    ['origins with a pattern, without a scheme or with a path',
      () => ({ corsAllowedOrigins: ['https://*.example.com', 'https://www.example.com', 'example.com', 'https://example.com/'] }),
      origins('https://*.example.com', 'example.com', 'https://example.com/')],
    ['one origin for a list', () => ({ corsAllowedOrigins: 'https://www.example.com' as any }),
      "'corsAllowedOrigins' must be a list of strings, got \"https://www.example.com\": write [\"https://www.example.com\"]"],
    ['a number for a time', () => ({ noncurrentVersionExpiration: 30 as any }), "'noncurrentVersionExpiration' must be a Duration, got 30: use Duration.days(30)"],
    ['hours', () => ({ noncurrentVersionExpiration: Duration.hours(36) }),
      "'noncurrentVersionExpiration' must be one or more whole days, got 1 day 12 hours"],
    ['hours that are a token', () => ({ noncurrentVersionExpiration: TOKEN.seconds() }),
      "'noncurrentVersionExpiration' must be a Duration.days(...) where its amount is a token, got Duration.seconds(...)"],
    ['a price class of which there is none', () => ({ priceClass: '100' as any }),
      "'priceClass' must be one of PriceClass.PRICE_CLASS_100, PriceClass.PRICE_CLASS_200, PriceClass.PRICE_CLASS_ALL, got \"100\""],
    ['no time at all', () => ({ noncurrentVersionExpiration: Duration.days(0) }),
      "'noncurrentVersionExpiration' must be one or more whole days, got 0 days"],
    ['an expiration of versions that there are not', () => ({ mediaVersioned: false, noncurrentVersionExpiration: Duration.days(7) }),
      "'noncurrentVersionExpiration' must not be given with 'mediaVersioned' false, got 7 days: there are no former versions"],
    ['settings of a bucket that it does not make',
      () => ({ mediaBucket: own(), mediaVersioned: true, corsAllowedOrigins: ['https://www.example.com'] }),
      "'mediaVersioned', 'corsAllowedOrigins' must not be given with 'mediaBucket': set it on that bucket"],
    ['static files behind a key', () => ({ staticBucket: encrypted() }),
      "'staticBucket' must not be encrypted with a KMS key, because everybody reads static files: use BucketEncryption.S3_MANAGED"],
    ['access logs behind a key', () => ({ accessLogBucket: encrypted() }),
      "'accessLogBucket' must not be encrypted with a KMS key, because S3 delivers no access logs to it: use BucketEncryption.S3_MANAGED"],
    ['one bucket for both that is given already', () => ({ mediaBucket: own(), bucketLayout: BucketLayout.SHARED }),
      "'bucketLayout' must not be given with 'mediaBucket': it is for new buckets; to share yours, give it as both 'mediaBucket' and 'staticBucket'"],
    ['a layout for two that are given', () => ({ mediaBucket: own(), staticBucket: own(), bucketLayout: BucketLayout.SEPARATE }),
      "'bucketLayout' must not be given with 'mediaBucket', 'staticBucket': it is for new buckets; to share yours, give it as both 'mediaBucket' and 'staticBucket'"],
    ['settings for static files that are in the image',
      () => ({ staticFiles: StaticFiles.IN_IMAGE, bucketLayout: BucketLayout.SHARED, priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL }),
      "'bucketLayout', 'priceClass' must not be given with StaticFiles.IN_IMAGE: no static files are published"],
    ['the price of a distribution that it does not make', () => ({ staticFiles: StaticFiles.SAME_ORIGIN, priceClass: cloudfront.PriceClass.PRICE_CLASS_ALL }),
      "'priceClass' must not be given with StaticFiles.SAME_ORIGIN: give it to the distribution of the site"],
    ['a bucket for static files that are in the image', () => ({ staticFiles: StaticFiles.IN_IMAGE, staticBucket: own() }),
      "'staticBucket' must not be given with StaticFiles.IN_IMAGE: no static files are published"],
    ['a key for one bucket that everybody reads', () => ({ bucketLayout: BucketLayout.SHARED, encryptionKey: key() }),
      "'encryptionKey' must not be given with BucketLayout.SHARED, because everybody reads static files: use BucketLayout.SEPARATE"],
    ['a key for a bucket that it does not make', () => ({ mediaBucket: own(), encryptionKey: key() }),
      "'encryptionKey' must not be given with 'mediaBucket': set it on that bucket"],
    ['the alias of a key', () => ({ encryptionKey: key().addAlias('shop') }), `'encryptionKey' ${NO_ALIAS}`],
    ['the alias of a key of a bucket',
      () => {
        const stack = newStack();
        return { mediaBucket: s3.Bucket.fromBucketAttributes(stack, 'Media', { bucketName: 'mine', encryptionKey: kms.Alias.fromAliasName(stack, 'A', 'alias/shop') }) };
      }, `the key of 'mediaBucket' ${NO_ALIAS}`],
    ['patterns that mean too much or nothing', () => ({ additionalBuckets: ['*', 'Exports', 'imports-*'] }), [
      "'additionalBuckets' must begin with 3 or more characters before its '*', got \"*\": it would give rights to buckets that are not meant; " +
        'begin with what your buckets have in common',
      "'additionalBuckets' must have small letters, digits, '.', '-' and '*' only, got \"Exports\"",
    ].join('\n- ')],
    ['one pattern for a list', () => ({ additionalBuckets: 'imports-*' as any }), "'additionalBuckets' must be a list of strings, got \"imports-*\": write [\"imports-*\"]"],
    ['a prefix without its underscore', () => ({ variablePrefix: 'ARCHIVE' }),
      "'variablePrefix' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. 'ARCHIVE_', got \"ARCHIVE\""],
    ['what Python has no types for', () => ({ mediaBucket: 'uploads', encryptionKey: 'alias/shop', bucketLayout: 'shared', staticFiles: 'whitenoise' } as any), [
      "'mediaBucket' must be an s3.IBucket, got \"uploads\": use s3.Bucket.fromBucketName(this, 'Bucket', 'my-bucket')",
      "'bucketLayout' must be one of BucketLayout.SEPARATE, BucketLayout.SHARED, got \"shared\": use BucketLayout.SHARED",
      "'staticFiles' must be one of StaticFiles.CLOUDFRONT, StaticFiles.SAME_ORIGIN, StaticFiles.IN_IMAGE, got \"whitenoise\"",
      "'encryptionKey' must be a kms.IKey, got \"alias/shop\": use kms.Key.fromKeyArn(this, 'Key', 'arn:…')",
    ].join('\n- ')],
    ['a name for the bucket of access logs', () => ({ accessLogBucket: 'logs' as any }),
      "'accessLogBucket' must be an s3.IBucket, got \"logs\": use s3.Bucket.fromBucketName(this, 'Bucket', 'my-bucket')"],
    ['a snapshot', () => ({ removalPolicy: RemovalPolicy.SNAPSHOT }),
      "'removalPolicy' must not be SNAPSHOT: a bucket has no snapshots; use RETAIN"],
  ])('%s', (_, props, reason) => {
    expect(() => new FileStorage(newStack(), 'Files', props())).toThrow(new Error(`FileStorage at 'Stack/Files' cannot be defined:\n- ${reason}`));
  });

  test('buckets in two regions', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1' } });
    const mediaBucket = s3.Bucket.fromBucketAttributes(stack, 'Uploads', { bucketName: 'uploads', region: 'eu-north-1' });
    expect(() => new FileStorage(stack, 'Files', { mediaBucket })).toThrow(new Error('FileStorage at \'Stack/Files\' cannot be defined:\n' +
      '- \'mediaBucket\' and \'staticBucket\' must be in one region, got eu-north-1 and eu-west-1: Django gets one region for both'));
  });

  test('a key and a bucket for access logs in another region', () => {
    const stack = new Stack(new App(), 'Stack', { env: { region: 'eu-west-1' } });
    const encryptionKey = kms.Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-north-1:123456789012:key/1234abcd');
    const accessLogBucket = s3.Bucket.fromBucketAttributes(stack, 'Logs', { bucketName: 'logs', region: 'us-east-1' });
    expect(messageOf(() => new FileStorage(stack, 'Files', { encryptionKey, accessLogBucket }))).toBe('FileStorage at \'Stack/Files\' cannot be defined:\n' +
      "- 'encryptionKey' must be in the region of the new buckets, eu-west-1, got one in eu-north-1\n" +
      "- 'accessLogBucket' must be in the region of the new buckets, eu-west-1, got one in us-east-1");
  });
});
