"""Background work, and the brokers that it goes through."""

import csv
from unittest import mock

from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.core.files.storage import default_storage
from django.test import SimpleTestCase, TestCase, override_settings
from django.urls import reverse
from kombu.exceptions import OperationalError

from catalog.models import Product
from catalog.tasks import publish_price_list
from shop.celery import app
from shop.celery_broker import CeleryBroker
from shop.environment_variables import EnvironmentVariableError, Variables
from tests.temporary_media import TemporaryMedia

SQS = {
    "CELERY_BROKER_URL": "sqs://",
    "CELERY_TASK_DEFAULT_QUEUE": "celery",
    "CELERY_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/123456789012/Shop-Queue",
    "AWS_REGION": "eu-central-1",
}


class CeleryBrokerTests(SimpleTestCase):
    def read(self, environ: dict[str, str]) -> CeleryBroker | None:
        variables = Variables(environ)
        broker = CeleryBroker.read(variables)
        variables.raise_problems()
        return broker

    def test_is_none_where_nothing_is_given(self) -> None:
        self.assertIsNone(self.read({"REDIS_URL": ""}))

    def test_takes_a_database_of_redis_that_the_cache_does_not_empty(self) -> None:
        broker = self.read({"REDIS_URL": "rediss://:pass@cache:6379/0?ssl_cert_reqs=required"})
        self.assertEqual(broker.url, "rediss://:pass@cache:6379/1?ssl_cert_reqs=required")
        self.assertGreater(broker.transport_options()["visibility_timeout"], app.conf.task_time_limit)

    def test_knows_its_queue_at_sqs(self) -> None:
        broker = self.read(SQS | {"REDIS_URL": "redis://cache"})
        self.assertEqual(broker.url, "sqs://")
        self.assertEqual(broker.transport_options()["predefined_queues"], {"celery": {"url": SQS["CELERY_QUEUE_URL"]}})
        self.assertEqual(broker.transport_options()["region"], "eu-central-1")

    def test_takes_a_broker_of_ones_own(self) -> None:
        self.assertEqual(self.read({"CELERY_BROKER_URL": "redis://tasks:6379/3", "REDIS_URL": "redis://cache"}).url, "redis://tasks:6379/3")

    def test_names_what_sqs_needs(self) -> None:
        with self.assertRaises(EnvironmentVariableError) as caught:
            self.read({"CELERY_BROKER_URL": "sqs://"})
        self.assertIn("- CELERY_QUEUE_URL is missing\n- AWS_REGION is missing", str(caught.exception))

    def test_keeps_its_password_to_itself(self) -> None:
        self.assertNotIn("pass", repr(self.read({"REDIS_URL": "redis://:pass@cache"})))


class PriceListTests(TemporaryMedia, TestCase):
    def setUp(self) -> None:
        super().setUp()
        Product.objects.create(name="Teapot", slug="teapot", price="24.90", stock=3)
        Product.objects.create(name="Kettle, red", slug="kettle", price="49.00")

    def published(self, name: str) -> list[list[str]]:
        with default_storage.open(name, "r") as file:
            return list(csv.reader(file))

    def test_has_all_products(self) -> None:
        rows = self.published(publish_price_list())
        self.assertEqual(rows, [["slug", "name", "price", "stock"], ["kettle", "Kettle, red", "49.00", "0"], ["teapot", "Teapot", "24.90", "3"]])

    def test_may_be_published_twice(self) -> None:
        first, second = publish_price_list(), publish_price_list()
        self.assertEqual(self.published(first), self.published(second))

    def test_is_published_each_night(self) -> None:
        (entry,) = app.conf.beat_schedule.values()
        self.assertIn(entry["task"], app.tasks)

    def test_a_task_counts_as_done_when_it_is_done(self) -> None:
        self.assertTrue(app.conf.task_acks_late and app.conf.task_reject_on_worker_lost)

    @override_settings(CELERY_TASK_ALWAYS_EAGER=True)
    def test_is_published_from_the_admin_without_a_broker(self) -> None:
        self.ask()
        self.assertEqual(len(default_storage.listdir("price-lists")[1]), 1)

    def test_the_admin_says_when_the_broker_is_away(self) -> None:
        with mock.patch.object(publish_price_list, "delay", side_effect=OperationalError("connection refused")):
            response = self.ask()
        self.assertEqual([str(message) for message in get_messages(response.wsgi_request)], ["The broker did not take the task. Please try again in some minutes."])

    def ask(self):
        self.client.force_login(User.objects.create_superuser("admin"))
        data = {"action": "publish_prices", "_selected_action": [Product.objects.first().pk]}
        return self.client.post(reverse("admin:catalog_product_changelist"), data)
