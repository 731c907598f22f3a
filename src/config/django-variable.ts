/**
 * Value that the library hands to a process, by its meaning. The name that it gets in the
 * environment is decided by the `EnvironmentConvention`.
 */
export enum DjangoVariable {
  /** Django's `SECRET_KEY`. Always a secret. */
  SECRET_KEY = 'SECRET_KEY',

  /** Django's `ALLOWED_HOSTS`, separated by commas. The web process appends the address of its own task. */
  ALLOWED_HOSTS = 'ALLOWED_HOSTS',

  /** Django's `CSRF_TRUSTED_ORIGINS`, with scheme, separated by commas. */
  CSRF_TRUSTED_ORIGINS = 'CSRF_TRUSTED_ORIGINS',

  /** `true` when the load balancer serves HTTPS, otherwise `false`. For secure cookies, HSTS and `SECURE_PROXY_SSL_HEADER`. */
  HTTPS = 'HTTPS',

  /** Host name of the database. */
  DATABASE_HOST = 'DATABASE_HOST',

  /** Port of the database. */
  DATABASE_PORT = 'DATABASE_PORT',

  /** Name of the database. */
  DATABASE_NAME = 'DATABASE_NAME',

  /** User of the database. A secret where it comes with the password. */
  DATABASE_USER = 'DATABASE_USER',

  /** Password of the database. Always a secret. */
  DATABASE_PASSWORD = 'DATABASE_PASSWORD',

  /** Connection data as one JSON object with the keys `username`, `password`, `host`, `port`, `dbname`. Always a secret. */
  DATABASE_SECRET_JSON = 'DATABASE_SECRET_JSON',

  /** `sslmode` of the database connection: `require`. */
  DATABASE_SSLMODE = 'DATABASE_SSLMODE',

  /** Name of the bucket for uploads. */
  MEDIA_BUCKET = 'MEDIA_BUCKET',

  /** Name of the bucket for static files. */
  STATIC_BUCKET = 'STATIC_BUCKET',

  /** Django's `STATIC_URL`, ends with `/`. */
  STATIC_URL = 'STATIC_URL',

  /** Region of the buckets. */
  BUCKET_REGION = 'BUCKET_REGION',
}
