import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { SpaContentSecurityPolicy } from './content-security-policy';
import { SpaSource } from './source/spa-source';
import { SpaBackend } from './spa-backend';
import { SpaMedia } from './spa-media';
import { FileStorage } from '../../backing-services/storage/file-storage';
import { DomainOptions } from '../../config/domain';
import { WebAclOptions } from '../firewall/web-acl-props';

/** Settings of a site that is a single-page app. */
export interface SpaDistributionOptions {
  /** Where the files of the app come from. */
  readonly source: SpaSource;

  /**
   * Domain that the site is served under. The certificate must be in us-east-1, whatever the region of the stack is.
   * @default - the distribution's own name, `<id>.cloudfront.net`; in `DjangoOnFargate` the project's `domain`, with Django on the same name
   */
  readonly domain?: DomainOptions;

  /**
   * Content of `/config.json`, which the app reads when it starts: one build serves all environments. **WARNING**: everybody can read it.
   * @default - the build's own `config.json`, if any
   */
  readonly config?: { [name: string]: string };

  /**
   * Beginnings of paths under which everything is a page, whatever it ends with, e.g. `['/packages/']` for `/packages/node.js`. Elsewhere a path that
   * ends like a file is one.
   * @default - none
   */
  readonly pagePaths?: string[];

  /**
   * Patterns of files whose content never changes under the same name, beside those that carry a hash in it, e.g. `['/fonts/*']`. Browsers keep them
   * for a year.
   * @default - none
   */
  readonly immutablePaths?: string[];

  /**
   * Where scripts, styles, images and requests of the app may come from and go to. Images, media and requests from and to the bucket with the uploads of
   * `storage` are allowed beside the defaults, for presigned URLs, unless `media` serves the uploads on the site.
   * @default SpaContentSecurityPolicy.enforced()
   */
  readonly contentSecurityPolicy?: SpaContentSecurityPolicy;

  /**
   * Further headers of the app's own files, e.g. `{ 'Permissions-Policy': 'camera=()' }`. Answers of the backend keep their own.
   * @default - none
   */
  readonly responseHeaders?: { [name: string]: string };

  /**
   * Time for which browsers ask for the site by HTTPS only, from each visit on; subdomains are not meant.
   * @default Duration.days(365)
   */
  readonly strictTransportSecurityMaxAge?: Duration;

  /**
   * Way in which the uploads in `storage` are served under `/media/`.
   * @default - not at all: Django gives out presigned URLs of S3
   */
  readonly media?: SpaMedia;

  /**
   * Settings of a web ACL for the whole site, made in us-east-1. The load balancer behind it has one of its own, so this is for sites that need the
   * files of the app guarded, too.
   * @default - none
   */
  readonly webAcl?: WebAclOptions;

  /**
   * ARN of a global web ACL, which is in us-east-1, that shall protect the site.
   * @default - none, or a new one by the settings in `webAcl`
   */
  readonly existingWebAclArn?: string;

  /**
   * Regions of the world from which the site is served.
   * @default PriceClass.PRICE_CLASS_100: North America, Europe and Israel
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html
   */
  readonly priceClass?: cloudfront.PriceClass;

  /**
   * Bucket for the access logs. CloudFront delivers by access control lists, so its object ownership must be `BUCKET_OWNER_PREFERRED` or
   * `OBJECT_WRITER`.
   * @default - a new private bucket; none in the regions that CloudFront delivers no access logs to, with a warning
   * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
   */
  readonly accessLogBucket?: s3.IBucket;

  /**
   * Age at which access logs in the new bucket are deleted, in whole days.
   * @default Duration.days(90)
   */
  readonly accessLogExpiration?: Duration;

  /**
   * What happens to the bucket with the files of the app when it is removed from the stack; with `DESTROY` it is emptied before. Access logs always
   * stay.
   * @default RemovalPolicy.RETAIN; in `DjangoOnFargate` DESTROY where the profile or `removalPolicy` says so
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Time for which the logs of the upload are kept, and those of a new web ACL.
   * @default logs.RetentionDays.THREE_MONTHS; in `DjangoOnFargate` as the profile says
   */
  readonly logRetention?: logs.RetentionDays;
}

/** Props of `SpaDistribution`. */
export interface SpaDistributionProps extends SpaDistributionOptions {
  /**
   * What answers `/api/*`, `/admin/*` and other paths that are not the app's.
   * @default - none: the site consists of files
   */
  readonly backend?: SpaBackend;

  /**
   * Files of the Django project: its static files are served under `/static/`, and its uploads as `media` says.
   * @default - none
   */
  readonly storage?: FileStorage;
}
