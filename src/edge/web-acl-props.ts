import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';

/** Settings of a web ACL that lets Django work. */
export interface WebAclOptions {
  /**
   * Beginnings of paths that take uploads, rich text or long forms. Everywhere else a body is blocked that is longer
   * than 8 KB or looks like cross-site scripting, file inclusion or SQL injection; here it is only counted.
   *
   * **WARNING**: the application alone guards these paths against what bodies hold. Every other check
   * still applies to them.
   *
   * @default ['/admin/']
   */
  readonly uploadPaths?: string[];

  /**
   * Beginnings of paths that take passwords. `POST` requests to them are held to `loginRateLimit`; an empty list leaves that out.
   * @default ['/admin/login/', '/accounts/login/']
   */
  readonly loginPaths?: string[];

  /**
   * Requests that one IP address may make in five minutes, 10 to 2,000,000,000. More get the status 429.
   * @default 2000
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html
   */
  readonly rateLimit?: number;

  /**
   * Requests with a password that one IP address may make in five minutes, 10 to 2,000,000,000. More get the status 429.
   * @default 100
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html
   */
  readonly loginRateLimit?: number;
}

/** Props of `WebAcl`. */
export interface WebAclProps extends WebAclOptions {
  /**
   * Time for which the logs are kept.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to the logs when the stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
