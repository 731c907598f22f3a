import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

/**
 * How the connection to an SMTP server is encrypted.
 */
export enum SmtpEncryption {
  /** Begins in plain text and is then encrypted: Django's `EMAIL_USE_TLS`. */
  STARTTLS = 'STARTTLS',

  /** Is encrypted from the first byte: Django's `EMAIL_USE_SSL`. */
  TLS = 'TLS',

  /** Is not encrypted. **WARNING**: everybody on the way reads the mail and the password. */
  NONE = 'NONE',
}

/** Properties of an SMTP server that is there already. */
export interface SmtpServerProps {
  /** Host name of the server, e.g. `smtp.gmail.com`. */
  readonly host: string;

  /** Address of the sender, `shop@example.com` or `Shop <shop@example.com>`; Django's `DEFAULT_FROM_EMAIL`. */
  readonly fromAddress: string;

  /**
   * Port of the server. AWS blocks port 25 to the internet.
   * @default 587
   */
  readonly port?: number;

  /**
   * How the connection is encrypted.
   * @default - `TLS` on the ports 465 and 2465, otherwise `STARTTLS`
   */
  readonly encryption?: SmtpEncryption;

  /**
   * Name of the secret in Secrets Manager, in the stack's account and region, that holds user and password as JSON.
   * @default - as `secret` says
   */
  readonly secretName?: string;

  /**
   * Secret that holds user and password as JSON, where you have it as a construct.
   * @default - as `secretName` says; without either the server takes mail without a password
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * Key of the user inside the JSON.
   * @default 'username'
   */
  readonly usernameKey?: string;

  /**
   * Key of the password inside the JSON.
   * @default 'password'
   */
  readonly passwordKey?: string;

  /**
   * What stands before each name of a variable, for a further mail server, e.g. `NEWSLETTER_`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}
