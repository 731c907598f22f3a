import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Annotations, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { DatabaseAccessOptions, DatabasePreparationOptions } from './database-access-props';
import { DatabaseLogins } from './database-logins';
import { nestedRules } from '../../private/nested-rules';
import { extensionProblem, preloadProblem } from '../../private/postgres-extensions';
import { an, duration, Kind, shaped, strings } from '../../private/shapes';
import { durationBetween, isKnown, matches, Rule, show, wholeUnits } from '../../private/validation';
import { VARIABLE_PREFIX_RULES } from '../../private/variable-prefix';

/** The administrator's name, where it is known, may not be one of the users'. */
type AccessRule = Rule<DatabaseAccessOptions & { readonly username?: string }>;

const AUTHENTICATION: Kind = { name: 'a DatabaseAuthentication', member: '_logins', hint: 'use DatabaseAuthentication.passwords()' };
const ROLE = /^[a-z_][a-z0-9_]*$/i;
const CLONE = '_clone';
/** What is appended to a user's name when its password alternates with a second one's must fit too. */
const MAX_ROLE = 63 - CLONE.length;
const RESERVED_ROLE = /^(pg_|rds)|^(public|none|postgres|current_user|current_role|session_user)$/i;
const EXTENSION = /^[a-z][a-z0-9_-]{0,62}$/i;
/** Of the 64 KB that ECS accepts for a task definition: the rest is ours. */
const MAX_SQL_BYTES = 40_000;
const CERTIFICATE = /^\/\S+$/;
const CERTIFICATE_ADVICE = "be an absolute path in the image, e.g. '/etc/ssl/certs/rds-global-bundle.pem'";

const PREPARATION_RULES = shaped<DatabasePreparationOptions>({ timeout: duration('seconds') }, [
  matches('image', /^\S+$/, 'be the name of an image'),
  matches('sslRootCertificate', CERTIFICATE, CERTIFICATE_ADVICE),
  durationBetween('timeout', Duration.minutes(1), Duration.minutes(55), 'CloudFormation waits one hour at most'),
  wholeUnits('timeout', 'seconds'),
]);

/** What holds for who uses a database, wherever it is given. */
export const DATABASE_ACCESS_RULES: AccessRule[] = shaped<DatabaseAccessOptions & { readonly username?: string }>(
  { authentication: an(AUTHENTICATION), extensions: strings },
  [
    (props) => roleProblem('ownerUser', props),
    (props) => roleProblem('applicationUser', props),
    ({ authentication }) => {
      const { ownerUser, applicationUser } = loginsOf(authentication);
      return isKnown(ownerUser) && isKnown(applicationUser) && ownerUser === applicationUser
        ? `'authentication' must have two users, got ${show(ownerUser)} as 'ownerUser' and as 'applicationUser': give each its own name`
        : undefined;
    },
    (props) => cloneProblem('ownerUser', props),
    (props) => cloneProblem('applicationUser', props),
    ({ extensions }) => {
      const wrong = (extensions ?? []).find((extension) => isKnown(extension) && !EXTENSION.test(extension));
      return wrong === undefined
        ? undefined
        : `'extensions' must be names of extensions, letters, digits, '_' and '-', got ${show(wrong)}: ` +
          "give one name as each element, e.g. ['postgis', 'pg_trgm']";
    },
    ({ initialSql }) => initialSqlProblem(initialSql),
    ...nestedRules<DatabaseAccessOptions, 'preparation'>('preparation', PREPARATION_RULES),
    matches('sslRootCertificate', CERTIFICATE, CERTIFICATE_ADVICE),
    ...VARIABLE_PREFIX_RULES,
  ],
);

/** What a server that was there before must tell for what is asked of it. */
export const DATABASE_IMPORT_RULES: Rule<DatabaseAccessOptions & { readonly secret?: ISecret; readonly resourceId?: string }>[] = [
  ({ authentication, secret }) => {
    const { applicationUser, iam } = loginsOf(authentication);
    return applicationUser === undefined || iam || secret
      ? undefined
      : "'secret' must be given, because the passwords of 'authentication' are set as the administrator: give its secret with username and password";
  },
  ({ extensions, initialSql, secret }) => (extensions?.length || initialSql) && !secret
    ? `'secret' must be given, because ${extensions?.length ? "'extensions'" : "'initialSql'"} is run as the administrator: ` +
      'give its secret with username and password'
    : undefined,
  ({ authentication, resourceId }) => loginsOf(authentication).iam && !resourceId
    ? "'resourceId' must be given for DatabaseAuthentication.iam(), because IAM knows the database by it: " +
      'take DbiResourceId of `aws rds describe-db-instances`, or DbClusterResourceId of `aws rds describe-db-clusters`'
    : undefined,
];

/** Warns about extensions that RDS is not known to offer, and, where the parameters of the server are known, about those that it must load when it starts. */
export function warnAboutExtensions(
  scope: Construct, extensions: string[] = [], engineVersion?: string, parameters?: { readonly [name: string]: string },
): void {
  const major = isKnown(engineVersion) ? engineVersion.split('.')[0] : undefined;
  const problems = extensions.filter(isKnown)
    .map((extension) => extensionProblem(extension, major) ?? (parameters && preloadProblem(extension, parameters)))
    .filter((problem) => problem !== undefined);
  if (problems.length > 0) {
    Annotations.of(scope).addWarningV2('cdk-django-on-fargate:extensions', `'extensions' ${problems.join('; ')}.`);
  }
}

function loginsOf(authentication: DatabaseAccessOptions['authentication']): Partial<DatabaseLogins> {
  return authentication?._logins?.() ?? {};
}

function roleProblem(option: 'ownerUser' | 'applicationUser', { authentication, username }: DatabaseAccessOptions & { username?: string }): string | undefined {
  const name = loginsOf(authentication)[option];
  if (!isKnown(name)) {
    return undefined;
  }
  const prop = `'authentication.${option}'`;
  if (typeof name !== 'string' || !ROLE.test(name) || name.length > MAX_ROLE) {
    return `${prop} must be letters, digits and '_', not begin with a digit and have ${MAX_ROLE} characters at most, got ${show(name)}`;
  }
  if (RESERVED_ROLE.test(name)) {
    return `${prop} must not be ${show(name)}: RDS and PostgreSQL reserve it; choose another, e.g. 'shop_owner'`;
  }
  return isKnown(username) && typeof username === 'string' && username.toLowerCase() === name.toLowerCase()
    ? `${prop} must not be the administrator ${show(username)}: use two roles, e.g. ${show(`${name}_${option === 'ownerUser' ? 'owner' : 'app'}`)}`
    : undefined;
}

/** AWS's function alternates a user with `<user>_clone`, and the other way round: it would take a user of such a name for somebody else's second one. */
function cloneProblem(option: 'ownerUser' | 'applicationUser', { authentication, username }: DatabaseAccessOptions & { username?: string }): string | undefined {
  const name = loginsOf(authentication)[option];
  if (!isKnown(name) || typeof name !== 'string') {
    return undefined;
  }
  if (name.toLowerCase().endsWith(CLONE)) {
    return `'authentication.${option}' must not end in '${CLONE}', got ${show(name)}: a rotation calls a second user so, and would take this one for that ` +
      `of ${show(name.slice(0, -CLONE.length))}; choose another, e.g. ${option === 'ownerUser' ? "'shop_owner'" : "'shop_app'"}`;
  }
  return isKnown(username) && typeof username === 'string' && username.toLowerCase() === `${name}${CLONE}`.toLowerCase()
    ? `'username' must not be ${show(username)}: a rotation calls the second user of '${option}' ${show(name)} so, and would change its password; choose another`
    : undefined;
}

function initialSqlProblem(sql?: string): string | undefined {
  if (!isKnown(sql)) {
    return undefined;
  }
  if (typeof sql !== 'string' || sql.trim() === '') {
    return `'initialSql' must be SQL as text, got ${show(sql)}: leave it out where there is none`;
  }
  // As it stands in JSON, where line breaks and quotes take two bytes.
  const bytes = Buffer.byteLength(JSON.stringify(sql));
  return bytes > MAX_SQL_BYTES
    ? `'initialSql' must be at most ${MAX_SQL_BYTES} bytes, because it is part of a task definition, got ${bytes}: make tables and data by migrations`
    : undefined;
}
