"""Django settings of the shop. What differs between environments comes from shop.aws_environment alone."""

import os
from pathlib import Path

from celery.schedules import crontab

from shop.aws_environment import AwsEnvironment

BASE_DIR = Path(__file__).resolve().parent.parent
AWS = AwsEnvironment.read()

DEBUG = AWS.debug
SECRET_KEY = AWS.secret_key
SECRET_KEY_FALLBACKS = AWS.secret_key_fallbacks
ALLOWED_HOSTS = AWS.allowed_hosts

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "catalog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "shop" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database, cache and sessions

DATABASES = {
    "default": AWS.database.setting()
    if AWS.database
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"},
}
# What may be some moments old is read with `.using(READ_DATABASE)`.
READ_DATABASE = "default"
if AWS.database and AWS.database.replica_host:
    DATABASES["replica"] = AWS.database.replica_setting()
    READ_DATABASE = "replica"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": AWS.cache.setting()
    if AWS.cache
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
# The local-memory cache differs from process to process, so only Redis may hold sessions.
SESSION_ENGINE = (
    "django.contrib.sessions.backends.cached_db" if AWS.cache else "django.contrib.sessions.backends.db"
)

# Static files and uploads

STATIC_URL = AWS.static_url
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": AWS.media_bucket.options()}
    if AWS.media_bucket
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "shop.static_storage.StaticStorage", "OPTIONS": AWS.static_bucket.options()}
    if AWS.static_bucket
    else {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# The only folder that is writable where the root file system is read-only.
FILE_UPLOAD_TEMP_DIR = "/tmp"

# Mail

DEFAULT_FROM_EMAIL = SERVER_EMAIL = AWS.default_from_email
EMAIL_TIMEOUT = 10
if AWS.mail_server:
    EMAIL_HOST = AWS.mail_server.host
    EMAIL_PORT = AWS.mail_server.port
    EMAIL_HOST_USER = AWS.mail_server.user
    EMAIL_HOST_PASSWORD = AWS.mail_server.password
    EMAIL_USE_TLS = AWS.mail_server.use_tls
    EMAIL_USE_SSL = AWS.mail_server.use_ssl
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# Celery: without a broker, whoever sends a task runs it at once

CELERY_TASK_ALWAYS_EAGER = AWS.broker is None
if AWS.broker:
    CELERY_BROKER_URL = AWS.broker.url
    CELERY_BROKER_TRANSPORT_OPTIONS = AWS.broker.transport_options()
    CELERY_TASK_DEFAULT_QUEUE = AWS.broker.queue
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 2, "interval_start": 0.2, "interval_max": 1}
CELERY_TASK_IGNORE_RESULT = True
# A task counts as done when it is done: what a worker that was killed had begun runs again.
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 15 * 60
# With REMAP_SIGTERM=SIGQUIT in its environment, a worker that is stopped gives what is not done by then back to the queue.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 100
# Leaves logging to LOGGING.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "publish-price-list": {"task": "catalog.tasks.publish_price_list", "schedule": crontab(hour=3, minute=0)},
}

# Security

CSRF_TRUSTED_ORIGINS = AWS.csrf_trusted_origins
CSRF_FAILURE_VIEW = "catalog.api_base.csrf_failure"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = AWS.https
SECURE_PROXY_SSL_HEADER = AWS.secure_proxy_ssl_header
SECURE_HSTS_SECONDS = 31_536_000 if AWS.https else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: they belong to the owner of the domain, not to the shop.
    "security.W008",  # SSL redirect: the load balancer redirects, and its health check speaks HTTP.
    "security.W021",  # HSTS preload: a decision of the owner of the domain as well.
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "catalog:product-list"

# Logging: one line a record to stdout, where ECS picks it up

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "shop.json_logging.JsonFormatter"}},
    "handlers": {
        "stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"},
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"level": "ERROR"},
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
    },
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

# `/slow/` holds a request open, so that a test can stop the server meanwhile. Anybody could occupy threads by it: never
# switch it on for the public.
SHOP_SLOW_VIEW = os.environ.get("SHOP_SLOW_VIEW") == "1"
