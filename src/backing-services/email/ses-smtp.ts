import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ses from 'aws-cdk-lib/aws-ses';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Annotations, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { addressOf } from './email-address';
import { createIdentity, publishRecords } from './email-identity';
import { handOver, isEncryptedFromStart } from './email-variables';
import { ExistingSmtpServer } from './existing-smtp-server';
import { createConfigurationSet, createFeedbackTopic, publishFeedback } from './mail-feedback';
import { DmarcPolicy, SesSmtpProps } from './ses-smtp-props';
import { DEFAULT_MAIL_FROM, DEFAULT_PORT, hasKnownSmtpServer, identityOf, SES_SMTP_RULES, SMTP_REGIONS } from './ses-smtp-rules';
import { SmtpCredentials } from './smtp-credentials';
import { admitToEndpoint, SmtpEndpoint } from './smtp-endpoint';
import { SmtpEncryption, SmtpServerProps } from './smtp-server-props';
import { IBackingService } from '../../config/backing-service';
import { IProcess } from '../../config/process';
import { requireGrantee } from '../../private/grantee';
import { given, withoutNulls } from '../../private/options';
import { validateProps } from '../../private/validation';

const DEFAULT_ROTATION = Duration.days(90);

/**
 * Mail by the SMTP server of SES: a domain that proves its mail by DKIM, SPF and DMARC, and credentials that may send from its sender only.
 *
 * The access key is made, turned into the SMTP password and written to Secrets Manager by a handler; it never passes through CloudFormation.
 * Neither the sandbox nor DNS records that are not found yet hold a deployment up: stack outputs say what is left to do. SES costs 0.10 USD for
 * 1,000 mails, the secret 0.40 USD a month.
 *
 * SES delivers over TLS to every server that takes it, and in plain text to the few that do not, so that no order confirmation is lost. To keep
 * such mail back instead, set `deliveryOptions: { tlsPolicy: 'REQUIRE' }` on the `CfnConfigurationSet` of `configurationSet`.
 *
 * @example
 *
 * const mail = new SesSmtp(this, 'Mail', {
 *   fromAddress: 'Shop <shop@example.com>',
 *   hostedZone: route53.HostedZone.fromLookup(this, 'Zone', { domainName: 'example.com' }),
 *   rotation: {},
 * });
 */
export class SesSmtp extends Construct implements IBackingService {
  /**
   * Another SMTP server, e.g. `smtp.gmail.com`, whose password is in Secrets Manager already. Makes no resources.
   * @param scope where the import of the secret is made
   * @param id id of the server
   * @param props where it is and where its password is
   */
  public static fromSmtpServer(scope: Construct, id: string, props: SmtpServerProps): IBackingService {
    return new ExistingSmtpServer(scope, id, props);
  }

  /** Domain or address that is sent from. */
  public readonly identityName: string;

  /** Identity that was made; absent with `identityName`. */
  public readonly identity?: ses.EmailIdentity;

  /** Configuration set of the identity. */
  public readonly configurationSet: ses.IConfigurationSet;

  /** Topic that is told of bounces, complaints and rejected mail; absent with `configurationSetName`. */
  public readonly feedbackTopic?: sns.ITopic;

  /** User of IAM that sends. Its access keys are the handler's. */
  public readonly user: iam.User;

  /** Secret with the credentials: `username`, `password`, `host`, `port`. Its values stand there when the stack is deployed. */
  public readonly secret: secretsmanager.Secret;

  /** Function that makes the credentials and rotates them. */
  public readonly handler: lambda.Function;

  /** Log group of the handler. */
  public readonly handlerLogs: logs.LogGroup;

  /** Host name of the server. */
  public readonly host: string;

  /** Port of the server. */
  public readonly port: number;

  /** Time between two rotations of the credentials; absent without `rotation`. */
  public readonly credentialsRotateAfter?: Duration;

  /** Endpoint of SES in the network, new or given; absent where mail goes over the internet. */
  public readonly vpcEndpoint?: ec2.IInterfaceVpcEndpoint;

  private readonly fromAddress: string;
  private readonly variablePrefix?: string;
  private readonly senders: string[];
  private readonly sendingIdentities: string[];
  private readonly credentials: SmtpCredentials;

  public constructor(scope: Construct, id: string, props: SesSmtpProps) {
    super(scope, id);
    const { region, urlSuffix } = Stack.of(this);
    validateProps(this, 'SesSmtp', props, SES_SMTP_RULES);

    props = withoutNulls(props);
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    this.identityName = identityOf(props);
    this.fromAddress = props.fromAddress;
    this.variablePrefix = props.variablePrefix;
    this.host = `email-smtp.${region}.${urlSuffix}`;
    this.port = props.port ?? DEFAULT_PORT;
    this.senders = [addressOf(props.fromAddress), ...props.additionalFromAddresses ?? []];
    this.sendingIdentities = [this.identityName, ...props.furtherIdentities ?? []];

    this.credentialsRotateAfter = props.rotation && (props.rotation.automaticallyAfter ?? DEFAULT_ROTATION);

    this.configurationSet = props.configurationSetName
      ? ses.ConfigurationSet.fromConfigurationSetName(this, 'ConfigurationSet', props.configurationSetName)
      : createConfigurationSet(this, removalPolicy);
    this.feedbackTopic = props.configurationSetName ? undefined : props.feedbackTopic ?? createFeedbackTopic(this, removalPolicy);
    if (this.feedbackTopic) {
      publishFeedback(this, this.configurationSet, this.feedbackTopic, removalPolicy);
    }
    this.identity = props.identityName ? undefined : this.createIdentity(props, removalPolicy);
    this.credentials = new SmtpCredentials(this, 'Smtp', {
      host: this.host,
      port: this.port,
      statements: this.sendingStatements(['ses:SendRawEmail']),
      rotateAfter: this.credentialsRotateAfter,
      logRetention: props.logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy,
    });
    ({ user: this.user, secret: this.secret, handler: this.handler, handlerLogs: this.handlerLogs } = this.credentials);
    this.vpcEndpoint = props.existingVpcEndpoint ?? (props.vpcEndpoint && new SmtpEndpoint(this, 'VpcEndpoint', props.vpcEndpoint).endpoint);
    this.outputWhatIsLeft(props);
    this.warnAboutRegion(region);
  }

  public attachTo(process: IProcess): void {
    handOver(process, {
      host: this.host,
      port: this.port,
      encryption: isEncryptedFromStart(this.port) ? SmtpEncryption.TLS : SmtpEncryption.STARTTLS,
      fromAddress: this.fromAddress,
      username: ecs.Secret.fromSecretsManager(this.secret, 'username'),
      password: ecs.Secret.fromSecretsManager(this.secret, 'password'),
      prefix: this.variablePrefix,
      peer: this.vpcEndpoint?.connections.securityGroups[0],
    });
    if (this.vpcEndpoint) {
      admitToEndpoint(this.vpcEndpoint, process, this.port);
    }
    process.startAfter(this.credentials.ready);
  }

  /**
   * Lets somebody send by the API of SES, without a password: from the same senders, with the same configuration set.
   * @param grantee who gets the right
   */
  public grantSendEmail(grantee: iam.IGrantable): iam.Grant {
    requireGrantee(this, 'SesSmtp', grantee);
    const [send, configure] = this.sendingStatements(['ses:SendEmail', 'ses:SendRawEmail']).map(({ actions, resources, conditions }) =>
      iam.Grant.addToPrincipal({ grantee, actions, resourceArns: resources, conditions }));
    return send.combine(configure);
  }

  /**
   * Share of mail that bounced, 0 to 1, of the account in this region: AWS looks into it from 0.05 and may stop sending from 0.1.
   * @param options what differs from an average over an hour
   * @see https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
   */
  public metricBounceRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Reputation.BounceRate', options);
  }

  /**
   * Share of mail that recipients complained of, 0 to 1, of the account in this region: AWS looks into it from 0.001 and may stop sending from 0.005.
   * @param options what differs from an average over an hour
   * @see https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
   */
  public metricComplaintRate(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric('Reputation.ComplaintRate', options);
  }

  private createIdentity(props: SesSmtpProps, removalPolicy: RemovalPolicy): ses.EmailIdentity {
    const settings = {
      domainName: this.identityName,
      mailFromDomain: `${props.mailFromSubdomain ?? DEFAULT_MAIL_FROM}.${this.identityName}`,
      dmarcPolicy: props.dmarcPolicy ?? DmarcPolicy.NONE,
      dmarcReportAddress: props.dmarcReportAddress,
    };
    const identity = createIdentity(this, settings, this.configurationSet);
    identity.applyRemovalPolicy(removalPolicy);
    publishRecords(this, identity, settings, props.hostedZone).forEach((record) => record.applyRemovalPolicy(removalPolicy));
    return identity;
  }

  /** SES asks for the right on the identities and, apart from that, on the configuration set. The latter alone sends nothing. */
  private sendingStatements(actions: string[]): iam.PolicyStatement[] {
    const stack = Stack.of(this);
    const arn = (resource: string, resourceName: string) => stack.formatArn({ service: 'ses', resource, resourceName });
    return [
      new iam.PolicyStatement({
        actions,
        resources: this.sendingIdentities.map((name) => arn('identity', name)),
        // The address without the display name. The case of a sender is the application's affair.
        conditions: { StringEqualsIgnoreCase: { 'ses:FromAddress': this.senders } },
      }),
      new iam.PolicyStatement({ actions, resources: [arn('configuration-set', this.configurationSet.configurationSetName)] }),
    ];
  }

  private outputWhatIsLeft(props: SesSmtpProps): void {
    const { region } = Stack.of(this);
    if (props.identityName && !props.configurationSetName) {
      new CfnOutput(this, 'UseConfigurationSet', {
        description: 'Run once, so that feedback on mail of the identity arrives: makes the new configuration set the default of the identity',
        value: `aws sesv2 put-email-identity-configuration-set-attributes --region ${region} --email-identity ${this.identityName} ` +
          `--configuration-set-name ${this.configurationSet.configurationSetName}`,
      });
    }
    new CfnOutput(this, 'ProductionAccess', {
      description: 'Run once for each account and region: until AWS agrees, SES sends to verified addresses only (sandbox). State: aws sesv2 get-account',
      value: `aws sesv2 put-account-details --region ${region} --production-access-enabled --mail-type TRANSACTIONAL --website-url <URL of your site>`,
    });
  }

  private warnAboutRegion(region: string): void {
    if (!hasKnownSmtpServer(region)) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:smtp-region',
        `The region of the stack, ${region}, is not known to have an SMTP server of SES, and without one the deployment fails. ` +
        `Use one of ${SMTP_REGIONS.join(', ')}, or a server elsewhere by SesSmtp.fromSmtpServer(...), unless AWS has added it since.`);
    }
  }

  private metric(metricName: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: 'AWS/SES', metricName, period: Duration.hours(1), statistic: cloudwatch.Stats.AVERAGE, ...given(options) })
      .attachTo(this);
  }
}
