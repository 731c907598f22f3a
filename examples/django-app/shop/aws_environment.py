"""The environment that cdk-django-on-fargate gives to a process, read once into typed values.

Take this file, `environment_variables.py` and `celery_broker.py` into your project; they need only the standard library. In `settings.py`:

    from shop.aws_environment import AwsEnvironment

    AWS = AwsEnvironment.read()
    SECRET_KEY = AWS.secret_key
    DATABASES = {"default": AWS.database.setting()}

The names are those of `EnvironmentConvention.standard()`; the README beside the project lists them. Where your own
convention has others, say so: `AwsEnvironment.read(names={"DB_HOST": "POSTGRES_HOST"})`. A further database, whose
variables have a prefix, is `Database.read(prefix="REPORTS_")`. Database and cache may also come as one variable,
DATABASE_URL or DATABASE_SECRET_JSON and REDIS_SECRET_JSON; what such a one holds wins over the single variables.

An empty variable counts as absent. Everything that is missing or wrong is reported in one error, which never holds a
secret.

Not read here, because other programs read them by themselves: `DJANGO_SETTINGS_MODULE` (Django), `PORT`,
`GUNICORN_CMD_ARGS` and `WEB_CONCURRENCY` (gunicorn), `AWS_ENDPOINT_URL` and the credentials (botocore), and
`PGSSLROOTCERT` (libpq).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from shop.celery_broker import CeleryBroker
from shop.environment_variables import Variables

# Where the folder `rds_iam` is in your project.
IAM_ENGINE = "shop.rds_iam"
ENCRYPTED_SSL_MODES = ("require", "verify-ca", "verify-full")
SSL_MODES = ("disable", "allow", "prefer", *ENCRYPTED_SSL_MODES)
IMPLICIT_TLS_PORTS = (465, 2465)
# The load balancer always writes the first itself, and CloudFront the second: where visitors can go around it, they could make that one up.
PROTOCOL_HEADERS = ("HTTP_X_FORWARDED_PROTO", "HTTP_CLOUDFRONT_FORWARDED_PROTO")


@dataclass(frozen=True, kw_only=True)
class Database:
    """A PostgreSQL database.

    With `DB_SSLMODE=verify-full` the server must prove its name; libpq looks for the certificate authority in the
    file that `PGSSLROOTCERT` names. Where that file exists, libpq checks the authority in mode `require` too.
    """

    host: str
    port: int
    name: str
    user: str
    password: str | None = field(repr=False)
    sslmode: str
    replica_host: str | None = None

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ, *, names: Mapping[str, str] | None = None, prefix: str = "") -> Database:
        """Reads the variables of one database, whose names begin with the prefix."""
        variables = Variables(environ, names, prefix)
        database = _read_database(variables)
        variables.raise_problems()
        return database

    def setting(self) -> dict[str, Any]:
        """An entry of Django's DATABASES; connections persist, and are tested before they are used again.

        Without a password each connection logs in with a fresh IAM token.
        """
        return {
            "ENGINE": IAM_ENGINE if self.password is None else "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"sslmode": self.sslmode, "connect_timeout": 5},
        }

    def replica_setting(self) -> dict[str, Any]:
        """An entry of DATABASES for reading from the replicas, any of them; tests read from the database itself."""
        setting = self.setting() | {"HOST": self.replica_host, "TEST": {"MIRROR": "default"}}
        if self.password is not None:
            setting["OPTIONS"]["load_balance_hosts"] = "random"
        return setting


@dataclass(frozen=True, kw_only=True)
class MediaBucket:
    """The private bucket of uploaded files; browsers read it by presigned URLs."""

    name: str
    region: str

    def options(self) -> dict[str, Any]:
        """The OPTIONS of `storages.backends.s3.S3Storage`."""
        return {
            "bucket_name": self.name,
            "region_name": self.region,
            "location": "media",
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 3600,
            "signature_version": "s3v4",
            # Otherwise botocore presigns for the global endpoint, which redirects to a new bucket's region and so
            # breaks the signature. An endpoint with an IP address keeps the bucket in the path.
            "addressing_style": "virtual",
        }


@dataclass(frozen=True, kw_only=True)
class StaticBucket:
    """The bucket that collectstatic fills and that CloudFront serves at STATIC_URL, whose path is the prefix of its keys."""

    name: str
    region: str
    url: str

    def options(self) -> dict[str, Any]:
        """The OPTIONS of `storages.backends.s3.S3ManifestStaticStorage`.

        Where STATIC_URL is only a path, a custom domain is missing, and it takes `static_storage.py` to link to the site itself.
        """
        url = urlsplit(self.url)
        return {
            "bucket_name": self.name,
            "region_name": self.region,
            "location": url.path.strip("/"),
            "default_acl": None,
            "querystring_auth": False,
            "custom_domain": url.netloc or None,
            "url_protocol": f"{url.scheme or 'https'}:",
            "signature_version": "s3v4",
            "addressing_style": "virtual",
        }


@dataclass(frozen=True, kw_only=True)
class Cache:
    """A Redis or Valkey server."""

    url: str = field(repr=False)

    def setting(self) -> dict[str, Any]:
        """An entry of Django's CACHES.

        ElastiCache has certificates of a public authority, Amazon Trust Services, for the name that the URL has: they
        are checked against the image's own authorities.
        """
        tls = {"ssl_cert_reqs": "required", "ssl_check_hostname": True} if self.url.startswith("rediss:") else {}
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": self.url,
            # An idle connection is tested before it is used again, and a server that is away costs seconds, not minutes.
            "OPTIONS": {"socket_connect_timeout": 5, "socket_timeout": 5, "health_check_interval": 30, **tls},
        }


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """An SMTP server; ports 465 and 2465 speak TLS from the first byte, all others STARTTLS, unless told otherwise."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    use_ssl: bool
    use_tls: bool


@dataclass(frozen=True, kw_only=True)
class AwsEnvironment:
    """All values together. What is `None` was not given: only with DJANGO_DEBUG may that be the database."""

    debug: bool
    secret_key: str = field(repr=False)
    secret_key_fallbacks: list[str] = field(repr=False)
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    https: bool
    secure_proxy_ssl_header: tuple[str, str] | None
    database: Database | None
    media_bucket: MediaBucket | None
    static_bucket: StaticBucket | None
    static_url: str
    mail_server: MailServer | None
    default_from_email: str
    cache: Cache | None
    broker: CeleryBroker | None

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ, *, names: Mapping[str, str] | None = None) -> AwsEnvironment:
        """Reads all variables, or raises one EnvironmentVariableError about all that are missing or wrong.

        `names` has the names of your own convention, by the standard ones that they replace.
        """
        variables = Variables(environ, names)
        debug = variables.boolean("DJANGO_DEBUG", default=False)
        https = variables.boolean("DJANGO_HTTPS", default=False if debug else None)
        protocol_header = variables.choice("DJANGO_SECURE_PROXY_SSL_HEADER", PROTOCOL_HEADERS, default=PROTOCOL_HEADERS[0])
        environment = cls(
            debug=debug,
            secret_key=variables.text("DJANGO_SECRET_KEY", default="insecure-for-development" if debug else None),
            secret_key_fallbacks=variables.items("DJANGO_SECRET_KEY_FALLBACKS", default=[]),
            allowed_hosts=variables.items("DJANGO_ALLOWED_HOSTS", default=[] if debug else None),
            csrf_trusted_origins=variables.items("CSRF_TRUSTED_ORIGINS", default=[]),
            https=https,
            secure_proxy_ssl_header=(protocol_header, "https") if https else None,
            database=None if debug and not _names_database(variables) else _read_database(variables),
            media_bucket=_read_media_bucket(variables),
            static_bucket=_read_static_bucket(variables),
            static_url=variables.text("STATIC_URL", default="/static/"),
            mail_server=_read_mail_server(variables),
            default_from_email=variables.text("DEFAULT_FROM_EMAIL", default="webmaster@localhost"),
            cache=_read_cache(variables),
            broker=CeleryBroker.read(variables),
        )
        variables.raise_problems()
        return environment


def _names_database(variables: Variables) -> bool:
    return any(variables.has(name) for name in ("DB_HOST", "DATABASE_URL", "DATABASE_SECRET_JSON"))


def _read_database(variables: Variables) -> Database:
    variables.unfold_json("DATABASE_SECRET_JSON", {
        "DB_USER": "username", "DB_PASSWORD": "password", "DB_HOST": "host", "DB_PORT": "port", "DB_NAME": "dbname",
    })
    variables.unfold_database_url("DATABASE_URL")
    iam = variables.choice("DB_AUTHENTICATION", ("password", "iam"), default="password") == "iam"
    return Database(
        host=variables.text("DB_HOST"),
        port=variables.port("DB_PORT", default=5432),
        name=variables.text("DB_NAME"),
        user=variables.text("DB_USER"),
        password=None if iam else variables.text("DB_PASSWORD"),
        # RDS refuses a token on a connection that is not encrypted.
        sslmode=variables.choice("DB_SSLMODE", ENCRYPTED_SSL_MODES if iam else SSL_MODES, default="require"),
        replica_host=variables.text("DB_REPLICA_HOST", default="") or None,
    )


def _read_cache(variables: Variables) -> Cache | None:
    variables.unfold_json("REDIS_SECRET_JSON", {"REDIS_URL": "redis_url"})
    return Cache(url=variables.text("REDIS_URL")) if variables.has("REDIS_URL") else None


def _read_media_bucket(variables: Variables) -> MediaBucket | None:
    if not variables.has("AWS_STORAGE_BUCKET_NAME"):
        return None
    return MediaBucket(
        name=variables.text("AWS_STORAGE_BUCKET_NAME"),
        region=variables.text("AWS_S3_REGION_NAME"),
    )


def _read_static_bucket(variables: Variables) -> StaticBucket | None:
    if not variables.has("AWS_STATIC_BUCKET_NAME"):
        return None
    return StaticBucket(
        name=variables.text("AWS_STATIC_BUCKET_NAME"),
        region=variables.text("AWS_S3_REGION_NAME"),
        url=variables.base_url("STATIC_URL"),
    )


def _read_mail_server(variables: Variables) -> MailServer | None:
    if not variables.has("EMAIL_HOST"):
        return None
    port = variables.port("EMAIL_PORT", default=587)
    use_ssl = variables.boolean("EMAIL_USE_SSL", default=port in IMPLICIT_TLS_PORTS)
    return MailServer(
        host=variables.text("EMAIL_HOST"),
        port=port,
        user=variables.text("EMAIL_HOST_USER", default=""),
        password=variables.text("EMAIL_HOST_PASSWORD", default=""),
        use_ssl=use_ssl,
        # Django refuses to start with both.
        use_tls=variables.boolean("EMAIL_USE_TLS", default=True) and not use_ssl,
    )
