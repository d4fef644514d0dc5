"""Writes of take-down requests: entered with a deadline, decided by one who may, turned into the act that was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Collection, CollectionViewRestriction

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, LEADERS, has_role
from newsroom.accounts.services import ensure_groups
from newsroom.articles.models import ArticlePage
from newsroom.media.models import NewsDocument
from publishing.corrections import removals, selectors, terms
from publishing.corrections.enums import Decision, RequestKind
from publishing.corrections.models import CorrectionSettings, Notice, TakedownRequest
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.workflow.selectors import can_sign
from publishing.workflow.services import NotAllowed

LARGEST = 20 * 1024 * 1024
# What a letter may be, by the bytes it begins with: a scan, an office file.
BEGINNINGS = {"pdf": (b"%PDF-",), "docx": (b"PK\x03\x04",)}
COLLECTION = "Yêu cầu gỡ"


@dataclass(frozen=True)
class Entry:
    """What the form of a request holds."""

    kind: RequestKind
    requester: str
    legal_basis: str
    received_at: datetime
    contact: str = ""


def check_document(file: UploadedFile) -> None:
    """Refuse what is no letter: another ending, other bytes than the ending says, too large. Raises NotAllowed."""
    ending = (file.name or "").rsplit(".", 1)[-1].lower()
    if ending not in BEGINNINGS:
        raise NotAllowed("document_kind", _("Attach the letter as PDF or DOCX."))
    if not file.size or file.size > LARGEST:
        raise NotAllowed("document_size", _("The file is empty or larger than 20 MB."))
    file.seek(0)
    beginning = file.read(8)
    file.seek(0)
    if not beginning.startswith(BEGINNINGS[ending]):
        raise NotAllowed("document_bytes", _("This file is not what its name says. Attach the letter as PDF or DOCX."))


def _collection() -> Collection:
    """Where letters lie: a collection that only the desk may open."""
    found = Collection.objects.filter(name=COLLECTION, depth=2).first()
    if found is None:
        found = Collection.get_first_root_node().add_child(instance=Collection(name=COLLECTION))
        restriction = CollectionViewRestriction.objects.create(collection=found, restriction_type=CollectionViewRestriction.GROUPS)
        groups = ensure_groups()
        restriction.groups.add(*(groups[role] for role in DESK))
    return found


@transaction.atomic
def enter_request(*, story: ArticlePage, entry: Entry, document: UploadedFile | None, actor: User, now: datetime) -> TakedownRequest:
    """Write down a request; its deadline comes from the row in force when it was received. Raises NotAllowed."""
    if not has_role(actor, *DESK):
        raise NotAllowed("not_allowed", _("Your role does not allow this step."))
    if entry.received_at > now:
        raise NotAllowed("future", _("The moment of receipt lies in the future."))
    if not (entry.requester.strip() and entry.legal_basis.strip()):
        raise NotAllowed("incomplete", _("Say who asks and on what legal basis."))
    if ArticlePage.objects.filter(pk=story.pk, first_published_at=None).exists():
        raise NotAllowed("not_live", _("Readers do not see this story."))
    kept = None
    if document is not None:
        check_document(document)
        kept = NewsDocument.objects.create(title=(document.name or "")[:255], file=document, collection=_collection(), uploaded_by_user=actor)
    return TakedownRequest.objects.create(
        story=story, kind=entry.kind, requester=entry.requester.strip(), contact=entry.contact.strip(), legal_basis=entry.legal_basis.strip(), document=kept,
        received_at=entry.received_at, due_at=terms.due_at(terms.OF_REQUEST[entry.kind], received_at=entry.received_at), entered_by=actor, entered_at=now,
    )  # fmt: skip


@transaction.atomic
def decide(
    *, request: TakedownRequest, decision: Decision, reason: str, actor: User, now: datetime, number: str = "", public_reason: str = ""
) -> TakedownRequest:
    """Grant (and take the story away, or promise a correction) or refuse, with a reason, once. Raises NotAllowed."""
    row = TakedownRequest.objects.select_for_update().select_related("story").get(pk=request.pk)
    if row.decision != Decision.OPEN:
        raise NotAllowed("decided", _("This request is decided already."))
    if not can_sign(actor, now=now):
        raise NotAllowed("not_allowed", _("Only those who sign stories decide on a request."))
    if not reason.strip():
        raise NotAllowed("no_reason", _("Say why: the reason stays in the history."))
    live = ArticlePage.objects.filter(pk=row.story_id, live=True).exists()
    act: dict[str, Any] = {"story": row.story, "actor": actor, "reason": reason, "now": now, "public_reason": public_reason, "request": row}
    if decision == Decision.KILL and live:
        removals.kill(number=number, **act)
    elif decision == Decision.WITHDRAW and live:
        removals.withdraw(**act)
    elif decision == Decision.CORRECT and not Notice.objects.filter(story=row.story, made_at__gte=row.received_at).exclude(state="dropped").exists():
        raise NotAllowed("no_notice", _("Prepare the correction on the story's desk page first, then decide."))
    row.decision, row.decided_by, row.decided_at, row.decision_reason = decision, actor, now, reason.strip()[:2000]
    row.save(update_fields=["decision", "decided_by", "decided_at", "decision_reason"])
    clear_alarm(code="takedown_due", subject=str(row.pk), now=now)
    return row


def alarm_deadlines(*, now: datetime) -> int:
    """Alarm for every request and correction whose deadline is near or past; returns how many are."""
    near = now + timedelta(minutes=CorrectionSettings.load().alarm_minutes)
    requests = list(selectors.open_requests().filter(due_at__lte=near)[:100])
    for row in requests:
        words = {"who": row.requester, "headline": row.story.draft_title}
        late, soon = _("Overdue: take-down request of %(who)s, “%(headline)s”"), _("Nearly due: take-down request of %(who)s, “%(headline)s”")
        raise_alarm(code="takedown_due", subject=str(row.pk), message=(late if row.due_at < now else soon) % words, now=now)
    notices = list(selectors.waiting_corrections().filter(due_at__lte=near)[:100])
    for notice in notices:
        late, soon = _("Overdue: correction of “%(headline)s”"), _("Nearly due: correction of “%(headline)s”")
        message = (late if notice.due_at < now else soon) % {"headline": notice.story.draft_title}
        raise_alarm(code="correction_due", subject=str(notice.pk), message=message, now=now)
    return len(requests) + len(notices)


def may_see(user: User) -> bool:
    """The desk sees requests; leaders decide when they may sign."""
    return has_role(user, *DESK, *LEADERS)
