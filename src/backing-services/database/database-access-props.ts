import { Duration } from 'aws-cdk-lib/core';
import { DatabaseAuthentication } from './database-authentication';

/** How a database is prepared: where users, extensions or initial SQL are asked for. */
export interface DatabasePreparationOptions {
  /**
   * Image with a POSIX shell and `psql` 15 or newer; it must be public, or reachable by the execution role without a password.
   * @default 'public.ecr.aws/docker/library/postgres:17-alpine'
   */
  readonly image?: string;

  /**
   * Path, in that image, of the certificates that the database's one is verified with.
   * @default - the connection is encrypted, the certificate is not verified: the public image does not have the certificates of RDS
   */
  readonly sslRootCertificate?: string;

  /**
   * Longest time for the preparation, 1 to 55 minutes.
   * @default Duration.minutes(15)
   */
  readonly timeout?: Duration;
}

/** Who uses a database and what it is prepared with. */
export interface DatabaseAccessOptions {
  /**
   * Who uses the database, and how they prove who they are.
   * @default DatabaseAuthentication.masterUser()
   */
  readonly authentication?: DatabaseAuthentication;

  /**
   * Extensions of PostgreSQL that are made where they are missing, e.g. `['postgis', 'pg_trgm']`. None is ever dropped.
   * @default - none
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-extensions.html
   */
  readonly extensions?: string[];

  /**
   * SQL that runs as the administrator, statement by statement, after users and extensions, whenever any of these or the SQL itself has
   * changed. It must give the same when it runs again, e.g. `CREATE SCHEMA IF NOT EXISTS reports`. `psql` reads it, so its variables and
   * commands work.
   *
   * What it makes in the schema `public` becomes the owner's where `authentication` has one; with IAM the administrator cannot replace it
   * then, so put functions and views that it replaces into a schema of their own. **WARNING**: it stands in the template: no passwords in it.
   *
   * @default - none
   */
  readonly initialSql?: string;

  /**
   * How users, extensions and initial SQL are prepared.
   * @default - `psql` of the public PostgreSQL image
   */
  readonly preparation?: DatabasePreparationOptions;

  /**
   * Path, in the image of the project, of the certificates that the database's one is verified with (`sslmode=verify-full`),
   * e.g. `/etc/ssl/certs/rds-global-bundle.pem`.
   * @default - the connection is encrypted, the certificate is not verified (`sslmode=require`)
   * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
   */
  readonly sslRootCertificate?: string;

  /**
   * What stands before the names of the variables, for a second database: `REPORTS_` gives `REPORTS_DATABASE_HOST`.
   * @default - nothing
   */
  readonly variablePrefix?: string;
}
