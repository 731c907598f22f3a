import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { ArnFormat, Duration, Names, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { createAddressSets } from './address-sets';
import { allowWafLogs } from './log-delivery';
import { DEFAULT_MAINTENANCE_PAGE, MAINTENANCE_PAGE_KEY } from './maintenance-page';
import { attackRules } from './waf-rules/attack-rules';
import { visibility, WafRule } from './waf-rules/numbered-rule';
import { requestedRules } from './waf-rules/requested-rules';
import { inLowerCase, singleHeader } from './waf-rules/statements';
import { WebAclMode } from './web-acl-mode';
import { WebAclProps } from './web-acl-props';
import { DEFAULT_ADMIN_PATHS, DEFAULT_LOGIN_PATHS, DEFAULT_UPLOAD_PATHS, webAclPropsRules } from './web-acl-rules';
import { WebAclScope } from './web-acl-scope';
import { warnOfWebAcl } from './web-acl-warnings';
import { validateProps } from '../../private/validation';
import { GLOBAL_REGION } from '../domain/global-stack';

const SECRET_HEADERS = ['authorization', 'cookie'];

/**
 * Web ACL that blocks attacks from the first day and lets Django work: common attacks, known bad inputs, SQL injection,
 * addresses of bad repute, and too many requests or logins from one address. It uses no rule group with extra fees.
 *
 * AWS's rules on bodies (8 KB at most, cross-site scripting, ...) would block uploads and saves in the Django admin.
 * They only count; what they label is blocked everywhere except under `uploadPaths`.
 *
 * Logs go to CloudWatch or to a bucket, with cookies and the `Authorization` header redacted there and in sampled requests. The name of the log
 * group follows the id of the web ACL, so that a group that was retained never stands in the way of a new one.
 *
 * Costs 5 USD a month, 1 USD for each rule (6 or 7, and one for each further option), 0.60 USD per million requests, and 0.50 USD per GB of logs.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * const webAcl = new WebAcl(this, 'WebAcl', { uploadPaths: ['/admin/', '/api/documents/'], adminAllowList: ['203.0.113.0/24'] });
 * new WafProtectedAlb(this, 'Shop', { vpc, existingWebAclArn: webAcl.webAclArn });
 * new WafProtectedAlb(this, 'Blog', { vpc, existingWebAclArn: webAcl.webAclArn });
 */
export class WebAcl extends Construct {
  /** Web ACL as CloudFormation knows it. */
  public readonly resource: wafv2.CfnWebACL;

  /** ARN of the web ACL. */
  public readonly webAclArn: string;

  /** Log group of the web ACL; absent where the logs go to a bucket. */
  public readonly logGroup?: logs.LogGroup;

  private readonly metricName: string;
  private readonly scope: WebAclScope;

  public constructor(scope: Construct, id: string, props: WebAclProps = {}) {
    super(scope, id);
    props = validateProps(this, 'WebAcl', props, webAclPropsRules(Stack.of(this).region));

    this.scope = props.scope ?? WebAclScope.REGIONAL;
    const logRetention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const logBucket = props.logs?._bucket;
    const secretHeaders = [...SECRET_HEADERS, ...props.requiredHeader ? [inLowerCase(props.requiredHeader.name)] : []];
    const rules = [...this.requestedRules(props), ...this.attackRules(props), ...props.rules ?? []];
    warnOfWebAcl(this, props, rules);

    this.metricName = Names.uniqueResourceName(this, { maxLength: 128 });
    this.resource = new wafv2.CfnWebACL(this, 'Resource', {
      scope: this.scope,
      defaultAction: { allow: {} },
      rules,
      customResponseBodies: props.maintenance && {
        [MAINTENANCE_PAGE_KEY]: { contentType: 'TEXT_HTML', content: props.maintenance.html ?? DEFAULT_MAINTENANCE_PAGE },
      },
      visibilityConfig: visibility(this.metricName),
      // Redaction of logs does not reach sampled requests; this does.
      dataProtectionConfig: {
        dataProtections: [{ action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: secretHeaders } }],
      },
    });
    this.webAclArn = this.resource.attrArn;
    this.logGroup = logBucket ? undefined : this.createLogGroup(logRetention, removalPolicy);
    this.writeLogs(secretHeaders, logBucket);
  }

  /**
   * Number of requests that this web ACL blocked.
   * @param options how to read the metric; the sum of five minutes when left out
   */
  public metricBlockedRequests(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('BlockedRequests', options);
  }

  /**
   * Number of requests that rules of this web ACL matched and only counted: with `WebAclMode.COUNT`, what would have been blocked.
   * @param options how to read the metric; the sum of five minutes when left out
   */
  public metricCountedRequests(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return this.metric('CountedRequests', options);
  }

  private metric(metricName: string, options: cloudwatch.MetricOptions): cloudwatch.Metric {
    const everywhere = { WebACL: this.metricName, Rule: 'ALL' };
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName,
      statistic: cloudwatch.Stats.SUM,
      ...this.scope === WebAclScope.CLOUDFRONT
        ? { dimensionsMap: everywhere, region: GLOBAL_REGION }
        : { dimensionsMap: { ...everywhere, Region: Stack.of(this).region } },
      ...options,
    });
  }

  private requestedRules(props: WebAclProps): WafRule[] {
    const { requiredHeader, clientAddressHeader, maintenance, allowedCountries, blockedCountries, adminAllowList } = props;
    return requestedRules({
      requiredHeader,
      clientAddressHeader,
      allowedCountries,
      blockedCountries,
      maintenance: maintenance && {
        retryAfter: maintenance.retryAfter ?? Duration.minutes(10),
        bypassIpSets: createAddressSets(this, 'BypassAddresses', this.scope, maintenance.bypass ?? []),
      },
      admin: adminAllowList && {
        paths: props.adminPaths ?? DEFAULT_ADMIN_PATHS,
        ipSets: createAddressSets(this, 'AdminAddresses', this.scope, adminAllowList),
      },
    });
  }

  private attackRules(props: WebAclProps): WafRule[] {
    return attackRules({
      mode: props.mode ?? WebAclMode.BLOCK,
      uploadPaths: props.uploadPaths ?? DEFAULT_UPLOAD_PATHS,
      loginPaths: props.loginPaths ?? DEFAULT_LOGIN_PATHS,
      rateLimit: props.rateLimit ?? 2000,
      loginRateLimit: props.loginRateLimit ?? 100,
      countedRules: props.countedRules ?? [],
      clientAddressHeader: props.clientAddressHeader,
    });
  }

  private createLogGroup(retention: logs.RetentionDays, removalPolicy: RemovalPolicy): logs.LogGroup {
    return new logs.LogGroup(this, 'Logs', {
      // AWS WAF forces the prefix. The id is new with each web ACL.
      logGroupName: `aws-waf-logs-${this.resource.attrId}`,
      retention,
      removalPolicy,
    });
  }

  private writeLogs(secretHeaders: string[], bucket?: s3.IBucket): void {
    const logging = new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAclArn,
      // The ARN of a log group as CDK knows it ends with ':*', which AWS WAF does not document.
      logDestinationConfigs: [bucket?.bucketArn ?? Stack.of(this).formatArn({
        service: 'logs', resource: 'log-group', resourceName: this.logGroup!.logGroupName, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      })],
      redactedFields: secretHeaders.map(singleHeader),
    });
    if (bucket) {
      logging.node.addDependency(...allowWafLogs(this, bucket));
    }
  }
}
