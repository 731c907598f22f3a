"""The catalog in the admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from kombu.exceptions import OperationalError

from catalog.models import Attachment, Product
from catalog.rich_text import RichTextField, RichTextWidget
from catalog.tasks import publish_price_list


class AttachmentInline(admin.TabularInline):
    model = Attachment
    extra = 1


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    """Products with their attachments; the description is edited as rich text."""

    list_display = ["name", "price", "stock", "created_at"]
    search_fields = ["name", "description"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = {RichTextField: {"widget": RichTextWidget}}
    inlines = [AttachmentInline]
    actions = ["publish_prices"]

    @admin.action(description="Publish the price list of all products")
    def publish_prices(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        try:
            publish_price_list.delay()
        except OperationalError:
            messages.error(request, "The broker did not take the task. Please try again in some minutes.")
        else:
            messages.success(request, "The price list will be published in some moments.")


@admin.register(Attachment)
class AttachmentAdmin(admin.ModelAdmin):
    """All attachments, to find and to replace a file."""

    list_display = ["title", "product", "uploaded_at"]
    list_select_related = ["product"]
    search_fields = ["title"]
