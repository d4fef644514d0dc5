"""The paper's own copy is no delivery: publication itself puts it there. It is looked at, and a person is told where readers do not get it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from distribution.epaper.enums import OPEN, CopyState
from distribution.epaper.looking import Seen, look
from distribution.epaper.models import CopyCheck
from distribution.epaper.pings import plan_pings
from distribution.epaper.sentences import saw_sentence
from newsroom.articles.addresses import story_path
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.enums import SHOWS
from publishing.events.models import StoryEvent
from publishing.events.registry import Subscriber

FIRST_LOOK = timedelta(seconds=1)
LEASE = timedelta(seconds=60)
SLOWEST = timedelta(minutes=5)
AT_ONCE = 50
NOT_SHOWN, NO_PAPER = "copy_not_shown", "paper_silent"
PAPER = "paper"


def expect(*, event: StoryEvent, now: datetime) -> None:
    """Readers must see this from now on; what an older event wanted does not matter any more. In the transaction that marks the event taken."""
    newer = CopyCheck.objects.filter(story=event.story_id, version__gt=event.version).exists()
    CopyCheck.objects.filter(story=event.story_id, version__lt=event.version, state__in=OPEN).update(state=CopyState.SUPERSEDED)
    clear_alarm(code=NOT_SHOWN, subject=str(event.story_id), now=now)
    state = CopyState.SUPERSEDED if newer else CopyState.WAITING
    CopyCheck.objects.get_or_create(
        event=event, defaults={
            "story_id": event.story_id, "version": event.version, "shows": event.kind in SHOWS, "state": state, "next_at": now + FIRST_LOOK, "created_at": now,
        },
    )  # fmt: skip


SUBSCRIBER = Subscriber("epaper", expect, takes_imported=False, queue="commit")


def check_copies(*, clock: Callable[[], datetime], limit: int = AT_ONCE) -> int:
    """Look at every copy that is due; returns how many were looked at. Where the paper is silent, one look is enough for this round."""
    looked = 0
    for check in CopyCheck.objects.filter(state__in=OPEN, next_at__lte=clock()).select_related("story__main_section").order_by("next_at")[:limit]:
        if not _take(check, now=clock()):
            continue
        seen = look(story_path(check.story), story_id=check.story_id, version=check.version, shows=check.shows)
        record(check=check, seen=seen, now=clock())
        looked += 1
        if not seen.answered:
            break
    return looked


def _take(check: CopyCheck, *, now: datetime) -> bool:
    """One worker looks; no lock is held while it does."""
    return bool(CopyCheck.objects.filter(pk=check.pk, state__in=OPEN, next_at=check.next_at).update(next_at=now + LEASE))


@transaction.atomic
def record(*, check: CopyCheck, seen: Seen, now: datetime) -> None:
    """Write down what a look saw: confirmed, and others are told; or looked at again, and a person is told once it takes too long."""
    current = CopyCheck.objects.select_for_update().get(pk=check.pk)
    if current.state not in OPEN:
        return
    late = now - current.created_at >= timedelta(minutes=settings.PAPER_ALARM_MINUTES)
    state = CopyState.CONFIRMED if seen.right else CopyState.LATE if late else CopyState.WAITING
    CopyCheck.objects.filter(pk=current.pk).update(
        state=state, saw=seen.saw, saw_value=seen.value, attempts=F("attempts") + 1, checked_at=now, confirmed_at=now if seen.right else None,
        next_at=now + pause(current.attempts),
    )  # fmt: skip
    if seen.answered:
        clear_alarm(code=NO_PAPER, subject=PAPER, now=now)
    if seen.right:
        clear_alarm(code=NOT_SHOWN, subject=str(current.story_id), now=now)
        plan_pings(check=current, now=now)
    elif late:
        _alarm(current, seen=seen, now=now)


def pause(attempts: int) -> timedelta:
    """1, 2, 4, 8 … s, at most five minutes."""
    return min(SLOWEST, timedelta(seconds=2 ** min(attempts, 12)))


def _alarm(check: CopyCheck, *, seen: Seen, now: datetime) -> None:
    """One alarm for a silent paper, one for each story that is not shown."""
    if not seen.answered:
        raise_alarm(code=NO_PAPER, subject=PAPER, message=_("The paper does not answer: nobody can tell whether readers have the newest versions."), now=now)
        return
    words = {"headline": check.story.title, "number": check.version, "saw": saw_sentence(seen.saw, seen.value)}
    raise_alarm(code=NOT_SHOWN, subject=str(check.story_id), message=_("E-newspaper, “%(headline)s”: readers do not get version %(number)d. %(saw)s") % words, now=now)
