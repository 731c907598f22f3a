"""The environment module, without Django."""

import json
import sys
from pathlib import Path
from shutil import copy
from subprocess import run
from tempfile import TemporaryDirectory
from unittest import TestCase

from shop.aws_environment import AwsEnvironment, Cache, Database
from shop.environment_variables import EnvironmentVariableError

PRODUCTION = {
    "DJANGO_SECRET_KEY": "key-of-the-test",
    "DJANGO_SECRET_KEY_FALLBACKS": "",
    "DJANGO_ALLOWED_HOSTS": "shop.example.com, 10.0.3.7",
    "CSRF_TRUSTED_ORIGINS": "https://shop.example.com",
    "DJANGO_HTTPS": "True",
    "DB_HOST": "db.internal",
    "DB_PORT": "5433",
    "DB_NAME": "shop",
    "DB_USER": "web",
    "DB_PASSWORD": "p ss,word ",
    "DB_SSLMODE": "verify-full",
    "AWS_STORAGE_BUCKET_NAME": "media-bucket",
    "AWS_STATIC_BUCKET_NAME": "static-bucket",
    "AWS_S3_REGION_NAME": "eu-central-1",
    "STATIC_URL": "https://d111.cloudfront.net/static/",
    "EMAIL_HOST": "email-smtp.eu-central-1.amazonaws.com",
    "EMAIL_PORT": "587",
    "EMAIL_HOST_USER": "AKIA",
    "EMAIL_HOST_PASSWORD": "smtp-password",
    "DEFAULT_FROM_EMAIL": "shop@example.com",
    "REDIS_URL": "rediss://cache:6379/0",
}
DATABASE_IN_ONE = ("DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASSWORD", "DB_SSLMODE")
WITHOUT_DATABASE = {name: value for name, value in PRODUCTION.items() if name not in DATABASE_IN_ONE}
SECRET = {"username": "web", "password": "p%ss", "host": "db.internal", "port": 5433, "dbname": "shop"}


class ProductionTests(TestCase):
    def setUp(self) -> None:
        self.aws = AwsEnvironment.read(PRODUCTION)

    def test_reads_lists_and_booleans(self) -> None:
        self.assertFalse(self.aws.debug)
        self.assertTrue(self.aws.https)
        self.assertEqual(self.aws.allowed_hosts, ["shop.example.com", "10.0.3.7"])
        self.assertEqual(self.aws.csrf_trusted_origins, ["https://shop.example.com"])
        self.assertEqual(self.aws.secret_key_fallbacks, [])

    def test_reads_the_fallbacks_of_a_rotation(self) -> None:
        aws = AwsEnvironment.read(PRODUCTION | {"DJANGO_SECRET_KEY_FALLBACKS": "old,older"})
        self.assertEqual(aws.secret_key_fallbacks, ["old", "older"])

    def test_leaves_a_password_as_it_is(self) -> None:
        self.assertEqual(self.aws.database.password, "p ss,word ")

    def test_gives_the_database_setting(self) -> None:
        setting = self.aws.database.setting()
        self.assertEqual((setting["HOST"], setting["PORT"]), ("db.internal", 5433))
        self.assertEqual(setting["OPTIONS"]["sslmode"], "verify-full")
        self.assertGreater(setting["CONN_MAX_AGE"], 0)
        self.assertTrue(setting["CONN_HEALTH_CHECKS"])

    def test_asks_the_database_for_tls_by_default(self) -> None:
        aws = AwsEnvironment.read({name: value for name, value in PRODUCTION.items() if name != "DB_SSLMODE"})
        self.assertEqual(aws.database.sslmode, "require")

    def test_believes_the_load_balancer_or_cloudfront_that_a_visitor_came_by_https(self) -> None:
        for environment, header in [
            ({}, ("HTTP_X_FORWARDED_PROTO", "https")),
            ({"DJANGO_SECURE_PROXY_SSL_HEADER": "HTTP_CLOUDFRONT_FORWARDED_PROTO"}, ("HTTP_CLOUDFRONT_FORWARDED_PROTO", "https")),
            ({"DJANGO_HTTPS": "false"}, None),
        ]:
            with self.subTest(environment):
                self.assertEqual(AwsEnvironment.read(PRODUCTION | environment).secure_proxy_ssl_header, header)

    def test_keeps_media_private(self) -> None:
        options = self.aws.media_bucket.options()
        self.assertEqual((options["bucket_name"], options["location"]), ("media-bucket", "media"))
        self.assertTrue(options["querystring_auth"])
        self.assertFalse(options["file_overwrite"])

    def test_serves_static_files_from_the_host_and_path_of_static_url(self) -> None:
        options = self.aws.static_bucket.options()
        self.assertEqual((options["custom_domain"], options["location"]), ("d111.cloudfront.net", "static"))
        self.assertFalse(options["querystring_auth"])

    def test_serves_static_files_from_the_site_itself_when_static_url_is_a_path(self) -> None:
        options = AwsEnvironment.read(PRODUCTION | {"STATIC_URL": "/static/"}).static_bucket.options()
        self.assertEqual((options["custom_domain"], options["location"]), (None, "static"))

    def test_chooses_the_tls_of_a_mail_port(self) -> None:
        for port, use_tls, use_ssl, starttls, implicit in [
            ("587", "", "", True, False),
            ("587", "True", "False", True, False),
            ("587", "true", "false", True, False),
            ("1025", "False", "", False, False),
            ("465", "", "", False, True),
            ("465", "false", "true", False, True),
            ("2465", "true", "", False, True),
            ("8465", "false", "true", False, True),
        ]:
            with self.subTest(port=port, use_tls=use_tls, use_ssl=use_ssl):
                variables = {"EMAIL_PORT": port, "EMAIL_USE_TLS": use_tls, "EMAIL_USE_SSL": use_ssl}
                mail_server = AwsEnvironment.read(PRODUCTION | variables).mail_server
                self.assertEqual((mail_server.use_tls, mail_server.use_ssl), (starttls, implicit))

    def test_hides_secrets_from_repr(self) -> None:
        shown = repr(self.aws)
        for name in ("DJANGO_SECRET_KEY", "DB_PASSWORD", "EMAIL_HOST_PASSWORD", "REDIS_URL"):
            with self.subTest(name):
                self.assertNotIn(PRODUCTION[name], shown)

    def test_works_without_optional_backing_services(self) -> None:
        optional = ("EMAIL_", "REDIS_", "AWS_", "STATIC_", "DEFAULT_")
        aws = AwsEnvironment.read({k: v for k, v in PRODUCTION.items() if not k.startswith(optional)})
        self.assertIsNone(aws.mail_server)
        self.assertIsNone(aws.cache)
        self.assertIsNone(aws.media_bucket)
        self.assertIsNone(aws.static_bucket)
        self.assertEqual(aws.static_url, "/static/")


class CacheTests(TestCase):
    def test_checks_the_certificate_and_the_name_of_a_server_with_tls(self) -> None:
        options = Cache(url="rediss://:secret@cache:6379/0").setting()["OPTIONS"]
        self.assertEqual((options["ssl_cert_reqs"], options["ssl_check_hostname"]), ("required", True))

    def test_talks_to_a_local_server_without_tls(self) -> None:
        self.assertNotIn("ssl_cert_reqs", Cache(url="redis://localhost").setting()["OPTIONS"])

    def test_reads_the_url_out_of_a_json_object(self) -> None:
        content = {"redis_url": "rediss://:secret@cache:6379/0", "redis_host": "cache"}
        aws = AwsEnvironment.read(PRODUCTION | {"REDIS_URL": "", "REDIS_SECRET_JSON": json.dumps(content)})
        self.assertEqual(aws.cache, Cache(url="rediss://:secret@cache:6379/0"))


class DatabaseTests(TestCase):
    EXPECTED = Database(host="db.internal", port=5433, name="shop", user="web", password="p%ss", sslmode="require")

    def test_reads_a_url(self) -> None:
        for scheme in ("postgres", "postgresql"):
            url = f"{scheme}://web:p%25ss@db.internal:5433/shop?sslmode=require"
            with self.subTest(scheme):
                self.assertEqual(AwsEnvironment.read(WITHOUT_DATABASE | {"DATABASE_URL": url}).database, self.EXPECTED)

    def test_takes_the_sslmode_of_the_url(self) -> None:
        url = "postgres://web:secret@db.internal/shop?sslmode=verify-full"
        database = AwsEnvironment.read(WITHOUT_DATABASE | {"DATABASE_URL": url, "DB_SSLMODE": "require"}).database
        self.assertEqual((database.port, database.sslmode), (5432, "verify-full"))

    def test_reads_a_json_object(self) -> None:
        aws = AwsEnvironment.read(WITHOUT_DATABASE | {"DATABASE_SECRET_JSON": json.dumps(SECRET)})
        self.assertEqual(aws.database, self.EXPECTED)

    def test_takes_what_a_json_object_lacks_from_single_variables(self) -> None:
        secret = {"username": "web", "password": "p%ss"}
        aws = AwsEnvironment.read(PRODUCTION | {"DB_SSLMODE": "", "DB_USER": "", "DATABASE_SECRET_JSON": json.dumps(secret)})
        self.assertEqual(aws.database, self.EXPECTED)

    def test_logs_in_by_iam_without_a_password(self) -> None:
        database = AwsEnvironment.read(PRODUCTION | {"DB_AUTHENTICATION": "iam", "DB_PASSWORD": ""}).database
        setting = database.setting()
        self.assertEqual((setting["ENGINE"], setting["USER"], setting["PASSWORD"]), ("shop.rds_iam", "web", ""))
        self.assertGreater(setting["CONN_MAX_AGE"], 0)

    def test_knows_no_replica_by_default(self) -> None:
        self.assertIsNone(AwsEnvironment.read(PRODUCTION).database.replica_host)

    def test_reads_from_any_replica(self) -> None:
        database = AwsEnvironment.read(PRODUCTION | {"DB_REPLICA_HOST": "one.internal,two.internal"}).database
        replica = database.replica_setting()
        self.assertEqual((replica["HOST"], replica["OPTIONS"]["load_balance_hosts"]), ("one.internal,two.internal", "random"))
        self.assertEqual(replica["TEST"], {"MIRROR": "default"})
        self.assertEqual(database.setting()["HOST"], "db.internal")
        self.assertNotIn("load_balance_hosts", database.setting()["OPTIONS"])

    def test_reads_a_second_database_by_its_prefix(self) -> None:
        variables = {f"REPORTS_{name}": value for name, value in PRODUCTION.items() if name in DATABASE_IN_ONE}
        self.assertEqual(Database.read(variables, prefix="REPORTS_").host, "db.internal")
        with self.assertRaisesRegex(EnvironmentVariableError, "- REPORTS_DB_NAME is missing$"):
            Database.read(variables | {"REPORTS_DB_NAME": ""}, prefix="REPORTS_")

    def test_reads_the_names_of_another_convention(self) -> None:
        variables = {name.replace("DB_", "POSTGRES_"): value for name, value in PRODUCTION.items()}
        names = {name: name.replace("DB_", "POSTGRES_") for name in DATABASE_IN_ONE}
        self.assertEqual(AwsEnvironment.read(variables, names=names).database.host, "db.internal")
        with self.assertRaisesRegex(EnvironmentVariableError, "- POSTGRES_HOST is missing$"):
            AwsEnvironment.read(variables | {"POSTGRES_HOST": ""}, names=names)


class DebugTests(TestCase):
    def test_needs_no_other_variable(self) -> None:
        aws = AwsEnvironment.read({"DJANGO_DEBUG": "true"})
        self.assertTrue(aws.debug)
        self.assertFalse(aws.https)
        self.assertIsNone(aws.database)

    def test_takes_a_database_that_is_given(self) -> None:
        variables = {"DB_HOST": "localhost", "DB_NAME": "shop", "DB_USER": "me", "DB_PASSWORD": "secret"}
        aws = AwsEnvironment.read({"DJANGO_DEBUG": "true"} | variables)
        self.assertEqual(
            aws.database,
            Database(host="localhost", port=5432, name="shop", user="me", password="secret", sslmode="require"),
        )


class ErrorTests(TestCase):
    def assert_problems(self, changes: dict[str, str], *problems: str) -> None:
        with self.assertRaises(EnvironmentVariableError) as caught:
            AwsEnvironment.read(PRODUCTION | changes)
        lines = "".join(f"\n- {problem}" for problem in problems)
        self.assertEqual(str(caught.exception), f"The environment of this process is not complete:{lines}")

    def test_names_each_missing_variable(self) -> None:
        for name in [
            "DJANGO_SECRET_KEY",
            "DJANGO_ALLOWED_HOSTS",
            "DJANGO_HTTPS",
            "DB_HOST",
            "DB_NAME",
            "DB_USER",
            "DB_PASSWORD",
            "AWS_S3_REGION_NAME",
            "STATIC_URL",
        ]:
            with self.subTest(name):
                self.assert_problems({name: ""}, f"{name} is missing")

    def test_reports_all_problems_together(self) -> None:
        self.assert_problems(
            {"DJANGO_SECRET_KEY": "", "DB_NAME": "", "EMAIL_PORT": "smtp"},
            "DJANGO_SECRET_KEY is missing",
            "DB_NAME is missing",
            "EMAIL_PORT must be a port from 1 to 65535, got 'smtp'",
        )

    def test_names_what_a_value_must_be(self) -> None:
        modes = "disable, allow, prefer, require, verify-ca, verify-full"
        for name, value, problem in [
            ("DJANGO_HTTPS", "yes", "DJANGO_HTTPS must be True or False, got 'yes'"),
            (
                "DJANGO_SECURE_PROXY_SSL_HEADER",
                "HTTP_X_SCHEME",
                "DJANGO_SECURE_PROXY_SSL_HEADER must be one of HTTP_X_FORWARDED_PROTO, HTTP_CLOUDFRONT_FORWARDED_PROTO, got 'HTTP_X_SCHEME'",
            ),
            ("DB_PORT", "0", "DB_PORT must be a port from 1 to 65535, got '0'"),
            ("DB_SSLMODE", "on", f"DB_SSLMODE must be one of {modes}, got 'on'"),
            *(
                ("STATIC_URL", url, f"STATIC_URL must be 'https://<host>/<path>/' or '/<path>/', got '{url}'")
                for url in ("static/", "/static", "//d111.cloudfront.net/static/", "https:///static/", "ftp://d111.cloudfront.net/static/")
            ),
        ]:
            with self.subTest(name):
                self.assert_problems({name: value}, problem)

    def test_says_once_that_a_variable_with_a_whole_connection_is_broken(self) -> None:
        url = "DATABASE_URL must be 'postgres://<user>:<password>@<host>:<port>/<name>?sslmode=require'"
        database = "DATABASE_SECRET_JSON must be a JSON object with the keys username, password, host, port, dbname"
        nothing = dict.fromkeys(DATABASE_IN_ONE, "")
        for name, value, problem in [
            ("DATABASE_URL", "mysql://web:secret@db/shop", url),
            ("DATABASE_URL", "postgres://web:secret@db:port/shop", url),
            ("DATABASE_URL", "secret", url),
            ("DATABASE_SECRET_JSON", "secret", database),
            ("DATABASE_SECRET_JSON", '"secret"', database),
            ("REDIS_SECRET_JSON", "[]", "REDIS_SECRET_JSON must be a JSON object with the keys redis_url"),
        ]:
            with self.subTest(value):
                self.assert_problems((nothing if "DATABASE" in name else {}) | {name: value}, problem)

    def test_says_what_a_whole_connection_lacks(self) -> None:
        nothing = dict.fromkeys(DATABASE_IN_ONE, "")
        secret = {key: value for key, value in SECRET.items() if key != "dbname"}
        self.assert_problems(
            nothing | {"DATABASE_SECRET_JSON": json.dumps(secret | {"port": "x"})},
            "DB_PORT in DATABASE_SECRET_JSON must be a port from 1 to 65535, got 'x'",
            "DB_NAME is missing, and not in DATABASE_SECRET_JSON either",
        )
        self.assert_problems(nothing | {"DATABASE_URL": "postgres://web@db/shop"}, "DB_PASSWORD is missing, and not in DATABASE_URL either")

    def test_refuses_a_token_on_a_connection_that_may_not_be_encrypted(self) -> None:
        self.assert_problems(
            {"DB_AUTHENTICATION": "iam", "DB_SSLMODE": "prefer"},
            "DB_SSLMODE must be one of require, verify-ca, verify-full, got 'prefer'",
        )
        self.assert_problems({"DB_AUTHENTICATION": "IAM"}, "DB_AUTHENTICATION must be one of password, iam, got 'IAM'")


class ModuleTests(TestCase):
    def test_needs_only_the_standard_library(self) -> None:
        project = Path(__file__).resolve().parents[1]
        with TemporaryDirectory() as folder:
            # As in another project, whose package is not ours.
            (Path(folder) / "shop").mkdir()
            for name in ("aws_environment.py", "environment_variables.py", "celery_broker.py"):
                copy(project / "shop" / name, Path(folder) / "shop")
            # -S leaves out site-packages, -I the current folder.
            program = f"import sys; sys.path.append({folder!r}); import shop.aws_environment"
            result = run([sys.executable, "-I", "-S", "-B", "-c", program], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
