"""The pages, as a browser uses them."""

from decimal import Decimal
from smtplib import SMTPAuthenticationError
from unittest.mock import patch

from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from catalog.models import MAXIMUM_UPLOAD_MIB, Attachment, Product
from catalog.views import ProductListView
from tests.temporary_media import TemporaryMedia


class CatalogTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        cls.product = Product.objects.create(
            name="Teapot", slug="teapot", price=Decimal("24.90"), description="<p>Round</p><script>alert(1)</script>"
        )

    def test_lists_products(self) -> None:
        response = self.client.get(reverse("catalog:product-list"))
        self.assertContains(response, "Teapot")
        self.assertContains(response, "/static/catalog/shop.css")

    def test_shows_the_description_without_its_script(self) -> None:
        response = self.client.get(self.product.get_absolute_url())
        self.assertContains(response, "<p>Round</p>")
        self.assertNotContains(response, "alert(1)")

    def test_counts_the_views_of_a_product(self) -> None:
        cache.clear()
        self.assertContains(self.client.get(self.product.get_absolute_url()), "viewed 1 time today")
        self.assertContains(self.client.get(self.product.get_absolute_url()), "viewed 2 times today")

    def test_reads_the_list_from_the_replica(self) -> None:
        with self.settings(READ_DATABASE="replica"):
            self.assertEqual(ProductListView().get_queryset().db, "replica")

    def test_answers_404_for_an_unknown_product(self) -> None:
        self.assertEqual(self.client.get("/products/kettle/").status_code, 404)


class AttachmentTests(TemporaryMedia, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.product = Product.objects.create(name="Teapot", slug="teapot", price=1)
        self.url = reverse("catalog:attachment-add", args=["teapot"])
        self.client.force_login(User.objects.create_user("visitor"))

    def upload(self, name: str, content: bytes):
        return self.client.post(self.url, {"title": "Manual", "file": SimpleUploadedFile(name, content)})

    def test_needs_a_login(self) -> None:
        self.client.logout()
        self.assertRedirects(self.client.get(self.url), f"{reverse('login')}?next={self.url}")

    def test_uploads_a_file_and_links_to_it(self) -> None:
        response = self.upload("manual.txt", b"Pour slowly.")
        self.assertRedirects(response, self.product.get_absolute_url())
        attachment = Attachment.objects.get()
        self.assertEqual(attachment.product, self.product)
        with attachment.file.open() as file:
            self.assertEqual(file.read(), b"Pour slowly.")
        self.assertContains(self.client.get(self.product.get_absolute_url()), attachment.file.url)

    def test_keeps_two_files_of_the_same_name(self) -> None:
        self.upload("manual.txt", b"first")
        self.upload("manual.txt", b"second")
        contents = set()
        for attachment in Attachment.objects.all():
            with attachment.file.open() as file:
                contents.add(file.read())
        self.assertEqual(contents, {b"first", b"second"})

    def test_refuses_a_file_that_a_browser_would_run(self) -> None:
        response = self.upload("page.html", b"<script></script>")
        self.assertContains(response, "not allowed")
        self.assertFalse(Attachment.objects.exists())

    def test_refuses_a_file_that_is_too_large(self) -> None:
        response = self.upload("manual.txt", bytes(MAXIMUM_UPLOAD_MIB * 1024 * 1024 + 1))
        self.assertContains(response, f"larger than {MAXIMUM_UPLOAD_MIB} MiB")
        self.assertFalse(Attachment.objects.exists())


class ContactTests(TestCase):
    def test_sends_the_message_to_the_shop(self) -> None:
        form = {"name": "Ada", "email": "ada@example.com", "message": "Is it dishwasher safe?"}
        with self.settings(DEFAULT_FROM_EMAIL="shop@example.com"):
            response = self.client.post(reverse("catalog:contact"), form, follow=True)
        self.assertContains(response, "on its way")
        (message,) = mail.outbox
        self.assertEqual(message.subject, "Message from Ada")
        self.assertEqual(message.body, "Is it dishwasher safe?")
        self.assertEqual((message.from_email, message.to), ("shop@example.com", ["shop@example.com"]))
        self.assertEqual(message.reply_to, ["ada@example.com"])

    def test_says_so_when_the_mail_server_does_not_take_the_message(self) -> None:
        form = {"name": "Ada", "email": "ada@example.com", "message": "Is it dishwasher safe?"}
        for error in (SMTPAuthenticationError(535, b"Authentication Credentials Invalid"), ConnectionRefusedError("refused")):
            with (
                self.subTest(type(error).__name__),
                patch("django.core.mail.backends.locmem.EmailBackend.send_messages", side_effect=error),
                self.assertLogs("django.request", "ERROR"),
                self.assertLogs("catalog.views", "ERROR") as logs,
            ):
                response = self.client.post(reverse("catalog:contact"), form)
                self.assertContains(response, "could not be sent", status_code=503)
                self.assertContains(response, "Is it dishwasher safe?", status_code=503)
                self.assertIn(type(error).__name__, logs.output[0])

    def test_keeps_a_line_break_out_of_the_headers(self) -> None:
        form = {"name": "Ada\nBcc: all@example.com", "email": "ada@example.com", "message": "Hello"}
        self.client.post(reverse("catalog:contact"), form)
        (message,) = mail.outbox
        self.assertEqual((message.subject, message.bcc), ("Message from Ada Bcc: all@example.com", []))


class LoginTests(TestCase):
    def test_logs_in(self) -> None:
        User.objects.create_user("ada", password="correct horse")
        response = self.client.post(reverse("login"), {"username": "ada", "password": "correct horse"}, follow=True)
        self.assertContains(response, "Log out")
