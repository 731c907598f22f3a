import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { logBucketAccess } from './bucket-access-logs';
import { bucketPatternProblem } from './bucket-pattern';
import { BucketLayout, FileStorageProps, StaticFiles } from './file-storage-props';
import { FILE_STORAGE_RULES, inOneRegion } from './file-storage-rules';
import { createStaticDistribution } from './static-distribution';
import { createStorageBucket, MEDIA_PREFIX, STATIC_PREFIX } from './storage-bucket';
import { IBackingService } from '../../config/backing-service';
import { DjangoVariable } from '../../config/django-variable';
import { IProcess, ProcessDuty } from '../../config/process';
import { requireGrantee } from '../../private/grantee';
import { withoutNulls } from '../../private/options';
import { definitionError, validateProps } from '../../private/validation';
import { acknowledgeForcedWildcards } from '../../private/wildcard';

type Conditions = NonNullable<iam.GrantOnPrincipalOptions['conditions']>;

const READ_OBJECTS = ['s3:GetObject'];
/** What django-storages calls; its uploads in parts, being `s3:PutObject` too, are given up by `s3:AbortMultipartUpload`. */
const WRITE_OBJECTS = [...READ_OBJECTS, 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'];

/**
 * Files of a Django project: a private bucket for uploads, and one for static files that CloudFront serves.
 *
 * Static files lie under `static/` and are never expired: pages that were rendered before a deployment still find the files with
 * the hashes that they name. S3 costs 0.023 USD per GB and month in us-east-1; CloudFront's first TB of each month is free.
 *
 * @example
 *
 * const files = new FileStorage(this, 'Files', { corsAllowedOrigins: ['https://www.example.com'] });
 */
export class FileStorage extends Construct implements IBackingService {
  /** Bucket for uploads. */
  public readonly mediaBucket: s3.IBucket;

  /** Bucket for static files; absent where they are in the image. */
  public readonly staticBucket?: s3.IBucket;

  /** Distribution that serves static files; absent where they are in the image or another distribution does. */
  public readonly distribution?: cloudfront.Distribution;

  /** Django's `STATIC_URL`, ends with `/static/`. */
  public readonly staticUrl: string;

  /** Whether the release must publish static files by `collectstatic`; otherwise they are in the image. */
  public readonly publishesStaticFiles: boolean;

  private readonly shared: boolean;
  private readonly additionalBuckets: string[];
  private readonly variablePrefix?: string;

  public constructor(scope: Construct, id: string, props: FileStorageProps = {}) {
    super(scope, id);
    validateProps(this, 'FileStorage', props, [...FILE_STORAGE_RULES, inOneRegion(Stack.of(this).region)]);

    props = withoutNulls(props ?? {});
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const layout = props.bucketLayout ?? BucketLayout.SEPARATE;
    this.publishesStaticFiles = props.staticFiles !== StaticFiles.IN_IMAGE;
    this.additionalBuckets = props.additionalBuckets ?? [];
    this.variablePrefix = props.variablePrefix;

    this.mediaBucket = props.mediaBucket ?? this.createMediaBucket(props, removalPolicy, layout);
    if (this.publishesStaticFiles) {
      this.staticBucket = props.staticBucket
        ?? (layout === BucketLayout.SHARED ? this.mediaBucket : createStorageBucket(this, 'Static', { removalPolicy }));
      this.distribution = props.staticFiles === StaticFiles.SAME_ORIGIN
        ? undefined
        : createStaticDistribution(this, this.staticBucket, props.priceClass ?? cloudfront.PriceClass.PRICE_CLASS_100);
    }
    this.shared = this.mediaBucket.bucketName === this.staticBucket?.bucketName;
    this.staticUrl = `${this.distribution ? `https://${this.distribution.distributionDomainName}` : ''}/${STATIC_PREFIX}`;

    const created = [this.mediaBucket, ...this.staticBucket ? [this.staticBucket] : []]
      .filter((bucket) => bucket !== props.mediaBucket && bucket !== props.staticBucket);
    logBucketAccess(this, [...new Set(created)], props.accessLogBucket);
  }

  public attachTo(process: IProcess): void {
    const prefix = this.variablePrefix;
    process.addVariable(DjangoVariable.MEDIA_BUCKET, this.mediaBucket.bucketName, prefix);
    if (this.staticBucket) {
      process.addVariable(DjangoVariable.STATIC_BUCKET, this.staticBucket.bucketName, prefix);
    }
    process.addVariable(DjangoVariable.STATIC_URL, this.staticUrl, prefix);
    process.addVariable(DjangoVariable.BUCKET_REGION, this.mediaBucket.env.region, prefix);

    this.grantReadWriteMedia(process);
    if (this.staticBucket && process.duty === ProcessDuty.RELEASE) {
      this.grantPublishStatic(process);
    } else if (this.staticBucket) {
      this.grantReadStatic(process);
    }
    if (this.additionalBuckets.length > 0) {
      this.grantPatterns(process, this.additionalBuckets);
    }
  }

  /**
   * Lets somebody read, write, delete and list uploads.
   * @param grantee who gets the rights
   */
  public grantReadWriteMedia(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'FileStorage', grantee);
    return this.grantBucket(grantee, this.mediaBucket, this.shared ? `${MEDIA_PREFIX}*` : '*', WRITE_OBJECTS);
  }

  /**
   * Lets somebody read and list static files, as Django does with the manifest of hashed names.
   * @param grantee who gets the rights
   */
  public grantReadStatic(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'FileStorage', grantee);
    return this.grantBucket(grantee, this.requireStaticBucket(), `${STATIC_PREFIX}*`, READ_OBJECTS);
  }

  /**
   * Lets somebody publish static files, as `collectstatic` does.
   * @param grantee who gets the rights
   */
  public grantPublishStatic(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'FileStorage', grantee);
    return this.grantBucket(grantee, this.requireStaticBucket(), `${STATIC_PREFIX}*`, WRITE_OBJECTS);
  }

  /**
   * Lets somebody read, write, delete and list the objects of further buckets, e.g. those of imports and exports.
   * @param grantee who gets the rights
   * @param pattern name of a bucket, of any account, or a pattern with `*` such as `cleantrac-*`, of buckets of this account
   */
  public grantReadWriteBuckets(grantee: iam.IGrantable, pattern: string): iam.Grant {
    requireGrantee(this, 'FileStorage', grantee);
    const problem = bucketPatternProblem(pattern);
    if (problem) {
      throw new Error(definitionError(this, 'FileStorage', [`'pattern' must ${problem}`]));
    }
    return this.grantPatterns(grantee, [pattern]);
  }

  private createMediaBucket(props: FileStorageProps, removalPolicy: RemovalPolicy, layout: BucketLayout): s3.Bucket {
    // The same id in both layouts: who changes it keeps the uploads.
    return createStorageBucket(this, 'Media', {
      removalPolicy,
      encryptionKey: props.encryptionKey,
      corsAllowedOrigins: props.corsAllowedOrigins,
      formerUploads: props.mediaVersioned ?? true ? props.noncurrentVersionExpiration ?? Duration.days(90) : undefined,
      shared: layout === BucketLayout.SHARED,
    });
  }

  private requireStaticBucket(): s3.IBucket {
    if (!this.staticBucket) {
      throw new Error(definitionError(this, 'FileStorage', ['static files are in the image (StaticFiles.IN_IMAGE), so there is no bucket to grant: leave the call out']));
    }
    return this.staticBucket;
  }

  private grantBucket(grantee: iam.IGrantable, bucket: s3.IBucket, keys: string, actions: string[]): iam.Grant {
    const grant = this.grant(grantee, actions, [bucket.arnForObjects(keys)], [bucket.bucketArn], 'IAM names the objects of a bucket by a pattern; the bucket is named');
    return bucket.encryptionKey
      ? grant.combine(iam.Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resourceArns: [bucket.encryptionKey.keyArn] }))
      : grant;
  }

  private grantPatterns(grantee: iam.IGrantable, patterns: string[]): iam.Grant {
    // The names of buckets are the whole world's: anybody may have one that a pattern means.
    const ofOwnAccount = { StringEquals: { 'aws:ResourceAccount': Stack.of(this).account } };
    return [
      { names: patterns.filter((pattern) => pattern.includes('*')), conditions: ofOwnAccount },
      { names: patterns.filter((pattern) => !pattern.includes('*')) },
    ].filter(({ names }) => names.length > 0)
      .map(({ names, conditions }) => this.grantByName(grantee, names, conditions))
      .reduce((all, grant) => all.combine(grant));
  }

  private grantByName(grantee: iam.IGrantable, names: string[], conditions?: Conditions): iam.Grant {
    const buckets = names.map((name) => Stack.of(this).formatArn({ service: 's3', region: '', account: '', resource: name }));
    return this.grant(grantee, WRITE_OBJECTS, buckets.map((bucket) => `${bucket}/*`), buckets,
      'IAM names objects by a pattern; these buckets come and go outside of the stack, and their pattern begins with what the names have in common', conditions);
  }

  /** Rights in the grantee's own policy, none in the bucket's, which may belong to another stack. */
  private grant(
    grantee: iam.IGrantable, actions: string[], objects: string[], buckets: string[], reason: string, conditions?: Conditions,
  ): iam.Grant {
    const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns: objects, conditions });
    // Without it S3 answers 403 instead of 404 for what is not there, which django-storages takes for an error.
    const list = iam.Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: buckets, conditions });
    if (Construct.isConstruct(grantee.grantPrincipal)) {
      acknowledgeForcedWildcards(grantee.grantPrincipal, [...objects, ...buckets.filter((bucket) => bucket.includes('*'))], reason);
    }
    return grant.combine(list);
  }
}
