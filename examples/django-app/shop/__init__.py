"""The shop. Its tasks belong to the Celery app, so whoever loads Django loads that too."""

from shop.celery import app as celery_app

__all__ = ["celery_app"]
