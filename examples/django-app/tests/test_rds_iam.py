"""The database backend with IAM tokens, up to the connection; the library's contract test logs in with them."""

import os
from datetime import datetime, timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.test import SimpleTestCase

from shop.aws_environment import Database
from shop.rds_iam import base
from shop.rds_iam.tokens import Tokens

AWS = {"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "ASIAFIRST", "AWS_SECRET_ACCESS_KEY": "x", "AWS_SESSION_TOKEN": "session"}
NO_AWS = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class WithAws(SimpleTestCase):
    environment = AWS
    # No connection is made, but Django has to let the backend try.
    databases = {"default"}

    def setUp(self) -> None:
        environment = patch.dict(os.environ, NO_AWS | self.environment, clear=True)
        environment.start()
        self.addCleanup(environment.stop)
        self.clock = Clock()
        self.tokens = Tokens(self.clock)


class TokenTests(WithAws):
    time = datetime(2026, 1, 1)

    def get(self, host: str = "db.internal") -> str:
        # The same token comes again within a second, so each call gets a second of its own.
        self.time += timedelta(seconds=1)
        with patch("botocore.auth.get_current_datetime", return_value=self.time):
            return self.tokens.get(host, 5433, "web")

    def test_signs_who_logs_in_where(self) -> None:
        url = urlsplit("https://" + self.get())
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.assertEqual((url.netloc, query["Action"], query["DBUser"]), ("db.internal:5433", "connect", "web"))
        self.assertEqual(query["X-Amz-Expires"], "900")
        self.assertIn("ASIAFIRST/20260101/eu-central-1/rds-db/aws4_request", query["X-Amz-Credential"])

    def test_keeps_a_token_for_less_than_its_fifteen_minutes(self) -> None:
        first = self.get()
        self.clock.now = 599
        self.assertEqual(self.get(), first)
        self.clock.now = 600
        self.assertNotEqual(self.get(), first)

    def test_makes_one_for_each_server(self) -> None:
        self.assertNotEqual(self.get("one.internal"), self.get("two.internal"))

    def test_makes_a_new_one_for_new_credentials(self) -> None:
        first = self.get()
        self.assertEqual(self.get(), first)
        # As botocore does before they expire: in place, behind the client too.
        credentials = self.tokens._session.get_credentials()
        credentials.access_key = "ASIASECOND"
        self.assertIn("ASIASECOND", self.get())

    def test_forgets_one_that_was_refused(self) -> None:
        first = self.get()
        self.tokens.forget("db.internal", 5433, "web")
        self.assertNotEqual(self.get(), first)


class WithoutRegionTests(WithAws):
    environment = {name: value for name, value in AWS.items() if name != "AWS_REGION"}

    def test_asks_for_the_region(self) -> None:
        with self.assertRaisesRegex(ImproperlyConfigured, "set AWS_REGION"):
            self.tokens.get("db.internal", 5432, "web")


class WithoutCredentialsTests(WithAws):
    environment = {"AWS_REGION": "eu-central-1"}

    def test_says_where_credentials_come_from(self) -> None:
        with self.assertRaisesRegex(ImproperlyConfigured, "task role"):
            self.tokens.get("db.internal", 5432, "web")


class BackendTests(WithAws):
    def connection(self, host: str = "db.internal", **changes: object):
        database = Database(host=host, port=5433, name="shop", user="web", password=None, sslmode="require")
        connection = ConnectionHandler({"default": database.setting() | changes})["default"]
        self.addCleanup(connection.close_pool)
        return connection

    def setUp(self) -> None:
        super().setUp()
        tokens = patch.object(base, "TOKENS", self.tokens)
        tokens.start()
        self.addCleanup(tokens.stop)

    def test_logs_in_with_a_token(self) -> None:
        params = self.connection().get_connection_params()
        self.assertTrue(params["password"].startswith("db.internal:5433/?Action=connect&DBUser=web&"))
        self.assertEqual((params["user"], params["sslmode"]), ("web", "require"))

    def test_signs_for_the_replica_that_it_connects_to(self) -> None:
        connection = self.connection("one.internal,two.internal")
        hosts = set()
        for _ in range(50):
            params = connection.get_connection_params()
            self.assertTrue(params["password"].startswith(f"{params['host']}:5433/"))
            hosts.add(params["host"])
        self.assertEqual(hosts, {"one.internal", "two.internal"})

    def test_says_why_a_token_may_be_refused_and_forgets_it(self) -> None:
        refused = psycopg.OperationalError('connection failed: FATAL:  PAM authentication failed for user "web"')
        connection = self.connection()
        token = connection.get_connection_params()["password"]
        with patch("psycopg.connect", side_effect=refused), self.assertRaises(OperationalError) as caught:
            connection.ensure_connection()
        for cause in ("PAM authentication failed", "rds-db:connect as 'web'", "rds_iam", "AWS_REGION", "15 minutes, and here it is 20"):
            self.assertIn(cause, str(caught.exception))
        self.assertNotIn(token, str(caught.exception))
        self.assertEqual(self.tokens._tokens, {})

    def test_adds_nothing_to_other_errors(self) -> None:
        with patch("psycopg.connect", side_effect=psycopg.OperationalError("timeout expired")):
            with self.assertRaisesRegex(OperationalError, "^timeout expired$"):
                self.connection().ensure_connection()

    def test_gives_each_connection_of_a_pool_a_token_of_its_own(self) -> None:
        connection = self.connection(CONN_MAX_AGE=0, OPTIONS={"sslmode": "require", "pool": True})
        first = connection.pool._resolve_kwargs()
        self.tokens.forget("db.internal", 5433, "web")
        with patch.object(self.tokens, "get", return_value="new token"):
            second = connection.pool._resolve_kwargs()
        self.assertTrue(first["autocommit"])
        self.assertEqual(second["password"], "new token")
        self.assertNotEqual(first["password"], second["password"])
