"""The URLs of the JSON API."""

from django.urls import path

from catalog import api

app_name = "api"
urlpatterns = [
    path("", api.not_found, name="root"),
    path("products/", api.ProductListView.as_view(), name="product-list"),
    path("products/<int:pk>/", api.ProductDetailView.as_view(), name="product-detail"),
    path("<path:path>", api.not_found),
]
