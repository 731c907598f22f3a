import { Annotations, Match } from 'aws-cdk-lib/assertions';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAccessOptions } from '../../../src/backing-services/database/database-access-props';
import { DATABASE_ACCESS_RULES, DATABASE_IMPORT_RULES, warnAboutExtensions } from '../../../src/backing-services/database/database-access-rules';
import { DatabaseAuthentication, DatabaseUserOptions } from '../../../src/backing-services/database/database-authentication';
import { joined } from '../../../src/private/validation';
import { fromPython, newStack, TOKEN, warningsOf } from '../../helpers';

type Options = DatabaseAccessOptions & { username?: string };

function problemsOf(options: Options): string | undefined {
  return joined(DATABASE_ACCESS_RULES.map((rule) => rule(options)));
}

function users(options: DatabaseUserOptions): Options {
  return { authentication: DatabaseAuthentication.passwords(options) };
}

const CERTIFICATE = "be an absolute path in the image, e.g. '/etc/ssl/certs/rds-global-bundle.pem', got";

describe('who uses a database', () => {
  test.each<[string, Options, string]>([
    ['the name of a kind of authentication', { authentication: 'iam' as any },
      "'authentication' must be a DatabaseAuthentication, got \"iam\": use DatabaseAuthentication.passwords()"],
    ['a user that needs quotes everywhere', users({ applicationUser: 'shop-app' }),
      "'authentication.applicationUser' must be letters, digits and '_', not begin with a digit and have 57 characters at most, got \"shop-app\""],
    ['a user whose name a second one cannot be made of', users({ ownerUser: 'o'.repeat(58) }),
      `'authentication.ownerUser' must be letters, digits and '_', not begin with a digit and have 57 characters at most, got "${'o'.repeat(58)}"`],
    ['a user of RDS', users({ ownerUser: 'rdsadmin' }),
      "'authentication.ownerUser' must not be \"rdsadmin\": RDS and PostgreSQL reserve it; choose another, e.g. 'shop_owner'"],
    ['a user of PostgreSQL', users({ ownerUser: 'PG_owner' }),
      "'authentication.ownerUser' must not be \"PG_owner\": RDS and PostgreSQL reserve it; choose another, e.g. 'shop_owner'"],
    ['everybody', users({ ownerUser: 'public' }),
      "'authentication.ownerUser' must not be \"public\": RDS and PostgreSQL reserve it; choose another, e.g. 'shop_owner'"],
    ['the administrator as application', { ...users({ applicationUser: 'Shop' }), username: 'shop' },
      "'authentication.applicationUser' must not be the administrator \"shop\": use two roles, e.g. \"Shop_app\""],
    ['the administrator as owner', { ...users({ ownerUser: 'shop' }), username: 'shop' },
      "'authentication.ownerUser' must not be the administrator \"shop\": use two roles, e.g. \"shop_owner\""],
    ['one user for both', users({ ownerUser: 'shop', applicationUser: 'shop' }),
      "'authentication' must have two users, got \"shop\" as 'ownerUser' and as 'applicationUser': give each its own name"],
    ['a user that looks like the second one of another', users({ applicationUser: 'shop_clone' }),
      "'authentication.applicationUser' must not end in '_clone', got \"shop_clone\": a rotation calls a second user so, and would take this one for that of \"shop\"; " +
      "choose another, e.g. 'shop_app'"],
    ['an owner that would be the second user of the application', users({ ownerUser: 'Shop_Clone', applicationUser: 'shop' }),
      "'authentication.ownerUser' must not end in '_clone', got \"Shop_Clone\": a rotation calls a second user so, and would take this one for that of \"Shop\"; " +
      "choose another, e.g. 'shop_owner'"],
    ['an administrator that would be the second user of the application', { ...users({ applicationUser: 'shop' }), username: 'Shop_clone' },
      "'username' must not be \"Shop_clone\": a rotation calls the second user of 'applicationUser' \"shop\" so, and would change its password; choose another"],
    ['an administrator that would be the second user of the default owner', { authentication: DatabaseAuthentication.passwords(), username: 'django_owner_clone' },
      "'username' must not be \"django_owner_clone\": a rotation calls the second user of 'ownerUser' \"django_owner\" so, and would change its password; choose another"],
    ['one extension as text', { extensions: 'postgis' as any }, "'extensions' must be a list of strings, got \"postgis\": write [\"postgis\"]"],
    ['extensions in one text', { extensions: ['postgis, pg_trgm'] },
      "'extensions' must be names of extensions, letters, digits, '_' and '-', got \"postgis, pg_trgm\": give one name as each element, e.g. ['postgis', 'pg_trgm']"],
    ['empty SQL', { initialSql: ' \n' }, "'initialSql' must be SQL as text, got \" \\n\": leave it out where there is none"],
    ['SQL as a list', { initialSql: ['SELECT 1'] as any }, "'initialSql' must be SQL as text, got [\"SELECT 1\"]: leave it out where there is none"],
    ['SQL that a task definition has no room for', { initialSql: '\n'.repeat(10_000) + 'é'.repeat(20_000) },
      "'initialSql' must be at most 40000 bytes, because it is part of a task definition, got 60002: make tables and data by migrations"],
    ['a certificate by its name', { sslRootCertificate: 'rds.pem' }, `'sslRootCertificate' must ${CERTIFICATE} "rds.pem"`],
    ['options that are none', { preparation: 'postgres:17' as any }, "'preparation' must be an object with options, got \"postgres:17\""],
    ['an image that is an object', { preparation: { image: {} as any } }, "'preparation.image' must be the name of an image, got {}"],
    ['an image without a name', { preparation: { image: '' } }, "'preparation.image' must be the name of an image, got \"\""],
    ['an image with a blank', { preparation: { image: 'postgres: 17' } }, "'preparation.image' must be the name of an image, got \"postgres: 17\""],
    ['a certificate of the preparation by its name', { preparation: { sslRootCertificate: 'rds.pem' } }, `'preparation.sslRootCertificate' must ${CERTIFICATE} "rds.pem"`],
    ['a timeout that CloudFormation does not know', { preparation: { timeout: Duration.hours(1) } },
      "'preparation.timeout' must be between 1 minute and 55 minutes, got 1 hour: CloudFormation waits one hour at most"],
    ['a timeout that is a number', { preparation: { timeout: 60 as any } }, "'preparation.timeout' must be a Duration, got 60: use Duration.seconds(60)"],
    ['a prefix that runs into the name', { variablePrefix: 'REPORTS' },
      "'variablePrefix' must be letters, digits and underscores, not begin with a digit and end with an underscore, e.g. 'ARCHIVE_', got \"REPORTS\""],
  ])('may not be %s', (_, options, message) => {
    expect(problemsOf(options)).toBe(message);
  });

  test('may be what PostgreSQL takes with quotes: reserved words in mixed case', () => {
    expect(problemsOf({ ...users({ ownerUser: 'User', applicationUser: 'order' }), username: 'shop' })).toBeUndefined();
  });

  test('may be everything by default, also from Python', () => {
    expect(problemsOf(fromPython<Options>({}, 'authentication', 'extensions', 'initialSql', 'preparation', 'sslRootCertificate', 'variablePrefix'))).toBeUndefined();
    expect(problemsOf({ preparation: fromPython({}, 'image', 'sslRootCertificate', 'timeout') })).toBeUndefined();
  });

  test('may be known at deployment only', () => {
    expect(problemsOf({
      ...users({ ownerUser: TOKEN.string(), applicationUser: TOKEN.string() }),
      username: TOKEN.string(),
      extensions: [TOKEN.string()],
      initialSql: TOKEN.string(),
      sslRootCertificate: TOKEN.string(),
      preparation: { image: TOKEN.string(), timeout: TOKEN.seconds() },
    })).toBeUndefined();
  });
});

describe('a server that was there before', () => {
  const secret = { secretArn: 'arn' } as secretsmanager.ISecret;
  const problem = (options: Parameters<typeof DATABASE_IMPORT_RULES[number]>[0]) => joined(DATABASE_IMPORT_RULES.map((rule) => rule(options)));

  test.each<[string, DatabaseAccessOptions, string]>([
    ['passwords', { authentication: DatabaseAuthentication.passwords() },
      "'secret' must be given, because the passwords of 'authentication' are set as the administrator: give its secret with username and password"],
    ['extensions', { extensions: ['postgis'] },
      "'secret' must be given, because 'extensions' is run as the administrator: give its secret with username and password"],
    ['initial SQL', { initialSql: 'SELECT 1' },
      "'secret' must be given, because 'initialSql' is run as the administrator: give its secret with username and password"],
  ])('needs the secret of its administrator for %s', (_, options, message) => {
    expect(problem(options)).toBe(message);
    expect(problem({ ...options, secret })).toBeUndefined();
  });

  test('needs its resource id for IAM, and no secret where its users are there already', () => {
    const authentication = DatabaseAuthentication.iam();
    expect(problem({ authentication })).toBe(
      "'resourceId' must be given for DatabaseAuthentication.iam(), because IAM knows the database by it: " +
      'take DbiResourceId of `aws rds describe-db-instances`, or DbClusterResourceId of `aws rds describe-db-clusters`');
    expect(problem({ authentication, resourceId: 'db-1' })).toBeUndefined();
  });

  test('needs neither for its administrator alone', () => {
    expect(problem({})).toBeUndefined();
  });
});

describe('extensions', () => {
  test('that RDS is not known to offer are warned about', () => {
    const stack = newStack();
    const scope = new Construct(stack, 'Database');
    warnAboutExtensions(scope, ['postgis', 'pgvector', 'timescaledb', 'old_snapshot'], '17.5');
    expect(warningsOf(scope)).toEqual({
      extensions: '\'extensions\' has "pgvector", which is not among the extensions that RDS is known to offer: use "vector"; ' +
        'has "timescaledb", which is not among the extensions that RDS is known to offer: ' +
        'check it with `SHOW rds.extensions`, e.g. postgis, pg_trgm, unaccent, citext, hstore, vector; ' +
        'has "old_snapshot", which RDS does not offer for PostgreSQL 17: take a version up to 16.',
    });
  });

  test.each<[Record<string, string>, string | undefined]>([
    [{}, '\'extensions\' has "pg_cron", which the server must load when it starts: give \'parameters\' "shared_preload_libraries" "pg_stat_statements,pg_cron", ' +
      'and "cron.database_name" the name of the database; has "pgaudit", which the server must load when it starts: ' +
      'give \'parameters\' "shared_preload_libraries" "pg_stat_statements,pgaudit".'],
    [{ shared_preload_libraries: 'pg_cron' },
      '\'extensions\' has "pgaudit", which the server must load when it starts: give \'parameters\' "shared_preload_libraries" "pg_cron,pgaudit".'],
    [{ shared_preload_libraries: 'pg_cron, pgaudit' }, undefined],
    [{ shared_preload_libraries: TOKEN.string() }, undefined],
  ])('that the server must load when it starts are warned about where it does not: %#', (parameters, expected) => {
    const scope = new Construct(newStack(), 'Database');
    warnAboutExtensions(scope, ['pg_cron', 'postgis', 'pgaudit'], '17', parameters);
    expect(warningsOf(scope).extensions).toBe(expected);
  });

  test('of a server whose parameters are not known are not warned about for what it loads', () => {
    const scope = new Construct(newStack(), 'Database');
    warnAboutExtensions(scope, ['pg_cron'], '17');
    expect(warningsOf(scope)).toEqual({});
  });

  test('that it offers, and those that are not known yet, are not', () => {
    const stack = newStack();
    warnAboutExtensions(stack, ['postgis', 'uuid-ossp', TOKEN.string()], '17');
    warnAboutExtensions(stack);
    warnAboutExtensions(stack, ['old_snapshot'], TOKEN.string());
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});
