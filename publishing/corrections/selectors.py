"""Reads about corrections."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.accounts.roles import EDITORIAL_BOARD, Role, has_role
from newsroom.articles.models import ArticlePage
from newsroom.common import dates
from publishing.corrections.enums import SHOWN, Decision, NoticeKind, NoticeState
from publishing.corrections.models import CorrectionSettings, Notice, Partner, Removal, TakedownRequest, Told
from publishing.corrections.registry import Copy, copies
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.workflow.models import DutySettings
from publishing.workflow.selectors import valid_delegation

MOST_ON_FRONT = 3
SIGNED = ("kind", "text", "trigger", "authority_document", "authority_date", "false_text", "corrected_text", "apology")


def notice_of_revision(revision: Revision) -> Notice | None:
    """The notice that is signed and published with a version: the one it came out with, else the one that waits for a version like it."""
    if revision.pk is None or not str(revision.object_id).isdigit():
        return None
    notices = Notice.objects.filter(story_id=int(revision.object_id))
    published = notices.filter(state=NoticeState.PUBLISHED, revision_id=revision.pk).first()
    return published or notices.filter(state=NoticeState.WAITING, after_revision__id__lt=revision.pk).first()


def words_of(notice: Notice) -> list[str]:
    """What is signed of a notice, as plain JSON: every word that readers get of it."""
    return [f"{name}: {value}" for name in SIGNED if (value := getattr(notice, name))]


def words_beside(revision: Revision) -> list[str] | None:
    """The words of the notice that goes out with a version, for the signature."""
    notice = notice_of_revision(revision)
    return words_of(notice) if notice else None


def kind_of_update(revision: Revision) -> EventKind | None:
    """CORRECTED where the version carries a notice that readers see."""
    notice = notice_of_revision(revision)
    return EventKind.CORRECTED if notice and notice.kind in SHOWN else None


def waiting_notice(story: ArticlePage) -> Notice | None:
    """The notice that waits for sign-off or publication."""
    return Notice.objects.filter(story=story, state=NoticeState.WAITING).select_related("author").first()


def shown_notices(story_id: int) -> list[Notice]:
    """What readers see under a story's lead, newest first."""
    return list(Notice.objects.filter(story_id=story_id, state=NoticeState.PUBLISHED, kind__in=SHOWN).order_by("-published_at"))


def latest_shown(story_ids: Iterable[int]) -> dict[int, Notice]:
    """The newest notice of each of these stories that has one, for feeds."""
    rows = Notice.objects.filter(story_id__in=list(story_ids), state=NoticeState.PUBLISHED, kind__in=SHOWN).order_by("published_at")
    return {notice.story_id: notice for notice in rows}


def correction_column(*, now: datetime) -> list[Notice]:
    """The corrections that stand on the front now, newest first."""
    since = now - timedelta(days=CorrectionSettings.load().front_days)
    return list(_column().filter(published_at__gt=since, published_at__lte=now)[:MOST_ON_FRONT])


def corrections_page(*, page: int, size: int) -> tuple[list[Notice], bool]:
    """One page of all corrections, and whether older ones follow."""
    rows = list(_column()[(page - 1) * size : page * size + 1])
    return rows[:size], len(rows) > size


def _column() -> Any:
    rows = Notice.objects.filter(kind=NoticeKind.CORRECT, state=NoticeState.PUBLISHED)
    return rows.select_related("story__main_section", "revision").order_by("-published_at", "-pk")


def removal_of(story_id: int) -> Removal | None:
    """How a story that is not live was taken away."""
    return Removal.objects.filter(story_id=story_id).select_related("event").order_by("-event__version").first()


def has_correction(story_id: int) -> bool:
    """Whether /cai-chinh/ has an entry of a story."""
    return Notice.objects.filter(story_id=story_id, kind=NoticeKind.CORRECT, state=NoticeState.PUBLISHED).exists()


def notice_for(event: StoryEvent) -> str:
    """What an edited copy on another channel says first: the newest notice that readers saw at this event; empty where there is none."""
    notices = Notice.objects.filter(story_id=event.story_id, state=NoticeState.PUBLISHED, kind__in=SHOWN, event__version__lte=event.version)
    notice = notices.order_by("-event__version").first()
    return plain_notice(notice) if notice else ""


def notice_of_event(event: StoryEvent) -> dict[str, Any] | None:
    """The whole notice that came out with an event, for the legal deposit."""
    notice = Notice.objects.filter(event=event).select_related("author", "signer").first()
    if notice is None:
        return None
    people = {"author": notice.author.display_name, "signer": notice.signer.display_name if notice.signer else ""}
    return {"words": words_of(notice), "sha256": notice.digest, **people}


def plain_notice(notice: Notice) -> str:
    """A notice as plain text: its title, what was wrong, what is right, the apology."""
    if notice.kind == NoticeKind.CLARIFY:
        return f"{title_of(notice)}: {notice.text}"
    parts = (quoted(notice.false_text, pgettext("paper", "We wrote")), quoted(notice.corrected_text, pgettext("paper", "The correct information")), notice.text, notice.apology)
    return f"{title_of(notice)}. " + " ".join(part for part in parts if part)


def quoted(text: str, before: str) -> str:
    """Words after their label; empty where there are none."""
    return f"{before}: {text}" if text else ""


def title_of(notice: Notice) -> str:
    """The title that the Press Law prescribes (knowledge: article 42), or that of a clarification."""
    return pgettext("paper", "Correction and apology") if notice.kind == NoticeKind.CORRECT else pgettext("paper", "Clarification")


def copies_of(story: ArticlePage) -> list[Copy]:
    """Every copy of a story, as far as anybody knows: the paper, feeds and channels as higher layers tell them, then the partners."""
    return [*(copy for _name, find in copies.items() for copy in find(story)), *partner_copies(story)]


def partner_copies(story: ArticlePage) -> list[Copy]:
    """Partners who may have a copy: when each was last told of this story."""
    last: dict[int, Told] = {}
    for row in Told.objects.filter(event__story_id=story.pk, partner__isnull=False).select_related("event").order_by("event__version", "pk"):
        if row.partner_id is not None and (row.partner_id not in last or last[row.partner_id].event_id != row.event_id or (row.sent_at is None and row.by_hand_at is None)):
            last[row.partner_id] = row
    partners = Partner.objects.filter(Q(active=True) | Q(pk__in=last)).order_by("name")
    return [_partner_copy(partner, last.get(partner.pk)) for partner in partners]


def _partner_copy(partner: Partner, row: Told | None) -> Copy:
    if row is None:
        return Copy(partner.name, _("May republish; nothing to tell yet"))
    if row.by_hand_at is not None:
        return Copy(partner.name, _("Told by telephone, %(time)s") % {"time": dates.clock_and_date(row.by_hand_at)}, tone="good", note=row.by_hand_note)
    if row.sent_at is None:
        return Copy(partner.name, _("Not told yet"), tone="soon", note=row.error)
    words = _("Told to take its copy down, %(time)s") if row.notice_id is None else _("Told of the correction, %(time)s")
    return Copy(partner.name, words % {"time": dates.clock_and_date(row.sent_at)}, tone="good")


def may_kill(user: User, *, now: datetime) -> bool:
    """The editor-in-chief, the deputies, and the secretary on duty who holds a delegation (any delegated secretary where nobody is named on duty)."""
    if has_role(user, *EDITORIAL_BOARD):
        return True
    if not has_role(user, Role.SECRETARY) or valid_delegation(user, now=now) is None:
        return False
    on_duty = DutySettings.load().duty_secretary_id
    return on_duty is None or on_duty == user.pk


def open_requests() -> Any:
    """Requests that wait for a decision, the nearest deadline first."""
    return TakedownRequest.objects.filter(decision=Decision.OPEN).select_related("story", "entered_by").order_by("due_at", "pk")


def decided_requests(limit: int = 50) -> list[TakedownRequest]:
    """The last decided ones."""
    return list(TakedownRequest.objects.exclude(decision=Decision.OPEN).select_related("story", "decided_by").order_by("-decided_at")[:limit])


def waiting_corrections() -> Any:
    """Corrections whose clock runs."""
    return Notice.objects.filter(state=NoticeState.WAITING, due_at__isnull=False).select_related("story").order_by("due_at")


def names_revision(revision_id: int) -> bool:
    """Whether a notice names the revision."""
    return Notice.objects.filter(revision_id=revision_id).exists() or Notice.objects.filter(after_revision_id=revision_id).exists()
