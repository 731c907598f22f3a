import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { SuperuserProps } from './superuser-props';
import { SUPERUSER_RULES } from './superuser-rules';
import { IProcess } from '../../config/process';
import { containerScript } from '../../private/container-script';
import { validateProps } from '../../private/validation';

const USERNAME = 'username';
const EMAIL = 'email';
const PASSWORD = 'password';

/**
 * Superuser of the project: its login in Secrets Manager, for the process of a release and for nobody else.
 *
 * The first release makes the user with Django's `createsuperuser`, so that user models of your own work; for each further field in
 * `REQUIRED_FIELDS` give that process a variable `DJANGO_SUPERUSER_<FIELD>`. Every further release gives the user the password and the e-mail
 * address that the secret has: to rotate the password, put another into the secret and deploy. The password validators of the project do not judge
 * it. A user of this name who is no superuser is left alone and fails the release, because anybody may have registered it.
 *
 * The secret is the JSON object `{"username": "...", "email": "...", "password": "..."}`.
 *
 * @example
 *
 * declare const process: ProcessDefinition;
 * const superuser = new Superuser(this, 'Superuser', { email: 'admin@example.com' });
 * superuser.handTo(process);
 */
export class Superuser extends Construct {
  /** Secret that was made; absent with `existing`. */
  public readonly secret?: secretsmanager.Secret;

  /** The name as ECS reads it. */
  public readonly username: ecs.Secret;

  /** The password as ECS reads it. */
  public readonly password: ecs.Secret;

  /** The e-mail address as ECS reads it; absent where `existing` has none. */
  public readonly email?: ecs.Secret;

  public constructor(scope: Construct, id: string, props: SuperuserProps) {
    super(scope, id);
    props = validateProps(this, 'Superuser', props, SUPERUSER_RULES);

    const { existing, email, username = 'admin', removalPolicy = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE } = props;
    if (existing) {
      this.username = existing.username.bind(this, 'Username');
      this.password = existing.password.bind(this, 'Password');
      this.email = existing.email?.bind(this, 'Email');
    } else {
      this.secret = this.createSecret({ [USERNAME]: username, [EMAIL]: email! }, removalPolicy);
      this.username = ecs.Secret.fromSecretsManager(this.secret, USERNAME);
      this.password = ecs.Secret.fromSecretsManager(this.secret, PASSWORD);
      this.email = ecs.Secret.fromSecretsManager(this.secret, EMAIL);
    }
  }

  /**
   * Hands the login to a process under the names that `createsuperuser` reads, with what the step `--superuser` of a release runs.
   * @param process the process of the release
   */
  public handTo(process: IProcess): void {
    process.addSecret('DJANGO_SUPERUSER_USERNAME', this.username);
    process.addSecret('DJANGO_SUPERUSER_PASSWORD', this.password);
    if (this.email) {
      process.addSecret('DJANGO_SUPERUSER_EMAIL', this.email);
    }
    process.addEnvironment('DJANGO_SUPERUSER_SCRIPT', containerScript('sync_superuser.py'));
  }

  private createSecret(login: { [name: string]: string }, removalPolicy: RemovalPolicy): secretsmanager.Secret {
    const secret = new secretsmanager.Secret(this, 'Secret', {
      description: "Login of Django's superuser",
      // A change of any of these makes CloudFormation generate a new password.
      generateSecretString: {
        passwordLength: 32,
        excludePunctuation: true,
        generateStringKey: PASSWORD,
        secretStringTemplate: Stack.of(this).toJsonString(login),
      },
      removalPolicy,
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4', reason: 'The user in the database gets the password by a release: a secret that rotates by itself would not fit it until the next one',
    });
    return secret;
  }
}
