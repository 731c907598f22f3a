import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Annotations, ArnFormat, Names, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { visibility, webAclRules } from './firewall-rules';
import { WebAclProps } from './web-acl-props';
import { DEFAULT_LOGIN_PATHS, DEFAULT_UPLOAD_PATHS, WEB_ACL_RULES } from './web-acl-rules';
import { validateProps } from '../private/validation';

/**
 * Web ACL that blocks attacks from the first day and lets Django work: common attacks, known bad inputs, SQL injection,
 * addresses of bad repute, and too many requests or logins from one address. It uses no rule group with extra fees.
 *
 * AWS's rules on bodies (8 KB at most, cross-site scripting, ...) would block uploads and saves in the Django admin.
 * They only count; what they label is blocked everywhere except under `uploadPaths`.
 *
 * Logs go to CloudWatch, with cookies and the `Authorization` header redacted there and in sampled requests. The name of the log
 * group follows the id of the web ACL, so that a group that was retained never stands in the way of a new one.
 *
 * Costs 5 USD a month, 1 USD for each of its 6 or 7 rules, 0.60 USD per million requests, and 0.50 USD per GB of logs.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * const webAcl = new WebAcl(this, 'WebAcl', { uploadPaths: ['/admin/', '/api/documents/'] });
 * new WafProtectedAlb(this, 'Shop', { vpc, existingWebAclArn: webAcl.webAclArn });
 * new WafProtectedAlb(this, 'Blog', { vpc, existingWebAclArn: webAcl.webAclArn });
 */
export class WebAcl extends Construct {
  /** Web ACL as CloudFormation knows it. */
  public readonly resource: wafv2.CfnWebACL;

  /** ARN of the web ACL. */
  public readonly webAclArn: string;

  /** Log group of the web ACL. */
  public readonly logGroup: logs.LogGroup;

  private readonly metricName: string;

  public constructor(scope: Construct, id: string, props: WebAclProps = {}) {
    super(scope, id);
    validateProps(this, 'WebAcl', props, WEB_ACL_RULES);

    const uploadPaths = props.uploadPaths ?? DEFAULT_UPLOAD_PATHS;
    const loginPaths = props.loginPaths ?? DEFAULT_LOGIN_PATHS;
    const rateLimit = props.rateLimit ?? 2000;
    const loginRateLimit = props.loginRateLimit ?? 100;
    const logRetention = props.logRetention ?? logs.RetentionDays.THREE_MONTHS;
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

    if (uploadPaths.includes('/')) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:upload-paths',
        '\'uploadPaths\' holds "/", so no body of any request is checked for attacks: give only the paths that take uploads or rich text');
    }

    this.metricName = Names.uniqueResourceName(this, { maxLength: 128 });
    this.resource = new wafv2.CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      rules: webAclRules({ uploadPaths, loginPaths, rateLimit, loginRateLimit }),
      visibilityConfig: visibility(this.metricName),
      // Redaction of logs does not reach sampled requests; this does.
      dataProtectionConfig: {
        dataProtections: [{ action: 'SUBSTITUTION', field: { fieldType: 'SINGLE_HEADER', fieldKeys: ['authorization', 'cookie'] } }],
      },
    });
    this.webAclArn = this.resource.attrArn;
    this.logGroup = this.createLogs(logRetention, removalPolicy);
  }

  /**
   * Number of requests that this web ACL blocked.
   * @param options how to read the metric; the sum of five minutes when left out
   */
  public metricBlockedRequests(options: cloudwatch.MetricOptions = {}): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: this.metricName, Region: Stack.of(this).region, Rule: 'ALL' },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    });
  }

  private createLogs(retention: logs.RetentionDays, removalPolicy: RemovalPolicy): logs.LogGroup {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      // AWS WAF forces the prefix. The id is new with each web ACL.
      logGroupName: `aws-waf-logs-${this.resource.attrId}`,
      retention,
      removalPolicy,
    });
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.webAclArn,
      // The ARN of a log group as CDK knows it ends with ':*', which AWS WAF does not document.
      logDestinationConfigs: [Stack.of(this).formatArn({
        service: 'logs', resource: 'log-group', resourceName: logGroup.logGroupName, arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      })],
      // CDK passes these on as they are, so they are spelt as in CloudFormation.
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
    });
    return logGroup;
  }
}
