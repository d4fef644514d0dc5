"""Reads of deliveries: the board, and where a story went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from distribution.channels.enums import AccountState
from distribution.channels.models import Account
from distribution.deliveries.enums import ASKS, BEFORE_COMMIT, BLOCKED, COMMENTS, DEAD, FOLLOW_UPS, IN_FLIGHT, DeliveryState, Operation
from distribution.deliveries.lateness import ASKED, LATE
from distribution.deliveries.models import Delivery
from distribution.deliveries.sent import sent_of
from distribution.deliveries.sightings import UNSEEN
from distribution.deliveries.wording import call_in_words, reason_in_words
from newsroom.articles.models import ArticlePage

S = DeliveryState
COULD_NOT = "could_not"
TONES = {S.PUBLISHED: "good", S.FAILED: "late", S.UNCONFIRMED: "late", S.WAITING_FOR_HUMAN: "soon", S.PROCESSING_SLOW: "soon", S.RETRY_WAIT: "soon", S.VERIFYING: "soon"}
FILTERS: dict[str, Q] = {
    "asks": Q(state__in=ASKS) | ASKED | UNSEEN,
    "waiting": Q(state__in=(BEFORE_COMMIT | IN_FLIGHT) - ASKS - BLOCKED),
    "blocked": Q(state__in=BLOCKED) & ~ASKED,
    "posted": Q(state=S.PUBLISHED) & ~UNSEEN,
    "dropped": Q(state__in=DEAD),
}
DONE_WORDS = {
    Operation.UPDATE: pgettext_lazy("delivery state", "Edited"), Operation.DELETE: pgettext_lazy("delivery state", "Taken down"),
    Operation.COMMENT: pgettext_lazy("delivery state", "Commented"), Operation.REPLY: pgettext_lazy("delivery state", "Notice posted"),
    Operation.REFRESH: pgettext_lazy("delivery state", "Card renewed"), Operation.BROADCAST: pgettext_lazy("delivery state", "Sent to followers"),
}  # fmt: skip
# Nothing of ours went wrong with the copy itself where these end so.
QUIET_ENDS = frozenset({S.PUBLISHED, S.CANCELLED, S.EXPIRED})


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
    if delivery.state == S.PUBLISHED and (delivery.operation in DONE_WORDS or delivery.removed_at):
        return str(DONE_WORDS.get(Operation(delivery.operation), DONE_WORDS[Operation.DELETE]))
    if delivery.state == S.CANCELLED and delivery.failure_code == COULD_NOT:
        return pgettext("delivery state", "Could not be undone")
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
        return reason_in_words(delivery)
    if delivery.original is not None and delivery.state == S.READY and delivery.original.state != S.PUBLISHED:
        return _("Waits for the post itself.")
    return ""


def link_of(delivery: Delivery) -> str:
    """The post's address on the platform: its own, or that of the post it is about; none where the post is gone."""
    post = delivery if delivery.original is None or delivery.operation in COMMENTS and delivery.remote_url else delivery.original
    return "" if post.removed_at else post.remote_url


def board(*, show: str = "", account_key: str = "", operation: str = "", cause: str = "", story: str = "") -> QuerySet[Delivery]:
    """Deliveries for the board, the newest first: by state, channel, operation, cause, and story (its number, or words of its headline)."""
    rows = Delivery.objects.select_related("account", "story", "original").annotate(tries=Count("attempt_log")).order_by("-scheduled_at", "-id")
    if show in FILTERS:
        rows = rows.filter(FILTERS[show])
    if operation in Operation.values:
        rows = rows.filter(operation=operation)
    if cause:
        rows = rows.filter(failure_code=cause)
    if story.isdecimal() and len(story) < 10:
        rows = rows.filter(story_id=int(story))
    elif story:
        rows = rows.filter(story__draft_title__icontains=story)
    return rows.filter(account__key=account_key) if account_key else rows


def counts() -> dict[str, int]:
    """How many there are behind each filter."""
    return Delivery.objects.aggregate(**{name: Count("pk", filter=condition) for name, condition in FILTERS.items()})


def where_they_went(story_ids: list[int]) -> dict[int, list[Line]]:
    """The last word of each channel about stories, by story id."""
    return {story_id: [line_of(delivery) for delivery in rows] for story_id, rows in _last_words(story_ids).items()}


def _last_words(story_ids: list[int]) -> dict[int, list[Delivery]]:
    """The post of each channel, or the edit or take-down after it that is not done as it should be."""
    found: dict[tuple[int, int], Delivery] = {}
    for delivery in Delivery.objects.filter(story_id__in=story_ids).select_related("account", "original").order_by("version", "id"):
        key = (delivery.story_id, delivery.account_id)
        undone = delivery.state == S.CANCELLED and delivery.failure_code == COULD_NOT
        says_less = delivery.operation == Operation.UPDATE and delivery.state in (S.PUBLISHED, S.CANCELLED) and not undone
        if key in found and (delivery.operation in FOLLOW_UPS or says_less):
            continue  # the post itself says more
        found[key] = delivery
    stories: dict[int, list[Delivery]] = {}
    for (story_id, _account), delivery in sorted(found.items(), key=lambda item: item[1].account.name):
        stories.setdefault(story_id, []).append(delivery)
    return stories


def details(delivery: Delivery) -> dict[str, Any]:
    """A delivery, what is sent, every call made for it, what follows it, and, for a draft that a person finishes, the words of the newest version."""
    newest = delivery.followers.filter(operation=Operation.UPDATE).select_related("account").exclude(state__in=DEAD).order_by("-version").first()
    draft = delivery.state == S.WAITING_FOR_HUMAN and delivery.operation == Operation.PUBLISH
    return {
        "line": line_of(delivery), "sent": sent_of(delivery), "calls": [call_in_words(call) for call in delivery.attempt_log.all()],
        "newest": sent_of(newest) if draft and newest is not None else None,
        "followers": [line_of(row) for row in delivery.followers.select_related("account", "story", "original").order_by("id")],
    }  # fmt: skip


@dataclass(frozen=True)
class Copy:
    """One copy of a story on one account. `pending`: what is on its way to it or waits; `undone`: what a person must do there, or could not do."""

    account: Account
    post: Line
    pending: tuple[Line, ...]
    undone: tuple[Line, ...]

    @property
    def permalink(self) -> str:
        """Where readers find it; empty where it is gone or was never there."""
        return self.post.link

    @property
    def state(self) -> str:
        """Its state in the words of the trade."""
        return self.post.state

    @property
    def is_there(self) -> bool:
        """Whether readers can see it, as far as we know."""
        return self.post.delivery.state == S.PUBLISHED and self.post.delivery.removed_at is None


def copies_of(story: ArticlePage) -> list[Copy]:
    """Every copy of a story on every account, by the account's name: the newest post of each, and all that concerns it."""
    rows = Delivery.objects.filter(story=story).select_related("account", "story", "original").order_by("version", "id")
    posts: dict[int, Delivery] = {}
    for row in rows:
        if row.operation == Operation.PUBLISH and not (row.account_id in posts and _stands(posts[row.account_id]) and not _stands(row)):
            posts[row.account_id] = row
    about: dict[str, list[Delivery]] = {post.pk: [] for post in posts.values()}
    for row in rows:
        if row.original_id in about:
            about[row.original_id].append(row)
    return [_copy(post, about[post.pk]) for post in sorted(posts.values(), key=lambda post: (post.account.name, post.pk))]


def _stands(post: Delivery) -> bool:
    return post.state not in DEAD


def _copy(post: Delivery, rows: list[Delivery]) -> Copy:
    asks = [row for row in rows if row.state in ASKS or (row.state == S.CANCELLED and row.failure_code == COULD_NOT and not _made_good(row, rows))]
    pending = [row for row in rows if row.state not in QUIET_ENDS and row not in asks]
    return Copy(post.account, line_of(post), tuple(map(line_of, pending)), tuple(map(line_of, asks)))


def _made_good(row: Delivery, rows: list[Delivery]) -> bool:
    """Whether a later row did what a person could not."""
    return any(later.version > row.version and later.state == S.PUBLISHED and later.operation in (row.operation, Operation.DELETE) for later in rows)
