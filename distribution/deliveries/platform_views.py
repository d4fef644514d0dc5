"""What platforms themselves open: a bell that they ring, and pictures that they fetch. Nobody is logged in here; the signature and the proof are all."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from distribution.deliveries import rings
from newsroom.common import clock

MOST_BYTES = 64 * 1024
PLAIN = "text/plain; charset=utf-8"


@csrf_exempt
@require_POST
def hook(request: HttpRequest, kind: str) -> HttpResponse:
    """A platform says that something happened: we look sooner. Answered at once; unknown posts and repeated calls are as good as any."""
    if not rings.listens(kind):
        raise Http404
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return HttpResponse(_("This is too long."), status=413, content_type=PLAIN)
    headers = {name.lower(): value for name, value in request.headers.items()}
    heard = rings.hear(kind=kind, headers=headers, body=request.body[: MOST_BYTES + 1], now=clock.now())
    return HttpResponse("", content_type=PLAIN) if heard else HttpResponse(_("The signature is not right."), status=403, content_type=PLAIN)


@require_GET
def picture(request: HttpRequest, marker: str, key: str, proof: str) -> HttpResponse:
    """A picture of a post that is being made: only the one who was told its address finds it, and only once the answer of the call is written down."""
    del request
    try:
        content = rings.picture(marker=marker, key=key, proof=proof)
    except LookupError:
        raise Http404 from None
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})
