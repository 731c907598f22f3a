"""The pages of the catalog."""

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.views.generic import CreateView, DetailView, FormView, ListView

from catalog.forms import AttachmentForm, ContactForm
from catalog.models import Attachment, Product


class ProductListView(ListView):
    """All products."""

    model = Product
    paginate_by = 50


class ProductDetailView(DetailView):
    """A product with its attachments, each behind a presigned URL."""

    queryset = Product.objects.prefetch_related("attachments")


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
        form.send()
        messages.success(self.request, "Thank you, the message is on its way.")
        return super().form_valid(form)
