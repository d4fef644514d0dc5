"""A story version as plain data: what every connector composes its post from."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from wagtail.models import Revision

from distribution.connectors.base import Picture, Snapshot
from distribution.renditions.media import key_of, size_for_channels
from distribution.renditions.videos import for_connectors, video_of
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage, ChannelText
from newsroom.media.models import NewsImage
from publishing.events.models import StoryEvent


def snapshot_of(*, event: StoryEvent, account_key: str) -> Snapshot:
    """The version that an event names, with the approved text of one channel."""
    story = story_of(event.revision)
    return snapshot_of_story(story=story, account_key=account_key, version=event.version, published_at=story.first_published_at or event.happened_at)


def story_of(revision: Revision) -> ArticlePage:
    """The story as it stands in a revision, not as it stands now."""
    story = revision.as_object()
    if not isinstance(story, ArticlePage):
        raise LookupError(f"revision {revision.pk} is no story")
    return story


def snapshot_of_story(*, story: ArticlePage, account_key: str, version: int, published_at: datetime | None = None) -> Snapshot:
    """A story in memory as plain data. Where it has no text of its own for the channel: the lead."""
    channel = channel_text_of(story, account_key)
    pictures, video = tuple(_picture(image) for image in images_of(story)), video_of(story)
    return Snapshot(
        story_id=story.pk or 0, version=version, headline=story.title, social_headline=story.social_headline or story.title, lead=story.lead,
        link=address_of(story), channel_text=channel.text.strip() or story.lead, pictures=pictures,
        published_at=published_at.isoformat() if published_at else "",
        video=for_connectors(video, fallback=pictures[0] if pictures else None) if video else None, tags=tags_of(channel, story),
        channel_title=channel.title.strip(), privacy=channel.privacy,
    )  # fmt: skip


def address_of(story: ArticlePage) -> str:
    """The story's absolute address, as readers open it."""
    return f"{settings.PAPER_ADDRESS.rstrip('/')}{story_path(story)}"


def channel_text_of(story: ArticlePage, account_key: str) -> ChannelText:
    """What the story says on one channel; an empty row where it says nothing of its own."""
    return next((row for row in story.channel_texts.all() if row.account_key == account_key), ChannelText(account_key=account_key))


def tags_of(channel: ChannelText, story: ArticlePage) -> tuple[str, ...]:
    """The channel's own tags, else the sections' names, the main one first."""
    if own := [tag.strip() for tag in channel.tags.split(",") if tag.strip()]:
        return tuple(dict.fromkeys(own))
    sections = [story.main_section] if story.main_section_id else []
    if story.pk:
        sections += list(story.other_sections.all())
    return tuple(dict.fromkeys(section.title for section in sections if section is not None))


def images_of(story: ArticlePage) -> list[NewsImage]:
    """The main picture, then the pictures of the body, each once."""
    found = [story.main_image] if story.main_image_id else []
    found += [block.value["image"] for block in story.body if block.block_type == "image"]
    return list({image.pk: image for image in found if image is not None}.values())


def _picture(image: NewsImage) -> Picture:
    width, height = size_for_channels(image.width, image.height)
    return Picture(key=key_of(image), alt=image.default_alt_text, credit=image.credit, width=width, height=height)
