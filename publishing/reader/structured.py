"""JSON-LD: the story, the crumbs and the paper, as search engines read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from newsroom.common.dates import local
from publishing.reader.content import StoryView, absolute
from publishing.reader.frame import Frame, SectionLink
from publishing.reader.videos import Film

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", ord("\u2028"): "\\u2028", ord("\u2029"): "\\u2029"}


def script_safe(data: dict[str, Any]) -> SafeString:
    """JSON that cannot end the script element it stands in."""
    return mark_safe(json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES))  # noqa: S308 - every sign that HTML reads is escaped


def publisher(paper: Frame) -> dict[str, Any]:
    """The paper as an organisation."""
    logo = {"@type": "ImageObject", "url": absolute(static("paper/icon-512.png")), "width": 512, "height": 512}
    return {"@type": "NewsMediaOrganization", "name": paper.name, "url": absolute("/"), "logo": logo}


def paper_data(paper: Frame) -> dict[str, Any]:
    """The front: the organisation, with who stands above it."""
    data = {"@context": "https://schema.org", **publisher(paper)}
    if paper.governing_body:
        data["parentOrganization"] = {"@type": "Organization", "name": paper.governing_body}
    if paper.email:
        data["email"] = paper.email
    if paper.address:
        data["address"] = paper.address
    return data


def crumbs(trail: Sequence[SectionLink], *, last: tuple[str, str] | None = None) -> dict[str, Any]:
    """The way down to a section or story."""
    steps = [(section.title, absolute(section.path)) for section in trail] + ([last] if last else [])
    items = [{"@type": "ListItem", "position": i, "name": name, "item": address} for i, (name, address) in enumerate(steps, 1)]
    return {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items}


def story_data(story: StoryView, paper: Frame) -> dict[str, Any]:
    """A NewsArticle with its pen names; what is not known is left away."""
    card = story.card
    data: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": card.headline, "description": card.lead, "url": card.address,
        "mainEntityOfPage": {"@type": "WebPage", "@id": card.address}, "inLanguage": "vi", "isAccessibleForFree": True, "publisher": publisher(paper),
    }
    if card.published_at:
        data["datePublished"] = local(card.published_at).isoformat(timespec="seconds")
        data["dateModified"] = local(story.updated_at or card.published_at).isoformat(timespec="seconds")
    if card.names:
        data["author"] = [{"@type": "Person", "name": name.name, "url": absolute(name.path)} for name in card.names]
    else:
        data["author"] = [{"@type": "Organization", "name": paper.name, "url": absolute("/")}]
    if card.section:
        data["articleSection"] = card.section.title
    if story.notices:
        data["correction"] = [
            {"@type": "CorrectionComment", "text": notice.plain, "datePublished": local(notice.published_at).isoformat(timespec="seconds")}
            for notice in story.notices if notice.published_at
        ]  # fmt: skip
    if story.films:
        data["video"] = [film_data(film, story=story) for film in story.films]
    if card.picture or story.video:
        data["image"] = [absolute(url) for url in dict.fromkeys((story.shared, card.picture.src if card.picture else "")) if url]
    return data


def film_data(film: Film, *, story: StoryView) -> dict[str, Any]:
    """A VideoObject: what search engines ask of a video on a page."""
    moment = story.card.published_at or film.uploaded_at
    return {
        "@type": "VideoObject", "name": film.title, "description": film.caption, "thumbnailUrl": [absolute(film.poster)], "contentUrl": absolute(film.src),
        "encodingFormat": "video/mp4", "width": film.width, "height": film.height, "duration": f"PT{max(1, round(film.seconds))}S",
        "uploadDate": local(moment).isoformat(timespec="seconds"), "inLanguage": "vi",
    }  # fmt: skip
