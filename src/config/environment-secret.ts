import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { secretNameProblem, textProblem } from '../private/secret-name';
import { definitionError, isKnown, show } from '../private/validation';

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
      refuse(scope, [
        secretNameProblem('the name of the secret', secretName, '`EnvironmentSecret.of(ecs.Secret.fromSecretsManager(...))`'),
        keyProblem(key),
      ]);
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
    return new BoundSecret((scope) => {
      refuse(scope, [secretProblem(secret)]);
      return secret;
    });
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

/** By its shape, because a user's own copy of CDK has an `ecs.Secret` of its own. */
function secretProblem(secret: unknown): string | undefined {
  const { arn, grantRead } = (secret ?? {}) as Partial<ecs.Secret>;
  return typeof arn === 'string' && typeof grantRead === 'function'
    ? undefined
    : `the secret must be an ecs.Secret, got ${secret !== null && typeof secret === 'object' ? 'another object' : typeof secret === 'string' ? 'text' : show(secret)}: ` +
      'use `ecs.Secret.fromSecretsManager(...)` or `ecs.Secret.fromSsmParameter(...)`, or `EnvironmentSecret.fromSecretName(...)` for a name; ' +
      'the value of a secret never belongs into the code';
}

function keyProblem(key?: string): string | undefined {
  const problem = key === undefined || key === null ? undefined : textProblem('the key inside the secret', key);
  if (problem) {
    return problem;
  }
  return isKnown(key) && (key === '' || key.includes(':'))
    ? `the key inside the secret must not be empty or contain ':', got ${show(key)}: leave it out for the whole secret`
    : undefined;
}

function parameterNameProblem(name: string): string | undefined {
  const problem = textProblem('the name of the parameter', name);
  if (problem) {
    return problem;
  }
  if (!isKnown(name)) {
    return "the name of the parameter must be known at synthesis, because its ARN depends on whether it begins with '/': " +
      'use `EnvironmentSecret.of(ecs.Secret.fromSsmParameter(...))` for a parameter that you have as a construct';
  }
  return PARAMETER_NAME.test(name)
    ? undefined
    : `the name of the parameter must begin with '/' where it has levels, and have letters, digits, '_', '.' and '-' in each, got ${show(name)}` +
      (/^[\w.-]+(\/[\w.-]+)+$/.test(name) ? `: use ${show(`/${name}`)}` : '');
}
