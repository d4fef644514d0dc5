"""What a story's event means for its channels: all rows of an event, in the transaction that marks it taken.

A payload is composed here, once, from the version that the event names, and kept; no later version ever rewrites it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from ulid import ULID

from distribution.channels.models import Account
from distribution.channels.offers import close_offers, waits_for_unit
from distribution.channels.selectors import capabilities_of, connector_of, settings_of, wanted_accounts
from distribution.connectors.base import Payload
from distribution.deliveries import outcomes
from distribution.deliveries.claims import URGENT
from distribution.deliveries.enums import BEFORE_COMMIT, DEAD, DeliveryState, Operation
from distribution.deliveries.followers import WORDS, why
from distribution.deliveries.models import Delivery
from distribution.deliveries.transitions import NO_LEASE
from distribution.renditions.snapshots import channel_text_of, snapshot_of, story_of
from distribution.renditions.timing import due_at
from publishing.events.enums import REMOVES, EventKind
from publishing.events.models import StoryEvent

S = DeliveryState
CANCELLABLE = frozenset({*BEFORE_COMMIT, S.FAILED})


class TakeDownInFlight(Exception):
    """A post is being taken down at this very moment: the event is taken again in some seconds, when its fate is known."""


def plan(*, event: StoryEvent, now: datetime) -> list[Delivery]:
    """Write the deliveries of an event; a second call writes nothing. Returns the new rows. Locks the story's rows."""
    if Delivery.objects.filter(event=event).exists():
        return []
    lives = live_posts(event)
    if event.kind in REMOVES:
        close_offers(story_id=event.story_id, now=now)
        return list(_take_down(lives.values(), event=event, now=now))
    return list(_show(lives, event=event, now=now))


def plan_accepted(*, account: Account, event: StoryEvent, now: datetime) -> list[Delivery]:
    """Write the post of a story that a unit has accepted for its channel. None where the story is on its way there already."""
    return [] if account.pk in live_posts(event) else [_write(Operation.PUBLISH, account=account, event=event, now=now)]


def live_posts(event: StoryEvent) -> dict[int, Delivery]:
    """Posts of the story that are on a channel, may be, or may still come there, by account; locked."""
    rows = Delivery.objects.select_for_update(of=("self",)).filter(story_id=event.story_id, operation=Operation.PUBLISH, removed_at=None)
    return {row.account_id: row for row in rows.exclude(state__in=DEAD).select_related("account")}


def _show(lives: dict[int, Delivery], *, event: StoryEvent, now: datetime) -> Iterable[Delivery]:
    wanted = {account.pk: account for account in wanted_accounts(story_of(event.revision))}
    for account_id, live in lives.items():
        if live.state not in CANCELLABLE:
            yield from _edit(live, event=event, now=now)
            wanted.pop(account_id, None)
        else:
            _cancel(live, "superseded" if account_id in wanted else "not_wanted", now=now)
    for account in wanted.values():
        if waits_for_unit(account=account, event=event, now=now):
            continue
        if event.kind == EventKind.PUBLISHED or not _removed_by_somebody(event, account):
            yield _write(Operation.PUBLISH, account=account, event=event, now=now)


def _removed_by_somebody(event: StoryEvent, account: Account) -> bool:
    """Whether the last post was taken away on the platform itself: an edit of the story does not bring it back."""
    last = Delivery.objects.filter(story_id=event.story_id, account=account, operation=Operation.PUBLISH, state=S.PUBLISHED).order_by("-version").first()
    return last is not None and last.removed_outside


def _edit(live: Delivery, *, event: StoryEvent, now: datetime) -> Iterable[Delivery]:
    """An edit of a post that is there or on its way; edits and take-downs that nobody has sent yet give way to it."""
    _call_off_take_down(live, now=now)
    for older in Delivery.objects.filter(original=live, operation=Operation.UPDATE, state__in=CANCELLABLE):
        _cancel(older, "superseded", now=now)
    payload = _compose(live.account, event=event, marker=live.pk)
    last = Delivery.objects.filter(original=live, operation=Operation.UPDATE).exclude(state__in=DEAD).order_by("-version").first() or live
    if payload.body == last.payload["body"]:
        return  # the words on this channel are the same
    impossible = not capabilities_of(live.account).can_edit
    yield _write(Operation.UPDATE, account=live.account, event=event, now=now, original=live, payload=payload, impossible="cannot_edit" if impossible else "")


def _call_off_take_down(live: Delivery, *, now: datetime) -> None:
    """The story is shown again before its post was taken down: the post stays. Raises TakeDownInFlight where the call is being made."""
    for take_down in Delivery.objects.select_for_update(of=("self",)).filter(original=live, operation=Operation.DELETE).exclude(state__in=DEAD):
        if take_down.state not in CANCELLABLE:
            raise TakeDownInFlight(take_down.pk)
        _cancel(take_down, "shown_again", now=now)


def _take_down(lives: Iterable[Delivery], *, event: StoryEvent, now: datetime) -> Iterable[Delivery]:
    """Cancel what was not sent; take down what is there; what is on its way is waited for."""
    for live in lives:
        for edit in Delivery.objects.filter(original=live, operation=Operation.UPDATE, state__in=CANCELLABLE):
            _cancel(edit, "withdrawn", now=now)
        if live.state in CANCELLABLE:
            _cancel(live, "withdrawn", now=now)
            continue
        impossible = not capabilities_of(live.account).can_delete
        yield _write(Operation.DELETE, account=live.account, event=event, now=now, original=live, payload=live.stored_payload, impossible="cannot_delete" if impossible else "")


def _cancel(delivery: Delivery, code: str, *, now: datetime) -> None:
    """Cancel a row that was not sent, whoever holds its lease: the holder's next conditional write finds nothing and stops."""
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=CANCELLABLE)
    if not rows.update(state=S.CANCELLED, state_at=now, finished_at=now, **NO_LEASE, **why(code)):
        raise RuntimeError(f"{delivery.pk} was sent while it was being cancelled")  # the whole event is taken again
    outcomes.clear_alarms(delivery, now=now)


def _compose(account: Account, *, event: StoryEvent, marker: str) -> Payload:
    snapshot = snapshot_of(event=event, account_key=account.key)
    return connector_of(account).compose(snapshot=snapshot, marker=marker, settings=settings_of(account))


def _write(
    operation: Operation, *, account: Account, event: StoryEvent, now: datetime, original: Delivery | None = None, payload: Payload | None = None, impossible: str = ""
) -> Delivery:
    marker = str(ULID.from_datetime(now))
    payload = payload or _compose(account, event=event, marker=marker)
    due = _due(account, event=event, now=now) if operation == Operation.PUBLISH else now
    return Delivery.objects.create(
        id=marker, story_id=event.story_id, event=event, version=event.version, account=account, operation=operation, original=original,
        payload=asdict(payload), payload_sha256=payload.sha256, state_at=now, scheduled_at=due, next_at=due, created_at=now,
        priority=URGENT if operation == Operation.DELETE else 0, expires_at=due + _freshness(account) if operation == Operation.PUBLISH else None,
        **_first_state(account, payload=payload, impossible=impossible, later=due > now),
    )  # fmt: skip


def _due(account: Account, *, event: StoryEvent, now: datetime) -> datetime:
    """When the story's own row for this channel wants it there; counted from the moment readers saw the story."""
    return max(now, due_at(channel_text_of(story_of(event.revision), account.key), with_story=event.happened_at))


def _freshness(account: Account) -> timedelta:
    """How long a post is still news."""
    return timedelta(hours=float((account.settings or {}).get("fresh_hours", settings.DELIVERY_FRESH_HOURS)))


def _first_state(account: Account, *, payload: Payload, impossible: str, later: bool) -> dict[str, Any]:
    """Ready, waiting for its time, or failed from the start where no try could help: a person must act."""
    if impossible:
        return {"state": S.FAILED, "failure_kind": "content", "failure_code": impossible, "failure_message": WORDS[impossible]}
    blocking = [problem for problem in connector_of(account).validate(payload=payload, settings=settings_of(account)) if problem.blocking]
    if blocking:
        first = blocking[0]
        return {"state": S.FAILED, "failure_kind": "content", "failure_code": first.code, "failure_message": first.message, "failure_values": first.values}
    return {"state": S.SCHEDULED if later else S.READY}
