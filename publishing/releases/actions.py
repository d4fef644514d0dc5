"""The acts of publication, as buttons of the story's desk page. Taking a story away is `publishing.corrections`'."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.releases import services
from publishing.workflow.actions import in_state, leader_or_signer
from publishing.workflow.enums import StepKind
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


K = StepKind
ACTIONS: list[Any] = [
    DeskAction("publish", _("Publish now"), in_state(K.PUBLISH, leader_or_signer), publish, _("The story is on the paper now."), "primary"),
    DeskAction("schedule", _("Schedule"), in_state(K.SCHEDULE, leader_or_signer), schedule, _("Scheduled."), wants_time=True),
    DeskAction("unschedule", _("Cancel the schedule"), in_state(K.UNSCHEDULE, leader_or_signer), unschedule, _("The time is cancelled; the approval stays.")),
]


def register() -> None:
    """Add the acts to the desk page."""
    for action in ACTIONS:
        desk_actions.add(action.key, action)
