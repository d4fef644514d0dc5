"""A story version as plain data: what every connector composes its post from."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from wagtail.models import Revision

from distribution.connectors.base import Picture, Snapshot, Video
from distribution.renditions.bodies import absolute, body_html, parts_of
from distribution.renditions.gate import picture_path
from distribution.renditions.media import key_of, size_for_channels
from distribution.renditions.registry import notice_of
from distribution.renditions.videos import VideoSnapshot, for_connectors, video_of
from newsroom.articles.addresses import story_path
from newsroom.articles.enums import ChannelMedia
from newsroom.articles.models import ArticlePage, ChannelText
from newsroom.media.models import NewsImage
from publishing.events.models import StoryEvent
from publishing.workflow.models import Approval

HASHTAG_GAPS = re.compile(r"[\s,;]+|(?<=[^\s#])(?=#)")  # "#lũ#bão" are two


def snapshot_of(*, event: StoryEvent, account_key: str) -> Snapshot:
    """The version that an event names, with the approved text of one channel."""
    story = story_of(event.revision)
    return snapshot_of_story(story=story, account_key=account_key, version=event.version, published_at=story.first_published_at or event.happened_at, event=event)


def story_of(revision: Revision) -> ArticlePage:
    """The story as it stands in a revision, not as it stands now; read once for each loaded revision."""
    story = getattr(revision, "_story", None) or revision.as_object()
    if not isinstance(story, ArticlePage):
        raise LookupError(f"revision {revision.pk} is no story")
    setattr(revision, "_story", story)  # noqa: B010  (kept on the loaded revision, not on the model)
    return story


def snapshot_of_story(*, story: ArticlePage, account_key: str, version: int, published_at: datetime | None = None, event: StoryEvent | None = None) -> Snapshot:
    """A story in memory as plain data. Where it has no text of its own for the channel: the lead. `event` None: for a preview."""
    channel = channel_text_of(story, account_key)
    pictures, video = _shown(channel, tuple(_picture(image) for image in images_of(story)), video_of(story))
    return Snapshot(
        story_id=story.pk or 0, version=version, headline=story.title, social_headline=story.social_headline or story.title, lead=story.lead,
        link=address_of(story), channel_text=channel.text.strip() or story.lead, pictures=pictures,
        published_at=published_at.isoformat() if published_at else "", video=video, tags=tags_of(channel, story),
        channel_title=channel.title.strip(), privacy=channel.privacy, hashtags=hashtags_of(channel), first_comment=channel.first_comment.strip(),
        notice=notice_of(story, event), byline=byline_of(story), section=story.main_section.title if story.main_section_id and story.main_section else "",
        story_key=absolute(f"/a{story.pk}") if story.pk else "", body_html=body_html(story), parts=parts_of(story), media=channel.media, link_place=channel.link_place,
        **signature_of(event),
    )  # fmt: skip


def signature_of(event: StoryEvent | None) -> dict[str, str]:
    """Who signed the words and choices of an event's version, and when; nothing in a preview."""
    rows = Approval.objects.filter(revision_id=event.revision_id, revoked_at=None).select_related("approver") if event else Approval.objects.none()
    signed = rows.order_by("-approved_at").first()
    return {"signed_by": signed.approver.display_name, "signed_at": signed.approved_at.isoformat()} if signed else {}


def _shown(channel: ChannelText, pictures: tuple[Picture, ...], video: VideoSnapshot | None) -> tuple[tuple[Picture, ...], Video | None]:
    """What the channel may carry of the story's pictures and video, by the choice that was made for it."""
    film = for_connectors(video, fallback=pictures[0] if pictures else None) if video else None
    kept = {ChannelMedia.PICTURE: (pictures[:1], None), ChannelMedia.PICTURES: (pictures, None), ChannelMedia.NONE: ((), None)}
    return kept.get(ChannelMedia(channel.media), (pictures, film))


def hashtags_of(channel: ChannelText) -> tuple[str, ...]:
    """The channel's hashtags without the sign, in their order, each once whatever its case."""
    found = (word.strip("#.,;:!?…\"'“”()") for word in HASHTAG_GAPS.split(channel.hashtags))
    kept: dict[str, str] = {}
    for word in found:
        if word:
            kept.setdefault(word.casefold(), word)
    return tuple(kept.values())


def byline_of(story: ArticlePage) -> str:
    """The names that readers see over the story, each once."""
    return ", ".join(dict.fromkeys(str(byline.pen_name) for byline in story.bylines.all() if byline.pen_name_id))


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
    return Picture(key=key_of(image), alt=image.default_alt_text, credit=image.credit, width=width, height=height, address=absolute(picture_path(image)))
