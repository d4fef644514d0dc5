"""Writes of the desk. One step has one shape: lock the row, check state, role and words, change, write the trace."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, LEADERS, has_role
from newsroom.articles.models import ArticlePage
from newsroom.articles.selectors import video_problems
from newsroom.common.errors import NewsroomError
from publishing.workflow import pictures, words
from publishing.workflow.enums import TRANSITIONS, StepKind, StoryState
from publishing.workflow.four_eyes import changed_while_signing, reasons_not_to_sign
from publishing.workflow.models import Approval, Confirmation, Step, StoryDesk
from publishing.workflow.registry import approval_checks, revocation_listeners
from publishing.workflow.selectors import can_sign, is_writer_of, latest_revision, open_approval, valid_delegation

log = logging.getLogger(__name__)


class NotAllowed(NewsroomError):
    """The person may not take this step."""


class WrongState(NewsroomError):
    """The story is not where this step starts."""


class StaleWords(NewsroomError):
    """The words are not those that the person saw. `changed` names the fields."""

    def __init__(self, changed: list[str]) -> None:
        fields = ", ".join(str(words.LABELS[name]) for name in changed) or _("a new version was saved")
        super().__init__("stale", _("Somebody has just changed this story (%(fields)s). Look at the new version, then decide again.") % {"fields": fields})
        self.changed = changed


def lock_desk(*, story: ArticlePage, now: datetime) -> StoryDesk:
    """The story's row, locked for this transaction; made where it is missing."""
    StoryDesk.objects.get_or_create(story_id=story.pk, defaults={"changed_at": now})
    return StoryDesk.objects.select_for_update().get(story_id=story.pk)


def open_desk(*, story: ArticlePage, now: datetime) -> StoryDesk:
    """The story's row, made as a draft where it is missing: called when a story is first saved."""
    return StoryDesk.objects.get_or_create(story_id=story.pk, defaults={"changed_at": now})[0]


def take_step(
    *, desk: StoryDesk, kind: StepKind, actor: User, now: datetime, revision: Revision | None = None, reason: str = "", holder: User | None = None
) -> Step:
    """Move a locked row along the table of transitions and write the trace. Raises WrongState."""
    allowed_from, target = TRANSITIONS[kind]
    current = StoryState(desk.state)
    if current not in allowed_from:
        raise WrongState("wrong_state", _("“%(step)s” is not possible while the story is “%(state)s”.") % {"step": kind.label, "state": current.label})
    target = target or current
    step = Step.objects.create(
        story_id=desk.story_id, kind=kind, from_state=current, to_state=target, actor=actor, at=now, revision=revision,
        digest=words.digest_of(revision) if revision else "", reason=reason,
    )  # fmt: skip
    desk.state, desk.holder, desk.changed_at = target, holder, now
    desk.save(update_fields=["state", "holder", "changed_at"])
    log.info("desk.step story=%s kind=%s actor=%s %s→%s", desk.story_id, kind, actor.pk, current, target)
    return step


def seen_words(*, story: ArticlePage, revision_id: int, digest: str) -> Revision:
    """The latest revision, if it is the one that the person saw, word for word. Raises StaleWords."""
    latest = latest_revision(story)
    if latest is None:
        raise NotAllowed("no_words", _("The story has no saved version yet."))
    now_words = words.snapshot(latest)
    if words.digest(now_words) != digest:
        seen = Revision.page_revisions.filter(object_id=str(story.pk), pk=revision_id).first()
        raise StaleWords(words.changed_fields(words.snapshot(seen), now_words) if seen else [])
    return latest


def _require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed("not_allowed", _("Your role does not allow this step."))


def _require_reason(reason: str) -> str:
    if not reason.strip():
        raise NotAllowed("no_reason", _("Say why: the reason goes to the writer and stays in the history."))
    return reason.strip()[:2000]


@transaction.atomic
def submit_story(*, story: ArticlePage, actor: User, revision_id: int, digest: str, now: datetime) -> Step:
    """Send the words to the desk. By their writer or by the desk."""
    _require(has_role(actor, *DESK) or is_writer_of(actor, story))
    desk = lock_desk(story=story, now=now)
    revision = seen_words(story=story, revision_id=revision_id, digest=digest)
    _require_complete(revision)
    return take_step(desk=desk, kind=StepKind.SUBMIT, actor=actor, now=now, revision=revision)


@transaction.atomic
def claim_story(*, story: ArticlePage, actor: User, now: datetime) -> Step:
    """Take a story that waits for the desk."""
    _require(has_role(actor, *DESK))
    return take_step(desk=lock_desk(story=story, now=now), kind=StepKind.CLAIM, actor=actor, now=now, revision=latest_revision(story), holder=actor)


@transaction.atomic
def return_story(*, story: ArticlePage, actor: User, reason: str, now: datetime) -> Step:
    """Give the story back to its writer, with the reason, which is mailed to them after commit."""
    _require(has_role(actor, *DESK))
    reason = _require_reason(reason)
    step = take_step(desk=lock_desk(story=story, now=now), kind=StepKind.RETURN, actor=actor, now=now, revision=latest_revision(story), reason=reason)
    transaction.on_commit(lambda: current_app.send_task("publishing.workflow.tasks.mail_return", kwargs={"step_id": step.pk}, queue="mail"), robust=True)
    return step


@transaction.atomic
def escalate_story(*, story: ArticlePage, actor: User, revision_id: int, digest: str, now: datetime) -> Step:
    """Send the edited words for sign-off."""
    _require(has_role(actor, *DESK))
    desk = lock_desk(story=story, now=now)
    revision = seen_words(story=story, revision_id=revision_id, digest=digest)
    _require_complete(revision)
    return take_step(desk=desk, kind=StepKind.ESCALATE, actor=actor, now=now, revision=revision)


@transaction.atomic
def confirm_words(*, story: ArticlePage, actor: User, revision_id: int, digest: str, now: datetime) -> Confirmation:
    """Put a second reader's name under exact words. Not by those whose work they are."""
    _require(has_role(actor, *DESK))
    desk = lock_desk(story=story, now=now)
    revision = seen_words(story=story, revision_id=revision_id, digest=digest)
    if is_writer_of(actor, revision.as_object()) or revision.user_id == actor.pk:
        raise NotAllowed("four_eyes", _("The second reader must be another person than the one who wrote or changed these words."))
    take_step(desk=desk, kind=StepKind.CONFIRM, actor=actor, now=now, revision=revision)
    return Confirmation.objects.get_or_create(story=story, digest=digest, reader=actor, defaults={"revision": revision, "at": now})[0]


@transaction.atomic
def approve_story(*, story: ArticlePage, actor: User, revision_id: int, digest: str, now: datetime) -> Approval:
    """Sign exactly these words. Raises NotAllowed (role, four eyes, missing parts) and StaleWords."""
    if not can_sign(actor, now=now):
        raise NotAllowed("not_allowed", _("You do not sign stories now: signing needs the office or a valid delegation."))
    desk = lock_desk(story=story, now=now)
    revision = seen_words(story=story, revision_id=revision_id, digest=digest)
    version = revision.as_object()
    _refuse(reasons_not_to_sign(story=version, revision=revision, signer=actor), code="four_eyes")
    _refuse(_missing(version), code="incomplete")
    if changed_while_signing(story=version, revision=revision, signer=actor):
        take_step(desk=desk, kind=StepKind.AMEND, actor=actor, now=now, revision=revision)
    take_step(desk=desk, kind=StepKind.APPROVE, actor=actor, now=now, revision=revision)
    snapshot = words.snapshot(revision)
    return Approval.objects.create(
        story=story, revision=revision, snapshot=snapshot, digest=words.digest(snapshot), pictures=pictures.hashes_of(snapshot), approver=actor,
        delegation=valid_delegation(actor, now=now), approved_at=now,
    )  # fmt: skip


def _refuse(reasons: list[str], *, code: str) -> None:
    if reasons:
        raise NotAllowed(code, " ".join(reasons))


def _missing(version: ArticlePage) -> list[str]:
    found = []
    if not version.main_section_id:
        found.append(_("The story has no main section."))
    if not version.lead:
        found.append(_("The story has no lead."))
    if not version.body:
        found.append(_("The story has no body."))
    found += video_problems(version)
    for _name, check in approval_checks.items():
        found += check(version)
    return found


def require_sendable(approval: Approval) -> None:
    """Before a time is set: whatever kept a story from being signed keeps it from being scheduled (limits and videos may have changed). Raises NotAllowed."""
    _refuse(_missing(approval.revision.as_object()), code="incomplete")


def _require_complete(revision: Revision) -> None:
    version = revision.as_object()
    _refuse([] if version.main_section_id else [_("The story has no main section.")], code="incomplete")


@transaction.atomic
def revoke_approval(*, story: ArticlePage, actor: User, reason: str, now: datetime) -> Step:
    """Take the signature back before publication: by whoever signs, or the signer. A schedule falls with it."""
    _require(can_sign(actor, now=now) or has_role(actor, *LEADERS))
    desk = lock_desk(story=story, now=now)
    step = take_step(desk=desk, kind=StepKind.REVOKE, actor=actor, now=now, revision=latest_revision(story), reason=_require_reason(reason))
    Approval.objects.filter(story=story, revoked_at=None, used_at=None).update(revoked_at=now, revoked_by=actor)
    for _name, listen in revocation_listeners.items():
        listen(story)
    return step


@transaction.atomic
def hold_story(*, story: ArticlePage, actor: User, reason: str, now: datetime) -> Step:
    """Put a story aside, with a reason; it keeps its place and can be restored."""
    _require(has_role(actor, *DESK))
    return take_step(desk=lock_desk(story=story, now=now), kind=StepKind.HOLD, actor=actor, now=now, revision=latest_revision(story), reason=_require_reason(reason))


@transaction.atomic
def spike_story(*, story: ArticlePage, actor: User, reason: str, now: datetime) -> Step:
    """Decide not to use a story that readers do not see. The words are kept."""
    _require(has_role(actor, *DESK))
    if ArticlePage.objects.filter(pk=story.pk, live=True).exists():
        raise NotAllowed("live", _("Readers see this story: withdraw it instead of spiking it."))
    return take_step(desk=lock_desk(story=story, now=now), kind=StepKind.SPIKE, actor=actor, now=now, revision=latest_revision(story), reason=_require_reason(reason))


@transaction.atomic
def restore_story(*, story: ArticlePage, actor: User, now: datetime) -> Step:
    """Bring a held, spiked or withdrawn story back to the desk."""
    _require(has_role(actor, *DESK))
    return take_step(desk=lock_desk(story=story, now=now), kind=StepKind.RESTORE, actor=actor, now=now, revision=latest_revision(story), holder=actor)


def valid_approval(*, story: ArticlePage) -> Approval:
    """The open signature, if the words under it are still those that were signed. Raises NotAllowed."""
    approval = open_approval(story)
    if approval is None:
        raise NotAllowed("not_approved", _("The story has no valid approval."))
    if words.digest_of(approval.revision) != approval.digest:
        raise NotAllowed("words_changed", _("The approved version was changed after it was signed. It needs a new approval."))
    return approval
