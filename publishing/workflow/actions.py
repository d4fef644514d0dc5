"""The desk's own acts, as buttons of the story's desk page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, LEADERS, has_role
from newsroom.articles.models import ArticlePage
from publishing.workflow import services
from publishing.workflow.enums import TRANSITIONS, StepKind, StoryState
from publishing.workflow.registry import ActData, DeskAction, desk_actions
from publishing.workflow.selectors import can_sign, is_writer_of

May = Callable[..., bool]


def in_state(kind: StepKind, allowed: May) -> May:
    """A button shows where its step can start and to whom its role allows it."""

    def may(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
        return state in TRANSITIONS[kind][0] and allowed(story=story, user=user, now=now)

    return may


def desk_only(*, user: User, **_others: Any) -> bool:
    """Editors and above."""
    return has_role(user, *DESK)


def writer_or_desk(*, story: ArticlePage, user: User, **_others: Any) -> bool:
    """The story's writer, or the desk."""
    return has_role(user, *DESK) or is_writer_of(user, story)


def signer(*, user: User, now: datetime, **_others: Any) -> bool:
    """Who signs now."""
    return can_sign(user, now=now)


def leader_or_signer(*, user: User, now: datetime, **_others: Any) -> bool:
    """Leaders and whoever signs now."""
    return has_role(user, *LEADERS) or can_sign(user, now=now)


def not_live(may: May) -> May:
    """Only where readers do not see the story."""

    def inner(*, story: ArticlePage, **others: Any) -> bool:
        return not story.live and may(story=story, **others)

    return inner


def with_words(service: Callable[..., Any]) -> Callable[..., Any]:
    """An act on the exact words that the person saw."""

    def perform(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
        service(story=story, actor=actor, revision_id=data.revision_id, digest=data.digest, now=now)

    return perform


def with_reason(service: Callable[..., Any]) -> Callable[..., Any]:
    """An act that says why."""

    def perform(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
        service(story=story, actor=actor, reason=data.reason, now=now)

    return perform


def plain(service: Callable[..., Any]) -> Callable[..., Any]:
    """An act with nothing to fill in."""

    def perform(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
        service(story=story, actor=actor, now=now)

    return perform


K = StepKind
ACTIONS = [
    DeskAction("submit", _("Send to the desk"), in_state(K.SUBMIT, writer_or_desk), with_words(services.submit_story), _("The story is with the desk."), "primary"),
    DeskAction("claim", _("I take it"), in_state(K.CLAIM, desk_only), plain(services.claim_story), _("The story is yours to edit."), "primary"),
    DeskAction("escalate", _("Send for sign-off"), in_state(K.ESCALATE, desk_only), with_words(services.escalate_story), _("The story waits for sign-off."), "primary"),
    DeskAction(
        "approve", _("Approve"), in_state(K.APPROVE, signer), with_words(services.approve_story), _("Approved: exactly the words below."), "primary",
        help=_("Your signature is put under exactly the words below, the channel texts included."),
    ),
    DeskAction(
        "confirm", _("Confirm as second reader"), in_state(K.CONFIRM, desk_only), with_words(services.confirm_words), _("Your name is under these words as second reader."),
        help=_("Needed when a signer changed the text, or signs their own work."),
    ),
    DeskAction("return", _("Return to the writer"), in_state(K.RETURN, desk_only), with_reason(services.return_story), _("Returned; the writer gets your reason."), wants_reason=True),
    DeskAction("revoke", _("Take back the approval"), in_state(K.REVOKE, leader_or_signer), with_reason(services.revoke_approval), _("The approval is taken back."), "danger", wants_reason=True),
    DeskAction("hold", _("Hold"), in_state(K.HOLD, desk_only), with_reason(services.hold_story), _("The story is on hold."), wants_reason=True),
    DeskAction("spike", _("Spike"), not_live(in_state(K.SPIKE, desk_only)), with_reason(services.spike_story), _("The story will not be used."), "danger", wants_reason=True),
    DeskAction("restore", _("Restore"), in_state(K.RESTORE, desk_only), plain(services.restore_story), _("The story is back on the desk.")),
]  # fmt: skip


def register() -> None:
    """Add the acts to the desk page."""
    for action in ACTIONS:
        desk_actions.add(action.key, action)
