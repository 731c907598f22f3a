import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import {
  encryptionKeyProblem, fieldProblem, parameterNameProblem, secretProblem, secretReferenceProblem, sourceNameProblem, variablesOfKeys,
} from './environment-secret-rules';
import { secretArnProblem } from '../private/secret-name';
import { definitionError } from '../private/validation';

/** Options of an `EnvironmentSecret`. */
export interface EnvironmentSecretOptions {
  /**
   * ARN of the customer-managed KMS key that the secret is encrypted with, so that ECS may decrypt it. Not of an alias.
   * @default - the key of AWS, which needs no right
   */
  readonly encryptionKeyArn?: string;
}

/** Options of `EnvironmentSecret.fromSecretKeys`. */
export interface SecretKeysOptions extends EnvironmentSecretOptions {
  /**
   * Names of the environment variables by key, for keys that are called otherwise, e.g. `{ apiKey: 'STRIPE_API_KEY' }`.
   * @default - each variable is called like its key
   */
  readonly names?: { [key: string]: string };
}

/**
 * Source of a secret environment variable. ECS reads the value when a task starts; it never stands in
 * the template.
 *
 * @example
 *
 * declare const django: DjangoOnFargate;
 * django.addSecret('STRIPE_API_KEY', EnvironmentSecret.fromSecretName('shop/stripe', 'apiKey'));
 */
export abstract class EnvironmentSecret {
  /**
   * A secret in Secrets Manager in the stack's account and region.
   * @param secretName name of the secret, e.g. `shop/stripe`
   * @param key key inside the JSON of the secret; the whole secret when left out
   * @param options the key that it is encrypted with
   */
  public static fromSecretName(secretName: string, key?: string, options: EnvironmentSecretOptions = {}): EnvironmentSecret {
    return new BoundSecret([sourceNameProblem(secretName), fieldProblem(key)], options, (scope, id) =>
      ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(scope, id, secretName), key));
  }

  /**
   * A secret in Secrets Manager by its complete ARN, also of another account that shares it.
   * @param secretArn ARN with the six characters at its end, e.g. `arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/stripe-AbCdEf`
   * @param key key inside the JSON of the secret; the whole secret when left out
   * @param options the key that it is encrypted with
   */
  public static fromSecretArn(secretArn: string, key?: string, options: EnvironmentSecretOptions = {}): EnvironmentSecret {
    return new BoundSecret([secretArnProblem('the ARN of the secret', secretArn), fieldProblem(key)], options, (scope, id) =>
      ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretCompleteArn(scope, id, secretArn), key));
  }

  /**
   * Several keys of one secret in Secrets Manager, by the names of their environment variables: to be given as `secrets`, alone or together with
   * others.
   *
   * Every key must be in the JSON of the secret, else no task starts. The value of a key is text: ECS writes a list or an object in a form of its own.
   *
   * @param secret name of the secret, e.g. `shop/settings`, or its complete ARN
   * @param keys keys inside the JSON of the secret, e.g. `['STRIPE_API_KEY', 'SENTRY_DSN']`
   * @param options names of variables that are not called like their keys, and the key that the secret is encrypted with
   */
  public static fromSecretKeys(secret: string, keys: string[], options: SecretKeysOptions = {}): { [name: string]: EnvironmentSecret } {
    const imports = new WeakMap<Construct, secretsmanager.ISecret>();
    const importInto = (scope: Construct, id: string) => {
      const imported = imports.get(scope) ?? (secret.startsWith('arn:')
        ? secretsmanager.Secret.fromSecretCompleteArn(scope, id, secret)
        : secretsmanager.Secret.fromSecretNameV2(scope, id, secret));
      imports.set(scope, imported);
      return imported;
    };
    const variables = variablesOfKeys(keys, options?.names, [secretReferenceProblem(secret), encryptionKeyProblem(options?.encryptionKeyArn)]);
    return Object.fromEntries(variables.map(({ name, key }) => [
      name, new BoundSecret([], options, (scope, id) => ecs.Secret.fromSecretsManager(importInto(scope, id), key)),
    ]));
  }

  /**
   * A parameter in the Parameter Store in the stack's account and region, `SecureString` or `String`.
   * @param parameterName name of the parameter, e.g. `/shop/stripe-key`
   * @param options the key that it is encrypted with
   */
  public static fromSsmParameter(parameterName: string, options: EnvironmentSecretOptions = {}): EnvironmentSecret {
    return new BoundSecret([parameterNameProblem(parameterName)], options, (scope, id) =>
      ecs.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(scope, id, { parameterName })));
  }

  /**
   * Any secret as ECS knows it, e.g. one that your stack makes.
   * @param secret the secret
   * @param options the key that it is encrypted with, where CDK does not know it
   */
  public static of(secret: ecs.Secret, options: EnvironmentSecretOptions = {}): EnvironmentSecret {
    return new BoundSecret([secretProblem(secret)], options, () => secret);
  }

  /**
   * Binds the secret to a scope. Called by the construct that uses it.
   * @param scope where an import may be made
   * @param id id of the import
   */
  public abstract bind(scope: Construct, id: string): ecs.Secret;
}

class BoundSecret extends EnvironmentSecret {
  public constructor(
    private readonly problems: (string | undefined)[],
    private readonly options: EnvironmentSecretOptions,
    private readonly binding: (scope: Construct, id: string) => ecs.Secret,
  ) {
    super();
  }

  public bind(scope: Construct, id: string): ecs.Secret {
    const { encryptionKeyArn } = this.options ?? {};
    const problems = [...this.problems, encryptionKeyProblem(encryptionKeyArn)].filter((problem) => problem !== undefined);
    if (problems.length > 0) {
      throw new Error(definitionError(scope, 'EnvironmentSecret', problems));
    }
    const secret = this.binding(scope, id);
    return encryptionKeyArn ? new EncryptedSecret(secret, encryptionKeyArn) : secret;
  }
}

/** A secret with the right to decrypt it, which CDK drops silently for the key of an imported secret. */
class EncryptedSecret extends ecs.Secret {
  public readonly arn: string;
  public readonly hasField?: boolean;

  public constructor(private readonly secret: ecs.Secret, private readonly keyArn: string) {
    super();
    this.arn = secret.arn;
    this.hasField = secret.hasField;
  }

  public grantRead(grantee: iam.IGrantable): iam.Grant {
    return this.secret.grantRead(grantee).combine(iam.Grant.addToPrincipal({ grantee, actions: ['kms:Decrypt'], resourceArns: [this.keyArn] }));
  }
}
