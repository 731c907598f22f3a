import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { definitionError, isKnown, show } from '../private/validation';

const SECRET_NAME = /^[\w/+=.@-]{1,512}$/;
const PARAMETER_NAME = /^(\/[\w.-]+)+$|^[\w.-]+$/;

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
   */
  public static fromSecretName(secretName: string, key?: string): EnvironmentSecret {
    return new BoundSecret((scope, id) => {
      refuse(scope, [secretNameProblem(secretName), keyProblem(key)]);
      return ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(scope, id, secretName), key);
    });
  }

  /**
   * A `SecureString` parameter in the Parameter Store in the stack's account and region.
   * @param parameterName name of the parameter, e.g. `/shop/stripe-key`
   */
  public static fromSsmParameter(parameterName: string): EnvironmentSecret {
    return new BoundSecret((scope, id) => {
      refuse(scope, [parameterNameProblem(parameterName)]);
      return ecs.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(scope, id, { parameterName }));
    });
  }

  /**
   * Any secret as ECS knows it, e.g. one that your stack makes.
   * @param secret the secret
   */
  public static of(secret: ecs.Secret): EnvironmentSecret {
    return new BoundSecret(() => secret);
  }

  /**
   * Binds the secret to a scope. Called by the construct that uses it.
   * @param scope where an import may be made
   * @param id id of the import
   */
  public abstract bind(scope: Construct, id: string): ecs.Secret;
}

class BoundSecret extends EnvironmentSecret {
  public constructor(private readonly binding: (scope: Construct, id: string) => ecs.Secret) {
    super();
  }

  public bind(scope: Construct, id: string): ecs.Secret {
    return this.binding(scope, id);
  }
}

function refuse(scope: Construct, problems: (string | undefined)[]): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) {
    throw new Error(definitionError(scope, 'EnvironmentSecret', found));
  }
}

function secretNameProblem(name: string): string | undefined {
  if (!isKnown(name) || SECRET_NAME.test(name)) {
    return undefined;
  }
  return name.startsWith('arn:')
    ? `the secret must be given by its name, got the ARN ${show(name)}: take the name, ` +
      'or `EnvironmentSecret.of(ecs.Secret.fromSecretsManager(...))` for a secret that you have as a construct'
    : `the name of the secret must be letters, digits and the characters / _ + = . @ -, got ${show(name)}`;
}

function keyProblem(key?: string): string | undefined {
  return isKnown(key) && (key === '' || key.includes(':'))
    ? `the key inside the secret must not be empty or contain ':', got ${show(key)}: leave it out for the whole secret`
    : undefined;
}

function parameterNameProblem(name: string): string | undefined {
  if (!isKnown(name)) {
    return "the name of the parameter must be known at synthesis, because its ARN depends on whether it begins with '/': " +
      'use `EnvironmentSecret.of(ecs.Secret.fromSsmParameter(...))` for a parameter that you have as a construct';
  }
  return PARAMETER_NAME.test(name)
    ? undefined
    : `the name of the parameter must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, got ${show(name)}` +
      (/^[\w.-]+(\/[\w.-]+)+$/.test(name) ? `: use ${show(`/${name}`)}` : '');
}
