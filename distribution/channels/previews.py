"""Posts as readers will see them, composed by the connector from words that may not be saved yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from distribution.channels.models import Account
from distribution.channels.selectors import capabilities_of, composed, connector_of, in_words, problems, wanted_accounts
from distribution.connectors.base import Capabilities
from distribution.connectors.registry import connectors
from distribution.connectors.texts import first_comment_of
from distribution.renditions.media import key_of
from distribution.renditions.snapshots import channel_text_of, hashtags_of, images_of, snapshot_of_story
from newsroom.articles.enums import ChannelPrivacy
from newsroom.articles.models import ArticlePage, ChannelText
from newsroom.media.models import NewsImage
from publishing.workflow.selectors import latest_revision

# Where a feed folds a text behind "see more". Practice, not a promise of the platforms.
FOLD = 480
FIELDS = {"video": "media", "pictures": "media", "link": "link_place"}  # what connectors call a field, and the field of the row that it is
FILMS = {"video": pgettext_lazy("post", "Video"), "reel": pgettext_lazy("post", "Reel: upright video"), "short": pgettext_lazy("post", "YouTube Short: upright video")}


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a post, in a sentence, and the field of its row beside which it is said."""

    blocking: bool
    sentence: str
    field: str


@dataclass(frozen=True)
class Preview:
    """One post: the text before and behind the fold, its card or pictures, its length, facts (tags, who sees it), what is wrong, our comment under it, what its video is."""

    account: Account
    shown: str
    folded: str
    card: dict[str, Any]
    images: list[NewsImage]
    length: int
    limit: int
    problems: list[Wrong]
    facts: list[str]
    comment: str = ""
    film: str = ""
    poster: str = ""


def preview_of(*, account: Account, story: ArticlePage) -> Preview:
    """The post of a story, as it stands in memory, on one channel."""
    payload = composed(account=account, story=story)
    seen = connector_of(account).preview(payload=payload)
    words = str(seen.get("text", ""))
    fold = len(words) if len(words) <= FOLD else (words.rfind(" ", 0, FOLD) + 1 or FOLD)
    by_key = {key_of(image): image for image in images_of(story)}
    images = [by_key[key] for key in seen.get("pictures", []) if key in by_key]
    if not images and seen.get("card") and story.main_image is not None:
        images = [story.main_image]  # the card shows the page's own picture
    can, row = capabilities_of(account), channel_text_of(story, account.key)
    found = [Wrong(problem.blocking, in_words(problem), FIELDS.get(problem.field, problem.field)) for problem in problems(account=account, payload=payload)]
    found += _not_carried(can, row, words=words, tags=seen.get("tags", []))
    length, comment = int(seen.get("length", len(words))), first_comment(account=account, story=story, can=can)
    return Preview(account, words[:fold], words[fold:], seen.get("card") or {}, images, length, can.text_limit, found, facts_of(seen), comment, *_film(seen, story))


def _not_carried(can: Capabilities, row: ChannelText, *, words: str, tags: list[str]) -> list[Wrong]:
    """What somebody wrote and the channel leaves out; it keeps nothing from approval."""
    found = []
    if row.first_comment.strip() and not can.has_comments:
        found.append(Wrong(False, _("This channel has no comments of ours: the first comment is left out."), "first_comment"))
    said = {tag.lstrip("#").casefold() for tag in tags}
    left_out = [tag for tag in hashtags_of(row) if f"#{tag}".casefold() not in words.casefold() and tag.casefold() not in said]
    if left_out:
        found.append(Wrong(False, _("This channel leaves out hashtags: %(tags)s.") % {"tags": ", ".join(f"#{tag}" for tag in left_out)}, "hashtags"))
    return found


def first_comment(*, account: Account, story: ArticlePage, can: Capabilities) -> str:
    """What our own comment under the post will say; empty where the channel has none."""
    return first_comment_of(snapshot_of_story(story=story, account_key=account.key, version=0), can.link_places) if can.has_comments else ""


def _film(seen: dict[str, Any], story: ArticlePage) -> tuple[str, str]:
    """What the post's video is there, with its length, and the address of its poster; empty where the post has none."""
    video = story.main_video
    return film_in_words(seen), video.poster.url if seen.get("film") and video is not None and video.poster else ""


def film_in_words(seen: dict[str, Any]) -> str:
    """What a post's video is on its platform, and its length where the payload tells it; empty where the post has none."""
    film = seen.get("film")
    if not film:
        return ""
    words, seconds = FILMS.get(str(film.get("format")), FILMS["video"]), round(float(film.get("seconds") or 0))
    return f"{words} · {seconds // 60}:{seconds % 60:02d}" if seconds else str(words)


def facts_of(seen: dict[str, Any]) -> list[str]:
    """Who sees a post, and its tags."""
    privacy = [str(ChannelPrivacy(seen["privacy"]).label)] if seen.get("privacy") and seen["privacy"] in ChannelPrivacy.values else []
    return [*privacy, *(f"#{tag}" for tag in seen.get("tags", []))]


def texts_panel(story: ArticlePage, user: Any) -> SafeString | None:
    """On the story's desk page: the posts that are approved together with the words."""
    del user
    revision = latest_revision(story)
    if revision is None:
        return None
    version = revision.as_object()
    previews = [preview_of(account=account, story=version) for account in wanted_accounts(version) if account.kind in connectors]
    return render_to_string("distribution/channels/texts_panel.html", {"previews": previews}) if previews else None
