"""The file by which search engines know that the key is the paper's."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def key_file(request: HttpRequest, name: str) -> HttpResponse:
    """`/<key>.txt` holds the key, where one is set."""
    if not settings.INDEXNOW_KEY or name != settings.INDEXNOW_KEY:
        raise Http404
    return HttpResponse(settings.INDEXNOW_KEY, content_type="text/plain; charset=utf-8")
