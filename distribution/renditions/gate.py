"""Where platforms that fetch pictures themselves read ours: an address that nobody can guess, a JPEG under 1 MB without what the camera wrote into it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_safe

from distribution.renditions.media import key_of, light_jpeg
from newsroom.media.models import NewsImage

SALT = "distribution.renditions.gate"
MOST_BYTES = 1_000_000  # Zalo takes no more (knowledge/channels.md 3.2)
PATH = "kenh/anh/"


def picture_path(image: NewsImage) -> str:
    """The picture's path on the paper's host, the same as long as the picture is there: a post that is composed again has the same payload."""
    key = key_of(image)
    return f"/{PATH}{key}-{_proof(key)}.jpg"


def _proof(key: str) -> str:
    return salted_hmac(SALT, key, algorithm="sha256").hexdigest()[:40]


@require_safe
def picture(request: HttpRequest, key: str, proof: str) -> HttpResponse:
    """The picture. Only who was given the address can ask: numbers of other pictures lead nowhere."""
    if not constant_time_compare(proof, _proof(key)):
        raise Http404
    try:
        content = light_jpeg(key, most=MOST_BYTES)
    except LookupError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=86400"
    response["X-Robots-Tag"] = "noindex"
    return response
