"""Log in and log out by the JSON API."""

from django.contrib.auth.models import User
from django.test import Client, TestCase, override_settings
from django.urls import reverse

URL = "/api/session/"
ADA = {"username": "ada", "password": "correct horse"}


class SessionTests(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        User.objects.create_user(**ADA)

    def log_in(self, data: object = ADA):
        return self.client.post(URL, data, content_type="application/json")

    def test_knows_a_visitor(self) -> None:
        self.assertEqual(self.client.get(URL).json(), {"user": None})

    def test_logs_in(self) -> None:
        response = self.log_in()
        self.assertEqual((response.status_code, response.json()), (200, {"user": {"username": "ada", "staff": False}}))
        self.assertEqual(self.client.get(URL).json(), response.json())

    def test_shares_the_session_with_the_admin(self) -> None:
        User.objects.create_superuser("admin", password="correct horse")
        response = self.log_in({"username": "admin", "password": "correct horse"})
        self.assertTrue(response.json()["user"]["staff"])
        self.assertEqual(self.client.get(reverse("admin:index")).status_code, 200)

    def test_logs_out(self) -> None:
        self.log_in()
        self.assertEqual(self.client.delete(URL).json(), {"user": None})
        self.assertEqual(self.client.get(URL).json(), {"user": None})

    def test_logs_out_a_visitor(self) -> None:
        self.assertEqual(self.client.delete(URL).status_code, 200)

    def test_refuses_a_wrong_password(self) -> None:
        response = self.log_in(ADA | {"password": "battery staple"})
        self.assertEqual((response.status_code, set(response.json()["errors"])), (400, {"__all__"}))
        self.assertEqual(self.client.get(URL).json(), {"user": None})

    def test_names_the_fields_that_are_missing(self) -> None:
        self.assertEqual(set(self.log_in({}).json()["errors"]), {"username", "password"})

    def test_refuses_a_body_that_is_not_a_json_object(self) -> None:
        for body in ["{", "[]", "null"]:
            with self.subTest(body):
                self.assertEqual(self.log_in(body).status_code, 400)


class CsrfTests(TestCase):
    def setUp(self) -> None:
        User.objects.create_user(**ADA)
        self.client = Client(enforce_csrf_checks=True)

    def token(self) -> str:
        return self.client.cookies["csrftoken"].value

    def log_in(self, **headers: str):
        return self.client.post(URL, ADA, content_type="application/json", headers=headers)

    def test_refuses_a_login_without_a_token(self) -> None:
        with self.assertLogs("django.security.csrf"):
            response = self.log_in()
        self.assertEqual(response.status_code, 403)
        self.assertIn("CSRF", response.json()["error"])

    def test_sets_the_token_and_replaces_it_at_login(self) -> None:
        self.client.get(URL)
        first = self.token()
        self.assertEqual(self.log_in(**{"X-CSRFToken": first}).status_code, 200)
        self.assertNotEqual(self.token(), first)
        with self.assertLogs("django.security.csrf"):
            self.assertEqual(self.client.delete(URL, headers={"X-CSRFToken": first}).status_code, 403)
        self.assertEqual(self.client.delete(URL, headers={"X-CSRFToken": self.token()}).json(), {"user": None})

    @override_settings(
        ALLOWED_HOSTS=["shop.example.com"],
        CSRF_COOKIE_SECURE=True,
        SESSION_COOKIE_SECURE=True,
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    )
    def test_logs_in_behind_a_load_balancer_that_speaks_https(self) -> None:
        site = {"Host": "shop.example.com", "X-Forwarded-Proto": "https"}
        self.client.get(URL, headers=site)
        ours = site | {"X-CSRFToken": self.token(), "Origin": "https://shop.example.com"}
        self.assertEqual(self.log_in(**ours).status_code, 200)
        for name in ("sessionid", "csrftoken"):
            self.assertTrue(self.client.cookies[name]["secure"])
        with self.assertLogs("django.security.csrf"):
            theirs = self.log_in(**ours | {"X-CSRFToken": self.token(), "Origin": "https://attacker.example"})
        self.assertEqual(theirs.status_code, 403)
