"""The URLs of the catalog's pages."""

from django.urls import path

from catalog import views

app_name = "catalog"
urlpatterns = [
    path("", views.ProductListView.as_view(), name="product-list"),
    path("products/<slug:slug>/", views.ProductDetailView.as_view(), name="product-detail"),
    path(
        "products/<slug:slug>/attachments/add/",
        views.AttachmentCreateView.as_view(),
        name="attachment-add",
    ),
    path("contact/", views.ContactView.as_view(), name="contact"),
]
