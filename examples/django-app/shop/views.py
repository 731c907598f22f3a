"""Views for those who operate the shop."""

import time

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest

MAXIMUM_SECONDS = 25


def health(request: HttpRequest) -> HttpResponse:
    """The load balancer's health check. A database outage must not make ECS replace tasks, so it is not asked."""
    return HttpResponse("ok", content_type="text/plain")


def slow(request: HttpRequest) -> HttpResponse:
    """A request that takes `?seconds=`, for tests of a graceful stop; exists only with SHOP_SLOW_VIEW=1."""
    if not settings.SHOP_SLOW_VIEW:
        raise Http404
    try:
        seconds = float(request.GET.get("seconds", "1"))
    except ValueError:
        return HttpResponseBadRequest("seconds must be a number")
    # Written so that NaN fails as well.
    if not 0 <= seconds <= MAXIMUM_SECONDS:
        return HttpResponseBadRequest(f"seconds must be between 0 and {MAXIMUM_SECONDS}")
    time.sleep(seconds)
    return HttpResponse(f"slept {seconds:g} seconds", content_type="text/plain")
