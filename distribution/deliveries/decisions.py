"""What a person decides about a delivery. Every decision is checked, carried out along the table, and written down with a name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from distribution.channels.permissions import may_operate
from distribution.channels.selectors import capabilities_of
from distribution.deliveries import lateness, outcomes, services
from distribution.deliveries.enums import BEFORE_COMMIT, DeliveryState, Operation
from distribution.deliveries.followers import is_withdrawn, wake_followers, why
from distribution.deliveries.models import Act, Delivery
from distribution.deliveries.transitions import NO_FAILURE, LostRow, move, touch
from newsroom.accounts.models import User
from newsroom.common.errors import NewsroomError
from publishing.events.enums import SHOWS
from publishing.events.selectors import latest_event

S = DeliveryState
RETRY, LOOK, THERE, NOT_THERE, LATE, CANCEL = "retry", "look", "there", "not_there", "late", "cancel"
STATES: dict[str, frozenset[DeliveryState]] = {
    RETRY: frozenset({S.FAILED, S.RETRY_WAIT}),
    LOOK: frozenset({S.UNCONFIRMED, S.VERIFYING, S.PROCESSING_SLOW}),
    THERE: frozenset({S.UNCONFIRMED, S.FAILED}),
    NOT_THERE: frozenset({S.UNCONFIRMED}),
    LATE: frozenset({S.HELD}),
    CANCEL: frozenset({*BEFORE_COMMIT, S.FAILED}),
}


def is_address(text: str) -> None:
    """Raise ValidationError for what no browser could open as a post's address."""
    MaxLengthValidator(500)(text)
    URLValidator(schemes=["http", "https"])(text)


class DecisionError(NewsroomError):
    """The decision cannot be taken now, or not by this person."""


def open_to(delivery: Delivery) -> list[str]:
    """The decisions that can be taken about a delivery now."""
    found = [name for name, states in STATES.items() if delivery.state in states]
    if delivery.operation != Operation.PUBLISH:
        found = [name for name in found if name in (RETRY, CANCEL)]
    if delivery.state in (S.UNCONFIRMED, S.VERIFYING) and not capabilities_of(delivery.account).can_lookup:
        found = [name for name in found if name != LOOK]
    if delivery.failure_code != lateness.LATE:
        found = [name for name in found if name != LATE]
    return found


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
        elif delivery.operation == Operation.PUBLISH and delivery.commit_intent_at and capabilities_of(delivery.account).can_lookup:
            move(delivery, S.VERIFYING, now=now, next_at=now, attempts=0, looks=0, absent_looks=0, expires_at=None, **NO_FAILURE)
        else:
            move(delivery, S.READY, now=now, next_at=now, attempts=0, expires_at=None, **NO_FAILURE)


def _require_wanted(delivery: Delivery) -> None:
    """A story that was withdrawn is not sent, and old words not instead of newer ones."""
    if delivery.operation == Operation.DELETE:
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
    """A person saw the post on the channel and gives its address. Raises DecisionError for what is no address."""
    address = url.strip()
    try:
        is_address(address)
    except ValidationError:
        raise DecisionError("no_url", _("Give the address of the post, beginning with https://.")) from None
    with _deciding(THERE, delivery_id=delivery_id, actor=actor, now=now, detail=address) as delivery:
        move(delivery, S.PUBLISHED, now=now, remote_url=address, look_owed=False, **NO_FAILURE)
        wake_followers(delivery, now=now)


def it_is_not_there(*, delivery_id: str, actor: User, now: datetime) -> None:
    """A person looked and saw no post: it is sent, unless the story was withdrawn meanwhile."""
    with _deciding(NOT_THERE, delivery_id=delivery_id, actor=actor, now=now) as delivery:
        if is_withdrawn(delivery):
            move(delivery, S.CANCELLED, now=now, look_owed=False, **why("withdrawn"))
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
        move(delivery, S.CANCELLED, now=now, **why("by_hand"))
        wake_followers(delivery, now=now)
