"""A story's body as plain, safe HTML, whole and piece by piece: for partners and for channels that carry whole stories.

No classes, no scripts, nothing that loads from elsewhere but the paper's own pictures; every address is absolute.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import nh3
from django.conf import settings
from django.utils.html import format_html, linebreaks
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from distribution.connectors.base import Part
from distribution.renditions.gate import picture_path
from newsroom.articles.models import ArticlePage
from newsroom.media.models import NewsImage
from publishing.reader.pictures import Picture, build

TAGS = {"p", "h2", "h3", "ul", "ol", "li", "b", "strong", "i", "em", "sup", "sub", "br", "a", "blockquote", "footer", "figure", "figcaption", "img"}
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}}
HREF = re.compile(r'href="(/[^"]*)"')


def body_html(story: ArticlePage) -> str:
    """The body of a version."""
    return "\n".join(part.html for part in parts_of(story))


def parts_of(story: ArticlePage) -> tuple[Part, ...]:
    """The body's pieces; made once for each story in memory, whatever the number of its channels."""
    kept: tuple[Part, ...] | None = getattr(story, "_body_parts", None)
    if kept is None:
        pictures = build(block.value["image"] for block in story.body if block.block_type == "image")
        made = (_block(block.block_type, block.value, pictures) for block in story.body)
        kept = tuple(part for part in made if part.html)
        setattr(story, "_body_parts", kept)  # noqa: B010  (kept on the loaded story, not on the model)
    return kept


def _safe(html: str) -> str:
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}, link_rel=None)


def absolute(address: str) -> str:
    """An address of the paper as others can open it."""
    return urljoin(f"{settings.PAPER_ADDRESS.rstrip('/')}/", address)


def _block(kind: str, value: Any, pictures: dict[int, Picture]) -> Part:
    if kind == "image":
        return _image(value, pictures)
    make = BLOCKS.get(kind)
    return Part(_safe(str(make(value))) if make else "")


def _rich(value: Any) -> SafeString:
    html = expand_db_html(getattr(value, "source", str(value)))
    return mark_safe(HREF.sub(lambda found: f'href="{absolute(found.group(1))}"', html))  # noqa: S308  (cleaned by nh3 in the end)


def _image(value: Any, pictures: dict[int, Picture]) -> Part:
    image: NewsImage | None = value["image"]
    picture = pictures.get(image.pk) if image is not None else None
    if image is None or picture is None:
        return Part("")
    words = " ".join(filter(None, (value.get("caption") or image.caption, image.credit)))
    figure = format_html(
        '<figure><img src="{}" alt="{}" width="{}" height="{}"><figcaption>{}</figcaption></figure>', absolute(picture.src), picture.alt, picture.width, picture.height, words
    )
    return Part(_safe(figure), absolute(picture_path(image)), words)


def _quote(value: Any) -> str:
    speaker = format_html("<footer>{}</footer>", value["speaker"]) if value.get("speaker") else ""
    return format_html("<blockquote>{}{}</blockquote>", mark_safe(linebreaks(value["text"], autoescape=True)), speaker)  # noqa: S308  (escaped by linebreaks)


def _box(value: Any) -> str:
    heading = format_html("<h3>{}</h3>", value["heading"]) if value.get("heading") else ""
    return format_html("{}{}", heading, _rich(value["text"]))


BLOCKS: dict[str, Callable[[Any], str]] = {
    "paragraph": _rich,
    "heading": lambda value: format_html("<h2>{}</h2>", value),
    "quote": _quote,
    "box": _box,
    "embed": lambda value: format_html('<p><a href="{}">{}</a></p>', value["url"], value["title"]),
}
