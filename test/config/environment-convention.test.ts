import { DjangoVariable } from '../../src/config/django-variable';
import { EnvironmentConvention } from '../../src/config/environment-convention';
import { EnvironmentNames } from '../../src/config/environment-names';
import { fromPython, messageOf } from '../helpers';

const VARIABLES = Object.values(DjangoVariable);

/** `SECRET_KEY` as the prop `secretKey`. */
function propName(variable: string): string {
  return variable.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function namesOf(convention: EnvironmentConvention): Record<string, string[]> {
  return Object.fromEntries(VARIABLES.map((variable) => [variable, convention.namesOf(variable)]));
}

const STANDARD = {
  SECRET_KEY: ['DJANGO_SECRET_KEY'],
  SECRET_KEY_FALLBACKS: ['DJANGO_SECRET_KEY_FALLBACKS'],
  ALLOWED_HOSTS: ['DJANGO_ALLOWED_HOSTS'],
  CSRF_TRUSTED_ORIGINS: ['CSRF_TRUSTED_ORIGINS'],
  HTTPS: ['DJANGO_HTTPS'],
  SECURE_PROXY_SSL_HEADER: ['DJANGO_SECURE_PROXY_SSL_HEADER'],
  SITE_URL: [],
  FRONTEND_URL: ['FRONTEND_URL'],
  CORS_ALLOWED_ORIGINS: ['CORS_ALLOWED_ORIGINS'],
  DATABASE_HOST: ['DB_HOST'],
  DATABASE_PORT: ['DB_PORT'],
  DATABASE_NAME: ['DB_NAME'],
  DATABASE_USER: ['DB_USER'],
  DATABASE_PASSWORD: ['DB_PASSWORD'],
  DATABASE_SECRET_JSON: [],
  DATABASE_URL: [],
  DATABASE_SSLMODE: ['DB_SSLMODE', 'PGSSLMODE'],
  DATABASE_SSLROOTCERT: ['PGSSLROOTCERT'],
  DATABASE_AUTHENTICATION: ['DB_AUTHENTICATION'],
  DATABASE_REPLICA_HOST: ['DB_REPLICA_HOST'],
  REDIS_URL: ['REDIS_URL'],
  REDIS_BASE_URL: [],
  REDIS_HOST: [],
  REDIS_PORT: [],
  REDIS_PASSWORD: [],
  REDIS_SECRET_JSON: [],
  CELERY_BROKER_URL: ['CELERY_BROKER_URL'],
  CELERY_TASK_DEFAULT_QUEUE: ['CELERY_TASK_DEFAULT_QUEUE'],
  CELERY_QUEUE_URL: ['CELERY_QUEUE_URL'],
  EMAIL_HOST: ['EMAIL_HOST'],
  EMAIL_PORT: ['EMAIL_PORT'],
  EMAIL_HOST_USER: ['EMAIL_HOST_USER'],
  EMAIL_HOST_PASSWORD: ['EMAIL_HOST_PASSWORD'],
  EMAIL_USE_TLS: ['EMAIL_USE_TLS'],
  EMAIL_USE_SSL: ['EMAIL_USE_SSL'],
  DEFAULT_FROM_EMAIL: ['DEFAULT_FROM_EMAIL'],
  MEDIA_BUCKET: ['AWS_STORAGE_BUCKET_NAME'],
  STATIC_BUCKET: ['AWS_STATIC_BUCKET_NAME'],
  STATIC_URL: ['STATIC_URL'],
  BUCKET_REGION: ['AWS_S3_REGION_NAME'],
};

test('a convention of nothing but what is named leaves out the rest', () => {
  const names = namesOf(EnvironmentConvention.only({ databaseSecretJson: ['DATABASE_SECRET_JSON'] }));
  expect(Object.entries(names).filter(([, list]) => list.length > 0)).toEqual([['DATABASE_SECRET_JSON', ['DATABASE_SECRET_JSON']]]);
  expect(() => EnvironmentConvention.only({ databaseHost: ['X'], databasePort: ['X'] })).toThrow('X');
});

describe('a convention', () => {
  // The names are the contract with every user's settings: a change here breaks their projects.
  test('by the standard has the names that the documentation gives', () => {
    expect(namesOf(EnvironmentConvention.standard())).toEqual(STANDARD);
  });

  test('with the prefix POSTGRES differs from the standard in the database alone', () => {
    expect(namesOf(EnvironmentConvention.postgresPrefixed())).toEqual({
      ...STANDARD,
      DATABASE_HOST: ['POSTGRES_HOST'],
      DATABASE_PORT: ['POSTGRES_PORT'],
      DATABASE_NAME: ['POSTGRES_DB'],
      DATABASE_USER: ['POSTGRES_USER'],
      DATABASE_PASSWORD: ['POSTGRES_PASSWORD'],
      DATABASE_SSLMODE: ['POSTGRES_SSLMODE', 'PGSSLMODE'],
      DATABASE_AUTHENTICATION: ['POSTGRES_AUTHENTICATION'],
      DATABASE_REPLICA_HOST: ['POSTGRES_REPLICA_HOST'],
    });
  });

  test('of URLs has one for the database, and what no URL says', () => {
    expect(namesOf(EnvironmentConvention.urls())).toEqual({
      ...STANDARD,
      DATABASE_HOST: [],
      DATABASE_PORT: [],
      DATABASE_NAME: [],
      DATABASE_USER: [],
      DATABASE_PASSWORD: [],
      DATABASE_URL: ['DATABASE_URL'],
      DATABASE_SSLMODE: ['PGSSLMODE'],
    });
  });

  test('puts a prefix before each name of a further service, but leaves out those that libpq reads, which are for the first', () => {
    const convention = EnvironmentConvention.custom({ databaseHost: ['DB_HOST', 'PGHOST'], mediaBucket: ['MEDIA', 'BUCKET'] });
    const prefixed = (variable: DjangoVariable) => convention.namesOf(variable, 'TRACEABILITY_');
    expect(prefixed(DjangoVariable.DATABASE_HOST)).toEqual(['TRACEABILITY_DB_HOST']);
    expect(prefixed(DjangoVariable.DATABASE_SSLMODE)).toEqual(['TRACEABILITY_DB_SSLMODE']);
    expect(prefixed(DjangoVariable.DATABASE_SSLROOTCERT)).toEqual([]);
    expect(prefixed(DjangoVariable.DATABASE_URL)).toEqual([]);
    expect(prefixed(DjangoVariable.MEDIA_BUCKET)).toEqual(['TRACEABILITY_MEDIA', 'TRACEABILITY_BUCKET']);
    expect(convention.namesOf(DjangoVariable.DATABASE_HOST, '')).toEqual(['DB_HOST', 'PGHOST']);
    expect(convention.namesOf(DjangoVariable.DATABASE_HOST)).toEqual(['DB_HOST', 'PGHOST']);
  });

  test('of a team gives a value several names, leaves one out and keeps the rest', () => {
    const convention = EnvironmentConvention.custom({ databaseHost: ['TRACEABILITY_DB_HOST', 'DB_HOST'], csrfTrustedOrigins: [] });
    expect(namesOf(convention)).toEqual({ ...STANDARD, DATABASE_HOST: ['TRACEABILITY_DB_HOST', 'DB_HOST'], CSRF_TRUSTED_ORIGINS: [] });
  });

  test('can be customised on top of any other, which stays as it was', () => {
    const prefixed = EnvironmentConvention.postgresPrefixed();
    const custom = prefixed.customized({ secretKey: ['SECRET_KEY'] });
    expect(namesOf(custom)).toEqual({ ...namesOf(EnvironmentConvention.postgresPrefixed()), SECRET_KEY: ['SECRET_KEY'] });
    expect(namesOf(prefixed)).toEqual(namesOf(EnvironmentConvention.postgresPrefixed()));
  });

  test('keeps the names of what Python leaves out', () => {
    const props: EnvironmentNames = fromPython({ secretKey: ['SECRET_KEY'] }, 'databaseHost', 'staticUrl');
    expect(namesOf(EnvironmentConvention.custom(props))).toEqual({ ...STANDARD, SECRET_KEY: ['SECRET_KEY'] });
  });

  test('does not change with the lists that it gave away', () => {
    const convention = EnvironmentConvention.standard();
    convention.namesOf(DjangoVariable.DATABASE_HOST).push('OTHER');
    expect(namesOf(EnvironmentConvention.standard())).toEqual(STANDARD);
  });

  test('knows by which prop a name is changed', () => {
    const convention = EnvironmentConvention.postgresPrefixed();
    expect(convention.propOf('POSTGRES_DB')).toBe('databaseName');
    expect(convention.propOf('PGSSLMODE')).toBe('databaseSslmode');
    expect(convention.propOf('REDIS_URL')).toBe('redisUrl');
    expect(convention.propOf('DATABASE_URL')).toBeUndefined();
    expect(EnvironmentConvention.urls().propOf('DATABASE_URL')).toBe('databaseUrl');
    expect(convention.propOf('DB_HOST')).toBeUndefined();
    expect(convention.propOf('constructor')).toBeUndefined();
  });

  test.each<[string, any, string[]]>([
    ['a name that no shell knows', { databaseHost: ['DB HOST'] },
      ['\'databaseHost\' has the name "DB HOST", which must be letters, digits and underscores, and not begin with a digit']],
    ['a name that ECS owns', { bucketRegion: ['AWS_REGION'] }, [
      '\'bucketRegion\' has the name "AWS_REGION", which is reserved: ECS sets it to the region of the stack. Give another, or leave the value out: \'bucketRegion: []\'',
    ]],
    ['a name that ECS owns beside another', { bucketRegion: ['AWS_REGION', 'S3_REGION'] }, [
      '\'bucketRegion\' has the name "AWS_REGION", which is reserved: ECS sets it to the region of the stack. Remove it',
    ]],
    ['an empty name', { https: [''] }, ['\'https\' has the name "", which must be letters, digits and underscores, and not begin with a digit']],
    ['one name for two values', { databaseUser: ['DB_NAME'] }, [
      '"DB_NAME" is the name of \'databaseName\' and \'databaseUser\': give each its own, or leave out what you do not read: \'databaseName: []\'',
    ]],
    ['a name of what only a single-page app has', { csrfTrustedOrigins: ['CORS_ALLOWED_ORIGINS'] }, [
      '"CORS_ALLOWED_ORIGINS" is the name of \'csrfTrustedOrigins\' and \'corsAllowedOrigins\': give each its own, or leave out what you do not read: \'corsAllowedOrigins: []\'',
    ]],
    ['one name for two values that are given', { databaseHost: ['A'], databaseUser: ['A'] }, ['"A" is the name of \'databaseHost\' and \'databaseUser\': give each its own']],
    ['one name twice for a value', { databaseUser: ['USER_A', 'USER_A'] }, ['\'databaseUser\' has the name "USER_A" more than once: give it once']],
    ['a name where a list belongs', { databaseUser: 'DB_USERNAME' }, ['\'databaseUser\' must be a list of names, got "DB_USERNAME": write ["DB_USERNAME"]']],
    ['all at once', { databaseHost: ['1'], databasePort: ['DB_NAME'] }, [
      '\'databaseHost\' has the name "1", which must be letters, digits and underscores, and not begin with a digit',
      '"DB_NAME" is the name of \'databasePort\' and \'databaseName\': give each its own, or leave out what you do not read: \'databaseName: []\'',
    ]],
  ])('refuses %s', (_, names, reasons) => {
    expect(messageOf(() => EnvironmentConvention.custom(names)))
      .toBe(['EnvironmentConvention cannot be defined:', ...reasons.map((reason) => `- ${reason}`)].join('\n'));
  });
});

describe('a convention is refused', () => {
  const refusal = (names: object) => messageOf(() => EnvironmentConvention.custom(names as EnvironmentNames));

  test('with a variable that is misspelt', () => {
    expect(refusal({ databseHost: ['DATABASE_HOST'] })).toBe("EnvironmentConvention cannot be defined:\n- 'databseHost' is no variable of a convention: write 'databaseHost'");
  });

  test('with a variable that there is not', () => {
    expect(refusal({ broker: ['BROKER'] })).toBe("EnvironmentConvention cannot be defined:\n- 'broker' is no variable of a convention, which has " +
      VARIABLES.map(propName).join(', '));
  });

  test('when it is asked for what is no variable', () => {
    expect(messageOf(() => EnvironmentConvention.standard().namesOf('x' as any)))
      .toBe('EnvironmentConvention.namesOf() must get a DjangoVariable, like DjangoVariable.SECRET_KEY, got "x"');
  });
});

test.each([null, undefined, { secretKey: null }])('%j changes nothing', (names) => {
  expect(namesOf(EnvironmentConvention.custom(names as any))).toEqual(namesOf(EnvironmentConvention.standard()));
});
