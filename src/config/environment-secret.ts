import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';

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
    return new BoundSecret((scope, id) =>
      ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretNameV2(scope, id, secretName), key));
  }

  /**
   * A `SecureString` parameter in the Parameter Store in the stack's account and region.
   * @param parameterName name of the parameter, e.g. `/shop/stripe-key`
   */
  public static fromSsmParameter(parameterName: string): EnvironmentSecret {
    return new BoundSecret((scope, id) =>
      ecs.Secret.fromSsmParameter(ssm.StringParameter.fromSecureStringParameterAttributes(scope, id, { parameterName })));
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
