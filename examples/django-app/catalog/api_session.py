"""Log in and log out by the JSON API: Django's own session and cookie, so who is logged in here is so in the admin too."""

from django.contrib.auth import login, logout
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie

from catalog.api_base import ApiView, form_errors, json_object


class SessionView(ApiView):
    """Who is logged in (GET), log in (POST), log out (DELETE).

    GET sets the CSRF cookie. Logging in replaces it, so clients read the cookie anew for each request.
    """

    @method_decorator(ensure_csrf_cookie)
    def get(self, request: HttpRequest) -> JsonResponse:
        return _session(request)

    def post(self, request: HttpRequest) -> JsonResponse:
        form = AuthenticationForm(request, json_object(request))
        if not form.is_valid():
            return form_errors(form)
        login(request, form.get_user())
        return _session(request)

    def delete(self, request: HttpRequest) -> JsonResponse:
        logout(request)
        return _session(request)


def _session(request: HttpRequest) -> JsonResponse:
    user = request.user
    return JsonResponse({"user": {"username": user.get_username(), "staff": user.is_staff} if user.is_authenticated else None})
