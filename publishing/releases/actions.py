"""The acts of publication, as buttons of the story's desk page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.releases import services
from publishing.workflow.actions import in_state, leader_or_signer, signer
from publishing.workflow.enums import StepKind, StoryState
from publishing.workflow.registry import ActData, DeskAction, desk_actions
from publishing.workflow.services import NotAllowed


def publish(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    """Publish at once."""
    services.release_now(story=story, actor=actor, now=now)


def schedule(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    """Publish at the time of the form."""
    if data.due_at is None:
        raise NotAllowed("no_time", _now("Choose the day and the time."))
    services.schedule_release(story=story, actor=actor, due_at=data.due_at, now=now)


def unschedule(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    """Take the time away."""
    services.cancel_release(story=story, actor=actor, now=now)


def withdraw(*, story: ArticlePage, actor: User, data: ActData, now: datetime) -> None:
    """Take the story from readers."""
    services.withdraw_story(story=story, actor=actor, reason=data.reason, now=now)


def may_withdraw(*, story: ArticlePage, state: StoryState, user: User, now: datetime) -> bool:
    """Readers see it, and the person signs."""
    return story.live and signer(story=story, user=user, now=now)


K = StepKind
ACTIONS: list[Any] = [
    DeskAction("publish", _("Publish now"), in_state(K.PUBLISH, leader_or_signer), publish, _("The story is on the paper now."), "primary"),
    DeskAction("schedule", _("Schedule"), in_state(K.SCHEDULE, leader_or_signer), schedule, _("Scheduled."), wants_time=True),
    DeskAction("unschedule", _("Cancel the schedule"), in_state(K.UNSCHEDULE, leader_or_signer), unschedule, _("The time is cancelled; the approval stays.")),
    DeskAction(
        "withdraw", _("Withdraw"), may_withdraw, withdraw, _("Withdrawn: its address now says so, and copies on the channels are deleted."), "danger", wants_reason=True
    ),
]


def register() -> None:
    """Add the acts to the desk page."""
    for action in ACTIONS:
        desk_actions.add(action.key, action)
