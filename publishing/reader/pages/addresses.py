"""Which addresses may be stored, in which file, and as what. Plain strings: nginx does the same with its own rules (docker/nginx/)."""

from __future__ import annotations

import re

_WORDS = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_STORABLE = re.compile(
    rf"/(?:rss\.xml|rss/|rss/{_WORDS}\.rss|robots\.txt|sitemap\.xml|sitemap-(?:sections|[0-9]{{1,6}})\.xml|news-sitemap\.xml"
    rf"|(?!(?:admin|api|documents|health|media|static|rss|tac-gia|tim-kiem|kenh|_rehearsal)/){_WORDS}/(?:trang-[0-9]{{1,4}}/|(?:{_WORDS}-)?a[0-9]{{1,10}}\.html)?"
    rf"|tac-gia/{_WORDS}/(?:trang-[0-9]{{1,4}}/)?)?"
)
LONGEST = 240
STORY = re.compile(r"/[a-z0-9-]+/(?:[a-z0-9-]+-)?a([0-9]+)\.html")
HTML, RSS, XML, TEXT = "text/html; charset=utf-8", "application/rss+xml; charset=utf-8", "application/xml; charset=utf-8", "text/plain; charset=utf-8"


def storable(address: str) -> bool:
    """Whether a path is one of the paper's own pages. Search, admin, files and anything odd are not."""
    return len(address) <= LONGEST and _STORABLE.fullmatch(address) is not None


def file_name(address: str) -> str:
    """Where the page of a storable path lies, from the generation's folder: /thoi-su/ is /thoi-su/index.html."""
    return f"{address}index.html" if address.endswith("/") else address


def media_type(address: str) -> str:
    """What the page is."""
    if address == "/rss.xml" or address.endswith(".rss"):
        return RSS
    if address.endswith(".xml"):
        return XML
    return TEXT if address.endswith(".txt") else HTML


def surrogate_key(address: str) -> str:
    """The names by which a CDN may purge: every page, its kind, and its story or section."""
    if found := STORY.fullmatch(address):
        return f"paper story story-{found[1]}"
    if address == "/":
        return "paper front"
    if media_type(address) != HTML:
        return "paper feed"
    first = address.split("/")[1]
    return "paper author" if first == "tac-gia" else f"paper section section-{first}"
