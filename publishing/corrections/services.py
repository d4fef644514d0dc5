"""Writes of notices: prepared on the desk, signed with the version they go out with, published by the one door."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, has_role
from newsroom.articles.models import ArticlePage
from publishing.corrections import selectors, terms, told
from publishing.corrections.enums import SHOWN, NoticeKind, NoticeState, TermKind, Trigger
from publishing.corrections.models import Notice
from publishing.corrections.registry import notice_listeners
from publishing.events.alarms import clear_alarm
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.events.selectors import latest_change
from publishing.events.services import record_event
from publishing.workflow.enums import StepKind
from publishing.workflow.models import Approval
from publishing.workflow.selectors import can_sign, latest_revision
from publishing.workflow.services import NotAllowed, lock_desk, seen_words, take_step

log = logging.getLogger(__name__)
STEPS = {NoticeKind.FIX: StepKind.FIX, NoticeKind.CLARIFY: StepKind.CLARIFY, NoticeKind.CORRECT: StepKind.CORRECT}


@dataclass(frozen=True)
class NoticeText:
    """What a person writes: one line for a mended slip, the notice of a clarification, all the fields of a correction."""

    text: str = ""
    trigger: str = ""
    authority_document: str = ""
    authority_date: date | None = None
    false_text: str = ""
    corrected_text: str = ""
    apology: str = ""
    party: str = ""
    party_mail: str = ""
    tells_partners: bool = True
    received_at: datetime | None = field(default=None)


@transaction.atomic
def prepare_notice(*, story: ArticlePage, kind: NoticeKind, words: NoticeText, actor: User, now: datetime) -> Notice:
    """Write a notice that goes out with the story's next version, and save that version for its changes. Raises NotAllowed, WrongState.

    Nothing changes for readers: the version takes the ordinary way to a signature, which stands under the notice as well.
    """
    if not has_role(actor, *DESK):
        raise NotAllowed("not_allowed", _("Your role does not allow this step."))
    _require_words(kind, words, now=now)
    desk = lock_desk(story=story, now=now)
    page = ArticlePage.objects.get(pk=story.pk)
    latest = latest_revision(story)
    if latest is None or page.first_published_at is None or (not page.live and kind != NoticeKind.CORRECT):
        raise NotAllowed("not_live", _("Readers do not see this story."))
    if selectors.waiting_notice(story):
        raise NotAllowed("notice_waits", _("A notice of this story waits already. Publish it or drop it first."))
    take_step(desk=desk, kind=STEPS[kind], actor=actor, now=now, revision=latest, reason=words.text or words.corrected_text, holder=desk.holder)
    received_at = (words.received_at or now) if kind == NoticeKind.CORRECT else None
    notice = Notice.objects.create(
        story=page, kind=kind, author=actor, made_at=now, after_revision=latest, **_fields(words),
        received_at=received_at, due_at=terms.due_at(TermKind.CORRECTION, received_at=received_at) if received_at else None,
    )  # fmt: skip
    latest.as_object().save_revision(user=actor, log_action=False)  # its words are the notice's too: what is signed is a version of its own
    log.info("notice.prepared story=%s kind=%s actor=%s", story.pk, kind, actor.pk)
    return notice


def _fields(words: NoticeText) -> dict[str, object]:
    values = {name: value for name, value in vars(words).items() if name != "received_at"}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}


def _require_words(kind: NoticeKind, words: NoticeText, *, now: datetime) -> None:
    if kind != NoticeKind.CORRECT:
        if not words.text.strip():
            raise NotAllowed("no_text", _("Write what was mended.") if kind == NoticeKind.FIX else _("Write the notice that readers will see."))
        return
    if not (words.false_text.strip() and words.corrected_text.strip() and words.apology.strip()):
        raise NotAllowed("incomplete", _("A correction quotes what was wrong, says what is right, and apologises: fill in all three."))
    if words.trigger not in Trigger.values:
        raise NotAllowed("incomplete", _("Say what made the newsroom correct."))
    if words.trigger == Trigger.CONCLUSION and not (words.authority_document.strip() and words.authority_date):
        raise NotAllowed("incomplete", _("Give the number and the date of the authority's document."))
    if words.received_at and words.received_at > now:
        raise NotAllowed("future", _("The moment of receipt lies in the future."))


@transaction.atomic
def drop_notice(*, story: ArticlePage, actor: User, reason: str, now: datetime) -> Notice:
    """Do without a notice that waits; the row stays. Raises NotAllowed, WrongState."""
    if not has_role(actor, *DESK):
        raise NotAllowed("not_allowed", _("Your role does not allow this step."))
    if not reason.strip():
        raise NotAllowed("no_reason", _("Say why: the reason stays in the history."))
    desk = lock_desk(story=story, now=now)
    notice = _waiting(story)
    if notice.kind == NoticeKind.CORRECT and not can_sign(actor, now=now):
        raise NotAllowed("not_allowed", _("Only those who sign stories may drop a correction."))
    take_step(desk=desk, kind=StepKind.DROP_NOTICE, actor=actor, now=now, reason=reason.strip()[:2000], holder=desk.holder)
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.DROPPED)
    _clear_clock(notice, now=now)
    return notice


def _waiting(story: ArticlePage) -> Notice:
    notice = selectors.waiting_notice(story)
    if notice is None:
        raise NotAllowed("no_notice", _("No notice of this story waits."))
    return notice


def reasons_against_signer(version: ArticlePage, signer: User) -> list[str]:
    """Four eyes on a notice: whoever wrote it does not sign it, whatever the office."""
    notice = Notice.objects.filter(story_id=version.pk, state=NoticeState.WAITING, kind__in=SHOWN, author=signer).exists()
    return [_("You wrote the notice of this version: another person must sign it.")] if notice else []


def follow_publication(*, event: StoryEvent, approval: Approval, now: datetime) -> None:
    """The version that carries a notice is out: so is the notice, in the same transaction."""
    notice = selectors.notice_of_revision(approval.revision)
    if notice is None or notice.state != NoticeState.WAITING:
        return
    Notice.objects.filter(pk=notice.pk).update(
        state=NoticeState.PUBLISHED, published_at=now, revision=approval.revision, event=event, signer=approval.approver, digest=approval.digest
    )
    _clear_clock(notice, now=now)


@transaction.atomic
def sign_alone(*, story: ArticlePage, actor: User, revision_id: int, digest: str, now: datetime) -> Notice:
    """Sign and publish the correction of a story that readers no longer see: it comes into the column, the story stays away, and copies that are still
    somewhere hear of it by its event. Raises NotAllowed, StaleWords."""
    if not can_sign(actor, now=now):
        raise NotAllowed("not_allowed", _("You do not sign stories now: signing needs the office or a valid delegation."))
    lock_desk(story=story, now=now)
    notice = _waiting(story)
    page = ArticlePage.objects.get(pk=story.pk)
    if page.live or notice.kind != NoticeKind.CORRECT:
        raise NotAllowed("live", _("Readers see this story: the notice goes out with its next version."))
    if notice.author_id == actor.pk:
        raise NotAllowed("four_eyes", _("You wrote the notice of this version: another person must sign it."))
    revision = seen_words(story=story, revision_id=revision_id, digest=digest)
    before = latest_change(page)
    assert before is not None  # it was published once
    event = record_event(story=page, kind=EventKind.NOTICE, revision=before.revision, actor=actor, now=now, digest=digest, reason=selectors.plain_notice(notice)[:500])
    notice.state, notice.signer, notice.digest, notice.published_at = NoticeState.PUBLISHED, actor, digest, now
    notice.revision, notice.event = revision, event
    notice.save(update_fields=["state", "signer", "digest", "published_at", "revision", "event"])
    _clear_clock(notice, now=now)
    told.tell_of(notice, event=event, now=now)
    for _name, listen in notice_listeners.items():
        listen(notice, now)
    return notice


def drop_with_removal(*, story: ArticlePage) -> None:
    """A story that is taken away needs no clarification; a correction goes on alone."""
    Notice.objects.filter(story=story, state=NoticeState.WAITING).exclude(kind=NoticeKind.CORRECT).update(state=NoticeState.DROPPED)


def _clear_clock(notice: Notice, *, now: datetime) -> None:
    clear_alarm(code="correction_due", subject=str(notice.pk), now=now)
