"""The catalog in the admin."""

from django.contrib import admin

from catalog.models import Attachment, Product
from catalog.rich_text import RichTextField, RichTextWidget


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


@admin.register(Attachment)
class AttachmentAdmin(admin.ModelAdmin):
    """All attachments, to find and to replace a file."""

    list_display = ["title", "product", "uploaded_at"]
    list_select_related = ["product"]
    search_fields = ["title"]
