import { DjangoVariable } from './django-variable';
import { EnvironmentNames } from './environment-names';
import { environmentNameProblem } from '../private/environment-name';
import { nearest } from '../private/nearest';
import { given, withoutNulls } from '../private/options';

/** The prop of `EnvironmentNames` for each variable: the one place where the two lists meet. */
const PROP_OF: Record<DjangoVariable, keyof EnvironmentNames> = {
  [DjangoVariable.SECRET_KEY]: 'secretKey',
  [DjangoVariable.SECRET_KEY_FALLBACKS]: 'secretKeyFallbacks',
  [DjangoVariable.ALLOWED_HOSTS]: 'allowedHosts',
  [DjangoVariable.CSRF_TRUSTED_ORIGINS]: 'csrfTrustedOrigins',
  [DjangoVariable.HTTPS]: 'https',
  [DjangoVariable.SECURE_PROXY_SSL_HEADER]: 'secureProxySslHeader',
  [DjangoVariable.SITE_URL]: 'siteUrl',
  [DjangoVariable.FRONTEND_URL]: 'frontendUrl',
  [DjangoVariable.CORS_ALLOWED_ORIGINS]: 'corsAllowedOrigins',
  [DjangoVariable.DATABASE_HOST]: 'databaseHost',
  [DjangoVariable.DATABASE_PORT]: 'databasePort',
  [DjangoVariable.DATABASE_NAME]: 'databaseName',
  [DjangoVariable.DATABASE_USER]: 'databaseUser',
  [DjangoVariable.DATABASE_PASSWORD]: 'databasePassword',
  [DjangoVariable.DATABASE_SECRET_JSON]: 'databaseSecretJson',
  [DjangoVariable.DATABASE_URL]: 'databaseUrl',
  [DjangoVariable.DATABASE_SSLMODE]: 'databaseSslmode',
  [DjangoVariable.DATABASE_SSLROOTCERT]: 'databaseSslrootcert',
  [DjangoVariable.DATABASE_AUTHENTICATION]: 'databaseAuthentication',
  [DjangoVariable.DATABASE_REPLICA_HOST]: 'databaseReplicaHost',
  [DjangoVariable.REDIS_URL]: 'redisUrl',
  [DjangoVariable.REDIS_BASE_URL]: 'redisBaseUrl',
  [DjangoVariable.REDIS_HOST]: 'redisHost',
  [DjangoVariable.REDIS_PORT]: 'redisPort',
  [DjangoVariable.REDIS_PASSWORD]: 'redisPassword',
  [DjangoVariable.REDIS_SECRET_JSON]: 'redisSecretJson',
  [DjangoVariable.CELERY_BROKER_URL]: 'celeryBrokerUrl',
  [DjangoVariable.CELERY_TASK_DEFAULT_QUEUE]: 'celeryTaskDefaultQueue',
  [DjangoVariable.CELERY_QUEUE_URL]: 'celeryQueueUrl',
  [DjangoVariable.EMAIL_HOST]: 'emailHost',
  [DjangoVariable.EMAIL_PORT]: 'emailPort',
  [DjangoVariable.EMAIL_HOST_USER]: 'emailHostUser',
  [DjangoVariable.EMAIL_HOST_PASSWORD]: 'emailHostPassword',
  [DjangoVariable.EMAIL_USE_TLS]: 'emailUseTls',
  [DjangoVariable.EMAIL_USE_SSL]: 'emailUseSsl',
  [DjangoVariable.DEFAULT_FROM_EMAIL]: 'defaultFromEmail',
  [DjangoVariable.MEDIA_BUCKET]: 'mediaBucket',
  [DjangoVariable.STATIC_BUCKET]: 'staticBucket',
  [DjangoVariable.STATIC_URL]: 'staticUrl',
  [DjangoVariable.BUCKET_REGION]: 'bucketRegion',
};

const STANDARD: Required<EnvironmentNames> = {
  secretKey: ['DJANGO_SECRET_KEY'],
  secretKeyFallbacks: ['DJANGO_SECRET_KEY_FALLBACKS'],
  allowedHosts: ['DJANGO_ALLOWED_HOSTS'],
  csrfTrustedOrigins: ['CSRF_TRUSTED_ORIGINS'],
  https: ['DJANGO_HTTPS'],
  secureProxySslHeader: ['DJANGO_SECURE_PROXY_SSL_HEADER'],
  siteUrl: [],
  frontendUrl: ['FRONTEND_URL'],
  corsAllowedOrigins: ['CORS_ALLOWED_ORIGINS'],
  databaseHost: ['DB_HOST'],
  databasePort: ['DB_PORT'],
  databaseName: ['DB_NAME'],
  databaseUser: ['DB_USER'],
  databasePassword: ['DB_PASSWORD'],
  databaseSecretJson: [],
  databaseUrl: [],
  // libpq reads PGSSLMODE where the settings give no sslmode: encrypted in any application.
  databaseSslmode: ['DB_SSLMODE', 'PGSSLMODE'],
  databaseSslrootcert: ['PGSSLROOTCERT'],
  databaseAuthentication: ['DB_AUTHENTICATION'],
  databaseReplicaHost: ['DB_REPLICA_HOST'],
  redisUrl: ['REDIS_URL'],
  redisBaseUrl: [],
  redisHost: [],
  redisPort: [],
  redisPassword: [],
  redisSecretJson: [],
  celeryBrokerUrl: ['CELERY_BROKER_URL'],
  celeryTaskDefaultQueue: ['CELERY_TASK_DEFAULT_QUEUE'],
  celeryQueueUrl: ['CELERY_QUEUE_URL'],
  emailHost: ['EMAIL_HOST'],
  emailPort: ['EMAIL_PORT'],
  emailHostUser: ['EMAIL_HOST_USER'],
  emailHostPassword: ['EMAIL_HOST_PASSWORD'],
  emailUseTls: ['EMAIL_USE_TLS'],
  emailUseSsl: ['EMAIL_USE_SSL'],
  defaultFromEmail: ['DEFAULT_FROM_EMAIL'],
  mediaBucket: ['AWS_STORAGE_BUCKET_NAME'],
  staticBucket: ['AWS_STATIC_BUCKET_NAME'],
  staticUrl: ['STATIC_URL'],
  bucketRegion: ['AWS_S3_REGION_NAME'],
};

const POSTGRES_PREFIXED: Required<EnvironmentNames> = {
  ...STANDARD,
  databaseHost: ['POSTGRES_HOST'],
  databasePort: ['POSTGRES_PORT'],
  databaseName: ['POSTGRES_DB'],
  databaseUser: ['POSTGRES_USER'],
  databasePassword: ['POSTGRES_PASSWORD'],
  databaseSslmode: ['POSTGRES_SSLMODE', 'PGSSLMODE'],
  databaseAuthentication: ['POSTGRES_AUTHENTICATION'],
  databaseReplicaHost: ['POSTGRES_REPLICA_HOST'],
};

const URLS: Required<EnvironmentNames> = {
  ...STANDARD,
  databaseHost: [],
  databasePort: [],
  databaseName: [],
  databaseUser: [],
  databasePassword: [],
  databaseUrl: ['DATABASE_URL'],
  databaseSslmode: ['PGSSLMODE'],
};

const NOTHING = Object.fromEntries(Object.values(PROP_OF).map((prop) => [prop, []])) as unknown as Required<EnvironmentNames>;

/** Variables that libpq reads by itself: a process has one of each, for its first database. */
const LIBPQ_NAME = /^PG[A-Z]+$/;

/**
 * Convention by which a team names its environment variables, so that settings need not be
 * rewritten for the library.
 *
 * @example
 *
 * const convention = EnvironmentConvention.custom({
 *   secretKey: ['SECRET_KEY'],
 *   databaseSecretJson: ['DATABASE_SECRET_JSON'],
 * });
 */
export class EnvironmentConvention {
  /**
   * The convention with `DB_HOST`, `DB_PORT`, `DB_NAME`, `DB_USER`, `DB_PASSWORD`, `DJANGO_SECRET_KEY`,
   * `DJANGO_ALLOWED_HOSTS`, `CSRF_TRUSTED_ORIGINS` and the names of django-storages.
   */
  public static standard(): EnvironmentConvention {
    return new EnvironmentConvention(STANDARD);
  }

  /** The standard convention, but with `POSTGRES_HOST`, `POSTGRES_PORT`, `POSTGRES_DB`, `POSTGRES_USER` and `POSTGRES_PASSWORD`. */
  public static postgresPrefixed(): EnvironmentConvention {
    return new EnvironmentConvention(POSTGRES_PREFIXED);
  }

  /**
   * The standard convention, but with `DATABASE_URL` instead of the single values, as dj-database-url and django-environ read it.
   *
   * The URL is a secret of its own, made at deployment from the password. So it fits no database whose passwords rotate or that
   * asks for IAM tokens.
   */
  public static urls(): EnvironmentConvention {
    return new EnvironmentConvention(URLS);
  }

  /** The standard convention with other names for what is given. */
  public static custom(names: EnvironmentNames): EnvironmentConvention {
    return EnvironmentConvention.standard().customized(names);
  }

  /** Nothing but what is given, e.g. for a project of another framework that reads three variables. */
  public static only(names: EnvironmentNames): EnvironmentConvention {
    return new EnvironmentConvention(NOTHING).customized(names);
  }

  private constructor(private readonly names: Required<EnvironmentNames>) {}

  /** This convention with other names for what is given. */
  public customized(names: EnvironmentNames): EnvironmentConvention {
    const changed = withoutNulls(given(names ?? {}));
    const merged = { ...this.names, ...changed };
    const misshapen = [...unknownProps(changed), ...notLists(merged)];
    const problems = misshapen.length > 0 ? misshapen : [...invalidNames(merged), ...repeatedNames(merged, changed)];
    if (problems.length > 0) {
      throw new Error(['EnvironmentConvention cannot be defined:', ...problems.map((problem) => `- ${problem}`)].join('\n'));
    }
    return new EnvironmentConvention(merged);
  }

  /**
   * The names that a variable gets; none when the convention leaves it out.
   * @param variable what the value means
   * @param prefix what stands before each name, for a further backing service of a kind; the names that libpq reads by itself are left out then
   */
  public namesOf(variable: DjangoVariable, prefix: string = ''): string[] {
    const names = this.names[PROP_OF[variable]];
    if (!names) {
      throw new Error(`EnvironmentConvention.namesOf() must get a DjangoVariable, like DjangoVariable.SECRET_KEY, got ${JSON.stringify(variable)}`);
    }
    return prefix === '' ? [...names] : names.filter((name) => !LIBPQ_NAME.test(name)).map((name) => `${prefix}${name}`);
  }

  /** The variable that a name stands for in this convention, if any, as the prop of `EnvironmentNames`. */
  public propOf(name: string): string | undefined {
    return Object.values(PROP_OF).find((prop) => this.names[prop].includes(name));
  }
}

function unknownProps(names: EnvironmentNames): string[] {
  const known: string[] = Object.values(PROP_OF);
  return Object.keys(names).filter((prop) => !known.includes(prop)).map((prop) => {
    const meant = nearest(prop, known);
    return `'${prop}' is no variable of a convention${meant ? `: write '${meant}'` : `, which has ${known.join(', ')}`}`;
  });
}

function notLists(names: Required<EnvironmentNames>): string[] {
  return Object.entries(names)
    .filter(([, list]) => !Array.isArray(list))
    .map(([prop, list]) => `'${prop}' must be a list of names, got ${JSON.stringify(list)}: write ${JSON.stringify([list])}`);
}

function invalidNames(names: Required<EnvironmentNames>): string[] {
  return Object.entries(names).flatMap(([prop, list]: [string, string[]]) => list
    .map((name) => ({ name, problem: environmentNameProblem(name) }))
    .filter(({ problem }) => problem !== undefined)
    .map(({ name, problem }) => `'${prop}' has the name ${JSON.stringify(name)}, which ${problem}` + (problem!.startsWith('is reserved')
      ? `. ${list.length > 1 ? 'Remove it' : `Give another, or leave the value out: '${prop}: []'`}`
      : '')));
}

function repeatedNames(names: Required<EnvironmentNames>, changed: EnvironmentNames): string[] {
  const owners = new Map<string, string[]>();
  for (const [prop, list] of Object.entries(names) as [string, string[]][]) {
    list.forEach((name) => owners.set(name, [...owners.get(name) ?? [], prop]));
  }
  return [...owners]
    .filter(([, props]) => props.length > 1)
    .map(([name, props]) => new Set(props).size === 1
      ? `'${props[0]}' has the name ${JSON.stringify(name)} more than once: give it once`
      : `${JSON.stringify(name)} is the name of ${[...new Set(props)].map((prop) => `'${prop}'`).join(' and ')}: give each its own${wayOut(props, changed)}`);
}

/** Names that nobody gave are the convention's, and may stand for what a project does not want at all. */
function wayOut(props: string[], changed: EnvironmentNames): string {
  const defaults = [...new Set(props)].filter((prop) => !(prop in changed));
  return defaults.length > 0 ? `, or leave out what you do not read: ${defaults.map((prop) => `'${prop}: []'`).join(' and ')}` : '';
}
