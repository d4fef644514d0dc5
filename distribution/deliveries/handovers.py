"""What a channel cannot do and a person can: edits and take-downs there, and drafts of stories that were withdrawn. They are told until it is done."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from distribution.channels.selectors import capabilities_of
from distribution.deliveries import outcomes
from distribution.deliveries.enums import CHANGES, DeliveryState, Operation
from distribution.deliveries.followers import why
from distribution.deliveries.models import Delivery
from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from publishing.events.alarms import clear_alarm

log = logging.getLogger(__name__)
S = DeliveryState


def hand_over(delivery: Delivery, *, now: datetime) -> bool:
    """Give an edit or a take-down that this channel cannot do to a person. False: the channel can, or the post has no outcome yet."""
    code = _only_a_person(delivery)
    if code:
        outcomes.over_to_a_person(delivery, fields=why(code), now=now)
    return bool(code)


def _only_a_person(delivery: Delivery) -> str:
    original = delivery.original
    if delivery.operation not in CHANGES or original is None:
        return ""
    if original.state == S.WAITING_FOR_HUMAN and delivery.operation == Operation.DELETE:
        return "draft_withdrawn"
    if original.state != S.PUBLISHED:
        return ""
    can = capabilities_of(delivery.account)
    if delivery.operation == Operation.UPDATE:
        return "" if can.can_edit else "cannot_edit"
    return "" if can.can_delete else "cannot_delete"


def remind_after(delivery: Delivery) -> timedelta:
    """How long a person is left in peace; `remind_minutes` of the account, else of the newsroom."""
    minutes = (delivery.account.settings or {}).get("remind_minutes") or settings.DELIVERY_REMIND_MINUTES
    return timedelta(minutes=max(1.0, float(minutes)))


def remind(*, now: datetime) -> int:
    """Tell whoever runs the channel of what waits for them: the first time at once, then again and again. Returns how many were told of.

    The next moment is written before the mail leaves: a mail that fails is made good by the next one, none is sent twice.
    """
    told = 0
    due = Delivery.objects.filter(state=S.WAITING_FOR_HUMAN, remind_at__lte=now).select_related("account__person_responsible", "story", "original")
    for delivery in due[:100]:
        ours = Delivery.objects.filter(pk=delivery.pk, state=S.WAITING_FOR_HUMAN, remind_at=delivery.remind_at)
        if not ours.update(remind_at=now + remind_after(delivery)):
            continue
        told += 1
        if delivery.remind_at and delivery.remind_at > delivery.state_at:
            clear_alarm(code=outcomes.ALARMS[S.WAITING_FOR_HUMAN], subject=delivery.pk, now=now)  # raised anew, so that it is mailed anew
        outcomes.alarm(delivery, now=now)
        _mail(delivery)
    return told


def _mail(delivery: Delivery) -> None:
    people = sorted({user.email for user in people_of(delivery) if user.email})
    if not people:
        return
    subject = _("%(channel)s: a post waits for you") % {"channel": delivery.account.name}
    try:
        send_mail(subject, outcomes.in_a_sentence(delivery), None, people)
    except OSError:
        log.exception("delivery.remind.failed id=%s", delivery.pk)


def people_of(delivery: Delivery) -> Iterable[User]:
    """Whoever answers for the channel; where nobody is named, everybody who runs channels by trade."""
    person = delivery.account.person_responsible
    if person is not None and person.is_active:
        return [person]
    return User.objects.filter(is_active=True, groups__name=Role.MULTIMEDIA).distinct()
