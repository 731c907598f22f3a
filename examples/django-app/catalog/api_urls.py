"""The URLs of the JSON API."""

from django.urls import path

from catalog import api, api_base, api_session

app_name = "api"
urlpatterns = [
    path("", api_base.not_found, name="root"),
    path("session/", api_session.SessionView.as_view(), name="session"),
    path("products/", api.ProductListView.as_view(), name="product-list"),
    path("products/<slug:slug>/", api.ProductDetailView.as_view(), name="product-detail"),
    path("products/<slug:slug>/attachments/", api.AttachmentListView.as_view(), name="attachment-list"),
    path("<path:path>", api_base.not_found),
]
