import { DatabaseLogins, DEFAULT_IAM_USERS, DEFAULT_USERS } from './database-logins';
import { given } from '../../private/options';

/** Names of the users that a `DatabaseAuthentication` makes. */
export interface DatabaseUserOptions {
  /**
   * User that owns the schema `public` and its tables: the release migrates as it. **WARNING**: a change makes a new user; the tables
   * become its own, and the old user stays behind until you drop it.
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
   * The preparation of the database makes them on deployment. What the administrator owned in the schema `public` becomes the owner's;
   * other users of the database keep their rights but lose what everybody could: to make tables, also temporary ones.
   *
   * @param options their names
   */
  public static passwords(options: DatabaseUserOptions = {}): DatabaseAuthentication {
    return new BoundAuthentication({ ...DEFAULT_USERS, ...given(options), iam: false });
  }

  /**
   * An owner and an application user without passwords: each connection takes a token, made with the rights of the task role and valid for
   * 15 minutes. **WARNING**: the project must make the tokens, e.g. by a database backend of its own.
   *
   * **WARNING**: with the names of users that have had passwords, the version that still serves is locked out as soon as they are prepared.
   *
   * @param options their names
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
   */
  public static iam(options: DatabaseUserOptions = {}): DatabaseAuthentication {
    return new BoundAuthentication({ ...DEFAULT_IAM_USERS, ...given(options), iam: true });
  }

  /**
   * The users that it comes to.
   * @internal
   */
  public abstract _logins(): DatabaseLogins;
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
