import { SpaDistributionOptions } from '../edge/spa/spa-distribution-props';

/** Single-page app of a `DjangoOnFargate`. */
export interface DjangoSpaOptions extends SpaDistributionOptions {
  /**
   * Paths that Django answers on the app's own name, as CloudFront matches them: `*` stands for any number of characters, `?` for one.
   * The paths of `addService` come beside them, and `/static/*`, which is Django's unless `storage.staticFiles` is `StaticFiles.CLOUDFRONT`. To be left
   * out with a `domain` of the app's own.
   * @default ['/api/*', '/admin', '/admin/*']
   */
  readonly backendPaths?: string[];
}
