import { Annotations, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isDeliveredTo } from './access-logs';
import { SpaDistributionProps } from './spa-distribution-props';

const SECRET_NAME = /secret|passw|private/i;

/** What is legal, and may hurt. */
export function warnAboutRisks(scope: Construct, { config, contentSecurityPolicy, media, storage, accessLogBucket }: SpaDistributionProps): void {
  const telling = Object.keys(config ?? {}).filter((name) => SECRET_NAME.test(name));
  if (telling.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:public-config',
      `everybody can read /config.json, and ${telling.map((name) => `'${name}'`).join(', ')} in 'config' sounds like a secret: leave it out and let the app ask the backend`);
  }
  if (contentSecurityPolicy?._reachesSite === false) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:own-site-refused',
      "'connect-src' in 'contentSecurityPolicy' takes the place of the default and has no 'self', so browsers refuse what the app asks its own site for, /config.json and /api: begin it with 'self'");
  }
  if (media && !media._keyGroups && storage) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:public-uploads',
      `everybody who knows the path of an upload reads it under /media/ from '${storage.node.path}', also what customers uploaded: leave 'media' out for presigned URLs, or use SpaMedia.signed()`);
  }
  const { region } = Stack.of(scope);
  if (!accessLogBucket && !isDeliveredTo(region)) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:no-access-logs',
      `CloudFront delivers no access logs to buckets in ${region}, so there are none: give 'accessLogBucket' in another region if you want them`);
  }
}
