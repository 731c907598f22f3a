import * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { MaintenanceOptions } from './maintenance-props';
import { RequiredHeader } from './required-header-props';
import { WebAclLogs } from './web-acl-logs';
import { WebAclMode } from './web-acl-mode';
import { WebAclScope } from './web-acl-scope';

/** Settings of a web ACL that lets Django work. */
export interface WebAclOptions {
  /**
   * What happens to requests that look like attacks or come too often.
   * @default WebAclMode.BLOCK
   */
  readonly mode?: WebAclMode;

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

  /**
   * Rules of AWS's groups that only count, by their names, e.g. `['NoUserAgent_HEADER', 'RestrictedExtensions_URIPATH']` for devices without that header
   * and files named `*.log`. A rule on bodies that is named here does not block outside `uploadPaths` either.
   *
   * **WARNING**: what a rule would have stopped reaches the application, everywhere. For some paths only, give a rule of your own that lets them through.
   *
   * @default - every rule blocks, those on bodies except under `uploadPaths`
   * @see https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
   */
  readonly countedRules?: string[];

  /**
   * Ranges of IPv4 and IPv6 addresses that reach `adminPaths`, e.g. `['203.0.113.0/24', '2001:db8::/32']`; all others are blocked there.
   * @default - everybody reaches the admin, which asks for a password
   */
  readonly adminAllowList?: string[];

  /**
   * Beginnings of the paths that `adminAllowList` guards.
   * @default ['/admin/']
   */
  readonly adminPaths?: string[];

  /**
   * Countries that are let in and no others, as two-letter codes of ISO 3166, e.g. `['DE', 'AT', 'CH']`. Not together with `blockedCountries`.
   * @default - all countries
   */
  readonly allowedCountries?: string[];

  /**
   * Countries that are kept out, as two-letter codes of ISO 3166.
   * @default - none
   */
  readonly blockedCountries?: string[];

  /**
   * Maintenance of the site: every request is answered with the status 503 and a page. Remove it to open the site again.
   * Health checks of load balancers do not pass the firewall, so the application's tasks stay in service.
   * @default - the site is open
   */
  readonly maintenance?: MaintenanceOptions;

  /**
   * Rules of your own. Priorities from 10 to 999 come before the rules that look for attacks, and from 1601 after them; those rules have
   * 1000 (bad addresses), 1100 and 1200 (rate limits), 1300, 1400 and 1500 (attacks) and 1600 (bodies). 0 to 9 are kept for what was asked for by name.
   * @default - none
   */
  readonly rules?: wafv2.CfnWebACL.RuleProperty[];

  /**
   * Where the logs go.
   * @default WebAclLogs.cloudWatch()
   */
  readonly logs?: WebAclLogs;
}

/** Props of `WebAcl`. */
export interface WebAclProps extends WebAclOptions {
  /**
   * Kind of resource that the web ACL protects. **WARNING**: a change replaces the web ACL.
   * @default WebAclScope.REGIONAL
   */
  readonly scope?: WebAclScope;

  /**
   * Header with the address of the client, where requests come through a proxy that sets it, such as CloudFront: rate limits, address ranges and countries
   * go by it. Requests without it are blocked. The list of bad addresses, which knows no header, is left out: it belongs to a web ACL at the proxy.
   *
   * **WARNING**: the proxy must overwrite what the client sends under this name, and there must be no way around the proxy.
   *
   * @default - the address that the connection comes from
   */
  readonly clientAddressHeader?: string;

  /**
   * Header that every request must have; others are blocked.
   * @default - none
   */
  readonly requiredHeader?: RequiredHeader;

  /**
   * Time for which logs in CloudWatch are kept.
   * @default logs.RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What happens to logs in CloudWatch when the stack is deleted.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}
