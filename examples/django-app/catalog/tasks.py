"""What the shop does in the background. Each task may run twice: brokers deliver at least once."""

import csv
import io
import logging

from celery import shared_task
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from catalog.models import Product

logger = logging.getLogger(__name__)


@shared_task(autoretry_for=(OSError,), retry_backoff=True, max_retries=5)
def publish_price_list() -> str:
    """Writes the names, prices and stock of all products to the media bucket, where partners fetch them, and returns the name of the file."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["slug", "name", "price", "stock"])
    rows.writerows(Product.objects.order_by("slug").values_list("slug", "name", "price", "stock").iterator())
    name = default_storage.save(f"price-lists/{timezone.now():%Y-%m-%d}.csv", ContentFile(text.getvalue().encode()))
    logger.info("Published the price list %s.", name)
    return name
