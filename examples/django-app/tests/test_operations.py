"""What those who operate the shop rely on: health check, slow view, check_status, logs and static files."""

import json
import logging
import sys
from io import StringIO
from unittest.mock import patch

from django.core import mail
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import SimpleTestCase, TestCase, override_settings
from storages.backends.s3 import S3ManifestStaticStorage

from shop.aws_environment import StaticBucket
from shop.json_logging import JsonFormatter
from shop.static_storage import StaticStorage
from tests.temporary_media import TemporaryMedia


# A SimpleTestCase fails on each query, so it proves that the view makes none.
class HealthTests(SimpleTestCase):
    def test_answers_without_the_database(self) -> None:
        response = self.client.get("/health/")
        self.assertEqual((response.status_code, response.content), (200, b"ok"))

    @override_settings(ALLOWED_HOSTS=["shop.example.com"])
    def test_refuses_a_host_that_is_not_allowed(self) -> None:
        with self.assertLogs("django.security.DisallowedHost"):
            response = self.client.get("/health/", headers={"host": "10.0.3.7:8000"})
        self.assertEqual(response.status_code, 400)


class SlowTests(SimpleTestCase):
    def test_does_not_exist_by_default(self) -> None:
        self.assertEqual(self.client.get("/slow/").status_code, 404)

    @override_settings(SHOP_SLOW_VIEW=True)
    def test_takes_the_seconds_it_is_asked_for(self) -> None:
        with patch("shop.views.time.sleep") as sleep:
            response = self.client.get("/slow/", {"seconds": "2.5"})
        self.assertEqual(response.content, b"slept 2.5 seconds")
        sleep.assert_called_once_with(2.5)

    @override_settings(SHOP_SLOW_VIEW=True)
    def test_refuses_more_than_25_seconds(self) -> None:
        for seconds in ["26", "-1", "nan", "inf", "long"]:
            with self.subTest(seconds):
                self.assertEqual(self.client.get("/slow/", {"seconds": seconds}).status_code, 400)


class CheckStatusTests(TemporaryMedia, TestCase):
    def failures(self) -> dict[str, str]:
        """Runs the command, which must fail, and gives the error of each check that did."""
        output = StringIO()
        with self.assertRaises(CommandError):
            call_command("check_status", "--json", stdout=output)
        report = json.loads(output.getvalue())
        self.assertFalse(report["ok"])
        return {name: check["error"] for name, check in report["checks"].items() if not check["ok"]}

    def test_reports_every_backing_service(self) -> None:
        output = StringIO()
        call_command("check_status", "--json", stdout=output)
        names = ["system", "database", "cache", "storage", "mail"]
        self.assertEqual(json.loads(output.getvalue()), {"ok": True, "checks": {name: {"ok": True} for name in names}})
        self.assertEqual(mail.outbox, [])

    def test_leaves_no_file_behind(self) -> None:
        call_command("check_status", stdout=StringIO())
        self.assertEqual(FileSystemStorage().listdir(""), ([], []))

    def test_fails_when_the_mail_server_does(self) -> None:
        with patch("django.core.mail.backends.locmem.EmailBackend.open", side_effect=OSError("refused")):
            self.assertEqual(self.failures(), {"mail": "OSError: refused"})

    def test_fails_when_the_storage_does(self) -> None:
        with patch.object(FileSystemStorage, "_save", side_effect=OSError("read-only")):
            self.assertEqual(self.failures(), {"storage": "OSError: read-only"})

    def test_fails_when_the_database_does(self) -> None:
        error = OperationalError("no route")
        with patch("django.db.migrations.recorder.MigrationRecorder.applied_migrations", side_effect=error):
            self.assertEqual(self.failures(), {"database": "OperationalError: no route"})

    def test_fails_when_a_migration_is_not_applied(self) -> None:
        call_command("migrate", "catalog", "0001", fake=True, verbosity=0)
        self.assertEqual(self.failures(), {"database": "StatusError: not migrated: catalog.0002_product_stock"})

    def test_fails_when_the_cache_forgets(self) -> None:
        with self.settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}):
            self.assertIn("cache", self.failures())

    @override_settings(ROOT_URLCONF="tests.no_urls")
    def test_fails_when_the_system_check_does(self) -> None:
        self.assertIn("no_urls", self.failures()["system"])

    def test_says_the_same_to_people(self) -> None:
        output = StringIO()
        with patch.object(FileSystemStorage, "_save", side_effect=OSError("read-only")):
            with self.assertRaisesMessage(CommandError, "Failed: storage"):
                call_command("check_status", stdout=output)
        self.assertIn("database: ok\n", output.getvalue())
        self.assertIn("storage: OSError: read-only\n", output.getvalue())


class LoggingTests(SimpleTestCase):
    def test_writes_a_traceback_into_the_line_of_its_record(self) -> None:
        try:
            raise ValueError("broken")
        except ValueError:
            record = logging.LogRecord("shop", logging.ERROR, __file__, 1, "It is %s", ("so",), sys.exc_info())
        line = JsonFormatter().format(record)
        self.assertNotIn("\n", line)
        fields = json.loads(line)
        self.assertEqual((fields["level"], fields["logger"], fields["message"]), ("ERROR", "shop", "It is so"))
        self.assertTrue(fields["traceback"].endswith("ValueError: broken"))


class StaticStorageTests(SimpleTestCase):
    def setUp(self) -> None:
        bucket = StaticBucket(name="static", region="eu-central-1", url="https://d111.cloudfront.net/static/")
        manifest = patch.object(StaticStorage, "read_manifest", return_value=None)
        manifest.start()
        self.addCleanup(manifest.stop)
        self.storage = StaticStorage(**bucket.options())

    def test_lets_browsers_keep_only_hashed_files(self) -> None:
        for name, immutable in [
            ("static/catalog/shop.0123456789ab.css", True),
            ("static/LICENSE.0123456789ab", True),
            ("static/catalog/shop.css", False),
            ("static/staticfiles.json", False),
        ]:
            with self.subTest(name):
                cache_control = self.storage.get_object_parameters(name)["CacheControl"]
                self.assertEqual("immutable" in cache_control, immutable)

    def test_links_to_cloudfront(self) -> None:
        self.storage.hashed_files = {"catalog/shop.css": "catalog/shop.0123456789ab.css"}
        self.assertEqual(
            self.storage.url("catalog/shop.css"),
            "https://d111.cloudfront.net/static/catalog/shop.0123456789ab.css",
        )

    def test_links_to_the_site_itself_without_a_host_in_the_url(self) -> None:
        storage = StaticStorage(**StaticBucket(name="static", region="eu-central-1", url="/static/").options())
        storage.hashed_files = {"catalog/shop.css": "catalog/shop.0123456789ab.css"}
        self.assertEqual(storage.url("catalog/shop.css"), "/static/catalog/shop.0123456789ab.css")

    def test_keeps_the_entries_of_former_versions_when_it_saves_the_manifest(self) -> None:
        former = {"version": "1.1", "paths": {"old.css": "old.0123456789ab.css", "shop.css": "shop.0123456789ab.css"}, "hash": ""}
        self.storage.hashed_files = {"shop.css": "shop.ba9876543210.css"}
        with (
            patch.object(StaticStorage, "read_manifest", return_value=json.dumps(former)),
            patch.object(StaticStorage, "exists", return_value=True),
            patch.object(S3ManifestStaticStorage, "delete") as delete,
            patch.object(StaticStorage, "_save") as save,
        ):
            self.storage.save_manifest()
        (name, content), _ = save.call_args
        self.assertEqual(name, "staticfiles.json")
        self.assertEqual(
            json.loads(content.read())["paths"], {"old.css": "old.0123456789ab.css", "shop.css": "shop.ba9876543210.css"}
        )
        # Else a task that starts at this moment would find none.
        delete.assert_not_called()
