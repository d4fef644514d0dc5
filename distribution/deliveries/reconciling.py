"""At night: is every post still where we say it is, and is nothing there that was taken down, or that we know nothing of?

Looks change nothing on the platform. What they saw is written afterwards, all of an account together, so that a platform that suddenly knows none of our
posts (a lost right looks like that) is told from posts that somebody deleted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from distribution.channels import services as channels
from distribution.channels.enums import AccountState, GateReason
from distribution.channels.models import Account
from distribution.channels.renewals import fresh_target, renewed_target
from distribution.channels.selectors import capabilities_of, connector_of
from distribution.connectors.base import Failure, FailureClass, Look, Sight, Target
from distribution.connectors.listings import Lists
from distribution.connectors.messages import sentence
from distribution.connectors.registry import connectors
from distribution.deliveries import breakers, sightings
from distribution.deliveries.enums import DEAD, DeliveryState, Operation, Saw
from distribution.deliveries.machine import gate_seconds
from distribution.deliveries.models import Attempt, Delivery, Sighting
from newsroom.common.crypto import CannotOpen
from publishing.events.alarms import clear_alarm, raise_alarm

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
T = TypeVar("T")
ONCE_A_NIGHT, AGAIN = timedelta(hours=20), timedelta(minutes=5)
SETTLED = timedelta(minutes=10)  # a take-down is given this long before it is looked for
DOUBTFUL = 4  # so many posts, none of them there: rather the account's rights than somebody's deleting
DOUBT_ALARM = "looks_doubtful"
STOPS = frozenset({FailureClass.RATE, FailureClass.QUOTA, FailureClass.AUTH_DEAD, FailureClass.AUTH_REFRESHABLE, FailureClass.HOLD, FailureClass.TRANSIENT_SAFE, FailureClass.CONFIG})
BUG = Failure(FailureClass.BUG, "bug", sentence("bug"))
NO_KEY = Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"))


def look_around(*, clock: Clock) -> int:
    """One round over all accounts that can be asked, the longest not looked at first; returns how many posts were asked for."""
    asked = 0
    for account in Account.objects.filter(state__in=[AccountState.READY, AccountState.PAUSED]).exclude(sealed_token="").order_by("pk"):
        try:
            asked += look_at(account=account, clock=clock)
        except Exception:
            log.exception("reconcile.failed account=%s", account.key)
    return asked


def look_at(*, account: Account, clock: Clock) -> int:
    """One round over one account: some posts, then what else is there. Stops at the first refusal."""
    now = clock()
    if account.kind not in connectors or not capabilities_of(account).can_lookup:
        return 0
    if account.gate_until and account.gate_until > now or breakers.closed_until(account=account, now=now) is not None:
        return 0
    seen: list[tuple[Delivery, Look | None]] = []
    refused: Failure | None = None
    due = list(due_posts(account, now=now)[: settings.RECONCILE_BATCH])
    for post in due:
        if not _take(post, now=clock()):
            continue
        outcome = _check(account, post, clock=clock)
        refused = outcome if isinstance(outcome, Failure) and outcome.kind in STOPS else None
        if refused is not None:
            break
        seen.append((post, _as_look(outcome)))
    _write(account, seen, now=clock())
    if refused is None:
        refused = _look_at_left_drafts(account, clock=clock)
    if refused is None and due:
        refused = _look_for_strays(account, clock=clock)
    if refused is not None:
        _refused(account, refused, now=clock())
    return len(seen)


def due_posts(account: Account, *, now: datetime) -> QuerySet[Delivery]:
    """Posts of the last days that nobody has looked at this night: those that should be there, and those that should not."""
    posts = Delivery.objects.filter(account=account, operation=Operation.PUBLISH, state=DeliveryState.PUBLISHED, removed_outside=False).exclude(remote_id="")
    posts = posts.filter(finished_at__gt=now - timedelta(days=settings.RECONCILE_DAYS)).filter(Q(removed_at=None) | Q(removed_at__lt=now - SETTLED))
    settled = Q(removed_at__isnull=False, sighting__saw=Saw.GONE)
    due = Q(sighting=None) | Q(sighting__looked_at__lt=now - ONCE_A_NIGHT) | Q(sighting__absent__gt=0, sighting__looked_at__lt=now - AGAIN)
    return posts.filter(due).exclude(settled).select_related("account", "story", "event", "sighting").order_by(F("sighting__looked_at").asc(nulls_first=True), "finished_at", "pk")


def left_drafts(account: Account, *, now: datetime) -> QuerySet[Delivery]:
    """Drafts that counted as not posted: nobody finished them in time, or the story was withdrawn. The platform's app may still have them."""
    handed = Attempt.objects.filter(delivery=OuterRef("pk"), outcome="handed")
    rows = Delivery.objects.filter(Exists(handed), account=account, operation=Operation.PUBLISH, state__in=DEAD, strays=None)
    rows = rows.filter(finished_at__gt=now - timedelta(days=settings.RECONCILE_DAYS), finished_at__lt=now - SETTLED)
    return rows.filter(Q(sighting=None) | Q(sighting__looked_at__lt=now - ONCE_A_NIGHT)).select_related("account", "story", "sighting").order_by("finished_at", "pk")


def _look_at_left_drafts(account: Account, *, clock: Clock) -> Failure | None:
    """Whether somebody has posted one all the same: then it is a post that readers see, and a person is told."""
    for draft in left_drafts(account, now=clock())[: settings.RECONCILE_BATCH]:
        if not _take(draft, now=clock()):
            continue
        outcome = _check(account, draft, clock=clock)
        if isinstance(outcome, Failure) and outcome.kind in STOPS:
            return outcome
        if isinstance(outcome, Look) and outcome.sight == Sight.FOUND:
            sightings.record_left_draft(draft, look=outcome, now=clock())
    return None


def _take(post: Delivery, *, now: datetime) -> bool:
    """One worker looks; no lock is held while it does."""
    before = getattr(post, "sighting", None)
    if before is None:
        return Sighting.objects.get_or_create(pk=post.pk, defaults={"looked_at": now})[1]
    return bool(Sighting.objects.filter(pk=post.pk, looked_at=before.looked_at).update(looked_at=now))


def _ask(account: Account, call: Callable[[Target], T], *, clock: Clock) -> T | Failure:
    """One question; where the token is over, once more with a new one. A mistake of the connector is a failure of class BUG."""
    try:
        target = fresh_target(account=account, clock=clock)
        if isinstance(target, Failure):
            return target
        outcome = call(target)
        if isinstance(outcome, Failure) and outcome.kind == FailureClass.AUTH_REFRESHABLE and target.credential.refresh_token:
            fresh = renewed_target(account=account, clock=clock)
            return fresh if isinstance(fresh, Failure) else call(fresh)
    except CannotOpen:
        return NO_KEY
    except Exception:
        log.exception("reconcile.bug account=%s", account.key)
        return BUG
    return outcome


def _check(account: Account, post: Delivery, *, clock: Clock) -> object:
    """What the platform says of a post, or of what may have become one. `account`: the round's own, which has its newest key."""
    return _ask(account, lambda target: connector_of(account).check(target=target, handle=dict(post.handle), remote_id=post.remote_id), clock=clock)


def _as_look(outcome: object) -> Look | None:
    """None: the answer tells nothing."""
    if isinstance(outcome, Failure) and outcome.kind == FailureClass.GONE:
        return Look(Sight.NOT_FOUND)
    return outcome if isinstance(outcome, Look) and outcome.sight != Sight.CANNOT else None


def _write(account: Account, seen: list[tuple[Delivery, Look | None]], *, now: datetime) -> None:
    tonight = Sighting.objects.filter(delivery__account=account, saw=Saw.THERE, looked_at__gt=now - ONCE_A_NIGHT)
    there = any(look is not None and look.sight == Sight.FOUND for _post, look in seen) or tonight.exists()
    absent = [post for post, look in seen if look is not None and look.sight == Sight.NOT_FOUND and post.removed_at is None]
    if len(absent) >= DOUBTFUL and not there:
        words = _("%(channel)s: the platform suddenly knows none of our posts. Nothing was written down; look at the channel and its permissions.") % {"channel": account.name}
        raise_alarm(code=DOUBT_ALARM, subject=account.key, message=words, now=now)
        return
    if there:
        clear_alarm(code=DOUBT_ALARM, subject=account.key, now=now)
    for post, look in seen:
        sightings.record(post, look=look, now=now)


def _look_for_strays(account: Account, *, clock: Clock) -> Failure | None:
    """What the account shows and no delivery of ours has as its own."""
    connector = connector_of(account)
    if not isinstance(connector, Lists):
        return None
    since = clock() - timedelta(days=settings.RECONCILE_DAYS)
    found = _ask(account, lambda target: connector.listed(target=target, since=since), clock=clock)
    if isinstance(found, Failure):
        return found
    sightings.record_listed(account, found, now=clock())
    return None


def _refused(account: Account, failure: Failure, *, now: datetime) -> None:
    """A rate shuts the account's gate for all, a dead key asks for a person; a used-up quota only ends this round, so that posts have the rest."""
    if failure.kind == FailureClass.RATE:
        channels.gate(account=account, until=now + timedelta(seconds=gate_seconds(failure)), reason=GateReason.RATE, now=now)
    elif failure.kind in (FailureClass.AUTH_DEAD, FailureClass.AUTH_REFRESHABLE, FailureClass.HOLD):
        channels.apply_health_failure(account=account, generation=account.generation, failure=failure, now=now)
    elif failure.kind == FailureClass.TRANSIENT_SAFE:
        breakers.record_failure(account=account, now=now)
    log.info("reconcile.refused account=%s code=%s", account.key, failure.code)
