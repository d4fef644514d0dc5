"""Whether stored pages are what a reader would get now. Context apart: what stands around a story may be ten minutes old."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from publishing.reader.models import StoredPage
from publishing.reader.pages import services
from publishing.reader.pages.render import render

CONTEXT = re.compile(rb"<!--around-->.*?<!--/around-->", re.DOTALL)
RELATIVE = re.compile(rb"(<time [^>]*>)[^<]*(</time>)")
TODAY = re.compile(rb"(<span(?: class=\"wide\")?>)(?:Th\xe1\xbb\xa9|Ch\xe1\xbb\xa7)[^<]*(</span>)")


def differing(addresses: Iterable[str]) -> Iterator[str]:
    """The addresses whose stored page is not what is rendered now, looked at twice so that a change of this moment is no drift."""
    for address in addresses:
        if _differs(address) and _differs(address) and _settled(address):
            yield address


def _differs(address: str) -> bool:
    stored, fresh = services.store().read(address), render(address)
    if stored is None:
        return fresh.may_be_stored and _settled(address)
    return not fresh.may_be_stored or content_of(stored) != content_of(fresh.body)


def _settled(address: str) -> bool:
    return StoredPage.objects.filter(address=address, dirty_at=None).exclude(rendered_at=None).exists()


def content_of(body: bytes) -> bytes:
    """A page without what is around its content and without words that pass with time ("12 minutes ago", today's date)."""
    return TODAY.sub(rb"\1\2", RELATIVE.sub(rb"\1\2", CONTEXT.sub(b"", body)))
