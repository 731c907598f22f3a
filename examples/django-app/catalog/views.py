"""The pages of the catalog."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.views.generic import CreateView, DetailView, FormView, ListView

from catalog.forms import AttachmentForm, ContactForm
from catalog.models import Attachment, Product

logger = logging.getLogger(__name__)
ONE_DAY = 24 * 60 * 60


class ProductListView(ListView):
    """All products, read from a replica of the database where there is one: it may lag behind by some moments."""

    paginate_by = 50

    def get_queryset(self) -> QuerySet[Product]:
        return Product.objects.using(settings.READ_DATABASE)


class ProductDetailView(DetailView):
    """A product with its attachments, each behind a presigned URL, and how often it was viewed, which the cache counts."""

    queryset = Product.objects.prefetch_related("attachments")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        key = f"views-of-product-{self.object.pk}"
        cache.add(key, 0, timeout=ONE_DAY)
        return super().get_context_data(views=cache.incr(key), **kwargs)


class AttachmentCreateView(LoginRequiredMixin, CreateView):
    """The form that uploads a file about a product into the media bucket."""

    model = Attachment
    form_class = AttachmentForm

    def setup(self, request: HttpRequest, *args: object, **kwargs: object) -> None:
        super().setup(request, *args, **kwargs)
        self.product = get_object_or_404(Product, slug=self.kwargs["slug"])

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(product=self.product, **kwargs)

    def form_valid(self, form: AttachmentForm) -> HttpResponse:
        form.instance.product = self.product
        return super().form_valid(form)

    def get_success_url(self) -> str:
        return self.product.get_absolute_url()


class ContactView(FormView):
    """The form that sends mail to the shop."""

    form_class = ContactForm
    template_name = "catalog/contact.html"
    success_url = reverse_lazy("catalog:contact")

    def form_valid(self, form: ContactForm) -> HttpResponse:
        try:
            form.send()
        except (SMTPException, OSError):
            logger.exception("The mail server did not take the message.")
            form.add_error(None, "The message could not be sent. Please try again in some minutes.")
            return self.render_to_response(self.get_context_data(form=form), status=503)
        messages.success(self.request, "Thank you, the message is on its way.")
        return super().form_valid(form)
