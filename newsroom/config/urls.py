"""Addresses of the whole site: the admin, the health of the machine, then the paper."""

from django.conf import settings
from django.conf.urls.static import static
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("health/", include("newsroom.common.health_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/", include("newsroom.media.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    path("", include("distribution.deliveries.urls")),
    path("", include("distribution.renditions.urls")),
    path("", include("publishing.archive.urls")),
    path("", include("publishing.reader.urls")),
    path("", include("distribution.epaper.urls")),
]

handler400 = "publishing.reader.views.bad_request"
handler403 = "publishing.reader.views.forbidden"
handler404 = "publishing.reader.views.not_found"
handler500 = "publishing.reader.views.server_error"
