"""The smallest Django project whose requests wait as for a database: `/` answers after 20 ms. For `requests_per_second.py`."""
import time

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

WAIT_SECONDS = 0.02


def wait(request: HttpRequest) -> HttpResponse:
    # As a driver does that waits for the answer of a database, it lets other threads run.
    time.sleep(WAIT_SECONDS)
    return HttpResponse(b"ok", content_type="text/plain")


settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="benchmark",
    ROOT_URLCONF=__name__,
    # As `django-admin startproject` has them.
    INSTALLED_APPS=[f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
)
urlpatterns = [path("", wait)]
application = get_wsgi_application()
