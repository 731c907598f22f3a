import { environmentNameProblem, looksLikeSecret } from '../../src/private/environment-name';

describe('the name of an environment variable', () => {
  test.each(['DB_HOST', '_', 'a', 'http_proxy', 'A1', 'constructor', 'toString', 'valueOf', '__proto__', 'ECS', 'AWS_S3_REGION_NAME'])('%s is accepted', (name) => {
    expect(environmentNameProblem(name)).toBeUndefined();
  });

  test.each(['', '1A', 'A B', 'A=B', 'A-B', 'Ä', 'A.B', ' A', 'A\n', '${Token[TOKEN.1]}'])('%j is refused with what is allowed', (name) => {
    expect(environmentNameProblem(name)).toBe('must be letters, digits and underscores, and not begin with a digit');
  });

  test.each([
    ['AWS_ACCESS_KEY_ID', 'is reserved: give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off'],
    ['AWS_SECRET_ACCESS_KEY', 'is reserved: give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off'],
    ['AWS_SESSION_TOKEN', 'is reserved: give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off'],
    ['AWS_SECURITY_TOKEN', 'is reserved: give the rights to the task role (`grantPrincipal`) instead: static keys would switch the task role off'],
    ['AWS_REGION', 'is reserved: ECS sets it to the region of the stack'],
    ['AWS_DEFAULT_REGION', 'is reserved: ECS sets it to the region of the stack'],
    ['AWS_EXECUTION_ENV', 'is reserved: ECS sets it'],
    ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'is reserved: ECS sets it'],
    ['AWS_CONTAINER_CREDENTIALS_FULL_URI', 'is reserved: ECS sets it'],
    ['ECS_CONTAINER_METADATA_URI', 'is reserved: ECS sets it'],
    ['ECS_CONTAINER_METADATA_URI_V4', 'is reserved: ECS sets it'],
    ['ECS_AGENT_URI', 'is reserved: ECS sets it'],
    ['HOSTNAME', 'is reserved: ECS sets it'],
  ])('%s is refused with what to do instead', (name, problem) => {
    expect(environmentNameProblem(name)).toBe(problem);
  });
});

test.each([undefined, null, 5, {}])('%j is no name', (name) => {
  expect(environmentNameProblem(name as any)).toBe('must be letters, digits and underscores, and not begin with a digit');
});

describe('a literal value', () => {
  test.each([
    ['DJANGO_SECRET_KEY', 'x'], ['STRIPE_API_KEY', 'x'], ['APIKEY', 'x'], ['DB_PASSWORD', 'x'], ['password', 'x'], ['SENTRY_AUTH_TOKEN', 'x'],
    ['CLIENT_SECRET', 'x'], ['JWT_PRIVATE_KEY', 'x'], ['EMAIL_HOST_PASS', 'x'], ['PGPASSWORD', 'x'], ['MYSQL_PWD', 'x'],
    ['KEY', 'django-insecure-abc'], ['STRIPE', 'sk_live_abc'], ['AWS_ID', 'AKIAIOSFODNN7EXAMPLE'], ['CI', 'ghp_abc'],
    ['JWT_SIGNING', '-----BEGIN RSA PRIVATE KEY-----\\nMIIE'], ['SSH', '-----BEGIN PRIVATE KEY-----'],
    ['CELERY_BROKER_URL', 'redis://:pw@cache:6379/0'], ['DATABASE_URL', 'postgres://shop:pw@db/shop'],
  ])('of %s seems to be a secret', (name, value) => {
    expect(looksLikeSecret(name, value)).toBe(true);
  });

  test.each([
    ['STRIPE_API_KEY', ''], ['PASSWORD_RESET_TIMEOUT', '3600'], ['SECRET_NAME', 'shop/stripe'], ['TOKEN_LIFETIME', '60'], ['BYPASS', '1'], ['PWD', '/app'], ['STRIPE', 'pk_live_abc'],
    ['CERTIFICATE', '-----BEGIN PUBLIC KEY-----'], ['STRIPE', 'sk_test_abc'],
    ['PUBLIC_KEY', 'x'], ['SITE_URL', 'https://shop.example.com/a:b@c'], ['SENTRY_DSN', 'https://abc@sentry.example.com/1'], ['DEBUG', 'false'],
    ['CELERY_BROKER_URL', 'redis://cache:6379/0'],
  ])('of %s seems to be none: %s', (name, value) => {
    expect(looksLikeSecret(name, value)).toBe(false);
  });
});
