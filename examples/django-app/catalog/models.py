"""The products of the shop and the files that belong to them."""

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.validators import FileExtensionValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from catalog.rich_text import RichTextField

MAXIMUM_UPLOAD_MIB = 20


class Product(models.Model):
    """Something that the shop sells."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    description = RichTextField(blank=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    # The database's own default lets the previous version of the code insert rows during a rollout.
    stock = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:product-detail", args=[self.slug])


def validate_upload_size(upload: File) -> None:
    """Refuses a file that is larger than MAXIMUM_UPLOAD_MIB."""
    if upload.size > MAXIMUM_UPLOAD_MIB * 1024 * 1024:
        raise ValidationError(f"The file is larger than {MAXIMUM_UPLOAD_MIB} MiB.")


class Attachment(models.Model):
    """A file about a product, in the media bucket."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="attachments")
    title = models.CharField(max_length=200)
    file = models.FileField(
        upload_to="attachments/%Y/%m/",
        validators=[
            FileExtensionValidator(["csv", "jpeg", "jpg", "pdf", "png", "txt", "webp"]),
            validate_upload_size,
        ],
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self) -> str:
        return self.title
