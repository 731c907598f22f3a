import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as assets from 'aws-cdk-lib/aws-s3-assets';
import { CustomResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SpaSource } from './source/spa-source';
import { describe } from '../../private/description';
import { createPythonHandler } from '../../private/python-handler';
import { acknowledgeForcedWildcards } from '../../private/wildcard';

/** Time that files stay after a newer build superseded them: open tabs, and caches, still name them. */
const SUPERSEDED_FILES_STAY = Duration.days(30);

/** Tag of objects that a newer build superseded; the handler knows it too. */
const SUPERSEDED = { superseded: 'true' };

/** Tag of a bucket that may be emptied; the handler knows it too. Without it the handler deletes nothing, whatever it is asked for. */
const EMPTIED_ON_DELETE = 'emptied-on-delete';

/** What the files of a single-page app are made of. */
export interface SpaFilesSettings {
  readonly source: SpaSource;

  /** Content of `config.json`; the build's own, if any, stays where it is left out. */
  readonly config?: { [name: string]: string };

  /** Patterns of names whose content never changes, beside those that carry a hash: '/assets/*'. */
  readonly immutablePaths?: string[];

  /** Of bucket and log group. A bucket that goes is emptied before. */
  readonly removalPolicy: RemovalPolicy;

  readonly logRetention: logs.RetentionDays;
}

/**
 * Files of a single-page app: a private bucket, and a handler that publishes a build in it so that at any moment there is one that is whole.
 *
 * Who makes the distribution calls `publishTo` when it is there.
 */
export class SpaFiles extends Construct {
  public readonly bucket: s3.Bucket;

  /** Files to publish; absent where a pipeline does. */
  private readonly build?: assets.Asset;

  public constructor(scope: Construct, id: string, private readonly settings: SpaFilesSettings) {
    super(scope, id);

    this.bucket = this.createBucket();
    this.build = settings.source._bind(this);
  }

  /**
   * Publishes the files, the start page last, and makes the distribution forget what it must not keep. Gives what exists once that is done, and nothing
   * where there is nothing to do: neither files nor a configuration, and a bucket that stays.
   *
   * After the distribution, so that a build is switched to only when all else that it needs is there.
   */
  public publishTo(distribution: cloudfront.IDistribution): CustomResource | undefined {
    const { config, immutablePaths, removalPolicy } = this.settings;
    const emptied = removalPolicy === RemovalPolicy.DESTROY;
    if (!this.build && !config && !emptied) {
      return undefined;
    }
    const handlerLogs = new logs.LogGroup(this, 'HandlerLogs', { retention: this.settings.logRetention, removalPolicy });
    const role = this.createHandlerRole(handlerLogs, emptied);
    const handler = createPythonHandler(this, {
      purpose: 'spa-files',
      description: describe('Publishes the single-page app:', this),
      role,
      logGroup: handlerLogs,
      timeout: Duration.minutes(5),
      // Processor time comes with memory, and each upload is encrypted.
      memorySize: 1024,
    });
    const published = new CustomResource(this, 'Published', {
      resourceType: 'Custom::SpaFiles',
      serviceToken: handler.functionArn,
      // Longer than the handler has, which answers by itself that it ran out of time.
      serviceTimeout: Duration.minutes(7),
      properties: {
        ConstructPath: this.node.path,
        BucketName: this.bucket.bucketName,
        DistributionId: distribution.distributionId,
        ...this.build && { SourceBucket: this.build.s3BucketName, SourceKey: this.build.s3ObjectKey },
        ...config && { Config: Stack.of(this).toJsonString(config) },
        ...immutablePaths?.length && { ImmutablePaths: immutablePaths },
        ...emptied && { EmptyOnDelete: 'true' },
      },
    });
    published.node.addDependency(this.createInvalidationRights(role, distribution), this.bucket);
    return published;
  }

  private createBucket(): s3.Bucket {
    // A roll-back of the first deployment cannot delete a bucket that holds anything, which every other policy would ask for. Its generated name blocks nothing
    // that comes later.
    const removalPolicy = this.settings.removalPolicy === RemovalPolicy.DESTROY ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    const bucket = new s3.Bucket(this, 'Bucket', {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      lifecycleRules: [
        { tagFilters: SUPERSEDED, expiration: SUPERSEDED_FILES_STAY },
        { abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ],
      removalPolicy,
    });
    // Without it a bucket that is kept would be reached without TLS too.
    bucket.policy?.applyRemovalPolicy(removalPolicy);
    Validations.of(bucket).acknowledge({ id: 'AwsSolutions-S1', reason: 'The files are public, and CloudFront logs the requests for them' });
    if (removalPolicy === RemovalPolicy.DESTROY) {
      (bucket.node.defaultChild as s3.CfnBucket).tags.setTag(EMPTIED_ON_DELETE, 'true');
    }
    return bucket;
  }

  private createHandlerRole(handlerLogs: logs.LogGroup, emptied: boolean): iam.Role {
    const { build, bucket } = this;
    const objects = bucket.arnForObjects('*');
    const statements = [
      {
        actions: [
          ...build || this.settings.config ? ['s3:PutObject'] : [],
          ...build ? ['s3:GetObject', 's3:GetObjectTagging', 's3:PutObjectTagging'] : [],
          ...emptied ? ['s3:DeleteObject'] : [],
        ],
        resources: [objects],
      },
      { actions: [...build || emptied ? ['s3:ListBucket'] : [], ...emptied ? ['s3:GetBucketTagging'] : []], resources: [bucket.bucketArn] },
      ...build ? [{ actions: ['s3:GetObject'], resources: [build.bucket.arnForObjects(build.s3ObjectKey)] }] : [],
      { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [handlerLogs.logGroupArn] },
    ];
    const role = new iam.Role(this, 'HandlerRole', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Files: new iam.PolicyDocument({
          statements: statements.filter(({ actions }) => actions.length > 0).map((statement) => new iam.PolicyStatement(statement)),
        }),
      },
    });
    acknowledgeForcedWildcards(role, [objects], 'IAM names the objects of a bucket by a pattern; the bucket is named');
    return role;
  }

  /** A policy of its own, so that only what needs the distribution waits for it. */
  private createInvalidationRights(role: iam.Role, { distributionId }: cloudfront.IDistribution): iam.Policy {
    const arn = Stack.of(this).formatArn({ service: 'cloudfront', region: '', resource: 'distribution', resourceName: distributionId });
    return new iam.Policy(this, 'InvalidationRights', {
      roles: [role],
      statements: [new iam.PolicyStatement({ actions: ['cloudfront:CreateInvalidation'], resources: [arn] })],
    });
  }
}
