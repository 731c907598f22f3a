import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DjangoOnFargateProps } from './django-on-fargate-props';
import { FileStorage } from '../backing-services/storage/file-storage';
import { StaticFiles } from '../backing-services/storage/file-storage-props';
import { covers } from '../edge/load-balancer/routes/path-pattern';
import { servesStaticFilesItself, STATIC_PATHS } from '../edge/spa/cache-behaviors';
import { isOf } from '../private/shapes';
import { show } from '../private/validation';

/** Warns where pages link to static files of the image on a path that their service does not get. A front end may have files of its own there. */
export function warnAboutStaticPath(scope: Construct, { web, storage }: DjangoOnFargateProps): void {
  const existing = isOf({ member: 'mediaBucket' }, storage?.existing) ? storage?.existing as FileStorage : undefined;
  const inImage = storage?.staticFiles === StaticFiles.IN_IMAGE || servesStaticFilesItself(existing);
  if (inImage && web?.paths && !web.paths.some((pattern) => covers(pattern, STATIC_PATHS))) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:static-path',
      `'web.paths' has no ${show(STATIC_PATHS)}, where STATIC_URL leads to, and the static files are in the image (StaticFiles.IN_IMAGE): pages such as the admin come without style sheets. ` +
      `Add ${show(STATIC_PATHS)}; or leave '/static/' to the front end and let StaticFiles.CLOUDFRONT publish Django's files`);
  }
}
