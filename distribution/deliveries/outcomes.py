"""Writing down what came of a call: the attempt, the row, its account, its platform, and a person where one is needed."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from distribution.channels import services as channels
from distribution.channels.enums import GateReason
from distribution.connectors.base import Failure, FailureClass, Handed, Problem, Published
from distribution.connectors.messages import sentence
from distribution.deliveries import breakers
from distribution.deliveries.backoff import MOST_ATTEMPTS, person_delay, poll_delay, retry_delay
from distribution.deliveries.enums import CHANGES, DEAD, DeliveryState, Operation
from distribution.deliveries.followers import is_withdrawn, wake_followers, why
from distribution.deliveries.machine import MOST_LOOK_FAILURES, REFUSALS, During, Effect, Verdict, gate_seconds, verdict_on
from distribution.deliveries.models import Attempt, Delivery
from distribution.deliveries.transitions import NO_FAILURE, NO_LEASE, move, touch
from distribution.deliveries.wording import reason_in_words
from publishing.events.alarms import clear_alarm, raise_alarm

S = DeliveryState
WORKER = socket.gethostname()[:120]
ALARMS = {
    S.HELD: "delivery_asks", S.FAILED: "delivery_failed", S.UNCONFIRMED: "delivery_unconfirmed", S.PROCESSING_SLOW: "delivery_slow",
    S.WAITING_FOR_HUMAN: "delivery_person",
}  # fmt: skip
DRAFT_LIFE = timedelta(hours=24)
LOST = Failure(FailureClass.AMBIGUOUS, "lost_answer", sentence("lost_answer"))


def write_attempt(delivery: Delivery, *, phase: str, started: datetime, ended: datetime, outcome: Any) -> None:
    """One call, whatever came of it."""
    failure = outcome if isinstance(outcome, Failure) else None
    Attempt.objects.create(
        delivery_id=delivery.pk, phase=phase, at=started, duration_ms=max(0, int((ended - started).total_seconds() * 1000)), worker=WORKER,
        outcome=failure.kind.value if failure else type(outcome).__name__.lower(), code=failure.code[:60] if failure else "",
        said=failure.platform_message[:500] if failure else "", raw=failure.raw[:4096] if failure else "",
    )  # fmt: skip


def failure_fields(failure: Failure) -> dict[str, Any]:
    """The failure as fields of the row."""
    return {
        "failure_kind": failure.kind.value, "failure_code": failure.code[:60], "failure_message": failure.message[:300], "failure_said": failure.platform_message[:500],
        "failure_values": {},
    }  # fmt: skip


def problem_fields(problem: Problem) -> dict[str, Any]:
    """What is wrong with a payload as fields of the row."""
    return NO_FAILURE | {"failure_kind": FailureClass.CONTENT.value, "failure_code": problem.code[:60], "failure_message": problem.message[:300], "failure_values": problem.values}


@transaction.atomic
def fits_no_more(delivery: Delivery, *, problem: Problem, now: datetime) -> None:
    """The channel would not take it: nothing was sent, a person mends the words, or does the edit there."""
    fields = problem_fields(problem)
    if delivery.operation in CHANGES:
        over_to_a_person(delivery, fields=fields, now=now)
        return
    move(delivery, S.FAILED, now=now, **fields, **NO_LEASE)
    alarm(delivery, now=now)


def alarm(delivery: Delivery, *, now: datetime) -> None:
    """Tell a person that a delivery waits for them; once for each delivery and trouble."""
    code = ALARMS.get(DeliveryState(delivery.state))
    if code and delivery.operation != Operation.REFRESH:
        raise_alarm(code=code, subject=delivery.pk, message=in_a_sentence(delivery), now=now)


def in_a_sentence(delivery: Delivery) -> str:
    """Channel, headline, state, reason, and the post's address where something is to be done with it."""
    reason = reason_in_words(delivery) or str(delivery.get_state_display())
    address = delivery.original.remote_url if delivery.original is not None and delivery.state == S.WAITING_FOR_HUMAN else ""
    return _("%(channel)s, “%(headline)s”: %(state)s. %(reason)s") % {
        "channel": delivery.account.name, "headline": delivery.story.draft_title or delivery.story.title, "state": delivery.get_state_display(),
        "reason": f"{reason} {address}".strip(),
    }  # fmt: skip


def clear_alarms(delivery: Delivery, *, now: datetime) -> None:
    """Nobody needs to look any more."""
    for code in (*ALARMS.values(), "delivery_late"):
        clear_alarm(code=code, subject=delivery.pk, now=now)


@transaction.atomic
def published(delivery: Delivery, *, outcome: Published, now: datetime) -> None:
    """It is there."""
    url = outcome.url or delivery.remote_url
    move(delivery, S.PUBLISHED, now=now, remote_id=outcome.remote_id[:200], remote_url=url[:500], look_owed=False, **NO_FAILURE)
    breakers.record_success(account=delivery.account, now=now)
    clear_alarms(delivery, now=now)
    wake_followers(delivery, now=now)


@transaction.atomic
def handed(delivery: Delivery, *, outcome: Handed, now: datetime) -> None:
    """The platform holds a draft: a person finishes it in the app. They are told at once, and again until it is done."""
    kept: dict[str, Any] = {"remote_id": outcome.remote_id[:200] or delivery.remote_id, "handle": {**delivery.handle, **outcome.handle}, "look_owed": False, "looks": 0, "rung_until": None}
    move(
        delivery, S.WAITING_FOR_HUMAN, now=now, next_at=now + person_delay(0), remind_at=now, expires_at=now + DRAFT_LIFE, **kept, **(NO_FAILURE | why("handed")), **NO_LEASE
    )
    breakers.record_success(account=delivery.account, now=now)
    clear_alarms(delivery, now=now)
    alarm(delivery, now=now)


@transaction.atomic
def draft_lost(delivery: Delivery, *, failure: Failure, now: datetime) -> None:
    """The platform has no such draft any more, or could make no post of it: a person is asked, unless the story was withdrawn."""
    if is_withdrawn(delivery):
        move(delivery, S.CANCELLED, now=now, **why("withdrawn"))
        clear_alarms(delivery, now=now)
        wake_followers(delivery, now=now)
        return
    move(delivery, S.FAILED, now=now, **failure_fields(failure), **NO_LEASE)
    clear_alarms(delivery, now=now)
    alarm(delivery, now=now)


@transaction.atomic
def draft_expired(delivery: Delivery, *, now: datetime) -> None:
    """Nobody finished it in time: it counts as not posted."""
    move(delivery, S.EXPIRED, now=now, **(NO_FAILURE | why("draft_expired")))
    clear_alarms(delivery, now=now)
    wake_followers(delivery, now=now)


@transaction.atomic
def over_to_a_person(delivery: Delivery, *, fields: dict[str, Any], now: datetime) -> None:
    """An edit or a take-down that the channel cannot do: a person does it there. Not ended before they say so."""
    move(delivery, S.WAITING_FOR_HUMAN, now=now, remind_at=now, look_owed=False, **fields, **NO_LEASE)
    clear_alarms(delivery, now=now)
    alarm(delivery, now=now)


def late_success(delivery: Delivery, *, outcome: Published | Handed, now: datetime) -> bool:
    """The answer came after our lease was over: a clear yes still counts, whoever has the row, and wherever it went meanwhile.

    False: it made a post that nobody waits for any more, because the row is dead or another commit's post took its place.
    """
    with transaction.atomic():
        row = Delivery.objects.select_for_update(of=("self",)).select_related("account", "story", "original", "event").get(pk=delivery.pk)
        another_commit = row.commits > delivery.commits
        if row.state in DEAD:
            return False
        if row.state == S.PUBLISHED:
            return isinstance(outcome, Handed) or not another_commit or row.remote_id == outcome.remote_id
        row.commits += another_commit  # so that whoever is in the middle of that other commit sees that theirs is one too many
        if isinstance(outcome, Handed):
            handed(row, outcome=outcome, now=now)
        else:
            published(row, outcome=outcome, now=now)
        Delivery.objects.filter(pk=row.pk).update(commits=row.commits)
    return True


@transaction.atomic
def applied(delivery: Delivery, *, gone: bool, now: datetime, by_a_person: bool = False) -> None:
    """An edit, a take-down or a new card was carried out; `gone`: the post was not there any more."""
    original = delivery.original
    nothing_there = gone and delivery.operation == Operation.UPDATE
    move(delivery, S.PUBLISHED, now=now, look_owed=False, **(NO_FAILURE | why("nothing_there") if nothing_there else NO_FAILURE))
    if original is not None and (nothing_there or delivery.operation == Operation.DELETE):
        Delivery.objects.filter(pk=original.pk, removed_at=None).update(removed_at=now, removed_outside=nothing_there)
    if not by_a_person:
        breakers.record_success(account=delivery.account, now=now)
    clear_alarms(delivery, now=now)


@transaction.atomic
def failed(delivery: Delivery, *, failure: Failure, during: During, now: datetime, can_lookup: bool = True) -> None:
    """Where a failure leads, by the table of `machine`; an open end always leads to looking, never to sending again."""
    verdict = verdict_on(failure, during=during)
    changes: dict[str, Any] = failure_fields(failure) | NO_LEASE
    if during == During.COMMIT and failure.kind in REFUSALS and not can_lookup:
        changes["look_owed"] = False  # a plain refusal is all we shall ever know here
    if during == During.APPLY:
        changes["look_owed"] = False  # an edit or a take-down may be repeated
    until = _effect(delivery, failure=failure, verdict=verdict, now=now)
    state, changes["next_at"] = _where(delivery, failure=failure, verdict=verdict, during=during, until=until, now=now)
    if verdict.counts:
        changes["attempts"] = delivery.attempts + 1
    if state == S.WAITING_FOR_HUMAN:
        changes["remind_at"] = now
    move(delivery, state, now=now, **changes)
    if verdict.breaker:
        breakers.record_failure(account=delivery.account, now=now)
    elif verdict.effect != Effect.CLOSE_PLATFORM:
        breakers.record_success(account=delivery.account, now=now)  # it answered: the platform itself is well
    if state in (S.FAILED, S.WAITING_FOR_HUMAN):
        alarm(delivery, now=now)


def _where(delivery: Delivery, *, failure: Failure, verdict: Verdict, during: During, until: datetime | None, now: datetime) -> tuple[DeliveryState, datetime]:
    """The state and the next moment. A withdrawn story's post is not tried again; tries come to an end."""
    if during == During.COMMIT and verdict.state not in (S.VERIFYING, S.PROCESSING) and is_withdrawn(delivery):
        return S.CANCELLED, now
    if during == During.COMMIT and delivery.operation == Operation.BROADCAST and verdict.state != S.VERIFYING:
        return S.FAILED, now  # never again by itself: a person starts it
    if verdict.state == S.FAILED and delivery.operation in CHANGES and failure.kind == FailureClass.CONTENT:
        return S.WAITING_FOR_HUMAN, now
    if verdict.state == S.VERIFYING:
        return S.VERIFYING, now + timedelta(seconds=1)
    if verdict.state == S.RETRY_WAIT:
        attempts = delivery.attempts + verdict.counts
        return (S.FAILED, now) if attempts >= MOST_ATTEMPTS else (S.RETRY_WAIT, now + retry_delay(attempts))
    return verdict.state, until or now


def _effect(delivery: Delivery, *, failure: Failure, verdict: Verdict, now: datetime) -> datetime | None:
    """What happens to the account or the platform; until when, where that is known."""
    account = delivery.account
    if verdict.effect in (Effect.GATE_RATE, Effect.GATE_QUOTA):
        until = now + timedelta(seconds=gate_seconds(failure))
        channels.gate(account=account, until=until, reason=GateReason.RATE if verdict.effect == Effect.GATE_RATE else GateReason.QUOTA, now=now)
        return until
    if verdict.effect == Effect.RECONNECT:
        channels.mark_needs_reconnect(account=account, generation=account.generation, reason=failure.message, now=now)
    elif verdict.effect == Effect.HOLD:
        until = now + timedelta(seconds=failure.retry_after) if failure.retry_after else now + channels.HOLD_TIME
        channels.hold(account=account, reason=failure.message, now=now, until=until)
    elif verdict.effect == Effect.CLOSE_PLATFORM:
        breakers.close_platform(account=account, reason=failure.message, now=now)
    return None


@transaction.atomic
def look_failed(delivery: Delivery, *, failure: Failure, now: datetime) -> None:
    """A question got no answer: ask again later; after many, a person is asked. The delivery never goes back to sending."""
    verdict = verdict_on(failure, during=During.LOOK)
    until = _effect(delivery, failure=failure, verdict=verdict, now=now)
    looks = delivery.looks + verdict.counts
    if looks - delivery.absent_looks >= MOST_LOOK_FAILURES and delivery.state == S.VERIFYING:
        unconfirmed(delivery, failure=failure, now=now)
        return
    touch(delivery, looks=looks, next_at=until or now + poll_delay(looks), **failure_fields(failure), **NO_LEASE)


@transaction.atomic
def unconfirmed(delivery: Delivery, *, failure: Failure = LOST, now: datetime) -> None:
    """It may be there and we cannot find out: a person is asked."""
    move(delivery, S.UNCONFIRMED, now=now, **failure_fields(failure), **NO_LEASE)
    alarm(delivery, now=now)


@transaction.atomic
def proved_absent(delivery: Delivery, *, now: datetime) -> None:
    """Two looks after the settling time saw nothing: it may be sent again, if anybody still wants it."""
    attempts = delivery.attempts + 1
    if is_withdrawn(delivery):
        move(delivery, S.CANCELLED, now=now, **why("withdrawn"), look_owed=False)
        wake_followers(delivery, now=now)
        return
    if delivery.expires_at and delivery.expires_at <= now:
        move(delivery, S.EXPIRED, now=now, look_owed=False)
        wake_followers(delivery, now=now)
        return
    if attempts >= MOST_ATTEMPTS or delivery.failure_kind == FailureClass.BUG:
        move(delivery, S.FAILED, now=now, attempts=attempts, look_owed=False, **NO_LEASE)
        alarm(delivery, now=now)
        return
    move(delivery, S.STAGED, now=now, attempts=attempts, look_owed=False, next_at=now + retry_delay(attempts), **NO_LEASE)
