"""The products of the JSON API: session authentication, CSRF token in the X-CSRFToken header."""

from django.core.paginator import Paginator
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie

from catalog.api_base import ApiError, ApiView, form_errors, json_object, require_login
from catalog.forms import AttachmentForm, ProductForm
from catalog.models import Attachment, Product

PRODUCTS_PER_PAGE = 50


class ProductListView(ApiView):
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
                "products": [product_data(product) for product in page],
            }
        )

    def post(self, request: HttpRequest) -> JsonResponse:
        require_login(request)
        if not request.user.has_perm("catalog.add_product"):
            raise ApiError(403, "You may not add products.")
        form = ProductForm(json_object(request))
        if not form.is_valid():
            return form_errors(form)
        product = form.save()
        location = reverse("api:product-detail", args=[product.slug])
        return JsonResponse(product_data(product), status=201, headers={"Location": location})


class ProductDetailView(ApiView):
    """One product with its attachments."""

    def get(self, request: HttpRequest, slug: str) -> JsonResponse:
        product = find_product(slug)
        attachments = [attachment_data(attachment) for attachment in product.attachments.all()]
        return JsonResponse(product_data(product) | {"attachments": attachments})


class AttachmentListView(ApiView):
    """Takes a file about a product from a user, as `multipart/form-data` with the fields `title` and `file`."""

    def post(self, request: HttpRequest, slug: str) -> JsonResponse:
        require_login(request)
        form = AttachmentForm(request.POST, request.FILES, instance=Attachment(product=find_product(slug)))
        if not form.is_valid():
            return form_errors(form)
        return JsonResponse(attachment_data(form.save()), status=201)


def find_product(slug: str) -> Product:
    """The product of that name in URLs."""
    product = Product.objects.filter(slug=slug).first()
    if product is None:
        raise ApiError(404, "No such product.")
    return product


def product_data(product: Product) -> dict[str, object]:
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


def attachment_data(attachment: Attachment) -> dict[str, object]:
    """The API's form of an attachment; with S3 its URL is presigned, good for an hour."""
    return {
        "id": attachment.pk,
        "title": attachment.title,
        "url": attachment.file.url,
        "uploaded_at": attachment.uploaded_at,
    }
