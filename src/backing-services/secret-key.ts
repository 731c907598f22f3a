import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { IBackingService } from '../config/backing-service';
import { DjangoVariable } from '../config/django-variable';
import { EnvironmentSecret } from '../config/environment-secret';
import { IProcess } from '../config/process';
import { withoutNulls } from '../private/options';
import { aRemovalPolicy, environmentSecret, shaped } from '../private/shapes';
import { validateProps } from '../private/validation';

/** Key of the value inside the JSON of the secret. */
const FIELD = 'SECRET_KEY';
/** Key of the former values, which sessions and signatures from before a rotation still need. Empty is fine for ECS, a missing key is not. */
const FALLBACKS_FIELD = 'SECRET_KEY_FALLBACKS';

/** Properties of a `SecretKey`. */
export interface SecretKeyProps {
  /**
   * Secret that holds the key already, e.g. `EnvironmentSecret.fromSecretName('shop/django', 'SECRET_KEY')`.
   * @default - a new secret with 64 random letters and digits
   */
  readonly existing?: EnvironmentSecret;

  /**
   * Secret that holds the former keys of `existing`, separated by commas, e.g. `EnvironmentSecret.fromSecretName('shop/django', 'SECRET_KEY_FALLBACKS')`.
   * @default - no former keys with `existing`, else the field of the new secret
   */
  readonly existingFallbacks?: EnvironmentSecret;

  /**
   * What happens to the new secret when it is removed from the stack. **WARNING**: a lost key ends all sessions and voids all
   * password reset links and signed values.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

const RULES = shaped<SecretKeyProps>({ existing: environmentSecret, existingFallbacks: environmentSecret, removalPolicy: aRemovalPolicy }, [
  ({ existing, existingFallbacks }) => existingFallbacks && !existing
    ? '\'existingFallbacks\' must be given with \'existing\': the new secret has a field for the former key'
    : undefined,
  ({ existing, removalPolicy }) => existing && removalPolicy
    ? '\'removalPolicy\' must not be given with \'existing\': the stack does not own that secret'
    : undefined,
  ({ removalPolicy }) => removalPolicy === RemovalPolicy.SNAPSHOT
    ? '\'removalPolicy\' must not be SNAPSHOT: a secret has no snapshots; use RETAIN_ON_UPDATE_OR_DELETE'
    : undefined,
]);

/**
 * Django's `SECRET_KEY`: generated once into Secrets Manager, kept for good, never in a template.
 *
 * The secret is the JSON object `{"SECRET_KEY": "...", "SECRET_KEY_FALLBACKS": ""}`, so that a rotation by hand or by machine can
 * move the former key to the second field, which is a list separated by commas, without a new secret. Letters and digits only: no shell,
 * URL or `.env` file breaks it. Tasks read both when they start.
 *
 * @example
 *
 * declare const process: ProcessDefinition;
 * const secretKey = new SecretKey(this, 'SecretKey');
 * secretKey.attachTo(process);
 */
export class SecretKey extends Construct implements IBackingService {
  /** Secret that was made; absent with `existing`. */
  public readonly secret?: secretsmanager.Secret;

  /** The key as ECS reads it. */
  public readonly value: ecs.Secret;

  /** The former keys as ECS reads them; absent with `existing` and without `existingFallbacks`. */
  public readonly fallbacks?: ecs.Secret;

  public constructor(scope: Construct, id: string, props: SecretKeyProps = {}) {
    super(scope, id);
    validateProps(this, 'SecretKey', props, RULES);

    props = withoutNulls(props ?? {});
    if (props.existing) {
      this.value = props.existing.bind(this, 'Existing');
      this.fallbacks = props.existingFallbacks?.bind(this, 'ExistingFallbacks');
    } else {
      this.secret = this.createSecret(props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
      this.value = ecs.Secret.fromSecretsManager(this.secret, FIELD);
      this.fallbacks = ecs.Secret.fromSecretsManager(this.secret, FALLBACKS_FIELD);
    }
  }

  public attachTo(process: IProcess): void {
    process.addSecretVariable(DjangoVariable.SECRET_KEY, this.value);
    if (this.fallbacks) {
      process.addSecretVariable(DjangoVariable.SECRET_KEY_FALLBACKS, this.fallbacks);
    }
  }

  private createSecret(removalPolicy: RemovalPolicy): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: 'SECRET_KEY of Django',
      // A change of any of these makes CloudFormation generate a new key.
      generateSecretString: {
        passwordLength: 64,
        excludePunctuation: true,
        generateStringKey: FIELD,
        secretStringTemplate: JSON.stringify({ [FALLBACKS_FIELD]: '' }),
      },
      removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'A key that rotates by itself would end sessions without a deployment; the secret has a field for the former key',
    });
    return secret;
  }
}
