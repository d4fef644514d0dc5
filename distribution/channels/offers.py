"""Stories that are offered to a unit's channel: unchanged, and only sent once one of its approvers accepts them.

Acceptance is of the story: what a unit took, it also gets corrected and taken down, without being asked again.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from distribution.channels.enums import LogKind, OfferState
from distribution.channels.models import Account, Offer
from distribution.channels.registry import acceptance_listeners
from distribution.channels.services import ChannelError, write_log
from newsroom.accounts.models import User
from publishing.events.alarms import clear_alarm, raise_alarm
from publishing.events.models import StoryEvent
from publishing.events.selectors import is_published_anew
from publishing.events.services import lock_story

log = logging.getLogger(__name__)
OFFER_ALARM = "channel_offer"


def needs_acceptance(account: Account, event: StoryEvent) -> bool:
    """Whether an account must be asked before a story goes there: it is a unit's with approvers, and none of them has accepted the story."""
    if account.unit_id is None or account.unit is None or not account.unit.approvers.exists():
        return False
    return not Offer.objects.filter(account=account, story_id=event.story_id, state=OfferState.ACCEPTED).exists()


def waits_for_unit(*, account: Account, event: StoryEvent, now: datetime) -> bool:
    """Whether the post of an event waits for a unit's answer; the story is offered then. One that was declined is offered again only when published anew."""
    if not needs_acceptance(account, event):
        return False
    last = Offer.objects.filter(account=account, story_id=event.story_id).select_related("event").order_by("-offered_at", "-pk").first()
    if last is None or last.state != OfferState.DECLINED or is_published_anew(event, since_version=last.event.version):
        offer(account=account, event=event, now=now)
    return True


@transaction.atomic
def offer(*, account: Account, event: StoryEvent, now: datetime) -> Offer:
    """Offer the version of an event; an older version of the story that waits for an answer is no longer offered. Safe to repeat."""
    Offer.objects.filter(account=account, story_id=event.story_id, state=OfferState.OPEN).exclude(event=event).update(state=OfferState.CLOSED)
    made, new = Offer.objects.get_or_create(account=account, event=event, defaults={"story_id": event.story_id, "offered_at": now})
    if new:
        message = _("“%(headline)s” is offered to the channel “%(name)s”: accept or decline it.") % {"headline": event.story.draft_title, "name": account.name}
        raise_alarm(code=OFFER_ALARM, subject=f"{account.key}:{event.story_id}", message=message, now=now)
    return made


@transaction.atomic
def close_offers(*, story_id: int, now: datetime) -> int:
    """The story is no longer shown: nothing of it is offered. Returns how many were open."""
    rows = list(Offer.objects.filter(story_id=story_id, state=OfferState.OPEN).select_related("account"))
    for row in rows:
        clear_alarm(code=OFFER_ALARM, subject=f"{row.account.key}:{story_id}", now=now)
    return Offer.objects.filter(pk__in=[row.pk for row in rows], state=OfferState.OPEN).update(state=OfferState.CLOSED)


@transaction.atomic
def accept_offer(*, offer: Offer, actor: User, now: datetime) -> Offer:
    """Take the story as it is; its delivery is planned in the same transaction. By an approver of the unit only. Raises ChannelError."""
    row = _decide(offer, OfferState.ACCEPTED, actor=actor, reason="", now=now)
    for _name, listen in acceptance_listeners.items():
        listen(row.account, row.event, now)
    return row


@transaction.atomic
def decline_offer(*, offer: Offer, actor: User, reason: str, now: datetime) -> Offer:
    """Leave the story; it is offered again only when it is published anew. By an approver of the unit only. Raises ChannelError."""
    if not reason.strip():
        raise ChannelError("no_reason", _("Say why the story is declined."))
    return _decide(offer, OfferState.DECLINED, actor=actor, reason=reason.strip()[:500], now=now)


def _decide(offer: Offer, state: OfferState, *, actor: User, reason: str, now: datetime) -> Offer:
    lock_story(story_id=offer.story_id)  # first, as whoever takes an event of the story does
    row = Offer.objects.select_for_update(of=("self",)).select_related("account__unit", "event", "story").get(pk=offer.pk)
    if not may_decide(actor, row):
        raise ChannelError("not_allowed", _("Only an approver of the unit accepts or declines for its channel."))
    if row.state != OfferState.OPEN:
        raise ChannelError("decided", _("This offer was answered already, or a newer version took its place."))
    row.state, row.decided_at, row.decided_by, row.reason = state, now, actor, reason
    row.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    kind = LogKind.ACCEPTED if state == OfferState.ACCEPTED else LogKind.DECLINED
    write_log(account=row.account, kind=kind, now=now, actor=actor, detail=f"{row.story.draft_title} (v{row.event.version}) {reason}".strip())
    clear_alarm(code=OFFER_ALARM, subject=f"{row.account.key}:{row.story_id}", now=now)
    return row


def may_decide(user: User, offer: Offer) -> bool:
    """Whether a person is an approver of the channel's unit."""
    unit = offer.account.unit
    return bool(user.is_active and unit is not None and unit.approvers.filter(pk=user.pk).exists())


def open_offers(user: User) -> QuerySet[Offer]:
    """What waits for a person's answer, the oldest first."""
    rows = Offer.objects.filter(state=OfferState.OPEN, account__unit__approvers=user)
    return rows.select_related("account__unit", "story", "event").order_by("offered_at", "pk")
