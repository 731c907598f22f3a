"""What all views of the JSON API share: clients of theirs never receive an HTML page."""

import json

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import csrf, defaults
from django.views.decorators.cache import never_cache
from django.views.generic import View


class ApiError(Exception):
    """Ends a request with a status and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@method_decorator(never_cache, name="dispatch")
class ApiView(View):
    """A view that answers errors as JSON too, and whose answers no browser or proxy keeps, since they depend on who asks."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except ApiError as problem:
            return error(problem.status, str(problem))

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        allowed = super().http_method_not_allowed(request, *args, **kwargs).headers["Allow"]
        return JsonResponse({"error": f"Allowed here: {allowed}"}, status=405, headers={"Allow": allowed})


def json_object(request: HttpRequest) -> dict[str, object]:
    """The JSON object that the request's body holds."""
    try:
        data = json.loads(request.body)
    except ValueError:
        raise ApiError(400, "The body is not JSON.") from None
    if not isinstance(data, dict):
        raise ApiError(400, "The body is not a JSON object.")
    return data


def require_login(request: HttpRequest) -> None:
    """Refuses visitors."""
    if not request.user.is_authenticated:
        raise ApiError(401, "Log in first.")


def error(status: int, message: str) -> JsonResponse:
    """The API's form of an error."""
    return JsonResponse({"error": message}, status=status)


def form_errors(form: BaseForm) -> JsonResponse:
    """The API's form of what is wrong with the fields of a form."""
    return JsonResponse({"errors": form.errors.get_json_data()}, status=400)


def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """Answers every path below the API that no view has."""
    return error(404, f"No such path: {request.path}")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's page for a failed CSRF check, or JSON below the API."""
    return error(403, reason) if _is_api(request) else csrf.csrf_failure(request, reason)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's page for a request that it could not read, such as a broken multipart body, or JSON below the API."""
    return error(400, "The request could not be read.") if _is_api(request) else defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's page for an error of ours, or JSON below the API."""
    return error(500, "The server failed. Please try again later.") if _is_api(request) else defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("api:root"))
