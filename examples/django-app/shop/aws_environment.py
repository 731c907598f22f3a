"""The environment that cdk-django-on-fargate gives to a process, read once into typed values.

Take this file into your project as it is; it needs only the standard library. In `settings.py`:

    from shop.aws_environment import AwsEnvironment

    AWS = AwsEnvironment.read()
    SECRET_KEY = AWS.secret_key
    DATABASES = {"default": AWS.database.setting()}

The names are those of `EnvironmentConvention.standard()`; the README beside the project lists them. An empty variable
counts as absent. Everything that is missing or wrong is reported in one error, which never holds a secret.

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

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
IMPLICIT_TLS_PORTS = (465, 2465)


class EnvironmentVariableError(Exception):
    """The environment is not complete; the message names every variable to set or to correct."""


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
    password: str = field(repr=False)
    sslmode: str

    def setting(self) -> dict[str, Any]:
        """An entry of Django's DATABASES; connections persist, and are tested before they are used again."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": self.host,
            "PORT": self.port,
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"sslmode": self.sslmode, "connect_timeout": 5},
        }


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
    """The bucket that collectstatic fills and that CloudFront serves at STATIC_URL."""

    name: str
    region: str
    url: str

    def options(self) -> dict[str, Any]:
        """The OPTIONS of `storages.backends.s3.S3ManifestStaticStorage`; the path of STATIC_URL is the key prefix."""
        url = urlsplit(self.url)
        return {
            "bucket_name": self.name,
            "region_name": self.region,
            "location": url.path.strip("/"),
            "default_acl": None,
            "querystring_auth": False,
            "custom_domain": url.netloc,
            "url_protocol": f"{url.scheme}:",
            "signature_version": "s3v4",
            "addressing_style": "virtual",
        }


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """An SMTP server; ports 465 and 2465 speak TLS from the first byte, all others by STARTTLS."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: bool

    @property
    def use_ssl(self) -> bool:
        """The setting EMAIL_USE_SSL."""
        return self.tls and self.port in IMPLICIT_TLS_PORTS

    @property
    def use_tls(self) -> bool:
        """The setting EMAIL_USE_TLS."""
        return self.tls and self.port not in IMPLICIT_TLS_PORTS


@dataclass(frozen=True, kw_only=True)
class AwsEnvironment:
    """All values together. What is `None` was not given: only with DJANGO_DEBUG may that be the database."""

    debug: bool
    secret_key: str = field(repr=False)
    secret_key_fallbacks: list[str] = field(repr=False)
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    https: bool
    database: Database | None
    media_bucket: MediaBucket | None
    static_bucket: StaticBucket | None
    static_url: str
    mail_server: MailServer | None
    default_from_email: str
    redis_url: str | None = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> AwsEnvironment:
        """Reads all variables, or raises one EnvironmentVariableError about all that are missing or wrong."""
        variables = _Variables(environ)
        debug = variables.boolean("DJANGO_DEBUG", default=False)
        environment = cls(
            debug=debug,
            secret_key=variables.text("DJANGO_SECRET_KEY", default="insecure-for-development" if debug else None),
            secret_key_fallbacks=variables.items("DJANGO_SECRET_KEY_FALLBACKS", default=[]),
            allowed_hosts=variables.items("DJANGO_ALLOWED_HOSTS", default=[] if debug else None),
            csrf_trusted_origins=variables.items("CSRF_TRUSTED_ORIGINS", default=[]),
            https=variables.boolean("DJANGO_HTTPS", default=False if debug else None),
            database=_read_database(variables, required=not debug),
            media_bucket=_read_media_bucket(variables),
            static_bucket=_read_static_bucket(variables),
            static_url=variables.text("STATIC_URL", default="/static/"),
            mail_server=_read_mail_server(variables),
            default_from_email=variables.text("DEFAULT_FROM_EMAIL", default="webmaster@localhost"),
            redis_url=variables.text("REDIS_URL", default="") or None,
        )
        variables.raise_problems()
        return environment


def _read_database(variables: _Variables, *, required: bool) -> Database | None:
    if not required and not variables.has("DB_HOST"):
        return None
    return Database(
        host=variables.text("DB_HOST"),
        port=variables.port("DB_PORT", default=5432),
        name=variables.text("DB_NAME"),
        user=variables.text("DB_USER"),
        password=variables.text("DB_PASSWORD"),
        sslmode=variables.choice("DB_SSLMODE", SSL_MODES, default="require"),
    )


def _read_media_bucket(variables: _Variables) -> MediaBucket | None:
    if not variables.has("AWS_STORAGE_BUCKET_NAME"):
        return None
    return MediaBucket(
        name=variables.text("AWS_STORAGE_BUCKET_NAME"),
        region=variables.text("AWS_S3_REGION_NAME"),
    )


def _read_static_bucket(variables: _Variables) -> StaticBucket | None:
    if not variables.has("AWS_STATIC_BUCKET_NAME"):
        return None
    return StaticBucket(
        name=variables.text("AWS_STATIC_BUCKET_NAME"),
        region=variables.text("AWS_S3_REGION_NAME"),
        url=variables.absolute_url("STATIC_URL"),
    )


def _read_mail_server(variables: _Variables) -> MailServer | None:
    if not variables.has("EMAIL_HOST"):
        return None
    return MailServer(
        host=variables.text("EMAIL_HOST"),
        port=variables.port("EMAIL_PORT", default=587),
        user=variables.text("EMAIL_HOST_USER", default=""),
        password=variables.text("EMAIL_HOST_PASSWORD", default=""),
        tls=variables.boolean("EMAIL_USE_TLS", default=True),
    )


class _Variables:
    """Reads variables by type and collects what is wrong with them. `default=None` makes a variable required."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems: dict[str, str] = {}

    def has(self, name: str) -> bool:
        return bool(self._environ.get(name))

    def text(self, name: str, default: str | None = None) -> str:
        if self.has(name):
            return self._environ[name]
        if default is None:
            self._problems[name] = f"{name} is missing"
            return ""
        return default

    def items(self, name: str, default: list[str] | None = None) -> list[str]:
        if not self.has(name) and default is not None:
            return default
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def choice(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default)
        if self.has(name) and value not in allowed:
            self._problems[name] = f"{name} must be one of {', '.join(allowed)}, got {value!r}"
        return value

    def boolean(self, name: str, default: bool | None = None) -> bool:
        word = None if default is None else str(default).lower()
        return self.choice(name, ("true", "false"), word) == "true"

    def port(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isdecimal() or not 1 <= int(value) <= 65535:
            self._problems[name] = f"{name} must be a port from 1 to 65535, got {value!r}"
            return default
        return int(value)

    def absolute_url(self, name: str) -> str:
        value = self.text(name)
        url = urlsplit(value)
        if value and (url.scheme not in ("http", "https") or not url.netloc or not value.endswith("/")):
            self._problems[name] = f"{name} must be 'https://<host>/<path>/', got {value!r}"
        return value

    def raise_problems(self) -> None:
        if self._problems:
            lines = "".join(f"\n- {problem}" for problem in self._problems.values())
            raise EnvironmentVariableError(f"The environment of this process is not complete:{lines}")
