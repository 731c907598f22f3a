/**
 * Names of environment variables for what the library hands to a process. Each is a list: several
 * names give the value several times, an empty list leaves it out.
 */
export interface EnvironmentNames {
  /**
   * Names for Django's `SECRET_KEY`.
   * @default - as in the convention that is customised
   */
  readonly secretKey?: string[];

  /**
   * Names for Django's `SECRET_KEY_FALLBACKS`.
   * @default - as in the convention that is customised
   */
  readonly secretKeyFallbacks?: string[];

  /**
   * Names for Django's `ALLOWED_HOSTS`.
   *
   * **WARNING**: with an empty list the health check of the load balancer gets a 400 unless the
   * application allows the address of its task by itself.
   *
   * @default - as in the convention that is customised
   */
  readonly allowedHosts?: string[];

  /**
   * Names for Django's `CSRF_TRUSTED_ORIGINS`.
   * @default - as in the convention that is customised
   */
  readonly csrfTrustedOrigins?: string[];

  /**
   * Names for whether the site is served by HTTPS (`True` or `False`).
   * @default - as in the convention that is customised
   */
  readonly https?: string[];

  /**
   * Names for the header that says `https`, where it is not `X-Forwarded-Proto`.
   * @default - as in the convention that is customised
   */
  readonly secureProxySslHeader?: string[];

  /**
   * Names for the address at which visitors reach Django, e.g. `['SITE_URL']`.
   * @default - as in the convention that is customised
   */
  readonly siteUrl?: string[];

  /**
   * Names for the address of the single-page app.
   * @default - as in the convention that is customised
   */
  readonly frontendUrl?: string[];

  /**
   * Names for the origins of the single-page app.
   * @default - as in the convention that is customised
   */
  readonly corsAllowedOrigins?: string[];

  /**
   * Names for the host of the database.
   * @default - as in the convention that is customised
   */
  readonly databaseHost?: string[];

  /**
   * Names for the port of the database.
   * @default - as in the convention that is customised
   */
  readonly databasePort?: string[];

  /**
   * Names for the name of the database.
   * @default - as in the convention that is customised
   */
  readonly databaseName?: string[];

  /**
   * Names for the user of the database.
   * @default - as in the convention that is customised
   */
  readonly databaseUser?: string[];

  /**
   * Names for the password of the database.
   * @default - as in the convention that is customised
   */
  readonly databasePassword?: string[];

  /**
   * Names for the connection data as one JSON object (`username`, `password`, `host`, `port`, `dbname`).
   * @default - as in the convention that is customised
   */
  readonly databaseSecretJson?: string[];

  /**
   * Names for the connection data of the database as one URL.
   * @default - as in the convention that is customised
   */
  readonly databaseUrl?: string[];

  /**
   * Names for the `sslmode` of the database connection.
   * @default - as in the convention that is customised
   */
  readonly databaseSslmode?: string[];

  /**
   * Names for the path of the certificates that the database's one is verified with.
   * @default - as in the convention that is customised
   */
  readonly databaseSslrootcert?: string[];

  /**
   * Names for how the application proves who it is to the database (`password` or `iam`).
   * @default - as in the convention that is customised
   */
  readonly databaseAuthentication?: string[];

  /**
   * Names for the hosts of the database's read replicas.
   * @default - as in the convention that is customised
   */
  readonly databaseReplicaHost?: string[];

  /**
   * Names for the URL of the cache.
   * @default - as in the convention that is customised
   */
  readonly redisUrl?: string[];

  /**
   * Names for the URL of the cache without path and query, for a project that appends `/1` by itself.
   *
   * **WARNING**: Celery does not check the server's certificate with it, unless `broker_use_ssl` says so; give Celery `redisUrl`.
   *
   * @default - as in the convention that is customised
   */
  readonly redisBaseUrl?: string[];

  /**
   * Names for the host of the cache.
   * @default - as in the convention that is customised
   */
  readonly redisHost?: string[];

  /**
   * Names for the port of the cache.
   * @default - as in the convention that is customised
   */
  readonly redisPort?: string[];

  /**
   * Names for the password of the cache.
   * @default - as in the convention that is customised
   */
  readonly redisPassword?: string[];

  /**
   * Names for the connection data of the cache as one JSON object (`redis_url`, `redis_base_url`, `redis_host`, `redis_port`, `redis_password`).
   * @default - as in the convention that is customised
   */
  readonly redisSecretJson?: string[];

  /**
   * Names for the URL of Celery's broker.
   * @default - as in the convention that is customised
   */
  readonly celeryBrokerUrl?: string[];

  /**
   * Names for the name of Celery's default queue.
   * @default - as in the convention that is customised
   */
  readonly celeryTaskDefaultQueue?: string[];

  /**
   * Names for the URL of Celery's default queue at SQS.
   * @default - as in the convention that is customised
   */
  readonly celeryQueueUrl?: string[];

  /**
   * Names for Django's `EMAIL_HOST`.
   * @default - as in the convention that is customised
   */
  readonly emailHost?: string[];

  /**
   * Names for Django's `EMAIL_PORT`.
   * @default - as in the convention that is customised
   */
  readonly emailPort?: string[];

  /**
   * Names for Django's `EMAIL_HOST_USER`.
   * @default - as in the convention that is customised
   */
  readonly emailHostUser?: string[];

  /**
   * Names for Django's `EMAIL_HOST_PASSWORD`.
   * @default - as in the convention that is customised
   */
  readonly emailHostPassword?: string[];

  /**
   * Names for Django's `EMAIL_USE_TLS`.
   * @default - as in the convention that is customised
   */
  readonly emailUseTls?: string[];

  /**
   * Names for Django's `EMAIL_USE_SSL`.
   * @default - as in the convention that is customised
   */
  readonly emailUseSsl?: string[];

  /**
   * Names for Django's `DEFAULT_FROM_EMAIL`.
   * @default - as in the convention that is customised
   */
  readonly defaultFromEmail?: string[];

  /**
   * Names for the name of the bucket for uploads.
   * @default - as in the convention that is customised
   */
  readonly mediaBucket?: string[];

  /**
   * Names for the name of the bucket for static files.
   * @default - as in the convention that is customised
   */
  readonly staticBucket?: string[];

  /**
   * Names for Django's `STATIC_URL`.
   * @default - as in the convention that is customised
   */
  readonly staticUrl?: string[];

  /**
   * Names for the region of the buckets.
   * @default - as in the convention that is customised
   */
  readonly bucketRegion?: string[];
}
