import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as targets from 'aws-cdk-lib/aws-route53-targets';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CustomResource, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createAccessLogBucket, isDeliveredTo } from './access-logs';
import { bucketOrigins, letRead } from './bucket-access';
import { furtherPathsProblem } from './cache-behavior-rules';
import { sortBehaviors, uncachedErrors } from './cache-behaviors';
import { SpaContentSecurityPolicy } from './content-security-policy';
import { SiteContent } from './site-content';
import { siteMetric } from './site-metrics';
import { warnAboutRisks } from './site-warnings';
import { createSiteWebAcl } from './site-web-acl';
import { SpaDistributionProps } from './spa-distribution-props';
import { spaDistributionRules } from './spa-distribution-rules';
import { SpaFiles } from './spa-files';
import { ENTRY_DOCUMENT } from './viewer-functions';
import { requireGrantee } from '../../private/grantee';
import { createOutput } from '../../private/output';
import { definitionError, validateProps } from '../../private/validation';
import { acknowledgeForcedWildcards } from '../../private/wildcard';
import { cloudFrontCertificateFor } from '../domain/certificates';
import { pointNamesTo } from '../domain/dns-records';
import { hostNamesOf } from '../domain/host-names';
import { WebAcl } from '../firewall/web-acl';

/**
 * Site that is a single-page app, with a Django project behind the same origin: no CORS, and Django's session and CSRF cookies work as on its own
 * pages.
 *
 * Files come from a private bucket through CloudFront. The paths of the app's pages lead to its `index.html` by a function that runs for them alone,
 * so that a missing file and the backend's errors stay what they are. `/api/*` and `/admin/*` go to the backend, `/static/*` to the bucket with
 * Django's static files. A build is uploaded before it is switched to, and what it supersedes stays for 30 days.
 *
 * CloudFront's first TB and 10 million requests of each month are free; after that it costs from 0.085 USD per GB and 0.01 USD per 10,000 requests in
 * Europe and North America.
 *
 * @example
 *
 * declare const alb: WafProtectedAlb;
 * declare const files: FileStorage;
 * declare const zone: route53.IHostedZone;
 * const site = new SpaDistribution(this, 'Site', {
 *   source: SpaSource.directory('frontend/dist'),
 *   domain: { domainName: 'shop.example.com', hostedZone: zone },
 *   backend: SpaBackend.loadBalancer(alb),
 *   storage: files,
 *   config: { siteName: 'Shop' },
 * });
 */
export class SpaDistribution extends Construct {
  /** Distribution itself. */
  public readonly distribution: cloudfront.Distribution;

  /** Bucket with the files of the app; absent without an app. */
  public readonly bucket?: s3.Bucket;

  /** Bucket with the access logs; absent in regions that CloudFront delivers none to. */
  public readonly accessLogBucket?: s3.IBucket;

  /** Certificate in use, if there is a domain. */
  public readonly certificate?: acm.ICertificate;

  /** Web ACL made for the site, by `webAcl`. */
  public readonly webAcl?: WebAcl;

  /** Upload of the files; absent where a pipeline does that. */
  public readonly deployment?: CustomResource;

  /** Host names of the site, the first one first: what Django must allow. */
  public readonly hostNames: string[];

  /** Origins of the site, which are its host names with their scheme: what Django must trust. */
  public readonly origins: string[];

  /** Address of the site. */
  public readonly url: string;

  private readonly backendBehavior?: cloudfront.BehaviorOptions;
  private readonly backendPaths: string[];
  private readonly filePaths: string[];

  public constructor(scope: Construct, id: string, props: SpaDistributionProps) {
    super(scope, id);
    const stack = Stack.of(this);
    props = validateProps(this, 'SpaDistribution', props, spaDistributionRules(stack.region, stack));

    const contentSecurityPolicy = allowingUploads(props);
    const strictTransportSecurityMaxAge = props.strictTransportSecurityMaxAge ?? Duration.days(365);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const logRetention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    const { source, config, immutablePaths, domain, backend, storage, media } = props;
    warnAboutRisks(this, props);

    const files = source._hasFiles ? new SpaFiles(this, 'Files', { source, config, immutablePaths, removalPolicy, logRetention }) : undefined;
    this.bucket = files?.bucket;
    this.accessLogBucket = props.accessLogBucket
      ?? (isDeliveredTo(stack.region) ? createAccessLogBucket(this, props.accessLogExpiration) : undefined);

    const content = new SiteContent(this, {
      files,
      pagePaths: props.pagePaths ?? [],
      contentSecurityPolicy,
      responseHeaders: props.responseHeaders ?? {},
      strictTransportSecurityMaxAge,
      backend,
      storage,
      media,
    });
    this.backendBehavior = content.backendBehavior;
    const paths = Object.keys(content.additionalBehaviors);
    this.backendPaths = paths.filter((path) => content.additionalBehaviors[path] === content.backendBehavior);
    this.filePaths = paths.filter((path) => !this.backendPaths.includes(path));

    const made = props.webAcl && createSiteWebAcl(this, { options: props.webAcl, logRetention, removalPolicy: props.removalPolicy });
    this.webAcl = made?.webAcl;
    this.certificate = domain && cloudFrontCertificateFor(this, domain);
    this.distribution = this.createDistribution(props, content, made?.webAclArn ?? props.existingWebAclArn);
    content.readable.forEach((each) => letRead(this, this.distribution, each));

    this.hostNames = domain ? hostNamesOf(domain) : [this.distribution.distributionDomainName];
    this.origins = this.hostNames.map((name) => `https://${name}`);
    this.url = this.origins[0];
    if (domain) {
      const { distributionDomainName: dnsName } = this.distribution;
      pointNamesTo(this, domain, { alias: new targets.CloudFrontTarget(this.distribution), dnsName }, backend?._servedNamesIn(stack));
    }
    this.deployment = files?.publishTo(this.distribution);

    createOutput(this, 'Url', { description: 'Address of the site', value: this.url });
    if (this.bucket) {
      createOutput(this, 'BucketName', { description: 'Bucket with the files of the single-page app', value: this.bucket.bucketName });
    }
    createOutput(this, 'DistributionId', { description: 'CloudFront distribution of the site', value: this.distribution.distributionId });
  }

  /**
   * Sends further paths to the backend. Those that it answers already stay as they are.
   * @param paths CloudFront's path patterns, e.g. `['/graphql']`
   */
  public addBackendPaths(paths: string[]): void {
    if (!this.bucket) {
      return; // Every path is the backend's.
    }
    const { backendBehavior } = this;
    const problem = backendBehavior
      ? furtherPathsProblem(paths, this.filePaths, this.backendPaths)
      : "'addBackendPaths' must not be called without a backend: give 'backend', e.g. SpaBackend.loadBalancer(alb)";
    if (problem) {
      throw new Error(definitionError(this, 'SpaDistribution', [problem]));
    }
    const added = paths.filter((path) => !this.backendPaths.includes(path));
    added.forEach((path) => this.distribution.addBehavior(path, backendBehavior!.origin, backendBehavior));
    this.backendPaths.push(...added);
  }

  /**
   * Lets a pipeline publish the app: upload files, and make CloudFront forget what changes under the same name. It may delete nothing, since open
   * tabs still load files of the former build.
   *
   * Upload `index.html` last, with `Cache-Control: no-cache`, after files with a hash in their names with `public, max-age=31536000, immutable`, and
   * invalidate `/index.html`.
   * @param grantee who gets the rights
   */
  public grantPublish(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'SpaDistribution', grantee);
    const { bucket } = this;
    if (!bucket) {
      throw new Error(definitionError(this, 'SpaDistribution', ["'grantPublish' must not be called with SpaSource.none(): there is no app to publish"]));
    }
    const objects = bucket.arnForObjects('*');
    const rights = [
      { actions: ['s3:GetObject', 's3:PutObject', 's3:GetObjectTagging', 's3:PutObjectTagging', 's3:AbortMultipartUpload'], resourceArns: [objects] },
      { actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] },
      { actions: ['cloudfront:CreateInvalidation', 'cloudfront:GetInvalidation'], resourceArns: [this.distribution.distributionArn] },
    ];
    const grant = rights.map((right) => iam.Grant.addToPrincipal({ grantee, ...right })).reduce((all, each) => all.combine(each));
    if (Construct.isConstruct(grantee.grantPrincipal)) {
      acknowledgeForcedWildcards(grantee.grantPrincipal, [objects], 'IAM names the objects of a bucket by a pattern; the bucket is named');
    }
    return grant;
  }

  /**
   * Requests to the site. CloudFront has its metrics in us-east-1, and alarms on them must stand there.
   * @param options statistic, period and the like; the sum of five minutes when left out
   */
  public metricRequests(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.distribution, 'Requests', cloudwatch.Stats.SUM, options);
  }

  /**
   * Share of the requests, in per cent, that the site or its backend failed to answer. CloudFront has its metrics in us-east-1, and alarms on them
   * must stand there.
   * @param options statistic, period and the like; the average of five minutes when left out
   */
  public metricServerErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.distribution, '5xxErrorRate', cloudwatch.Stats.AVERAGE, options);
  }

  /**
   * Share of the requests, in per cent, that asked for what is not there or is not allowed. CloudFront has its metrics in us-east-1, and alarms on
   * them must stand there.
   * @param options statistic, period and the like; the average of five minutes when left out
   */
  public metricClientErrorRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return siteMetric(this.distribution, '4xxErrorRate', cloudwatch.Stats.AVERAGE, options);
  }

  private createDistribution(props: SpaDistributionProps, content: SiteContent, webAclId?: string): cloudfront.Distribution {
    const { domain, priceClass = cloudfront.PriceClass.PRICE_CLASS_100 } = props;
    const distribution = new cloudfront.Distribution(this, 'Distribution', {
      comment: `${this.bucket ? 'Single-page app' : 'Site'} ${this.node.path}`.slice(0, 128),
      domainNames: domain && hostNamesOf(domain),
      certificate: this.certificate,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      enableIpv6: true,
      priceClass,
      // The function says so too; without this one, its failure would show what the bucket holds.
      defaultRootObject: this.bucket && ENTRY_DOCUMENT.slice(1),
      defaultBehavior: content.defaultBehavior,
      additionalBehaviors: content.additionalBehaviors,
      errorResponses: uncachedErrors(),
      logBucket: this.accessLogBucket,
      webAclId,
    });
    sortBehaviors(distribution);
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions-CFR1', reason: 'A site for everybody; a web ACL with countries keeps some out where that is wanted' },
      ...webAclId ? [] : [{ id: 'AwsSolutions-CFR2', reason: 'The files are public and take no input; the load balancer has a web ACL of its own before Django' }],
      ...this.accessLogBucket ? [] : [{ id: 'AwsSolutions-CFR3', reason: 'CloudFront delivers no access logs to buckets in the region of the stack' }],
      ...this.certificate ? [] : [{ id: 'AwsSolutions-CFR4', reason: 'CloudFront fixes the TLS policy of its own certificate for *.cloudfront.net' }],
    );
    return distribution;
  }
}

/** The policy of the app, which may show and send uploads where they have no path on the site. */
function allowingUploads({ contentSecurityPolicy = SpaContentSecurityPolicy.enforced(), storage, media }: SpaDistributionProps): SpaContentSecurityPolicy {
  if (!storage || media) {
    return contentSecurityPolicy;
  }
  const uploads = bucketOrigins(storage.mediaBucket);
  return contentSecurityPolicy._allowing({ 'img-src': uploads, 'media-src': uploads, 'connect-src': uploads });
}
