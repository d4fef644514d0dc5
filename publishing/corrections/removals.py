"""Taking a story from readers: withdrawn with a reason, or killed at once. What was live stays: revision, event, digest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from publishing.corrections.models import Removal, TakedownRequest
from publishing.corrections.selectors import may_kill, removal_of
from publishing.corrections.services import drop_with_removal
from publishing.events.enums import EventKind
from publishing.releases.services import withdraw_story
from publishing.workflow import words
from publishing.workflow.enums import StepKind
from publishing.workflow.selectors import can_sign
from publishing.workflow.services import NotAllowed, lock_desk, take_step


@transaction.atomic
def withdraw(*, story: ArticlePage, actor: User, reason: str, now: datetime, public_reason: str = "", request: TakedownRequest | None = None) -> Removal:
    """Take a story from readers; its address says so, its copies are deleted, its writers and the desk are told. Raises NotAllowed."""
    return _remove(story=story, actor=actor, reason=reason, now=now, kind=EventKind.WITHDRAWN, public_reason=public_reason, request=request)


@transaction.atomic
def kill(
    *, story: ArticlePage, actor: User, number: str, reason: str, now: datetime, public_reason: str = "", request: TakedownRequest | None = None
) -> Removal:
    """Take a story away at once, from whatever state. The person types its number again. Raises NotAllowed."""
    if not may_kill(actor, now=now):
        raise NotAllowed("not_allowed", _("Only the editor-in-chief, a deputy, or the delegated secretary on duty may kill a story."))
    if number.strip() != str(story.pk):
        raise NotAllowed("wrong_number", _("The number is not that of this story (%(number)s). Type it again.") % {"number": story.pk})
    return _remove(story=story, actor=actor, reason=reason, now=now, kind=EventKind.KILLED, public_reason=public_reason, request=request)


def _remove(
    *, story: ArticlePage, actor: User, reason: str, now: datetime, kind: EventKind, public_reason: str, request: TakedownRequest | None
) -> Removal:
    event = withdraw_story(story=story, actor=actor, reason=reason, now=now, kind=kind)
    drop_with_removal(story=story)
    return Removal.objects.create(event=event, story=event.story, digest=words.digest_of(event.revision), public_reason=public_reason.strip()[:500], request=request)


@transaction.atomic
def explain(*, story: ArticlePage, actor: User, public_reason: str, now: datetime) -> Removal:
    """Say to readers, on the address of a story taken away, why. Raises NotAllowed."""
    if not can_sign(actor, now=now):
        raise NotAllowed("not_allowed", _("Only those who sign stories may withdraw one."))
    removal = removal_of(story.pk)
    if removal is None or ArticlePage.objects.filter(pk=story.pk, live=True).exists():
        raise NotAllowed("not_removed", _("This story was not taken from readers."))
    desk, words_for_readers = lock_desk(story=story, now=now), public_reason.strip()[:500]
    take_step(desk=desk, kind=StepKind.EXPLAIN, actor=actor, now=now, reason=words_for_readers, holder=desk.holder)
    Removal.objects.filter(pk=removal.pk).update(public_reason=words_for_readers)
    removal.refresh_from_db()
    return removal
