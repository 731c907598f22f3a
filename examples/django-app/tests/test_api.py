"""The JSON API, as a single-page app uses it."""

from unittest.mock import patch

from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client, TestCase
from django.urls import reverse

from catalog.models import Attachment, Product
from tests.temporary_media import TemporaryMedia

URL = "/api/products/"
TEAPOT = {"name": "Teapot", "slug": "teapot", "price": "24.90", "description": "<p>Round</p>"}


class ProductListTests(TestCase):
    def test_lists_products_to_everybody(self) -> None:
        Product.objects.create(**TEAPOT, stock=3)
        body = self.client.get(URL).json()
        self.assertEqual((body["count"], body["pages"], body["page"]), (1, 1, 1))
        (product,) = body["products"]
        self.assertEqual({name: product[name] for name in TEAPOT} | {"stock": product["stock"]}, TEAPOT | {"stock": 3})

    def test_gives_a_page_at_a_time(self) -> None:
        Product.objects.bulk_create(Product(name=f"Cup {n:02}", slug=f"cup-{n}", price=1) for n in range(51))
        body = self.client.get(URL, {"page": 2}).json()
        self.assertEqual((body["count"], body["pages"]), (51, 2))
        self.assertEqual([product["name"] for product in body["products"]], ["Cup 50"])


class ProductCreateTests(TestCase):
    def setUp(self) -> None:
        user = User.objects.create_user("seller")
        user.user_permissions.add(Permission.objects.get(codename="add_product"))
        self.client.force_login(user)

    def create(self, data: object):
        return self.client.post(URL, data, content_type="application/json")

    def test_creates_a_product(self) -> None:
        response = self.create(TEAPOT)
        self.assertEqual(response.status_code, 201)
        product = Product.objects.get()
        self.assertEqual((product.name, product.stock), ("Teapot", 0))
        self.assertEqual(response["Location"], "/api/products/teapot/")
        self.assertEqual(self.client.get(response["Location"]).json(), response.json() | {"attachments": []})

    def test_answers_with_the_cleaned_description(self) -> None:
        response = self.create(TEAPOT | {"description": "<p>Round</p><script>alert(1)</script>"})
        self.assertEqual(response.json()["description"], "<p>Round</p>")

    def test_names_the_fields_that_are_wrong(self) -> None:
        response = self.create(TEAPOT | {"price": "cheap", "name": ""})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(set(response.json()["errors"]), {"price", "name"})

    def test_refuses_a_body_that_is_not_a_json_object(self) -> None:
        for body, message in [("{", "The body is not JSON."), ("[]", "The body is not a JSON object.")]:
            with self.subTest(body):
                response = self.create(body)
                self.assertEqual((response.status_code, response.json()), (400, {"error": message}))

    def test_asks_for_a_login(self) -> None:
        self.client.logout()
        response = self.create(TEAPOT)
        self.assertEqual((response.status_code, response.json()), (401, {"error": "Log in first."}))

    def test_asks_for_the_permission(self) -> None:
        self.client.force_login(User.objects.create_user("visitor"))
        response = self.create(TEAPOT)
        self.assertEqual((response.status_code, response.json()), (403, {"error": "You may not add products."}))


class AttachmentTests(TemporaryMedia, TestCase):
    url = "/api/products/teapot/attachments/"

    def setUp(self) -> None:
        super().setUp()
        self.product = Product.objects.create(**TEAPOT)
        self.client.force_login(User.objects.create_user("visitor"))

    def upload(self, name: str = "manual.txt", content: bytes = b"Pour slowly.", title: str = "Manual", url: str = url):
        return self.client.post(url, {"title": title, "file": SimpleUploadedFile(name, content)})

    def test_takes_a_file(self) -> None:
        response = self.upload()
        self.assertEqual(response.status_code, 201)
        attachment = self.product.attachments.get()
        with attachment.file.open() as file:
            self.assertEqual(file.read(), b"Pour slowly.")
        self.assertEqual((response.json()["title"], response.json()["url"]), ("Manual", attachment.file.url))
        self.assertEqual(self.client.get("/api/products/teapot/").json()["attachments"], [response.json()])

    def test_takes_a_file_that_does_not_stay_in_memory(self) -> None:
        content = bytes(3 * 1024 * 1024)
        self.assertEqual(self.upload(content=content).status_code, 201)
        with Attachment.objects.get().file.open() as file:
            self.assertEqual(file.read(), content)

    def test_names_the_fields_that_are_wrong(self) -> None:
        response = self.upload(name="page.html", title="")
        self.assertEqual((response.status_code, set(response.json()["errors"])), (400, {"title", "file"}))
        self.assertIn("not allowed", response.json()["errors"]["file"][0]["message"])
        self.assertFalse(Attachment.objects.exists())

    def test_asks_for_a_login(self) -> None:
        self.client.logout()
        response = self.upload()
        self.assertEqual((response.status_code, response.json()), (401, {"error": "Log in first."}))
        self.assertFalse(Attachment.objects.exists())

    def test_answers_404_for_an_unknown_product(self) -> None:
        response = self.upload(url="/api/products/kettle/attachments/")
        self.assertEqual((response.status_code, response.json()), (404, {"error": "No such product."}))

    def test_answers_json_to_a_body_that_is_broken(self) -> None:
        response = self.client.post(self.url, b"--broken", content_type="multipart/form-data; boundary=")
        self.assertEqual((response.status_code, response.json()), (400, {"error": "The request could not be read."}))


class CsrfTests(TestCase):
    def setUp(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(User.objects.create_superuser("admin"))

    def test_refuses_a_request_without_a_token_as_json(self) -> None:
        with self.assertLogs("django.security.csrf"):
            response = self.client.post(URL, TEAPOT, content_type="application/json")
        self.assertEqual(response.status_code, 403)
        self.assertIn("CSRF", response.json()["error"])

    def test_accepts_the_token_of_the_cookie_that_the_list_sets(self) -> None:
        token = self.client.get(URL).cookies["csrftoken"].value
        response = self.client.post(URL, TEAPOT, content_type="application/json", headers={"X-CSRFToken": token})
        self.assertEqual(response.status_code, 201)

    def test_answers_a_page_with_html(self) -> None:
        with self.assertLogs("django.security.csrf"):
            response = self.client.post(reverse("catalog:contact"), {})
        self.assertContains(response, "CSRF verification failed", status_code=403)


class ErrorTests(TestCase):
    def test_answers_json_where_nothing_is(self) -> None:
        for path in ["/api/", "/api/unknown", "/api/unknown/path/", "/api/products", "/api/products/kettle/", "/api/products/tea%20pot/", "/api/session"]:
            with self.subTest(path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 404)
                self.assertIn("error", response.json())

    def test_answers_json_to_a_method_that_is_not_allowed(self) -> None:
        response = self.client.delete(URL)
        self.assertEqual((response.status_code, response["Allow"]), (405, "GET, POST, HEAD, OPTIONS"))
        self.assertIn("GET", response.json()["error"])

    def test_answers_json_when_the_server_fails(self) -> None:
        self.client.raise_request_exception = False
        for path, is_json in [(URL, True), (reverse("catalog:product-list"), False)]:
            with (
                self.subTest(path),
                patch("django.core.paginator.Paginator.page", side_effect=OperationalError("no route")),
                self.assertLogs("django.request", "ERROR"),
            ):
                response = self.client.get(path)
                self.assertEqual((response.status_code, response["Content-Type"] == "application/json"), (500, is_json))
                self.assertNotIn(b"no route", response.content)

    def test_answers_a_page_with_html(self) -> None:
        response = self.client.get("/products/kettle/")
        self.assertEqual((response.status_code, response["Content-Type"]), (404, "text/html; charset=utf-8"))

    def test_lets_nobody_keep_an_answer(self) -> None:
        for path in [URL, "/api/products/kettle/", "/api/session/"]:
            self.assertIn("no-store", self.client.get(path)["Cache-Control"])
