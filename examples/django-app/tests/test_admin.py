"""The admin, with the long bodies that a web application firewall must let through."""

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from catalog.models import Attachment, Product
from tests.temporary_media import TemporaryMedia


class ProductAdminTests(TemporaryMedia, TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.client.force_login(User.objects.create_superuser("admin"))

    def test_edits_the_description_as_rich_text(self) -> None:
        response = self.client.get(reverse("admin:catalog_product_add"))
        self.assertContains(response, 'class="rich-text"')
        self.assertContains(response, "catalog/rich-text.js")

    def test_saves_a_long_description_and_an_attachment(self) -> None:
        description = "<p>It <strong>pours</strong> well.</p>" * 2000
        response = self.client.post(
            reverse("admin:catalog_product_add"),
            {
                "name": "Teapot",
                "slug": "teapot",
                "description": description,
                "price": "24.90",
                "stock": "3",
                "attachments-TOTAL_FORMS": "1",
                "attachments-INITIAL_FORMS": "0",
                "attachments-0-title": "Manual",
                "attachments-0-file": SimpleUploadedFile("manual.pdf", b"%PDF-1.7"),
            },
        )
        self.assertRedirects(response, reverse("admin:catalog_product_changelist"))
        product = Product.objects.get()
        self.assertEqual(product.description, description)
        self.assertEqual(product.stock, 3)
        with product.attachments.get().file.open() as file:
            self.assertEqual(file.read(), b"%PDF-1.7")

    def test_lists_attachments(self) -> None:
        product = Product.objects.create(name="Teapot", slug="teapot", price=1)
        Attachment.objects.create(product=product, title="Manual", file="attachments/manual.pdf")
        self.assertContains(self.client.get(reverse("admin:catalog_attachment_changelist")), "Manual")
