import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { Duration, Lazy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SpaBackend } from './spa-backend';
import { mediaFunction, VIEWER_ADDRESS_FUNCTION } from './viewer-functions';
import { FileStorage } from '../../backing-services/storage/file-storage';
import { bySpecificity, covers } from '../load-balancer/routes/path-pattern';
import { nameInRegion } from '../name-in-region';

/** Path that Django's static files have on the site. */
export const STATIC_PATHS = '/static/*';
/** Path that uploads have on the site. */
export const MEDIA_PATHS = '/media/*';

/** What Django answers where nothing else is said. */
const BACKEND_PATHS = ['/api/*', '/admin', '/admin/*'];

/** Errors that CloudFront would store for ten seconds and show to the next who asks, whatever cookies they come with. */
const ERRORS = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];

/** Whether static files are in the backend's image. */
export function servesStaticFilesItself(storage: FileStorage | undefined): boolean {
  return storage !== undefined && storage.staticBucket === undefined;
}

/** The patterns that the backend answers. With its static files in the image, `/static/` is what it was told to link to, whichever paths were given. */
export function backendPaths({ _paths, _furtherPaths }: SpaBackend, staticFilesToo: boolean): string[] {
  const paths = _paths ?? BACKEND_PATHS;
  const further = [...staticFilesToo ? [STATIC_PATHS] : [], ..._furtherPaths];
  return [...paths, ...further.filter((path) => !paths.some((pattern) => covers(pattern, path)))];
}

/** Puts the behaviors of a distribution with the patterns that say most first, also those that come later: CloudFront takes the first one that fits. */
export function sortBehaviors(distribution: cloudfront.Distribution): void {
  const resource = distribution.node.defaultChild as cloudfront.CfnDistribution;
  const config = resource.distributionConfig as cloudfront.CfnDistribution.DistributionConfigProperty;
  resource.distributionConfig = {
    ...config,
    cacheBehaviors: Lazy.uncachedAny({
      produce: (context) => (context.resolve(config.cacheBehaviors) as cloudfront.CfnDistribution.CacheBehaviorProperty[] | undefined)
        ?.sort((one, other) => bySpecificity(one.pathPattern, other.pathPattern)),
    }),
  };
}

/** How long CloudFront keeps a file is what the object in the bucket says; it asks S3 again for each that says nothing. */
export function createFileCache(scope: Construct): cloudfront.CachePolicy {
  return new cloudfront.CachePolicy(scope, 'FileCache', {
    cachePolicyName: nameInRegion(scope, 'FileCache'),
    comment: 'As long as the object says',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: Duration.days(365),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });
}

/** Errors keep their own bodies and are not stored: an API's 404 stays JSON, and one user's 403 is not another's. */
export function uncachedErrors(): cloudfront.ErrorResponse[] {
  return ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) }));
}

/**
 * Everything goes to the backend as it comes, and no answer is stored. Nor does CloudFront give the answer to one request to others that come at the same
 * time, as it does otherwise: not where it hands cookies on.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes
 */
export function backendBehavior(
  scope: Construct, origin: cloudfront.IOrigin, responseHeadersPolicy: cloudfront.IResponseHeadersPolicy,
): cloudfront.BehaviorOptions {
  return {
    origin,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
    cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
    originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
    responseHeadersPolicy,
    compress: false,
    functionAssociations: [viewerRequest(scope, 'ViewerAddress', VIEWER_ADDRESS_FUNCTION)],
  };
}

/** Files of a bucket, for reading only. Nothing of a request but its path reaches S3: no cookies, no query. */
export function fileBehavior(origin: cloudfront.IOrigin, settings: Omit<cloudfront.BehaviorOptions, 'origin'>): cloudfront.BehaviorOptions {
  return {
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    allowedMethods: cloudfront.AllowedMethods.ALLOW_GET_HEAD,
    compress: true,
    origin,
    ...settings,
  };
}

/** Uploads by the keys that they have in their bucket, and not as scripts of the site. */
export function uploadsOnly(scope: Construct, keyPrefix: string): cloudfront.FunctionAssociation {
  return viewerRequest(scope, 'Uploads', mediaFunction(MEDIA_PATHS.slice(0, -1), keyPrefix));
}

/** A function that runs on each request before the cache is asked. */
export function viewerRequest(scope: Construct, id: string, code: string): cloudfront.FunctionAssociation {
  return {
    eventType: cloudfront.FunctionEventType.VIEWER_REQUEST,
    function: new cloudfront.Function(scope, id, {
      code: cloudfront.FunctionCode.fromInline(code),
      runtime: cloudfront.FunctionRuntime.JS_2_0,
    }),
  };
}
