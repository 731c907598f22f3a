import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { isSubdomain } from './email-address';
import { handOver, isEncryptedFromStart } from './email-variables';
import { DEFAULT_PORT, knownPort, senderRule } from './ses-smtp-rules';
import { SmtpEncryption, SmtpServerProps } from './smtp-server-props';
import { IBackingService } from '../../config/backing-service';
import { IProcess } from '../../config/process';
import { withoutNulls } from '../../private/options';
import { secretNameProblem, textProblem } from '../../private/secret-name';
import { isOf, memberOf, Shape, shaped } from '../../private/shapes';
import { integerBetween, isKnown, show, validateProps } from '../../private/validation';
import { VARIABLE_PREFIX_RULES } from '../../private/variable-prefix';

/** What stands there instead of a secret is not shown, since it may be the password. */
const secretShape: Shape = (value) => value === undefined || value === null || isOf({ member: 'secretArn' }, value)
  ? undefined
  : 'a secretsmanager.ISecret, never the password itself, which would stand in the template: give \'secretName\' for a name';

const RULES = shaped<SmtpServerProps>({ secret: secretShape, encryption: memberOf('SmtpEncryption', SmtpEncryption) }, [
  ({ host }) => textProblem('\'host\'', host) ?? (!isKnown(host) || isSubdomain(host.toLowerCase())
    ? undefined
    : `'host' must be the name or the IPv4 address of the server alone, like 'smtp.gmail.com', got ${show(host)}`),
  senderRule(),
  integerBetween('port', 1, 65535),
  knownPort(),
  ({ secretName }) => secretName === undefined || secretName === null ? undefined : secretNameProblem('\'secretName\'', secretName, "'secret'"),
  ({ secretName, secret }) => secretName && secret ? '\'secretName\' and \'secret\' must not both be given: keep one of them' : undefined,
  ({ secretName, secret, usernameKey, passwordKey }) => !secretName && !secret && (usernameKey || passwordKey)
    ? '\'usernameKey\' and \'passwordKey\' must not be given without a secret: give \'secretName\' or \'secret\''
    : undefined,
  ({ usernameKey, passwordKey }) => {
    const wrong = [usernameKey, passwordKey].filter((key) => isKnown(key) && !(typeof key === 'string' && /^[^:]+$/.test(key)));
    return wrong.length > 0 ? `'usernameKey' and 'passwordKey' must be text without ':', got ${wrong.map(show).join(', ')}` : undefined;
  },
  ...VARIABLE_PREFIX_RULES,
]);

/** An SMTP server that is there already: it makes nothing but the import of its secret. */
export class ExistingSmtpServer extends Construct implements IBackingService {
  private readonly props: SmtpServerProps;
  private readonly port: number;
  private readonly encryption: SmtpEncryption;
  private readonly secret?: secretsmanager.ISecret;

  public constructor(scope: Construct, id: string, props: SmtpServerProps) {
    super(scope, id);
    validateProps(this, 'SesSmtp.fromSmtpServer', props, RULES);

    props = withoutNulls(props);
    this.props = props;
    this.port = props.port ?? DEFAULT_PORT;
    this.encryption = props.encryption ?? (isEncryptedFromStart(this.port) ? SmtpEncryption.TLS : SmtpEncryption.STARTTLS);
    this.secret = props.secret ?? (props.secretName ? secretsmanager.Secret.fromSecretNameV2(this, 'Secret', props.secretName) : undefined);
    this.warnAboutRisks();
  }

  public attachTo(process: IProcess): void {
    handOver(process, {
      host: this.props.host,
      port: this.port,
      encryption: this.encryption,
      fromAddress: this.props.fromAddress,
      username: this.secret && ecs.Secret.fromSecretsManager(this.secret, this.props.usernameKey ?? 'username'),
      password: this.secret && ecs.Secret.fromSecretsManager(this.secret, this.props.passwordKey ?? 'password'),
      prefix: this.props.variablePrefix,
    });
  }

  private warnAboutRisks(): void {
    if (this.port === 25) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:smtp-port',
        "'port' 25 is blocked by AWS on the way to the internet, so mail would hang: use 587, unless the server is in your network.");
    }
    if (this.encryption === SmtpEncryption.NONE && this.secret) {
      Annotations.of(this).addWarningV2('cdk-django-on-fargate:smtp-plain-text',
        "'encryption' SmtpEncryption.NONE sends the password in plain text: use STARTTLS or TLS.");
    }
  }
}
