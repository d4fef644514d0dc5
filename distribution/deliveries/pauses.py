"""Stopping everything, or one platform, by a person's word. Take-downs still go out; what waits uses up no try.

One channel alone is stopped where channels are looked after (`distribution.channels.services.pause`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from distribution.channels.permissions import may_operate
from distribution.connectors.registry import connectors
from distribution.deliveries.enums import Operation
from distribution.deliveries.models import Delivery, Pause
from newsroom.accounts.models import User
from newsroom.common.errors import NewsroomError

PAUSED = "paused"
EVERYTHING = "all"
KIND = "kind:"


class PauseError(NewsroomError):
    """Posting cannot be stopped or let go on by this person, or not so."""


def open_pauses() -> list[Pause]:
    """What is stopped now."""
    return list(Pause.objects.filter(ended_at=None).select_related("actor"))


def stop(delivery: Delivery) -> bool:
    """Whether a pause keeps a delivery back."""
    scopes = (EVERYTHING, f"{KIND}{delivery.account.kind}")
    return delivery.operation != Operation.DELETE and Pause.objects.filter(ended_at=None, scope__in=scopes).exists()


def stopped() -> Q:
    """The same as a condition on many deliveries."""
    scopes = set(Pause.objects.filter(ended_at=None).values_list("scope", flat=True))
    if EVERYTHING in scopes:
        return ~Q(operation=Operation.DELETE)
    kinds = [scope.removeprefix(KIND) for scope in scopes]
    return ~Q(operation=Operation.DELETE) & Q(account__kind__in=kinds)


def label_of(scope: str) -> str:
    """A scope in words."""
    kind = scope.removeprefix(KIND)
    if scope == EVERYTHING:
        return _("every channel")
    return str(connectors.get(kind).label) if kind in connectors else kind


def scopes() -> Iterable[tuple[str, str]]:
    """What can be stopped: (scope, words)."""
    yield EVERYTHING, label_of(EVERYTHING)
    for kind, connector in connectors.items():
        yield f"{KIND}{kind}", str(connector.label)


def pause(*, scope: str, reason: str, actor: User, now: datetime) -> Pause:
    """Stop posting from now on. Raises PauseError."""
    _require(actor)
    reason = reason.strip()
    if scope not in dict(scopes()):
        raise PauseError("no_such_scope", _("There is no such platform."))
    if not reason:
        raise PauseError("no_reason", _("Say why posting is stopped."))
    try:
        with transaction.atomic():
            return Pause.objects.create(scope=scope, reason=reason[:500], actor=actor, at=now)
    except IntegrityError:
        raise PauseError("paused", _("This is stopped already.")) from None


def resume(*, number: int, actor: User, now: datetime) -> None:
    """Let it go on. Raises PauseError."""
    _require(actor)
    if not Pause.objects.filter(pk=number, ended_at=None).update(ended_at=now, ended_by=actor):
        raise PauseError("not_paused", _("It goes on already."))


def _require(actor: User) -> None:
    if not may_operate(actor):
        raise PauseError("not_allowed", _("Your role does not run channels."))
