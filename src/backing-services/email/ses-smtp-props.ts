import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';

/**
 * What the world shall do with mail that claims to come from the domain and proves it neither by DKIM nor by SPF.
 */
export enum DmarcPolicy {
  /** Delivers it and only reports: to begin with. */
  NONE = 'NONE',

  /** Puts it with the spam. **WARNING**: also mail of other services that send for the domain without DKIM. */
  QUARANTINE = 'QUARANTINE',

  /** Refuses it. **WARNING**: also mail of other services that send for the domain without DKIM. */
  REJECT = 'REJECT',

  /** The domain has a DMARC record already: none is made. */
  EXISTING = 'EXISTING',
}

/** Options for the rotation of SMTP credentials. */
export interface SmtpRotationOptions {
  /**
   * Time between two rotations, 1 to 1,000 whole days. The former credentials stay valid until the next rotation: a task that runs
   * longer than this time may lose the right to send. Deploy more often, or use a `RegularRollout`.
   * @default Duration.days(90)
   */
  readonly automaticallyAfter?: Duration;
}

/** Options for a way to the SMTP server for tasks without internet. */
export interface SmtpEndpointOptions {
  /** Network of the tasks. */
  readonly vpc: ec2.IVpc;

  /**
   * Subnets of the endpoint, one in each zone. SES has no endpoints in the zones use1-az2, use1-az3, use1-az5, usw1-az2, usw2-az4,
   * apne2-az4, cac1-az3 and cac1-az4: choose subnets elsewhere; tasks in those zones use it too.
   * @default - the private subnets, else the isolated ones
   * @see https://docs.aws.amazon.com/ses/latest/dg/send-email-set-up-vpc-endpoints.html
   */
  readonly subnets?: ec2.SubnetSelection;
}

/** Options of a `SesSmtp`. */
export interface SesSmtpOptions {
  /**
   * Address of the sender, `shop@example.com` or `Shop <shop@example.com>`; Django's `DEFAULT_FROM_EMAIL`. It lies in the
   * identity's domain. Nothing can be sent from other addresses: set Django's `SERVER_EMAIL` to it too. A token is an address alone.
   */
  readonly fromAddress: string;

  /**
   * Further addresses that may be senders, without display names.
   * @default - none
   */
  readonly additionalFromAddresses?: string[];

  /**
   * Domain to send from, for which an identity is made. **WARNING**: a change makes a new identity, whose DNS records must be found first.
   *
   * The deployment fails when the account has an identity for it in this region already: give that one as `identityName`.
   *
   * @default - the name of the hosted zone, else the domain of `fromAddress`
   */
  readonly domainName?: string;

  /**
   * Public hosted zone of the domain, in which the records for DKIM, MAIL FROM and DMARC are made.
   * @default - stack outputs say what to enter at your DNS provider
   */
  readonly hostedZone?: route53.IHostedZone;

  /**
   * Identity that the account has in this region already: a domain or an address. Its DNS stays as it is.
   * @default - a new identity
   */
  readonly identityName?: string;

  /**
   * Configuration set that is the default of the identity `identityName`: SES lets nobody send without the right on it.
   * @default - a new configuration set; with `identityName`, a stack output has the command that makes it the identity's default
   */
  readonly configurationSetName?: string;

  /**
   * Further identities of the account on which the right to send is given: in the sandbox SES demands it on the identity of each
   * recipient, and on an address that is verified beside its domain. Still only the sender's addresses may be senders.
   * @default - none
   */
  readonly furtherIdentities?: string[];

  /**
   * Subdomain for the envelope's sender (MAIL FROM), so that SPF passes for the domain. It must not receive other mail.
   *
   * **WARNING**: after a change the records of the former one stay, unless `removalPolicy` is `DESTROY`. Delete them by hand before you go
   * back to it: the deployment fails on records that are there already.
   *
   * @default 'mail'
   * @see https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
   */
  readonly mailFromSubdomain?: string;

  /**
   * What the world shall do with mail that fails DKIM and SPF.
   * @default DmarcPolicy.NONE
   */
  readonly dmarcPolicy?: DmarcPolicy;

  /**
   * Address that gets the daily DMARC reports. One in another domain gets them only if a record of that domain agrees.
   * @default - nobody
   */
  readonly dmarcReportAddress?: string;

  /**
   * Topic that is told of each bounce, complaint and rejected mail. One that is encrypted by a KMS key must let `ses.amazonaws.com` use the key.
   * @default - a new topic; subscribe to `feedbackTopic`
   */
  readonly feedbackTopic?: sns.ITopic;

  /**
   * Rotation of the credentials. Running tasks keep sending with the former ones; new tasks get the new ones.
   * @default - none
   */
  readonly rotation?: SmtpRotationOptions;

  /**
   * Port of the server: 587 or 2587, encrypted by STARTTLS (`EMAIL_USE_TLS`), or 465 or 2465, encrypted from the first byte
   * (`EMAIL_USE_SSL`). AWS blocks port 25.
   * @default 587
   */
  readonly port?: number;

  /**
   * An `email-smtp` endpoint that the network has already, for tasks without internet; processes are let in. A network takes one with its own DNS.
   * @default - none; in `DjangoOnFargate` a new endpoint where the tasks have no internet
   */
  readonly existingVpcEndpoint?: ec2.IInterfaceVpcEndpoint;

  /**
   * What happens to the identity, its DNS records, the configuration set, the new topic and the log group when they are removed from the
   * stack. Other senders of the domain need the first three. The user, its keys and the secret always go.
   *
   * After they were kept, define the construct again with `identityName` and `configurationSetName`: the kept configuration set stays the
   * identity's default, and SES lets nobody send without the right on it.
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE; in `DjangoOnFargate` as the profile says
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * Time that the log lines of the handler are kept.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * What stands before each name of a variable, for a further mail server, e.g. `NEWSLETTER_`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}

/** Properties of a `SesSmtp`. */
export interface SesSmtpProps extends SesSmtpOptions {
  /**
   * A new `email-smtp` endpoint, for tasks without internet. It costs about 7 USD per zone and month.
   * @default - the tasks reach SES over the internet
   */
  readonly vpcEndpoint?: SmtpEndpointOptions;
}
