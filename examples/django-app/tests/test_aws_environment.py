"""The environment module, without Django."""

import sys
from subprocess import run
from unittest import TestCase

from shop.aws_environment import AwsEnvironment, Database, EnvironmentVariableError

PRODUCTION = {
    "DJANGO_SECRET_KEY": "key-of-the-test",
    "DJANGO_SECRET_KEY_FALLBACKS": "",
    "DJANGO_ALLOWED_HOSTS": "shop.example.com, 10.0.3.7",
    "CSRF_TRUSTED_ORIGINS": "https://shop.example.com",
    "DJANGO_HTTPS": "true",
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

    def test_keeps_media_private(self) -> None:
        options = self.aws.media_bucket.options()
        self.assertEqual((options["bucket_name"], options["location"]), ("media-bucket", "media"))
        self.assertTrue(options["querystring_auth"])
        self.assertFalse(options["file_overwrite"])

    def test_serves_static_files_from_the_host_and_path_of_static_url(self) -> None:
        options = self.aws.static_bucket.options()
        self.assertEqual((options["custom_domain"], options["location"]), ("d111.cloudfront.net", "static"))
        self.assertFalse(options["querystring_auth"])

    def test_chooses_the_tls_of_a_mail_port(self) -> None:
        for port, starttls, implicit in [("587", True, False), ("465", False, True), ("2465", False, True)]:
            with self.subTest(port):
                mail_server = AwsEnvironment.read(PRODUCTION | {"EMAIL_PORT": port}).mail_server
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
        self.assertIsNone(aws.redis_url)
        self.assertIsNone(aws.media_bucket)
        self.assertIsNone(aws.static_bucket)
        self.assertEqual(aws.static_url, "/static/")


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
            ("DJANGO_HTTPS", "yes", "DJANGO_HTTPS must be one of true, false, got 'yes'"),
            ("DB_PORT", "0", "DB_PORT must be a port from 1 to 65535, got '0'"),
            ("DB_SSLMODE", "on", f"DB_SSLMODE must be one of {modes}, got 'on'"),
            ("STATIC_URL", "/static/", "STATIC_URL must be 'https://<host>/<path>/', got '/static/'"),
        ]:
            with self.subTest(name):
                self.assert_problems({name: value}, problem)


class ModuleTests(TestCase):
    def test_needs_only_the_standard_library(self) -> None:
        # -S leaves out site-packages, -I the current folder.
        program = f"import runpy; runpy.run_path({AwsEnvironment.read.__globals__['__file__']!r}, run_name='copied')"
        result = run([sys.executable, "-I", "-S", "-B", "-c", program], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
