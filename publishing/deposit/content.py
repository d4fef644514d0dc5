"""What a record holds: the words of the version that the event names, the people, the files. Read outside any transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from newsroom.accounts.models import User
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.media.models import NewsImage, NewsVideo
from publishing.deposit import files
from publishing.deposit.canonical import canonical, moment
from publishing.deposit.enums import RecordKind
from publishing.deposit.models import Record, Waiting
from publishing.deposit.registry import signatures
from publishing.events.enums import HIDDEN, EventKind
from publishing.events.models import StoryEvent

PLAIN = (
    "title", "kicker", "short_headline", "social_headline", "seo_title", "search_description", "lead", "main_image_caption", "source", "ai_use",
)  # fmt: skip
Seen = dict[str, dict[str, Any]]  # files hashed already in this run, by their name


def record_for(waiting: Waiting, *, seen: Seen) -> Record:
    """The record of something that waits, without its place in the chain."""
    event = waiting.event
    story = event.revision.as_object()
    if not isinstance(story, ArticlePage):
        raise LookupError(f"revision {event.revision_id} is no story")
    return _of_post(waiting, event, story, seen) if waiting.post else _of_story(waiting, event, story, seen)


def _of_story(waiting: Waiting, event: StoryEvent, story: ArticlePage, seen: Seen) -> Record:
    media = [{**about, **_kept(name, seen)} for about, name in media_of(story)]
    content = {"event": _event(event), "story": _story(story), "people": people(event, story), "media": media}
    html = "" if event.kind in HIDDEN else page_of(story, event)
    return Record(
        reference=waiting.reference, kind=_kind_of(event), event_id=event.pk, story_id=event.story_id, version=event.version, at=waiting.at,
        title=story.title[:255], permalink=address_of(story)[:500], content=canonical(content), html=html,
    )  # fmt: skip


def _kind_of(event: StoryEvent) -> RecordKind:
    """A correction of a story that is away is a correction; its event says so in full."""
    return RecordKind.STORY_CORRECTED if event.kind == EventKind.NOTICE else RecordKind(f"story_{event.kind}")


def _of_post(waiting: Waiting, event: StoryEvent, story: ArticlePage, seen: Seen) -> Record:
    post = dict(waiting.post or {})
    media = [{"file": name, **_kept(name, seen)} for name in post.pop("files", [])]
    content = {"event": _event(event), "post": post, "people": people(event, story), "media": media}
    return Record(
        reference=waiting.reference, kind=RecordKind(post["kind"]), event_id=event.pk, story_id=event.story_id, version=event.version, at=waiting.at,
        title=story.title[:255], channel=str(post["channel"])[:120], permalink=str(post["permalink"])[:500], content=canonical(content),
    )  # fmt: skip


def _kept(name: str, seen: Seen) -> dict[str, Any]:
    if name not in seen:
        seen[name] = files.keep(name)
    return seen[name]


def _event(event: StoryEvent) -> dict[str, Any]:
    return {
        "id": event.pk, "kind": event.kind, "version": event.version, "happened_at": moment(event.happened_at), "due_at": moment(event.due_at) if event.due_at else None,
        "reason": event.reason, "approved_words_sha256": event.digest, "imported": event.imported,
    }  # fmt: skip


def _story(story: ArticlePage) -> dict[str, Any]:
    return {
        "id": story.pk, **{name: getattr(story, name) or "" for name in PLAIN}, "body": list(story.body.raw_data), "address": address_of(story),
        "section": story.main_section.title if story.main_section else "", "other_sections": sorted(section.title for section in story.other_sections.all()),
        "bylines": [{"pen_name": row.pen_name.name, "role": row.role} for row in story.bylines.all()],
    }  # fmt: skip


def person(user: User | None) -> dict[str, Any] | None:
    """A person written out."""
    return {"name": user.display_name, "account": user.username} if user else None


def people(event: StoryEvent, story: ArticlePage) -> dict[str, Any]:
    """Who wrote it, who made it public, and what higher layers know of who approved it."""
    found: dict[str, Any] = {
        "owner": person(story.owner), "real_author": story.real_author.name if story.real_author else None, "published_by": person(event.actor),
    }  # fmt: skip
    for name, find in signatures.items():
        found[name] = find(event)
    return found


def media_of(story: ArticlePage) -> Iterator[tuple[dict[str, Any], str]]:
    """Every picture and video of the version: what it is, and the name of its original file in the storage."""
    if story.main_image:
        yield _picture(story.main_image, "main_image"), story.main_image.file.name
    if story.main_video:
        yield _video(story.main_video, "main_video"), story.main_video.mp4.name
    for block in story.body:
        if block.block_type == "image" and block.value["image"]:
            yield _picture(block.value["image"], "body"), block.value["image"].file.name
        elif block.block_type == "video" and block.value["video"]:
            yield _video(block.value["video"], "body"), block.value["video"].mp4.name


def _picture(image: NewsImage, place: str) -> dict[str, Any]:
    return {"place": place, "picture": image.pk, "alt": image.alt_text, "caption": image.caption, "credit": image.credit, "source": image.source}


def _video(video: NewsVideo, place: str) -> dict[str, Any]:
    about = {"place": place, "video": video.pk, "title": video.title, "caption": video.caption, "credit": video.credit, "source": video.source}
    return about | {"uploaded_sha256": video.original_sha256}


def address_of(story: ArticlePage) -> str:
    """As readers open it."""
    return f"{settings.PAPER_ADDRESS.rstrip('/')}{story_path(story)}"


def page_of(story: ArticlePage, event: StoryEvent) -> str:
    """The version as one plain page in Vietnamese, without what stands around a story on the paper."""
    with translation.override("vi"):
        return render_to_string("publishing/deposit/story.html", {"story": story, "event": event, "paper": settings.PAPER_ADDRESS, "address": address_of(story)})
