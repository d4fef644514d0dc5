"""Addresses of the whole site: the admin, the health of the machine, then the paper."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls


def _there(dotted: str) -> bool:  # TEMPORARY while apps are being written
    return (settings.BASE_DIR / (dotted.replace(".", "/") + ".py")).exists()


urlpatterns = [
    *([path("health/", include("newsroom.common.health_urls"))] if _there("newsroom.common.health_urls") else []),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *([path("", include("publishing.archive.urls"))] if _there("publishing.archive.urls") else []),
    *([path("", include("publishing.reader.urls"))] if _there("publishing.reader.urls") else []),
]

handler400 = "publishing.reader.views.bad_request"
handler403 = "publishing.reader.views.forbidden"
handler404 = "publishing.reader.views.not_found"
handler500 = "publishing.reader.views.server_error"
