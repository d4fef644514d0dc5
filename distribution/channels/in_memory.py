"""A story as it stands in the editor's form, in memory: for previews and for the routing rules. Nothing is saved, and what a browser sends is believed in nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.permissions import policy_registry

from newsroom.articles.models import ArticlePage
from newsroom.media.models import NewsImage, NewsVideo

MOST_PIECES = 200  # pictures and videos of a body; more than any channel shows
MODELS: dict[str, Any] = {"image": NewsImage, "video": NewsVideo}
Pieces = list[tuple[str, int]]


def story_in_memory(data: dict[str, Any], user: Any) -> ArticlePage:
    """An unsaved story with what the form says. A saved one only for people who may edit it. Raises PermissionDenied."""
    saved = ArticlePage.objects.filter(pk=number(data.get("story"))).first()
    if saved is not None and not saved.permissions_for_user(user).can_edit():
        raise PermissionDenied
    story = ArticlePage(pk=saved.pk if saved else None, title=str(data.get("headline", ""))[:255], lead=str(data.get("lead", ""))[:2000])
    story.main_section = saved.main_section if saved else None
    story.social_headline = str(data.get("social_headline", ""))[:120]
    main: dict[str, int | None] = {"image": number(data.get("image")), "video": number(data.get("video"))}
    pieces = pieces_of(data.get("body"))
    found = {kind: _media(kind, [main[kind], *(pk for named, pk in pieces if named == kind)], user=user, saved=saved) for kind in MODELS}
    story.main_image, story.main_video = found["image"].get(main["image"]), found["video"].get(main["video"])
    story.body = [(kind, {kind: found[kind][pk], "caption": ""}) for kind, pk in pieces if pk in found[kind]]  # type: ignore[assignment]  # the field takes pairs
    return story


def number(value: Any) -> int | None:
    """A row's number as a form sends it."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def pieces_of(rows: Any) -> Pieces:
    """Kind and number of the body's pictures and videos, in their order; whatever else was sent is left out."""
    read = ((row.get("kind"), number(row.get("id"))) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
    return [(kind, pk) for kind, pk in read if isinstance(kind, str) and kind in MODELS and pk is not None][:MOST_PIECES]


def _media(kind: str, numbers: Iterable[int | None], *, user: Any, saved: ArticlePage | None) -> dict[int | None, Any]:
    """Rows by number: those that the person may choose, and those that the saved story shows already."""
    wanted = {pk for pk in numbers if pk is not None}
    if not wanted:
        return {}
    may = policy_registry.get_by_type(MODELS[kind]).instances_user_has_any_permission_for(user, ["choose"])
    found: dict[int | None, Any] = {row.pk: row for row in may.filter(pk__in=wanted)}
    if saved is not None and (others := wanted - set(found)):
        found |= MODELS[kind].objects.in_bulk(others & _shown_by(saved, kind))
    return found


def _shown_by(saved: ArticlePage, kind: str) -> set[int | None]:
    """What the story's newest version shows: somebody chose it who might."""
    version = saved.get_latest_revision_as_object()
    blocks = {block["value"].get(kind) for block in version.body.raw_data if block["type"] == kind}
    return {getattr(version, f"main_{kind}_id"), *blocks} - {None}
