"""Reads of deliveries: the board, and where a story went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from distribution.channels.enums import AccountState
from distribution.deliveries.enums import ASKS, BEFORE_COMMIT, BLOCKED, DEAD, IN_FLIGHT, DeliveryState, Operation
from distribution.deliveries.lateness import ASKED, LATE
from distribution.deliveries.models import Delivery
from newsroom.articles.models import ArticlePage

S = DeliveryState
TONES = {S.PUBLISHED: "good", S.FAILED: "late", S.UNCONFIRMED: "late", S.WAITING_FOR_HUMAN: "soon", S.PROCESSING_SLOW: "soon", S.RETRY_WAIT: "soon", S.VERIFYING: "soon"}
FILTERS: dict[str, Q] = {
    "asks": Q(state__in=ASKS) | ASKED,
    "waiting": Q(state__in=(BEFORE_COMMIT | IN_FLIGHT) - ASKS - BLOCKED),
    "blocked": Q(state__in=BLOCKED) & ~ASKED,
    "posted": Q(state=S.PUBLISHED),
    "dropped": Q(state__in=DEAD),
}


@dataclass(frozen=True)
class Line:
    """A delivery as people read it: state word, tone (a colour beside the word, never alone), reason, address of the post."""

    delivery: Delivery
    state: str
    tone: str
    reason: str
    link: str


def line_of(delivery: Delivery) -> Line:
    """A delivery as people read it."""
    return Line(delivery, state_word(delivery), tone_of(delivery), reason_of(delivery), link_of(delivery))


def tone_of(delivery: Delivery) -> str:
    """good, late, soon or info."""
    state = S(delivery.state)
    return "soon" if state in BLOCKED else TONES.get(state, "info")


def state_word(delivery: Delivery) -> str:
    """The state in the words of the trade; edits and take-downs that were done say what was done."""
    if delivery.state == S.HELD and delivery.failure_code == LATE:
        return pgettext("delivery state", "Late: waits for your word")
    if delivery.state == S.PUBLISHED and delivery.operation == Operation.UPDATE:
        return pgettext("delivery state", "Edited")
    if delivery.state == S.PUBLISHED and (delivery.operation == Operation.DELETE or delivery.removed_at):
        return pgettext("delivery state", "Taken down")
    return str(delivery.get_state_display())


def reason_of(delivery: Delivery) -> str:
    """Why it is where it is, in one sentence; empty where the state says all."""
    if delivery.removed_outside:
        return _("Somebody deleted the post on the platform.")
    if delivery.state == S.BLOCKED_AUTH:
        return _("The channel must be connected again; then it goes out by itself.")
    if delivery.state == S.HELD and delivery.failure_code != LATE and delivery.account.state == AccountState.PAUSED:
        return _("The channel is paused.")
    if delivery.failure_message:
        words = _(delivery.failure_message)
        return words % delivery.failure_values if delivery.failure_values else words
    if delivery.original is not None and delivery.state == S.READY and delivery.original.state != S.PUBLISHED:
        return _("Waits for the post itself.")
    return ""


def link_of(delivery: Delivery) -> str:
    """The post's address on the platform: its own, or that of the post it is about; none where the post is gone."""
    post = delivery if delivery.original is None else delivery.original
    return "" if post.removed_at else post.remote_url


def board(*, show: str = "", account_key: str = "") -> QuerySet[Delivery]:
    """Deliveries for the board, the newest first."""
    rows = Delivery.objects.select_related("account", "story", "original").annotate(tries=Count("attempt_log")).order_by("-scheduled_at", "-id")
    if show in FILTERS:
        rows = rows.filter(FILTERS[show])
    return rows.filter(account__key=account_key) if account_key else rows


def counts() -> dict[str, int]:
    """How many there are behind each filter."""
    return Delivery.objects.aggregate(**{name: Count("pk", filter=condition) for name, condition in FILTERS.items()})


def where_it_went(story: ArticlePage) -> list[Line]:
    """The last word of each channel about a story."""
    return [line_of(delivery) for delivery in _last_words([story.pk]).get(story.pk, [])]


def where_they_went(story_ids: list[int]) -> dict[int, list[Line]]:
    """The same for many stories, by story id."""
    return {story_id: [line_of(delivery) for delivery in rows] for story_id, rows in _last_words(story_ids).items()}


def _last_words(story_ids: list[int]) -> dict[int, list[Delivery]]:
    """The post of each channel, or the edit or take-down after it that is not done as it should be."""
    found: dict[tuple[int, int], Delivery] = {}
    for delivery in Delivery.objects.filter(story_id__in=story_ids).select_related("account", "original").order_by("version", "id"):
        key = (delivery.story_id, delivery.account_id)
        if key in found and delivery.operation == Operation.UPDATE and delivery.state in (S.PUBLISHED, S.CANCELLED):
            continue  # the post itself says more
        found[key] = delivery
    stories: dict[int, list[Delivery]] = {}
    for (story_id, _account), delivery in sorted(found.items(), key=lambda item: item[1].account.name):
        stories.setdefault(story_id, []).append(delivery)
    return stories


def details(delivery: Delivery) -> dict[str, Any]:
    """A delivery and every call made for it, for its page."""
    return {"line": line_of(delivery), "attempts": list(delivery.attempt_log.all())}
