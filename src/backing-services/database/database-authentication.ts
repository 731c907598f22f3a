import { DatabaseLogins, DEFAULT_IAM_USERS, DEFAULT_USERS } from './database-logins';
import { given, withoutNulls } from '../../private/options';
import { show } from '../../private/validation';

/** Names of the users that a `DatabaseAuthentication` makes. */
export interface DatabaseUserOptions {
  /**
   * User that migrates: the release runs as it, with the rights of a group that owns the schema `public` and its tables. **WARNING**: a
   * change makes a new user; the old one stays behind with its rights, so that there is a way back, until you drop it.
   * @default 'django_owner', with IAM 'django_iam_owner'
   */
  readonly ownerUser?: string;

  /**
   * User of the running application: may read and write data, but neither alter nor make tables. **WARNING**: a change makes a new user;
   * the old one stays behind with its rights until you drop it.
   * @default 'django_app', with IAM 'django_iam_app'
   */
  readonly applicationUser?: string;
}

/**
 * Authentication of a database: who uses it, and how they prove who they are.
 *
 * @example
 *
 * declare const vpc: ec2.IVpc;
 * new PrivateDatabase(this, 'Database', { vpc, authentication: DatabaseAuthentication.passwords() });
 */
export abstract class DatabaseAuthentication {
  /** The administrator that RDS makes does everything, with its generated password. No users have to be prepared. */
  public static masterUser(): DatabaseAuthentication {
    return new BoundAuthentication({ iam: false });
  }

  /**
   * An owner that migrates and an application user with rights on data only, each with a generated password of its own.
   *
   * The preparation of the database makes them on deployment. What the administrator owned in the schema `public` becomes the property of a
   * group, of which owner and administrator are members; what it owns elsewhere, other schemas and large objects, stays its own. Other users
   * of the database keep their rights but lose what everybody could: to make tables, also temporary ones.
   *
   * @param options their names
   */
  public static passwords(options: DatabaseUserOptions = {}): DatabaseAuthentication {
    return new BoundAuthentication({ ...DEFAULT_USERS, ...namesOf('passwords', options), iam: false });
  }

  /**
   * An owner and an application user without passwords: each connection takes a token, made with the rights of the task role and valid for
   * 15 minutes. **WARNING**: the project must make the tokens, e.g. by a database backend of its own. What the administrator owns is handed
   * over as with `passwords()`.
   *
   * **WARNING**: with the names of users that have had passwords, the version that still serves is locked out as soon as they are prepared.
   *
   * @param options their names
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
   */
  public static iam(options: DatabaseUserOptions = {}): DatabaseAuthentication {
    return new BoundAuthentication({ ...DEFAULT_IAM_USERS, ...namesOf('iam', options), iam: true });
  }

  /**
   * The users that it comes to.
   * @internal
   */
  public abstract _logins(): DatabaseLogins;
}

/** What was given of the names; a name alone would be taken apart into its letters. */
function namesOf(factory: string, options: DatabaseUserOptions | null): DatabaseUserOptions {
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw new Error(['DatabaseAuthentication cannot be defined:',
      `- '${factory}' takes an object with 'ownerUser' and 'applicationUser', got ${show(options)}: e.g. { applicationUser: 'shop_app' }`].join('\n'));
  }
  return withoutNulls(given(options ?? {}));
}

class BoundAuthentication extends DatabaseAuthentication {
  public constructor(private readonly logins: DatabaseLogins) {
    super();
  }

  /** @internal */
  public _logins(): DatabaseLogins {
    return this.logins;
  }
}
