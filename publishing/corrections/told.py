"""Who is told of a correction or a removal: writers and desk, the party concerned, the partners who republish. Written with the event, sent later, kept."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, LEADERS, has_role
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.common import dates
from publishing.corrections.enums import Means, NoticeKind
from publishing.corrections.models import Notice, Partner, Told
from publishing.corrections.selectors import plain_notice
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.enums import REMOVES, EventKind
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber
from publishing.workflow.selectors import authors_of
from publishing.workflow.services import NotAllowed

log = logging.getLogger(__name__)
TASK = "publishing.corrections.tasks.tell"
MOST_ATTEMPTS = 30  # about six days: doubling from a minute, then every six hours
LONGEST_PAUSE, JUST_NOW = timedelta(hours=6), timedelta(minutes=2)
ALARM, ALARM_AFTER = "correction_untold", 3


def take_event(*, event: StoryEvent, now: datetime) -> None:
    """Write the messages of an event, once; they are sent after commit."""
    if event.kind in REMOVES:
        write([*_to_newsroom(event, now=now), *_to_partners(event, None, now=now)])
    elif notice := Notice.objects.filter(event=event).first():
        tell_of(notice, event=event, now=now)


def tell_of(notice: Notice, *, event: StoryEvent, now: datetime) -> None:
    """Write the messages of a correction, to partners and to the party; a clarification is nobody's duty to republish."""
    if notice.kind == NoticeKind.CORRECT:
        partners = _to_partners(event, notice, now=now) if notice.tells_partners else []
        write([*partners, *_to_party(notice, event, now=now)])


def write(rows: list[Told]) -> None:
    """Keep the messages that are not there yet, and ring after commit."""
    Told.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(ring, robust=True)


def ring() -> None:
    """Ask a worker to send what waits."""
    current_app.send_task(TASK, queue="mail")


def _to_newsroom(event: StoryEvent, *, now: datetime) -> Iterable[Told]:
    """Writers and leaders hear who took the story away and why."""
    story = event.revision.as_object()
    people = User.objects.filter(is_active=True).exclude(email="")
    readers = people.filter(pk__in=authors_of(story)) | people.filter(groups__name__in=LEADERS)
    subject = (_("Killed: %(headline)s") if event.kind == EventKind.KILLED else _("Withdrawn: %(headline)s")) % {"headline": story.title}
    body = _("%(person)s took “%(headline)s” from readers at %(time)s.\n\nReason: %(reason)s\n\n%(link)s") % {
        "person": event.actor.display_name if event.actor else "–", "headline": story.title, "time": dates.clock_and_date(event.happened_at), "reason": event.reason,
        "link": settings.PAPER_ADDRESS + reverse("story_desk", args=[event.story_id]),
    }  # fmt: skip
    for user in readers.distinct():
        yield Told(event=event, user=user, address=user.email, subject=subject[:300], body=body, next_at=now)


def _facts(event: StoryEvent) -> dict[str, str]:
    """The story as it went out: its headline and its address."""
    story: ArticlePage = event.revision.as_object()
    return {"headline": story.title, "address": settings.PAPER_ADDRESS.rstrip("/") + story_path(story)}


def _to_partners(event: StoryEvent, notice: Notice | None, *, now: datetime) -> Iterable[Told]:
    """Partners hear what they must do with their copy: never why, which stays inside. Their machines hear it by the channel of webhooks, signed."""
    facts = _facts(event)
    subject, body = _for_partners(facts, notice)
    for partner in Partner.objects.filter(active=True):
        yield Told(event=event, notice=notice, partner=partner, address=partner.mail, subject=subject, body=body, next_at=now)


def _for_partners(facts: dict[str, str], notice: Notice | None) -> tuple[str, str]:
    if notice is None:
        body = _("The paper has taken down “%(headline)s” (%(address)s). Please take down your copy at once, and tell us when it is done.") % facts
        return (_("Please take down: %(headline)s") % facts)[:300], body
    facts = {**facts, "notice": plain_notice(notice)}
    body = _("The paper has corrected “%(headline)s” (%(address)s). Please republish the correction and mend your copy:\n\n%(notice)s") % facts
    return (_("Correction to republish: %(headline)s") % facts)[:300], body


def _to_party(notice: Notice, event: StoryEvent, *, now: datetime) -> Iterable[Told]:
    if notice.party_mail:
        facts = {**_facts(event), "party": notice.party, "notice": plain_notice(notice)}
        body = _("Dear %(party)s,\n\nThe paper has published this about “%(headline)s” (%(address)s):\n\n%(notice)s") % facts
        subject = (_("Correction and apology: %(headline)s") % facts)[:300]
        yield Told(event=event, notice=notice, address=notice.party_mail, subject=subject, body=body, next_at=now)


def tell_waiting(*, now: datetime, limit: int = 50) -> int:
    """Send what waits, each on its own; what fails is tried again after 1, 2, 4 … minutes, at last every six hours for days. Returns how many went out."""
    waiting = list(_open_rows().filter(next_at__lte=now, attempts__lt=MOST_ATTEMPTS).order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(_send_one(pk, now=now) for pk in waiting)


def _open_rows() -> QuerySet[Told]:
    return Told.objects.filter(means=Means.MAIL, sent_at=None, by_hand_at=None)


def _pause(attempts: int) -> timedelta:
    return min(LONGEST_PAUSE, timedelta(minutes=2 ** min(attempts, 12)))


def _send_one(pk: int, *, now: datetime) -> bool:
    """Claim by moving the next attempt away, send without a lock, write down what came of it."""
    row = _open_rows().filter(pk=pk, next_at__lte=now).select_related("partner", "user", "notice", "event__revision").first()
    if row is None:
        return False
    if not _open_rows().filter(pk=pk, next_at=row.next_at).update(next_at=now + _pause(row.attempts), attempts=row.attempts + 1):
        return False
    try:
        error = _mail(row)
    except Exception as problem:  # noqa: BLE001  (no mail server, a refused address, a letter that cannot be made: the next one must not wait for it)
        error = str(problem) or type(problem).__name__
    Told.objects.filter(pk=pk).update(sent_at=None if error else now, error=error[:500])
    log.info("correction.told row=%s means=%s ok=%s", pk, row.means, not error)
    _alarm(row, error=error, tries=row.attempts + 1, now=now)
    return not error


def _alarm(row: Told, *, error: str, tries: int, now: datetime) -> None:
    """Tell a person who was not told and why; it stands until the mail went out or somebody told them otherwise."""
    if not error:
        clear_alarm(code=ALARM, subject=str(row.pk), now=now)
    elif tries >= ALARM_AFTER and _open_rows().filter(pk=row.pk).exists():
        sentence = _("%(who)s (%(address)s) could not be told “%(subject)s”: %(reason)s. Call them and say so on the story's desk page under “Who was told”, or try again there.")
        message = sentence % {"who": row.who, "address": row.address, "subject": row.subject[:120], "reason": error[:200]}
        raise_alarm(code=ALARM, subject=str(row.pk), message=message, now=now)


@transaction.atomic
def try_again(*, row: Told, actor: User, now: datetime) -> None:
    """A person wants a mail to be tried at once, also one that was given up. Raises NotAllowed."""
    row = _locked(row, actor=actor)
    if row.attempts and now < row.next_at - _pause(row.attempts - 1) + JUST_NOW:
        raise NotAllowed("just_tried", _("It was tried just now. Wait two minutes, then try again."))
    Told.objects.filter(pk=row.pk).update(next_at=now, attempts=min(row.attempts, MOST_ATTEMPTS - 1))
    log.info("correction.told_again row=%s by=%s", row.pk, actor.pk)
    transaction.on_commit(ring, robust=True)


@transaction.atomic
def told_by_hand(*, row: Told, note: str, actor: User, now: datetime) -> None:
    """A person told the recipient by telephone or in person: no mail goes out any more; name and time stay. Raises NotAllowed."""
    row = _locked(row, actor=actor)
    if not note.strip():
        raise NotAllowed("no_note", _("Say with whom you spoke."))
    Told.objects.filter(pk=row.pk).update(by_hand_by=actor, by_hand_at=now, by_hand_note=note.strip()[:300])
    log.info("correction.told_by_hand row=%s by=%s", row.pk, actor.pk)
    clear_alarm(code=ALARM, subject=str(row.pk), now=now)


def _locked(row: Told, *, actor: User) -> Told:
    if not has_role(actor, *DESK, *LEADERS):
        raise NotAllowed("not_allowed", _("Your role does not allow this step."))
    found = _open_rows().select_for_update().filter(pk=row.pk).first()
    if found is None:
        raise NotAllowed("told", _("This recipient is told already."))
    return found


def _mail(row: Told) -> str:
    send_mail(" ".join(row.subject.splitlines()), row.body, None, [row.address])
    return ""


TELLER = Subscriber("corrections", take_event, takes_imported=False, queue="default")
