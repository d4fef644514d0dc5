"""What a person decides about a delivery. Every decision is checked, carried out along the table, and written down with a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from distribution.channels.permissions import may_operate
from distribution.channels.selectors import capabilities_of
from distribution.deliveries import addresses, lateness, outcomes, services, sightings
from distribution.deliveries.addresses import DecisionError
from distribution.deliveries.calls import can_look_up
from distribution.deliveries.claims import URGENT
from distribution.deliveries.enums import BEFORE_COMMIT, REPEATABLE, DeliveryState, Operation
from distribution.deliveries.followers import NOTHING_THERE, ONLY_A_PERSON, is_withdrawn, wake_followers, why
from distribution.deliveries.models import Act, Delivery
from distribution.deliveries.transitions import NO_FAILURE, LostRow, move, touch
from newsroom.accounts.models import User
from publishing.events.enums import SHOWS
from publishing.events.selectors import latest_event

S = DeliveryState
RETRY, LOOK, THERE, NOT_THERE, LATE, CANCEL = "retry", "look", "there", "not_there", "late", "cancel"
FIRST, POSTED, NOT_POSTED, DONE, CANNOT, BROADCAST, SEEN = "first", "posted", "not_posted", "done", "cannot", "broadcast", "seen"
STATES: dict[str, frozenset[DeliveryState]] = {
    RETRY: frozenset({S.FAILED, S.RETRY_WAIT, S.WAITING_FOR_HUMAN}),
    LOOK: frozenset({S.UNCONFIRMED, S.VERIFYING, S.PROCESSING_SLOW, S.WAITING_FOR_HUMAN}),
    THERE: frozenset({S.UNCONFIRMED, S.FAILED}),
    NOT_THERE: frozenset({S.UNCONFIRMED}),
    LATE: frozenset({S.HELD}),
    CANCEL: frozenset({*BEFORE_COMMIT, S.FAILED}),
    FIRST: BEFORE_COMMIT - {S.STAGING},
    POSTED: frozenset({S.WAITING_FOR_HUMAN}),
    NOT_POSTED: frozenset({S.WAITING_FOR_HUMAN}),
    DONE: frozenset({S.WAITING_FOR_HUMAN}),
    CANNOT: frozenset({S.WAITING_FOR_HUMAN}),
    SEEN: frozenset({S.PUBLISHED}),
}
# A draft that a person finishes in the app; work of theirs on a post that is there.
OF_DRAFTS, OF_TASKS = frozenset({POSTED, NOT_POSTED, LOOK}), frozenset({DONE, CANNOT, RETRY})


def open_to(delivery: Delivery) -> list[str]:
    """The decisions that can be taken about a delivery now."""
    found = [name for name, states in STATES.items() if delivery.state in states]
    if delivery.state == S.WAITING_FOR_HUMAN:
        kept = OF_DRAFTS if delivery.operation == Operation.PUBLISH else OF_TASKS
        found = [name for name in found if name in kept and not (name == RETRY and delivery.failure_code in ONLY_A_PERSON)]
    refused = {name for name, may in _REFUSALS.items() if not may(delivery)}
    return [name for name in found if name not in refused]


def _can_look(delivery: Delivery) -> bool:
    if delivery.state == S.WAITING_FOR_HUMAN:
        return True
    return delivery.operation not in REPEATABLE and can_look_up(capabilities_of(delivery.account), delivery)


_REFUSALS: dict[str, Callable[[Delivery], bool]] = {
    LOOK: _can_look,
    THERE: lambda delivery: delivery.operation not in REPEATABLE,
    NOT_THERE: lambda delivery: delivery.operation not in REPEATABLE,
    LATE: lambda delivery: delivery.failure_code == lateness.LATE,
    SEEN: sightings.is_unseen,
    FIRST: lambda delivery: delivery.operation == Operation.PUBLISH and delivery.failure_code != lateness.LATE and delivery.priority < URGENT,
}


@contextmanager
def _deciding(name: str, *, delivery_id: str, actor: User, now: datetime, detail: str = "") -> Iterator[Delivery]:
    """Lock the row, check person and state, and write the decision down with what it changed. Raises DecisionError."""
    if not may_operate(actor):
        raise DecisionError("not_allowed", _("Your role does not run channels."))
    try:
        with transaction.atomic():
            delivery = Delivery.objects.select_for_update(of=("self",)).select_related("account", "story", "original").get(pk=delivery_id)
            if name not in open_to(delivery):
                state = delivery.get_state_display()
                raise DecisionError("wrong_state", _("This is not possible while the delivery is “%(state)s”.") % {"state": state})
            Act.objects.create(delivery=delivery, kind=name, actor=actor, at=now, detail=detail[:500])
            yield delivery
            outcomes.clear_alarms(delivery, now=now)
            transaction.on_commit(lambda: services.ring([delivery_id]), robust=True)
    except LostRow:
        raise DecisionError("raced", _("A worker has just gone on with it. Look again.")) from None


def retry(*, delivery_id: str, actor: User, now: datetime) -> None:
    """Send it again, always after a look: what may be there is looked for first, by the usual rule of two looks."""
    with _deciding(RETRY, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        _require_wanted(delivery)
        if delivery.state == S.RETRY_WAIT:
            move(delivery, S.READY, now=now, next_at=now)
        elif delivery.commit_intent_at and can_look_up(capabilities_of(delivery.account), delivery):
            move(delivery, S.VERIFYING, now=now, next_at=now, attempts=0, looks=0, absent_looks=0, expires_at=None, **NO_FAILURE)
        else:
            move(delivery, S.READY, now=now, next_at=now, attempts=0, expires_at=None, rung_until=None, **NO_FAILURE)


def _require_wanted(delivery: Delivery) -> None:
    """A story that was withdrawn is not sent, and old words not instead of newer ones."""
    if delivery.operation in (Operation.DELETE, Operation.REFRESH):
        return
    latest = latest_event(delivery.story)
    if is_withdrawn(delivery) or latest is None or latest.kind not in SHOWS:
        raise DecisionError("withdrawn", _("The story was withdrawn; it is not posted any more."))


def look_again(*, delivery_id: str, actor: User, now: datetime) -> None:
    """Look at the platform now."""
    with _deciding(LOOK, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        if delivery.state == S.UNCONFIRMED:
            move(delivery, S.VERIFYING, now=now, next_at=now, looks=0, absent_looks=0)
        else:
            touch(delivery, next_at=now, rung_until=None)


def it_is_there(*, delivery_id: str, url: str, actor: User, now: datetime) -> None:
    """A person saw the post on the channel and gives its address. Raises DecisionError for what is no address of this channel's posts."""
    with _deciding(THERE, delivery_id=delivery_id, actor=actor, now=now, detail=url.strip()) as delivery:
        _is_there(delivery, url, now=now)


def it_is_posted(*, delivery_id: str, url: str, actor: User, now: datetime) -> None:
    """A person finished the draft in the platform's app and gives the post's address."""
    with _deciding(POSTED, delivery_id=delivery_id, actor=actor, now=now, detail=url.strip()) as delivery:
        _is_there(delivery, url, now=now)


def _is_there(delivery: Delivery, url: str, *, now: datetime) -> None:
    if delivery.operation == Operation.BROADCAST:
        move(delivery, S.PUBLISHED, now=now, look_owed=False, **NO_FAILURE)  # it has no address of its own
        return
    post = addresses.post_at(delivery.account, url)
    remote_id = post.remote_id or ("" if delivery.state == S.WAITING_FOR_HUMAN else delivery.remote_id)
    move(delivery, S.PUBLISHED, now=now, remote_url=post.url, remote_id=remote_id[:200], look_owed=False, **NO_FAILURE)
    wake_followers(delivery, now=now)


def it_is_not_posted(*, delivery_id: str, actor: User, now: datetime) -> None:
    """A person threw the draft away, or will not post it."""
    with _deciding(NOT_POSTED, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        move(delivery, S.CANCELLED, now=now, **(NO_FAILURE | why("not_posted")))
        wake_followers(delivery, now=now)


def it_is_done(*, delivery_id: str, actor: User, now: datetime) -> None:
    """A person edited the post, took it down or answered under it on the platform itself."""
    with _deciding(DONE, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        draft = delivery.original if delivery.failure_code == "draft_withdrawn" else None
        if draft is not None and draft.state == S.WAITING_FOR_HUMAN:
            move(draft, S.CANCELLED, now=now, **(NO_FAILURE | why("withdrawn")))
            outcomes.clear_alarms(draft, now=now)
            move(delivery, S.CANCELLED, now=now, **why(NOTHING_THERE))
            return
        outcomes.applied(delivery, gone=False, by_a_person=True, now=now)


def it_cannot_be_done(*, delivery_id: str, reason: str, actor: User, now: datetime) -> None:
    """It is not possible on the platform either: the copy stays as it is, and the story's page says so. Raises DecisionError without a reason."""
    if not reason.strip():
        raise DecisionError("no_reason", _("Say why it cannot be done."))
    with _deciding(CANNOT, delivery_id=delivery_id, actor=actor, now=now, detail=reason.strip()) as delivery:
        move(delivery, S.CANCELLED, now=now, **(NO_FAILURE | why("could_not")))


def send_first(*, delivery_id: str, actor: User, now: datetime) -> None:
    """Breaking news: before everything else of the channel, without the pause between two posts, and at once where it had a time of its own."""
    with _deciding(FIRST, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        _require_wanted(delivery)
        touch(delivery, priority=URGENT, rung_until=None, next_at=min(delivery.next_at, now) if delivery.state == S.READY else delivery.next_at)
        if delivery.state == S.SCHEDULED:
            move(delivery, S.READY, now=now, scheduled_at=now, next_at=now)


def it_is_not_there(*, delivery_id: str, actor: User, now: datetime) -> None:
    """A person looked and saw nothing: it is sent, unless the story was withdrawn meanwhile. What goes to followers is not sent again by itself."""
    with _deciding(NOT_THERE, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        if delivery.operation == Operation.BROADCAST or is_withdrawn(delivery):
            code = "not_sent" if delivery.operation == Operation.BROADCAST else "withdrawn"
            move(delivery, S.CANCELLED, now=now, look_owed=False, **(NO_FAILURE | why(code)))
            wake_followers(delivery, now=now)
            return
        _require_wanted(delivery)
        move(delivery, S.STAGED, now=now, next_at=now, look_owed=False, expires_at=None, **NO_FAILURE)


def post_although_late(*, delivery_id: str, actor: User, now: datetime) -> None:
    """It is still news: it goes out now, in its turn."""
    with _deciding(LATE, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        _require_wanted(delivery)
        move(delivery, S.READY, now=now, next_at=now, late_agreed_at=now, expires_at=None, **NO_FAILURE)


def cancel(*, delivery_id: str, actor: User, now: datetime) -> None:
    """Do not send it. What may be there already cannot be cancelled: it is taken down by withdrawing the story."""
    with _deciding(CANCEL, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        move(delivery, S.CANCELLED, now=now, **(NO_FAILURE | why("by_hand")))
        wake_followers(delivery, now=now)


def it_was_seen(*, delivery_id: str, actor: User, now: datetime) -> None:
    """A person takes note that somebody deleted the post on the platform."""
    with _deciding(SEEN, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        sightings.take_note(delivery, actor=actor, now=now)
