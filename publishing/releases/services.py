"""The one door to publication. In our code only this module, and `sections` for sections, call `revision.publish()` (a test reads every call).

Each story is published in one transaction of its own: the row is claimed, the signature checked, the approved revision
put live, the event and the trace written. A crash at any point leaves either all of it or nothing.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.accounts.roles import LEADERS, Role, has_role
from newsroom.articles.models import ArticlePage
from newsroom.common.errors import NewsroomError
from newsroom.pages.guard import door_open
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.events.selectors import latest_change
from publishing.events.services import record_event
from publishing.releases.enums import ReleaseState
from publishing.releases.models import Release
from publishing.releases.registry import kinds_of_update, publication_listeners
from publishing.releases.selectors import due_releases, late_releases
from publishing.workflow.enums import StepKind
from publishing.workflow.models import Approval
from publishing.workflow.selectors import can_sign
from publishing.workflow.services import NotAllowed, lock_desk, require_sendable, take_step, valid_approval

log = logging.getLogger(__name__)
LATE_AFTER = timedelta(minutes=1)
MOST_ATTEMPTS = 5
LONGEST_WAIT = timedelta(days=366)


def _require_leader(actor: User, *, now: datetime) -> None:
    if not (has_role(actor, *LEADERS) or can_sign(actor, now=now)):
        raise NotAllowed("not_allowed", _("Your role does not allow publishing."))


def _require_chief_after_kill(story: ArticlePage, actor: User) -> None:
    """What was killed comes back by the editor-in-chief's hand only."""
    latest = latest_change(story)
    if latest is not None and latest.kind == EventKind.KILLED and not has_role(actor, Role.EDITOR_IN_CHIEF):
        raise NotAllowed("killed", _("This story was killed. Only the editor-in-chief may publish it again."))


@transaction.atomic
def release_now(*, story: ArticlePage, actor: User, now: datetime, imported: bool = False) -> StoryEvent:
    """Publish the approved words at once; `imported` for stories of the past, which distribution leaves alone. Raises NotAllowed, WrongState."""
    _require_leader(actor, now=now)
    lock_desk(story=story, now=now)
    approval = valid_approval(story=story)
    Release.objects.filter(story=story, state=ReleaseState.SCHEDULED).update(state=ReleaseState.CANCELLED)
    release = Release.objects.create(story=story, approval=approval, due_at=now, next_at=now, created_by=actor, created_at=now)
    return _publish(release=release, actor=actor, now=now, by_hand=True, imported=imported)


@transaction.atomic
def schedule_release(*, story: ArticlePage, actor: User, due_at: datetime, now: datetime) -> Release:
    """Set the time at which the approved words go to readers; an earlier time of the same story is replaced."""
    _require_leader(actor, now=now)
    if due_at <= now:
        raise NotAllowed("past", _("This time is past. Choose a later one, or publish now."))
    if due_at > now + LONGEST_WAIT:
        raise NotAllowed("too_far", _("Choose a time within a year."))
    desk = lock_desk(story=story, now=now)
    _require_chief_after_kill(story, actor)
    approval = valid_approval(story=story)
    require_sendable(approval)
    take_step(desk=desk, kind=StepKind.SCHEDULE, actor=actor, now=now, revision=approval.revision)
    Release.objects.filter(story=story, state=ReleaseState.SCHEDULED).update(state=ReleaseState.CANCELLED)
    return Release.objects.create(story=story, approval=approval, due_at=due_at, next_at=due_at, created_by=actor, created_at=now)


@transaction.atomic
def cancel_release(*, story: ArticlePage, actor: User, now: datetime) -> None:
    """Take the time away; the approval stays."""
    _require_leader(actor, now=now)
    desk = lock_desk(story=story, now=now)
    take_step(desk=desk, kind=StepKind.UNSCHEDULE, actor=actor, now=now)
    Release.objects.filter(story=story, state=ReleaseState.SCHEDULED).update(state=ReleaseState.CANCELLED)


def _publish(*, release: Release, actor: User, now: datetime, by_hand: bool, imported: bool = False) -> StoryEvent:
    """Put the signed revision live, inside the caller's transaction. Never before its time. Raises NotAllowed."""
    if now < release.due_at:
        raise NotAllowed("early", _("It is not time yet."))
    desk = lock_desk(story=release.story, now=now)
    _require_chief_after_kill(release.story, actor)
    approval = valid_approval(story=release.story)
    if approval.pk != release.approval_id:
        raise NotAllowed("not_approved", _("The story has no valid approval."))
    before = ArticlePage.objects.filter(pk=release.story_id).values("live", "first_published_at").get()
    take_step(desk=desk, kind=StepKind.PUBLISH, actor=actor, now=now, revision=approval.revision)
    _put_live(approval.revision, user=approval.approver)
    kind = _kind_of_update(approval.revision) if before["live"] else EventKind.PUBLISHED
    Approval.objects.filter(pk=approval.pk).update(used_at=now)
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.DONE, done_at=now, error="")
    event = record_event(
        story=release.story, kind=kind, revision=approval.revision, actor=actor, now=now, digest=approval.digest, imported=imported,
        due_at=None if by_hand else release.due_at,
    )  # fmt: skip
    for _name, listen in publication_listeners.items():
        listen(event=event, approval=approval, now=now)
    return event


def _kind_of_update(revision: Revision) -> EventKind:
    """A correction where the version carries one, else an update."""
    return next((kind for _name, find in kinds_of_update.items() if (kind := find(revision))), EventKind.UPDATED)


def _put_live(revision: Revision, *, user: User) -> None:
    """The only call of Wagtail's publish. The signer's account may be gone since: our own check stands above."""
    with door_open():
        revision.publish(user=user, skip_permission_checks=True)


def publish_due(*, now: datetime, limit: int = 1000) -> list[StoryEvent]:
    """Publish what is due, each story in a transaction of its own; one that fails does not stop the rest."""
    events: list[StoryEvent] = []
    for _round in range(limit):
        due = _claim_and_publish(now=now)
        if due is None:
            break
        if isinstance(due, StoryEvent):
            events.append(due)
    return events


def _claim_and_publish(*, now: datetime) -> StoryEvent | Release | None:
    """One due story: its event, or the release that failed, or None when nothing is due (for us)."""
    release: Release | None = None
    try:
        with transaction.atomic():
            release = _claim(now=now)
            if release is None:
                return None
            event = _publish(release=release, actor=release.created_by, now=now, by_hand=False)
    except Exception as error:
        if release is None:
            raise
        _record_failure(release=release, error=error, now=now)
        return release
    clear_alarm(code="release_late", subject=str(release.story_id), now=now)
    log.info("release.done story=%s late_ms=%d", release.story_id, (now - release.due_at).total_seconds() * 1000)
    return event


def _claim(*, now: datetime) -> Release | None:
    """Lock the first due row. PostgreSQL skips rows that another process holds; on SQLite the transaction is the lock."""
    rows = due_releases(now=now).select_related("story", "created_by")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return rows.first()


def _record_failure(*, release: Release, error: Exception, now: datetime) -> None:
    """Write down why; try again after 2, 4, 8 … s; a refusal by rule is final at once. A person is alarmed at the end."""
    attempts = release.attempts + 1
    final = isinstance(error, NewsroomError) or attempts >= MOST_ATTEMPTS
    log.error("release.failed story=%s attempt=%d final=%s", release.story_id, attempts, final, exc_info=error)
    Release.objects.filter(pk=release.pk, state=ReleaseState.SCHEDULED).update(
        state=ReleaseState.FAILED if final else ReleaseState.SCHEDULED, attempts=attempts, error=str(error)[:2000],
        next_at=now + timedelta(seconds=2**attempts),
    )  # fmt: skip
    if final:
        message = _("“%(headline)s” was not published: %(reason)s") % {"headline": release.story.draft_title, "reason": error}
        raise_alarm(code="release_failed", subject=str(release.story_id), message=message, now=now)


def alarm_late(*, now: datetime) -> int:
    """Alarm for every scheduled story that is more than a minute late; returns how many are."""
    late = list(late_releases(now=now, by=LATE_AFTER)[:50])
    for release in late:
        raise_alarm(code="release_late", subject=str(release.story_id), message=_("Late: “%(headline)s”") % {"headline": release.story.draft_title}, now=now)
    return len(late)


@transaction.atomic
def withdraw_story(*, story: ArticlePage, actor: User, reason: str, now: datetime, kind: EventKind = EventKind.WITHDRAWN) -> StoryEvent:
    """Take a published story from readers. Its address answers 410; every copy is deleted by distribution.

    Only those who sign may (knowledge/vietnam.md 2.3: the editor-in-chief or a deputy, some delegate). Raises NotAllowed.
    """
    if not can_sign(actor, now=now):
        raise NotAllowed("not_allowed", _("Only those who sign stories may withdraw one."))
    if not reason.strip():
        raise NotAllowed("no_reason", _("Say why: the reason goes to the writer and stays in the history."))
    desk = lock_desk(story=story, now=now)
    page = ArticlePage.objects.get(pk=story.pk)
    if not page.live or page.live_revision is None:
        raise NotAllowed("not_live", _("Readers do not see this story."))
    revision = page.live_revision
    take_step(desk=desk, kind=StepKind.KILL if kind == EventKind.KILLED else StepKind.WITHDRAW, actor=actor, now=now, revision=revision, reason=reason.strip())
    Release.objects.filter(story=story, state=ReleaseState.SCHEDULED).update(state=ReleaseState.CANCELLED)
    Approval.objects.filter(story=story, revoked_at=None, used_at=None).update(revoked_at=now, revoked_by=actor)
    with door_open():
        UnpublishPageAction(page, user=actor).execute(skip_permission_checks=True)
    return record_event(story=page, kind=kind, revision=revision, actor=actor, now=now, reason=reason.strip()[:500])




def cancel_for_revoked(story: ArticlePage) -> None:
    """Cancel the time of a story whose approval was taken back; in the caller's transaction."""
    Release.objects.filter(story=story, state=ReleaseState.SCHEDULED).update(state=ReleaseState.CANCELLED)
