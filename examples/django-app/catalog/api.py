"""The JSON API: session authentication, CSRF token in the X-CSRFToken header, JSON for errors too."""

import json

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import csrf
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.generic import View

from catalog.forms import ProductForm
from catalog.models import Product

PRODUCTS_PER_PAGE = 50


class ProductListView(View):
    """Lists products to everybody; creates one for a user with the permission `catalog.add_product`."""

    @method_decorator(ensure_csrf_cookie)
    def get(self, request: HttpRequest) -> JsonResponse:
        paginator = Paginator(Product.objects.all(), PRODUCTS_PER_PAGE)
        page = paginator.get_page(request.GET.get("page"))
        return JsonResponse(
            {
                "count": paginator.count,
                "pages": paginator.num_pages,
                "page": page.number,
                "products": [serialize(product) for product in page],
            }
        )

    def post(self, request: HttpRequest) -> JsonResponse:
        if not request.user.is_authenticated:
            return error(401, "Log in first.")
        if not request.user.has_perm("catalog.add_product"):
            return error(403, "You may not add products.")
        try:
            data = json.loads(request.body)
        except ValueError:
            return error(400, "The body is not JSON.")
        if not isinstance(data, dict):
            return error(400, "The body is not a JSON object.")
        form = ProductForm(data)
        if not form.is_valid():
            return JsonResponse({"errors": form.errors.get_json_data()}, status=400)
        product = form.save()
        location = reverse("api:product-detail", args=[product.pk])
        return JsonResponse(serialize(product), status=201, headers={"Location": location})


class ProductDetailView(View):
    """One product."""

    def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        product = Product.objects.filter(pk=pk).first()
        return JsonResponse(serialize(product)) if product else error(404, "No such product.")


def not_found(request: HttpRequest, path: str = "") -> JsonResponse:
    """Answers every other path below the API, so that its clients never receive an HTML page."""
    return error(404, f"No such path: {request.path}")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's page for a failed CSRF check, or JSON below the API."""
    if request.path.startswith(reverse("api:root")):
        return error(403, reason)
    return csrf.csrf_failure(request, reason)


def serialize(product: Product) -> dict[str, object]:
    """The API's form of a product."""
    return {
        "id": product.pk,
        "name": product.name,
        "slug": product.slug,
        "description": product.description,
        "price": str(product.price),
        "stock": product.stock,
        "created_at": product.created_at,
    }


def error(status: int, message: str) -> JsonResponse:
    """The API's form of an error."""
    return JsonResponse({"error": message}, status=status)
