"""The JSON API, as a single-page app uses it."""

from django.contrib.auth.models import Permission, User
from django.test import Client, TestCase
from django.urls import reverse

from catalog.models import Product

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
        self.assertEqual(response["Location"], f"/api/products/{product.pk}/")
        self.assertEqual(self.client.get(response["Location"]).json(), response.json())

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


class NotFoundTests(TestCase):
    def test_answers_json(self) -> None:
        for path in ["/api/", "/api/unknown", "/api/unknown/path/", "/api/products", "/api/products/99/"]:
            with self.subTest(path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 404)
                self.assertIn("error", response.json())
