"""The URLs of the project."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

from shop import views

urlpatterns = [
    path("", include("catalog.urls")),
    path("api/", include("catalog.api_urls")),
    path("accounts/", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
    path("health/", views.health),
    path("slow/", views.slow),
]

handler400 = "catalog.api_base.bad_request"
handler500 = "catalog.api_base.server_error"

# Only in DEBUG, and only needed without S3.
urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
