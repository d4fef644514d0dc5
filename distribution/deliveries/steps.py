"""One worker's walk with one delivery: stage, write the intent, commit once, or look. Every call is outside any transaction.

Each step reads the row it holds, makes at most one call that changes the platform, and writes what came of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from distribution.channels.renewals import fresh_target, renewed_target
from distribution.channels.selectors import connector_of, settings_of
from distribution.channels.services import mark_needs_reconnect
from distribution.connectors.base import (
    Capabilities,
    Connector,
    Done,
    Failure,
    FailureClass,
    Handed,
    Job,
    Look,
    Phase,
    Published,
    Sight,
    Staged,
    Target,
    Wait,
)
from distribution.connectors.messages import sentence
from distribution.deliveries import calls, outcomes, pauses, sightings
from distribution.deliveries.backoff import person_delay, poll_delay
from distribution.deliveries.claims import lease_time
from distribution.deliveries.enums import CHANGES, REPEATABLE, DeliveryState, Operation
from distribution.deliveries.followers import end_without_call, is_withdrawn, shown_now, why
from distribution.deliveries.machine import During
from distribution.deliveries.models import Delivery
from distribution.deliveries.originals import changed_file
from distribution.deliveries.rows import blocking_problem
from distribution.deliveries.transitions import NO_LEASE, LostRow, move, touch
from distribution.renditions.media import RenditionMedia
from newsroom.common.crypto import CannotOpen
from newsroom.common.http import scrub

log = logging.getLogger(__name__)
S = DeliveryState
Clock = Callable[[], datetime]
LOOKS_TO_BELIEVE = 2
SLOW_AFTER = timedelta(hours=24)
LONGEST_WALK = timedelta(minutes=4)  # then an upload that goes on lets the queue take it anew
BUG = Failure(FailureClass.BUG, "bug", sentence("bug"))
NO_KEY = Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"))


class Walk:
    """A delivery that this worker holds, with its connector."""

    def __init__(self, delivery: Delivery, *, clock: Clock) -> None:
        self.delivery = delivery
        self.clock = clock
        self.began = clock()
        self.connector: Connector = connector_of(delivery.account)
        self.can: Capabilities = self.connector.capabilities(settings_of(delivery.account))

    @property
    def settle(self) -> timedelta:
        """How long after a commit "not there" is not believed."""
        return timedelta(seconds=settings.DELIVERY_SETTLE_SECONDS or self.can.settle_seconds)

    def run(self) -> None:
        """Go on until the row is finished, waits for something, or is no longer ours."""
        owner = self.delivery.lease_owner
        try:
            while self.delivery.lease_owner == owner:
                self._step()
        except LostRow:
            log.info("delivery.lost id=%s", self.delivery.pk)

    def _step(self) -> None:
        try:
            target = fresh_target(account=self.delivery.account, clock=self.clock)
        except CannotOpen:
            target = NO_KEY
        if isinstance(target, Failure):
            self._no_key(target)
            return
        steps = {
            S.READY: self._begin, S.STAGING: self._stage, S.STAGED: self._commit, S.VERIFYING: self._verify, S.PROCESSING: self._poll, S.PROCESSING_SLOW: self._poll,
            S.WAITING_FOR_HUMAN: self._ask_after_draft,
        }  # fmt: skip
        steps[DeliveryState(self.delivery.state)](target)

    def _no_key(self, failure: Failure) -> None:
        now, delivery = self.clock(), self.delivery
        if delivery.state in (S.READY, S.STAGING, S.STAGED):
            mark_needs_reconnect(account=delivery.account, generation=delivery.account.generation, reason=failure.message, now=now)
            move(delivery, S.BLOCKED_AUTH, now=now, **outcomes.failure_fields(failure), **NO_LEASE)
        else:
            outcomes.look_failed(delivery, failure=failure, now=now)

    def _call(self, phase: str, target: Target, call: Callable[[Target], Any]) -> Any:
        """One call to the platform. Where it says that the token is over, nothing was done: the same call once more with a new one."""
        outcome = self._try(phase, target, call)
        if not (isinstance(outcome, Failure) and outcome.kind == FailureClass.AUTH_REFRESHABLE and target.credential.refresh_token):
            return outcome
        fresh = renewed_target(account=self.delivery.account, clock=self.clock)
        return fresh if isinstance(fresh, Failure) else self._try(phase, fresh, call)

    def _try(self, phase: str, target: Target, call: Callable[[Target], Any]) -> Any:
        """A call, written down whatever came of it. An exception is a mistake of ours: a failure of class BUG."""
        started = self.clock()
        try:
            outcome = call(target)
        except LostRow:
            raise
        except Exception as error:
            log.exception("delivery.bug id=%s phase=%s", self.delivery.pk, phase)
            outcome = Failure(FailureClass.BUG, "bug", sentence("bug"), raw=scrub(f"{type(error).__name__}: {error}")[:4096])
        outcomes.write_attempt(self.delivery, phase=phase, started=started, ended=self.clock(), outcome=outcome)
        return outcome

    def _lease(self) -> dict[str, Any]:
        return {"lease_until": self.clock() + lease_time()}

    def _begin(self, target: Target) -> None:
        """What no longer fits the channel as it is set up now, or is no longer the file that was signed, fails before anything is sent: a person mends it."""
        problem = blocking_problem(self.delivery) or changed_file(self.delivery, beat=lambda: touch(self.delivery, **self._lease()))
        if problem is not None:
            outcomes.fits_no_more(self.delivery, problem=problem, now=self.clock())
            return
        move(self.delivery, S.STAGING, now=self.clock(), **self._lease())

    def _stage(self, target: Target) -> None:
        delivery = self.delivery
        if delivery.operation != Operation.PUBLISH:
            move(delivery, S.STAGED, now=self.clock(), **self._lease())
            return
        with RenditionMedia(before_each=lambda: touch(delivery, **self._lease())) as media:
            stage = lambda to: self.connector.stage(target=to, payload=delivery.stored_payload, handle=dict(delivery.handle), media=media)  # noqa: E731
            outcome = self._call(Phase.STAGE, target, stage)
        now = self.clock()
        if isinstance(outcome, Staged):
            move(delivery, S.STAGED, now=now, handle={**delivery.handle, **outcome.handle}, **self._lease())
        elif isinstance(outcome, Wait) and outcome.seconds <= 0:
            touch(delivery, handle={**delivery.handle, **outcome.handle}, **self._lease())
            if now - self.began > LONGEST_WALK:
                move(delivery, S.READY, now=now, next_at=now, rung_until=None, **NO_LEASE)
        elif isinstance(outcome, Wait):
            move(delivery, S.PROCESSING, now=now, handle={**delivery.handle, **outcome.handle}, next_at=now + timedelta(seconds=outcome.seconds), **NO_LEASE)
        else:
            outcomes.failed(delivery, failure=outcome if isinstance(outcome, Failure) else BUG, during=During.STAGE, now=now)

    def _commit(self, target: Target) -> None:
        """The one irreversible call: owed looks first, then the intent, committed to the database, then the call."""
        delivery = self.delivery
        if delivery.look_owed and not self._paid_the_look(target):
            return
        now = self.clock()
        if delivery.expires_at and delivery.expires_at <= now:
            move(delivery, S.EXPIRED, now=now)
            return
        if pauses.stop(delivery):
            move(delivery, S.HELD, now=now, **why(pauses.PAUSED), **NO_LEASE)
            return
        if end_without_call(delivery, now=now) or not self._write_intent():
            return
        if delivery.operation in REPEATABLE:
            self._apply(target)
        else:
            self._send_once(target)

    def _paid_the_look(self, target: Target) -> bool:
        """A commit was refused before. Look whether the refusal was true; False: the row has gone elsewhere."""
        delivery = self.delivery
        look = self._call("lookup", target, lambda to: self._look_up(to, since=delivery.commit_intent_at or self.clock()))
        now = self.clock()
        if isinstance(look, Handed):
            outcomes.handed(delivery, outcome=look, now=now)
            return False
        if isinstance(look, Look) and look.sight == Sight.FOUND:
            outcomes.published(delivery, outcome=Published(look.remote_id, look.url), now=now)
            return False
        if isinstance(look, Look) and look.sight == Sight.NOT_FOUND:
            touch(delivery, look_owed=False, **self._lease())
            return True
        if isinstance(look, Wait):
            touch(delivery, next_at=now + timedelta(seconds=max(1.0, look.seconds)), **NO_LEASE)
        elif isinstance(look, Failure):
            outcomes.failed(delivery, failure=look, during=During.STAGE, now=now)
        else:
            outcomes.unconfirmed(delivery, now=now)
        return False

    def _write_intent(self) -> bool:
        """COMMITTING with the moment of the intent, durably, before anything leaves. False: another of the account is at it."""
        delivery, now = self.delivery, self.clock()
        intent = {"commit_intent_at": now, "commits": delivery.commits + 1, "look_owed": True, "looks": 0, "absent_looks": 0}
        try:
            with transaction.atomic(durable=True), transaction.atomic():
                move(delivery, S.COMMITTING, now=now, only_if={"look_owed": False}, **intent, **self._lease())
        except IntegrityError:
            touch(delivery, next_at=now + timedelta(seconds=1), **NO_LEASE)
            return False
        return True

    @contextmanager
    def _job(self) -> Iterator[Job]:
        """What connectors are told about the operation; its files can be read inside."""
        delivery = self.delivery
        with RenditionMedia(before_each=lambda: touch(delivery, **self._lease())) as media:
            yield Job(delivery.pk, delivery.version, delivery.event.kind, media, shown_now(delivery))

    def _send_once(self, target: Target) -> None:
        """A post, a comment, a message to followers: the call that is never repeated without a look."""
        delivery = self.delivery
        with self._job() as job:
            outcome = self._call(Phase.COMMIT, target, lambda to: calls.send(self.connector, replace(to, job=job), delivery))
        now = self.clock()
        if isinstance(outcome, Published | Handed):
            self._clear_yes(outcome, target, now=now)
        elif isinstance(outcome, Wait):
            move(delivery, S.PROCESSING, now=now, handle={**delivery.handle, **outcome.handle}, next_at=now + timedelta(seconds=outcome.seconds), **NO_LEASE)
        else:
            failure = outcome if isinstance(outcome, Failure) else BUG
            can_lookup = calls.can_look_up(self.can, delivery)
            outcomes.failed(delivery, failure=failure, during=During.COMMIT, now=now, can_lookup=can_lookup)

    def _clear_yes(self, outcome: Published | Handed, target: Target, *, now: datetime) -> None:
        try:
            if isinstance(outcome, Handed):
                outcomes.handed(self.delivery, outcome=outcome, now=now)
            else:
                outcomes.published(self.delivery, outcome=outcome, now=now)
        except LostRow:
            wanted = outcomes.late_success(self.delivery, outcome=outcome, now=now)
            if not wanted and isinstance(outcome, Published) and self.delivery.operation == Operation.PUBLISH:
                self._undo(outcome, target)
            raise

    def _undo(self, post: Published, target: Target) -> None:
        """We were taken for dead and woke in the middle of the call: this post is one too many. Nobody else knows it, so it goes at once, or a person is told."""
        done = self._try(Operation.DELETE, target, lambda to: self.connector.delete(target=to, remote_id=post.remote_id)) if self.can.can_delete else None
        if not isinstance(done, Done):
            sightings.record_unwanted(self.delivery, remote_id=post.remote_id, url=post.url, now=self.clock())

    def _apply(self, target: Target) -> None:
        """An edit or a take-down of the post as it is known now, or a new card for its link."""
        delivery = self.delivery
        if delivery.operation in CHANGES and not (delivery.original and delivery.original.remote_id):
            outcomes.failed(delivery, failure=calls.NO_REMOTE_ID, during=During.APPLY, now=self.clock())
            return
        with self._job() as job:
            outcome = self._call(delivery.operation, target, lambda to: calls.apply(self.connector, replace(to, job=job), delivery))
        now = self.clock()
        if isinstance(outcome, Failure) and outcome.kind != FailureClass.GONE:
            outcomes.failed(delivery, failure=outcome, during=During.APPLY, now=now)
        else:
            outcomes.applied(delivery, gone=isinstance(outcome, Failure) or outcome.gone, now=now)

    def _verify(self, target: Target) -> None:
        """The outcome of a commit is unknown: look. "Not there" counts only after the settling time, and twice."""
        delivery = self.delivery
        if not calls.can_look_up(self.can, delivery) or delivery.commit_intent_at is None:
            outcomes.unconfirmed(delivery, now=self.clock())
            return
        since = delivery.commit_intent_at
        known = bool(delivery.remote_id) and delivery.operation == Operation.PUBLISH
        look = self._call("check" if known else "lookup", target, lambda to: calls.check(self.connector, to, delivery) if known else self._look_up(to, since=since))
        now = self.clock()
        if isinstance(look, Failure):
            outcomes.look_failed(delivery, failure=look, now=now)
        elif isinstance(look, Handed):
            outcomes.handed(delivery, outcome=look, now=now)
        elif isinstance(look, Wait):
            touch(delivery, looks=delivery.looks + 1, next_at=now + timedelta(seconds=max(1.0, look.seconds)), **NO_LEASE)
        elif look.sight == Sight.FOUND:
            outcomes.published(delivery, outcome=Published(look.remote_id, look.url), now=now)
        elif look.sight == Sight.CANNOT:
            outcomes.unconfirmed(delivery, now=now)
        else:
            self._saw_nothing(now, since)

    def _look_up(self, target: Target, *, since: datetime) -> Look | Wait | Handed | Failure:
        delivery = self.delivery
        job = Job(delivery.pk, delivery.version, delivery.event.kind, wanted=not is_withdrawn(delivery))
        return calls.look_up(self.connector, replace(target, job=job), delivery, since=since)

    def _saw_nothing(self, now: datetime, since: datetime) -> None:
        delivery, settled_at = self.delivery, since + self.settle
        if now < settled_at:
            next_at = min(settled_at, now + poll_delay(delivery.absent_looks, first=2.0, cap=15.0))
            touch(delivery, next_at=max(next_at, now + timedelta(seconds=0.5)), **NO_LEASE)
            return
        absent = delivery.absent_looks + 1
        if absent < LOOKS_TO_BELIEVE:
            pause = max(timedelta(seconds=0.5), min(self.settle / 4, timedelta(seconds=30)))
            touch(delivery, absent_looks=absent, looks=delivery.looks + 1, next_at=now + pause, **NO_LEASE)
            return
        touch(delivery, absent_looks=absent, looks=delivery.looks + 1)
        outcomes.proved_absent(delivery, now=now)

    def _poll(self, target: Target) -> None:
        """The platform works: on what was staged (then stage again) or on what was committed (then ask)."""
        delivery, now = self.delivery, self.clock()
        if not delivery.look_owed:
            move(delivery, S.READY, now=now, next_at=now, **NO_LEASE)
            return
        look = self._call("check", target, lambda to: calls.check(self.connector, to, delivery))
        now = self.clock()
        if isinstance(look, Handed):
            outcomes.handed(delivery, outcome=look, now=now)
        elif isinstance(look, Look) and look.sight == Sight.FOUND:
            outcomes.published(delivery, outcome=Published(look.remote_id, look.url), now=now)
        elif isinstance(look, Look):
            move(delivery, S.VERIFYING, now=now, next_at=now, **NO_LEASE)
        elif isinstance(look, Failure) and look.kind == FailureClass.CONTENT:
            move(delivery, S.FAILED, now=now, look_owed=False, **outcomes.failure_fields(look), **NO_LEASE)
            outcomes.alarm(delivery, now=now)
        elif isinstance(look, Failure) and look.kind != FailureClass.PROCESSING:
            outcomes.look_failed(delivery, failure=look, now=now)
        else:
            self._keep_polling(look, now=now)

    def _keep_polling(self, look: Wait | Failure, *, now: datetime) -> None:
        delivery = self.delivery
        wait = timedelta(seconds=look.seconds) if isinstance(look, Wait) else poll_delay(delivery.looks)
        changes: dict[str, Any] = {"looks": delivery.looks + 1, "next_at": now + max(wait, timedelta(seconds=0.5)), **NO_LEASE}
        if delivery.state == S.PROCESSING and delivery.commit_intent_at and now - delivery.commit_intent_at > SLOW_AFTER:
            move(delivery, S.PROCESSING_SLOW, now=now, **changes)
            outcomes.alarm(delivery, now=now)
            return
        touch(delivery, **changes)

    def _ask_after_draft(self, target: Target) -> None:
        """A person has a draft of the post in the platform's app: is it posted by now? Nothing is ever sent from here."""
        delivery = self.delivery
        look = self._call("check", target, lambda to: calls.check(self.connector, to, delivery))
        now = self.clock()
        lost = isinstance(look, Failure) and look.kind in (FailureClass.CONTENT, FailureClass.GONE)
        if isinstance(look, Look) and look.sight == Sight.FOUND:
            outcomes.published(delivery, outcome=Published(look.remote_id, look.url), now=now)
        elif isinstance(look, Failure) and lost:
            outcomes.draft_lost(delivery, failure=look, now=now)
        elif delivery.expires_at and delivery.expires_at <= now:
            outcomes.draft_expired(delivery, now=now)
        else:
            touch(delivery, looks=delivery.looks + 1, next_at=now + person_delay(delivery.looks + 1), rung_until=None, **NO_LEASE)
