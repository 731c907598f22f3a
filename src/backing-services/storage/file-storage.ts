import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Annotations, Duration, Names, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FileStorageProps } from './file-storage-props';
import { FILE_STORAGE_RULES, inOneRegion } from './file-storage-rules';
import { IBackingService } from '../../config/backing-service';
import { DjangoVariable } from '../../config/django-variable';
import { IProcess, ProcessDuty } from '../../config/process';
import { validateProps } from '../../private/validation';
import { acknowledgeForcedWildcards } from '../../private/wildcard';

/** Keys of the objects that CloudFront serves; the path of `STATIC_URL`. */
const STATIC_PREFIX = 'static/';
/** Keys of uploads where both kinds share a bucket. */
const MEDIA_PREFIX = 'media/';
const ACCESS_LOG_PREFIX = 's3-access-logs/';
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

  /** Bucket for static files. */
  public readonly staticBucket: s3.IBucket;

  /** Distribution that serves static files. */
  public readonly distribution: cloudfront.Distribution;

  /** Django's `STATIC_URL`, ends with `/static/`. */
  public readonly staticUrl: string;

  private readonly shared: boolean;

  public constructor(scope: Construct, id: string, props: FileStorageProps = {}) {
    super(scope, id);
    validateProps(this, 'FileStorage', props, [...FILE_STORAGE_RULES, inOneRegion(Stack.of(this).region)]);

    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;

    this.mediaBucket = props.mediaBucket ?? this.createMediaBucket(props, removalPolicy);
    this.staticBucket = props.staticBucket ?? createBucket(this, 'Static', { removalPolicy });
    this.shared = this.mediaBucket.bucketName === this.staticBucket.bucketName;
    this.distribution = this.createDistribution(props.priceClass ?? cloudfront.PriceClass.PRICE_CLASS_100);
    this.staticUrl = `https://${this.distribution.distributionDomainName}/${STATIC_PREFIX}`;

    this.allowDistributionToRead();
    this.logAccess([...props.mediaBucket ? [] : [this.mediaBucket], ...props.staticBucket ? [] : [this.staticBucket]], props.accessLogBucket);
  }

  public attachTo(process: IProcess): void {
    process.addVariable(DjangoVariable.MEDIA_BUCKET, this.mediaBucket.bucketName);
    process.addVariable(DjangoVariable.STATIC_BUCKET, this.staticBucket.bucketName);
    process.addVariable(DjangoVariable.STATIC_URL, this.staticUrl);
    process.addVariable(DjangoVariable.BUCKET_REGION, this.mediaBucket.env.region);
    this.grantReadWriteMedia(process);
    if (process.duty === ProcessDuty.RELEASE) {
      this.grantPublishStatic(process);
    } else {
      this.grantReadStatic(process);
    }
  }

  /**
   * Lets somebody read, write, delete and list uploads.
   * @param grantee who gets the rights
   */
  public grantReadWriteMedia(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, this.mediaBucket, this.shared ? `${MEDIA_PREFIX}*` : '*', WRITE_OBJECTS);
  }

  /**
   * Lets somebody read and list static files, as Django does with the manifest of hashed names.
   * @param grantee who gets the rights
   */
  public grantReadStatic(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, this.staticBucket, `${STATIC_PREFIX}*`, READ_OBJECTS);
  }

  /**
   * Lets somebody publish static files, as `collectstatic` does.
   * @param grantee who gets the rights
   */
  public grantPublishStatic(grantee: iam.IGrantable): iam.Grant {
    return this.grant(grantee, this.staticBucket, `${STATIC_PREFIX}*`, WRITE_OBJECTS);
  }

  private createMediaBucket(props: FileStorageProps, removalPolicy: RemovalPolicy): s3.Bucket {
    const versioned = props.mediaVersioned ?? true;
    return createBucket(this, 'Media', {
      removalPolicy,
      versioned,
      formerVersions: versioned ? props.noncurrentVersionExpiration ?? Duration.days(90) : undefined,
      cors: props.corsAllowedOrigins && [{
        allowedOrigins: props.corsAllowedOrigins,
        allowedMethods: [s3.HttpMethods.GET, s3.HttpMethods.HEAD, s3.HttpMethods.PUT, s3.HttpMethods.POST],
        allowedHeaders: ['*'],
        exposedHeaders: ['ETag'],
        maxAge: Duration.hours(1).toSeconds(),
      }],
    });
  }

  private createDistribution(priceClass: cloudfront.PriceClass): cloudfront.Distribution {
    // Names of origin access controls are unique in an account; the same stack may stand in several regions of it.
    const accessControl = new cloudfront.S3OriginAccessControl(this, 'OriginAccessControl', {
      originAccessControlName: `${Names.uniqueResourceName(this, { maxLength: 45 })}-${Stack.of(this).region}`,
    });
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `Static files of ${this.node.path}`.slice(0, 128),
      defaultBehavior: {
        origin: origins.S3BucketOrigin.withBucketDefaults(this.staticBucket, { originAccessControlId: accessControl.originAccessControlId }),
        viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: cloudfront.ResponseHeadersPolicy.CORS_ALLOW_ALL_ORIGINS_AND_SECURITY_HEADERS,
        compress: true,
      },
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      priceClass,
    });
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'Static files are public wherever the site is' },
      { id: 'AwsSolutions-CFR2', reason: 'Static files only, no input to inspect: the web ACL stands before Django' },
      { id: 'AwsSolutions-CFR3', reason: 'Requests for public files; what Django answers is logged by the load balancer' },
      { id: 'AwsSolutions-CFR4', reason: 'CloudFront fixes the TLS policy of its own certificate for *.cloudfront.net' },
    );
    return distribution;
  }

  /** Reads of `static/*` and no listing: a shared bucket stays private, and `/` does not show what there is. */
  private allowDistributionToRead(): void {
    const stack = Stack.of(this);
    // The name of the distribution in the policy of a bucket in another stack would make the stacks need each other.
    const distributionId = Stack.of(this.staticBucket) === stack ? this.distribution.distributionId : '*';
    const { statementAdded } = this.staticBucket.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('cloudfront.amazonaws.com')],
      actions: ['s3:GetObject'],
      resources: [this.staticBucket.arnForObjects(`${STATIC_PREFIX}*`)],
      conditions: {
        ArnLike: { 'AWS:SourceArn': stack.formatArn({ service: 'cloudfront', region: '', resource: 'distribution', resourceName: distributionId }) },
      },
    }));
    if (!statementAdded) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:static-bucket-policy',
        'The policy of the imported \'staticBucket\' cannot be changed from here, and without a statement of yours CloudFront answers 403: ' +
        `let the service cloudfront.amazonaws.com do s3:GetObject on ${STATIC_PREFIX}* where AWS:SourceArn is the ARN of the distribution`);
    }
  }

  /** By hand, because CDK names the bucket in the log bucket's policy, which would tie their stacks to each other. */
  private logAccess(buckets: s3.IBucket[], logBucket?: s3.IBucket): void {
    if (!logBucket) {
      buckets.forEach((bucket) => Validations.of(bucket).acknowledge({
        id: 'AwsSolutions-S1',
        reason: 'No accessLogBucket is given; the application\'s role and CloudFront are all who read and write',
      }));
      return;
    }
    if (buckets.length === 0) {
      return;
    }
    const stack = Stack.of(this);
    const { statementAdded } = logBucket.addToResourcePolicy(new iam.PolicyStatement({
      principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [logBucket.arnForObjects(`${ACCESS_LOG_PREFIX}*`)],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }));
    if (!statementAdded) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:access-log-bucket-policy',
        'The policy of the imported \'accessLogBucket\' cannot be changed from here, and without a statement of yours no logs arrive: ' +
        `let the service logging.s3.amazonaws.com do s3:PutObject on ${ACCESS_LOG_PREFIX}* where aws:SourceAccount is this account`);
    }
    buckets.forEach((bucket) => {
      const resource = bucket.node.defaultChild as s3.CfnBucket;
      resource.loggingConfiguration = {
        destinationBucketName: logBucket.bucketName,
        logFilePrefix: ACCESS_LOG_PREFIX,
        targetObjectKeyFormat: { partitionedPrefix: { partitionDateSource: 'EventTime' } },
      };
      if (logBucket.policy) {
        resource.node.addDependency(logBucket.policy.node.defaultChild!);
      }
    });
  }

  /** Rights in the grantee's own policy, none in the bucket's, which may belong to another stack. */
  private grant(grantee: iam.IGrantable, bucket: s3.IBucket, keys: string, actions: string[]): iam.Grant {
    const objects = bucket.arnForObjects(keys);
    const grant = iam.Grant.addToPrincipal({ grantee, actions, resourceArns: [objects] });
    // Without it S3 answers 403 instead of 404 for what is not there, which django-storages takes for an error.
    const list = iam.Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] });
    const key = bucket.encryptionKey && iam.Grant.addToPrincipal({
      grantee, actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resourceArns: [bucket.encryptionKey.keyArn],
    });
    if (Construct.isConstruct(grantee.grantPrincipal)) {
      acknowledgeForcedWildcards(grantee.grantPrincipal, [objects], 'IAM names the objects of a bucket by a pattern; the bucket is named');
    }
    return key ? grant.combine(list).combine(key) : grant.combine(list);
  }
}

interface BucketSettings {
  readonly removalPolicy: RemovalPolicy;
  readonly versioned?: boolean;
  readonly formerVersions?: Duration;
  readonly cors?: s3.CorsRule[];
}

function createBucket(scope: Construct, id: string, settings: BucketSettings): s3.Bucket {
  return new s3.Bucket(scope, id, {
    blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
    objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    encryption: s3.BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned: settings.versioned,
    cors: settings.cors,
    lifecycleRules: [{
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      noncurrentVersionExpiration: settings.formerVersions,
      expiredObjectDeleteMarker: settings.formerVersions && true,
    }],
    removalPolicy: settings.removalPolicy,
  });
}
