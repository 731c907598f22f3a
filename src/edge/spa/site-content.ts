import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { bucketOrigin, createAccessControl, Readable } from './bucket-access';
import {
  backendBehavior, backendPaths, createFileCache, fileBehavior, MEDIA_PATHS, servesStaticFilesItself, STATIC_PATHS, uploadsOnly, viewerRequest,
} from './cache-behaviors';
import { SpaContentSecurityPolicy } from './content-security-policy';
import { createBackendHeaders, createMediaHeaders, createPageHeaders, staticHeaders } from './response-headers';
import { SpaBackend } from './spa-backend';
import { SpaFiles } from './spa-files';
import { SpaMedia } from './spa-media';
import { pageFunction } from './viewer-functions';
import { FileStorage } from '../../backing-services/storage/file-storage';
import { MEDIA_PREFIX, STATIC_PREFIX } from '../../backing-services/storage/storage-bucket';

type Behaviors = Record<string, cloudfront.BehaviorOptions>;

/** Where builds put the files that carry a hash in their names. */
const HASHED_FILES = '/assets/';

/** What a site is made of. */
export interface SiteContentSettings {
  /** Files of the app; without an app everything else is the backend's. */
  readonly files?: SpaFiles;
  readonly pagePaths: string[];
  readonly contentSecurityPolicy: SpaContentSecurityPolicy;
  readonly responseHeaders: { readonly [name: string]: string };
  readonly strictTransportSecurityMaxAge: Duration;
  readonly backend?: SpaBackend;
  readonly storage?: FileStorage;
  readonly media?: SpaMedia;
}

/** What a distribution serves, by path. */
export class SiteContent {
  public readonly defaultBehavior: cloudfront.BehaviorOptions;
  public readonly additionalBehaviors: Behaviors;

  /** What the distribution reads. */
  public readonly readable: Readable[];

  /** How requests get to the backend, if there is one. */
  public readonly backendBehavior?: cloudfront.BehaviorOptions;

  private accessControlIfAny?: cloudfront.IOriginAccessControl;
  private fileCacheIfAny?: cloudfront.ICachePolicy;

  public constructor(private readonly scope: Construct, private readonly settings: SiteContentSettings) {
    const { files, storage, media, backend } = settings;

    this.readable = files ? [{ bucket: files.bucket, keys: '*', missingIsNotFound: true }] : [];
    this.backendBehavior = backend && this.backend(backend);
    this.defaultBehavior = files ? this.pages(files) : this.backendBehavior!;
    this.additionalBehaviors = {
      ...files && backend && Object.fromEntries(backendPaths(backend, servesStaticFilesItself(storage)).map((path) => [path, this.backendBehavior!])),
      ...storage && this.staticFiles(storage),
      ...storage && media && this.media(storage, media),
    };
  }

  private get accessControl(): cloudfront.IOriginAccessControl {
    return this.accessControlIfAny ??= createAccessControl(this.scope);
  }

  private get fileCache(): cloudfront.ICachePolicy {
    return this.fileCacheIfAny ??= createFileCache(this.scope);
  }

  private pages({ bucket }: SpaFiles): cloudfront.BehaviorOptions {
    const { contentSecurityPolicy, responseHeaders, strictTransportSecurityMaxAge, pagePaths } = this.settings;
    return fileBehavior(bucketOrigin(bucket, this.accessControl), {
      cachePolicy: this.fileCache,
      responseHeadersPolicy: createPageHeaders(this.scope, { contentSecurityPolicy, strictTransportSecurityMaxAge, further: responseHeaders }),
      functionAssociations: [viewerRequest(this.scope, 'Pages', pageFunction({ pagePaths, filePaths: [HASHED_FILES] }))],
    });
  }

  private backend(backend: SpaBackend): cloudfront.BehaviorOptions {
    return backendBehavior(this.scope, backend._origin(this.scope), createBackendHeaders(this.scope, this.settings.strictTransportSecurityMaxAge));
  }

  private staticFiles({ staticBucket }: FileStorage): Behaviors {
    if (!staticBucket) {
      return {};
    }
    this.readable.push({ bucket: staticBucket, keys: `${STATIC_PREFIX}*` });
    return {
      [STATIC_PATHS]: fileBehavior(bucketOrigin(staticBucket, this.accessControl), {
        cachePolicy: cloudfront.CachePolicy.CACHING_OPTIMIZED,
        responseHeadersPolicy: staticHeaders(this.scope, this.settings.strictTransportSecurityMaxAge),
      }),
    };
  }

  private media({ mediaBucket, staticBucket }: FileStorage, media: SpaMedia): Behaviors {
    // In a bucket of their own, uploads have keys without the prefix.
    const keyPrefix = mediaBucket.bucketName === staticBucket?.bucketName ? MEDIA_PREFIX : '';
    this.readable.push({ bucket: mediaBucket, keys: `${keyPrefix}*` });
    return {
      [MEDIA_PATHS]: fileBehavior(bucketOrigin(mediaBucket, this.accessControl), {
        // Not longer than the object says: what a user deletes is gone.
        cachePolicy: this.fileCache,
        responseHeadersPolicy: createMediaHeaders(this.scope, this.settings.strictTransportSecurityMaxAge),
        trustedKeyGroups: media._keyGroups,
        functionAssociations: [uploadsOnly(this.scope, keyPrefix)],
      }),
    };
  }
}
