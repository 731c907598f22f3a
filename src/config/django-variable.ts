/**
 * Value that the library hands to a process, by its meaning. The name that it gets in the
 * environment is decided by the `EnvironmentConvention`.
 */
export enum DjangoVariable {
  /** Django's `SECRET_KEY`. Always a secret. */
  SECRET_KEY = 'SECRET_KEY',

  /** Django's `SECRET_KEY_FALLBACKS`, separated by commas; empty until a key was rotated. Always a secret. */
  SECRET_KEY_FALLBACKS = 'SECRET_KEY_FALLBACKS',

  /** Django's `ALLOWED_HOSTS`, separated by commas. The web process appends the address of its own task. */
  ALLOWED_HOSTS = 'ALLOWED_HOSTS',

  /** Django's `CSRF_TRUSTED_ORIGINS`, with scheme, separated by commas. */
  CSRF_TRUSTED_ORIGINS = 'CSRF_TRUSTED_ORIGINS',

  /** `True` when the site is served by HTTPS, otherwise `False`. For secure cookies, HSTS and `SECURE_PROXY_SSL_HEADER`. */
  HTTPS = 'HTTPS',

  /**
   * Name under which Django finds the header that says `https`, for the first half of `SECURE_PROXY_SSL_HEADER`: `HTTP_CLOUDFRONT_FORWARDED_PROTO` where
   * CloudFront reaches the load balancer by plain HTTP; not set where it is `HTTP_X_FORWARDED_PROTO` as usual.
   */
  SECURE_PROXY_SSL_HEADER = 'SECURE_PROXY_SSL_HEADER',

  /**
   * Address at which visitors reach Django, by the first name of the site and without a path, e.g. for links in mails. `http` where the load balancer has
   * no domain.
   */
  SITE_URL = 'SITE_URL',

  /** Address of the single-page app, without a path, e.g. for links in mails. */
  FRONTEND_URL = 'FRONTEND_URL',

  /** Origins of the single-page app, whose pages may call the API: `CORS_ALLOWED_ORIGINS` of django-cors-headers. */
  CORS_ALLOWED_ORIGINS = 'CORS_ALLOWED_ORIGINS',

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

  /** Connection data as one URL, `postgres://user:password@host:port/name?sslmode=require`. Always a secret. */
  DATABASE_URL = 'DATABASE_URL',

  /** `sslmode` of the database connection: `require`, or `verify-full` where there are certificates to verify with. */
  DATABASE_SSLMODE = 'DATABASE_SSLMODE',

  /** Path, in the image, of the certificates that the database's one is verified with. Absent where nothing is verified. */
  DATABASE_SSLROOTCERT = 'DATABASE_SSLROOTCERT',

  /** How the application proves who it is: `password`, or `iam` where it makes a token for each connection. */
  DATABASE_AUTHENTICATION = 'DATABASE_AUTHENTICATION',

  /** Host names of the database's read replicas, separated by commas, as libpq takes them. Absent where there are none. */
  DATABASE_REPLICA_HOST = 'DATABASE_REPLICA_HOST',

  /** URL of the cache, `rediss://:password@host:port/0?ssl_cert_reqs=required`. Always a secret, or empty where there is no cache. */
  REDIS_URL = 'REDIS_URL',

  /**
   * URL of the cache without path and query, `rediss://:password@host:port`, for a project that appends `/1` by itself. Always a secret, or empty where there
   * is no cache. **WARNING**: Celery does not check the server's certificate with it, unless `broker_use_ssl` says so; give Celery `REDIS_URL`.
   */
  REDIS_BASE_URL = 'REDIS_BASE_URL',

  /** Host name of the cache. */
  REDIS_HOST = 'REDIS_HOST',

  /** Port of the cache. */
  REDIS_PORT = 'REDIS_PORT',

  /** Password of the cache. Always a secret. */
  REDIS_PASSWORD = 'REDIS_PASSWORD',

  /**
   * Connection data of the cache as one JSON object with the keys `redis_url`, `redis_base_url`, `redis_host`, `redis_port`, `redis_password`. Always a secret.
   */
  REDIS_SECRET_JSON = 'REDIS_SECRET_JSON',

  /** URL of Celery's broker, e.g. `sqs://`: the rights come from the role of the task. */
  CELERY_BROKER_URL = 'CELERY_BROKER_URL',

  /** Name of the queue that Celery uses unless a task says otherwise: its `task_default_queue`. */
  CELERY_TASK_DEFAULT_QUEUE = 'CELERY_TASK_DEFAULT_QUEUE',

  /** URL of that queue at SQS, for the `predefined_queues` of Celery's `broker_transport_options`. */
  CELERY_QUEUE_URL = 'CELERY_QUEUE_URL',

  /** Django's `EMAIL_HOST`. */
  EMAIL_HOST = 'EMAIL_HOST',

  /** Django's `EMAIL_PORT`. */
  EMAIL_PORT = 'EMAIL_PORT',

  /** Django's `EMAIL_HOST_USER`. Always a secret. */
  EMAIL_HOST_USER = 'EMAIL_HOST_USER',

  /** Django's `EMAIL_HOST_PASSWORD`. Always a secret. */
  EMAIL_HOST_PASSWORD = 'EMAIL_HOST_PASSWORD',

  /** Django's `EMAIL_USE_TLS`: `True` where the connection begins in plain text and is then encrypted by STARTTLS, otherwise `False`. */
  EMAIL_USE_TLS = 'EMAIL_USE_TLS',

  /** Django's `EMAIL_USE_SSL`: `True` where the connection is encrypted from the first byte, otherwise `False`. */
  EMAIL_USE_SSL = 'EMAIL_USE_SSL',

  /** Django's `DEFAULT_FROM_EMAIL`. */
  DEFAULT_FROM_EMAIL = 'DEFAULT_FROM_EMAIL',

  /** Name of the bucket for uploads. */
  MEDIA_BUCKET = 'MEDIA_BUCKET',

  /** Name of the bucket for static files. */
  STATIC_BUCKET = 'STATIC_BUCKET',

  /** Django's `STATIC_URL`, ends with `/`. */
  STATIC_URL = 'STATIC_URL',

  /** Region of the buckets. */
  BUCKET_REGION = 'BUCKET_REGION',
}
