import { RemovalPolicy } from 'aws-cdk-lib/core';
import { EnvironmentSecret } from '../../config/environment-secret';

/** Login of a superuser that you keep already: where each part of it stands. */
export interface SuperuserLogin {
  /** Name of the user, e.g. `EnvironmentSecret.fromSecretName('shop/superuser', 'username')`; `DJANGO_SUPERUSER_USERNAME`. */
  readonly username: EnvironmentSecret;

  /** Password of the user; `DJANGO_SUPERUSER_PASSWORD`. */
  readonly password: EnvironmentSecret;

  /**
   * E-mail address of the user; `DJANGO_SUPERUSER_EMAIL`.
   * @default - none; Django's own user model requires one to make the user
   */
  readonly email?: EnvironmentSecret;
}

/** Options of a `Superuser`: the data of a new login, or where you keep one. */
export interface SuperuserOptions {
  /**
   * E-mail address of the user. Where it is the name by which users log in (`USERNAME_FIELD`), it is that.
   * **WARNING**: a change makes Secrets Manager generate a new password; the next release gives both to the user.
   * @default - required, unless `existing` says where it stands
   */
  readonly email?: string;

  /**
   * Name of the user. **WARNING**: a change makes a second superuser with a new password; the first stays as it is.
   * @default 'admin'
   */
  readonly username?: string;

  /**
   * Login that you keep already.
   * @default - a new secret with `username`, `email` and a generated password
   */
  readonly existing?: SuperuserLogin;

  /**
   * What happens to the new secret when it is removed from the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** Properties of a `Superuser`. */
export interface SuperuserProps extends SuperuserOptions {}
