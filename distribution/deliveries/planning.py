"""What a story's event means for its channels: all rows of an event, in the transaction that marks it taken.

A payload is composed here, once, from the version that the event names, and kept; no later version ever rewrites it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from distribution.channels.models import Account
from distribution.channels.offers import close_offers, waits_for_unit
from distribution.channels.selectors import capabilities_of, wanted_accounts
from distribution.connectors.base import Payload
from distribution.deliveries import followups, outcomes, sightings, tombstones
from distribution.deliveries.claims import TAKE_DOWN
from distribution.deliveries.enums import DEAD, FOLLOW_UPS, DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.rows import CANCELLABLE, cancel, compose, first_blocking, gives_way, new_marker, write
from distribution.renditions.snapshots import channel_text_of, snapshot_of, story_of
from distribution.renditions.timing import due_at
from publishing.events.enums import HIDDEN, REMOVES, EventKind
from publishing.events.models import StoryEvent
from publishing.events.selectors import is_overtaken, is_published_anew, latest_event
from publishing.events.services import lock_story

S = DeliveryState


class TakeDownInFlight(Exception):
    """A post is being taken down at this very moment: the event is taken again in some seconds, when its fate is known."""


def plan(*, event: StoryEvent, now: datetime) -> list[Delivery]:
    """Write the deliveries of an event; a second call writes nothing, nor does an event that a newer one has overtaken. Returns the new rows.

    Events may be taken in any order, and by two workers at once: the story's events are locked, then its rows.
    """
    lock_story(story_id=event.story_id)
    if Delivery.objects.filter(event=event).exists() or is_overtaken(event):
        return []
    lives = live_posts(event)
    if event.kind in (*HIDDEN, EventKind.CORRECTED):
        sightings.ask_for_strays_of(story_id=event.story_id, now=now)
    if event.kind == EventKind.NOTICE:
        return list(tombstones.tell(lives.values(), event=event, now=now))
    if event.kind in REMOVES:
        close_offers(story_id=event.story_id, now=now)
        return list(_take_down(lives.values(), event=event, now=now))
    return list(_show(lives, event=event, now=now))


def plan_accepted(*, account: Account, event: StoryEvent, now: datetime) -> list[Delivery]:
    """Write the post of a story that a unit has accepted for its channel. None where the story is on its way there already, or no longer shown."""
    lock_story(story_id=event.story_id)
    latest = latest_event(event.story)
    if (latest and latest.kind in HIDDEN) or account.pk in live_posts(event):
        return []
    return list(_post(account, event=event, now=now))


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
            cancel(live, "superseded" if account_id in wanted else "not_wanted", now=now)
    for account in wanted.values():
        if waits_for_unit(account=account, event=event, now=now):
            continue
        if not _removed_by_somebody(event, account):
            yield from _post(account, event=event, now=now)


def _post(account: Account, *, event: StoryEvent, now: datetime) -> Iterable[Delivery]:
    """The post at its time, and its first comment after it."""
    snapshot = snapshot_of(event=event, account_key=account.key)
    marker, due = new_marker(now), _due_at(account, event=event, now=now)
    payload = compose(account, snapshot=snapshot, marker=marker)
    post = write(Operation.PUBLISH, account=account, event=event, now=now, payload=payload, marker=marker, due=due, expires_at=due + _freshness(account), **_first_state(account, payload))
    yield post
    yield from followups.first_comment(post, snapshot=snapshot, event=event, now=now)


def _due_at(account: Account, *, event: StoryEvent, now: datetime) -> datetime:
    """When the post goes out: chosen with the channel's text. Counted from the moment that readers first saw this publication."""
    shown = StoryEvent.objects.filter(story_id=event.story_id, kind=EventKind.PUBLISHED).order_by("-version").values_list("happened_at", flat=True).first()
    due = due_at(channel_text_of(story_of(event.revision), account.key), with_story=shown or event.happened_at)
    return max(due, now)


def _removed_by_somebody(event: StoryEvent, account: Account) -> bool:
    """Whether the last post was taken away on the platform itself: an edit of the story does not bring it back, a publication does."""
    last = Delivery.objects.filter(story_id=event.story_id, account=account, operation=Operation.PUBLISH, state=S.PUBLISHED).order_by("-version").first()
    return last is not None and last.removed_outside and not is_published_anew(event, since_version=last.version)


def _edit(live: Delivery, *, event: StoryEvent, now: datetime) -> Iterable[Delivery]:
    """An edit of a post that is there or on its way; edits and take-downs that nobody has sent yet give way to it."""
    _call_off_take_down(live, now=now)
    snapshot, can = snapshot_of(event=event, account_key=live.account.key), capabilities_of(live.account)
    yield from followups.new_card(live, snapshot=snapshot, event=event, now=now)
    yield from followups.first_comment(live, snapshot=snapshot, event=event, now=now)
    for older in gives_way(live, Operation.UPDATE):
        cancel(older, "superseded", now=now)
    if can.can_comment and not can.can_edit and snapshot.notice:
        yield from followups.notice(live, snapshot=snapshot, event=event, now=now)
        return
    payload = compose(live.account, snapshot=snapshot, marker=live.pk)
    last = Delivery.objects.filter(original=live, operation=Operation.UPDATE).exclude(state__in=DEAD).order_by("-version").first() or live
    if payload.body != last.payload["body"]:  # else the words on this channel are the same
        yield write(Operation.UPDATE, account=live.account, event=event, now=now, original=live, payload=payload, **(_first_state(live.account, payload) if can.can_edit else {}))


def _call_off_take_down(live: Delivery, *, now: datetime) -> None:
    """The story is shown again before its post was taken down: the post stays. Raises TakeDownInFlight where the call is being made."""
    for take_down in Delivery.objects.select_for_update(of=("self",)).filter(original=live, operation=Operation.DELETE).exclude(state__in=DEAD):
        if take_down.state not in (*CANCELLABLE, S.WAITING_FOR_HUMAN):
            raise TakeDownInFlight(take_down.pk)
        cancel(take_down, "shown_again", now=now)


def _take_down(lives: Iterable[Delivery], *, event: StoryEvent, now: datetime) -> Iterable[Delivery]:
    """Cancel what was not sent; take down what is there; what is on its way is waited for."""
    for live in lives:
        for operation in (Operation.UPDATE, *FOLLOW_UPS):
            for waiting in gives_way(live, operation):
                cancel(waiting, "withdrawn", now=now)
        if live.state in CANCELLABLE:
            cancel(live, "withdrawn", now=now)
            continue
        snapshot = snapshot_of(event=event, account_key=live.account.key)
        yield write(Operation.DELETE, account=live.account, event=event, now=now, original=live, payload=live.stored_payload, priority=TAKE_DOWN)
        yield from followups.new_card(live, snapshot=snapshot, event=event, now=now)


def _freshness(account: Account) -> timedelta:
    """How long a post is still news."""
    return timedelta(hours=float((account.settings or {}).get("fresh_hours", settings.DELIVERY_FRESH_HOURS)))


def _first_state(account: Account, payload: Payload) -> dict[str, Any]:
    """Nothing, or failed from the start where no try could help: a person must act."""
    first = first_blocking(account, payload)
    return {"state": S.FAILED, **outcomes.problem_fields(first)} if first else {}
