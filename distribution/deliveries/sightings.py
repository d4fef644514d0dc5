"""Writing down what looks of the night saw: gone is recorded and told, still there after a take-down is taken down anew, a post that nobody knows is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from distribution.channels.models import Account
from distribution.channels.permissions import may_operate
from distribution.connectors.base import Failure, FailureClass, Look, Sight
from distribution.connectors.listings import Listed
from distribution.connectors.messages import sentence
from distribution.deliveries import outcomes, records, services
from distribution.deliveries.addresses import DecisionError
from distribution.deliveries.claims import TAKE_DOWN
from distribution.deliveries.enums import DEAD, DeliveryState, Operation, Saw
from distribution.deliveries.followers import wake_followers
from distribution.deliveries.models import Act, Delivery, Sighting, Stray
from distribution.deliveries.rows import NOT_SENT, cancel, write
from newsroom.accounts.models import User
from publishing.events.alarms import clear_alarm, raise_alarm

S = DeliveryState
LOOKS_TO_BELIEVE = 2
MOST_REPEATS = 3
GONE_ALARM, BACK_ALARM, STRAY_ALARM = "post_gone", "post_back", "post_stray"
GONE = Failure(FailureClass.GONE, "gone", sentence("gone"))
UNSEEN = Q(removed_outside=True, sighting__saw=Saw.GONE, sighting__seen_at=None)  # gone, and no person has taken note


@transaction.atomic
def record(post: Delivery, *, look: Look | None, now: datetime) -> None:
    """What one look means. `look` None: it told nothing."""
    current = Delivery.objects.select_for_update(of=("self",)).select_related("account", "story", "event").get(pk=post.pk)
    if current.removed_at != post.removed_at or current.state != S.PUBLISHED:
        return  # somebody was at it while we looked
    row = Sighting.objects.select_for_update(of=("self",)).get(pk=post.pk)
    found = look is not None and look.sight == Sight.FOUND and look.remote_id in ("", current.remote_id)
    absent = row.absent + 1 if look is not None and look.sight == Sight.NOT_FOUND else 0
    saw = _saw(found=found, absent=absent, removed=current.removed_at is not None)
    Sighting.objects.filter(pk=row.pk).update(saw=saw, absent=0 if saw == Saw.GONE else absent)
    if saw == Saw.GONE and current.removed_at is None:
        _gone(current, now=now)
    elif saw == Saw.GONE:
        clear_alarm(code=BACK_ALARM, subject=current.pk, now=now)
    elif saw == Saw.BACK:
        _back(current, now=now)


def _saw(*, found: bool, absent: int, removed: bool) -> Saw:
    if found:
        return Saw.BACK if removed else Saw.THERE
    if not absent:
        return Saw.UNCLEAR
    return Saw.GONE if removed or absent >= LOOKS_TO_BELIEVE else Saw.UNCLEAR


def _gone(post: Delivery, *, now: datetime) -> None:
    """Not there any more. Where a person was asked to take it down, they did; else somebody deleted it."""
    outcomes.write_attempt(post, phase="night", started=now, ended=now, outcome=GONE)
    task = post.followers.filter(operation=Operation.DELETE, state=S.WAITING_FOR_HUMAN).select_related("account", "story", "original", "event").first()
    if task is not None:
        outcomes.applied(task, gone=True, by_a_person=True, now=now)
        return
    if post.followers.filter(operation=Operation.DELETE).exclude(state__in=DEAD).exists():
        return  # a take-down is on its way and finds out by itself
    Delivery.objects.filter(pk=post.pk).update(removed_at=now, removed_outside=True)
    records.hand_in_gone(post, now=now)
    for waiting in Delivery.objects.filter(NOT_SENT, original=post).select_related("account", "story"):
        cancel(waiting, "nothing_there", now=now)
    words = _("%(channel)s, “%(headline)s”: the post is not on the platform any more, and nobody of ours took it down. Look at the channel, then take note on the board. %(address)s")
    raise_alarm(code=GONE_ALARM, subject=post.pk, message=words % _values(post), now=now)


def _back(post: Delivery, *, now: datetime) -> None:
    """Taken down, and there all the same: take it down again, and tell a person."""
    last = post.followers.filter(operation=Operation.DELETE).exclude(state__in=DEAD).select_related("event").order_by("-version", "-repeat").first()
    if last is None or last.state != S.PUBLISHED:
        return  # the last order has not been carried out yet
    outcomes.write_attempt(post, phase="night", started=now, ended=now, outcome=Look(Sight.FOUND))
    if last.repeat < MOST_REPEATS:
        again = write(
            Operation.DELETE, account=post.account, event=last.event, now=now, original=post, payload=post.stored_payload, priority=TAKE_DOWN, repeat=last.repeat + 1
        )
        transaction.on_commit(lambda: services.ring([again.pk]), robust=True)
    words = _("%(channel)s, “%(headline)s”: taken down, and still on the platform. It is taken down again; look whether it is gone. %(address)s")
    raise_alarm(code=BACK_ALARM, subject=post.pk, message=words % _values(post), now=now)


def _values(post: Delivery) -> dict[str, str]:
    return {"channel": post.account.name, "headline": post.story.draft_title or post.story.title, "address": post.remote_url}


@transaction.atomic
def record_listed(account: Account, listed: Iterable[Listed], *, now: datetime) -> int:
    """Posts with our mark that no delivery has as its own; each once. Returns how many are new."""
    posts = [post for post in listed if post.remote_id and post.markers]
    ours = set(Delivery.objects.filter(account=account, remote_id__in=[post.remote_id for post in posts]).values_list("remote_id", flat=True))
    known = {row.pk: row for row in Delivery.objects.filter(pk__in=[post.markers[0] for post in posts])}
    times, new = Counter(post.markers[0] for post in posts), 0
    for post in posts:
        owner = known.get(post.markers[0])
        if post.remote_id in ours or (owner is not None and owner.state not in (S.PUBLISHED, S.FAILED, *DEAD)):
            continue  # its own, or one whose outcome is being found out
        if owner is not None and times[post.markers[0]] == 1 and _is_the_one(owner, post, account=account, now=now):
            continue
        new += _keep_stray(account, remote_id=post.remote_id, url=post.url, marker=post.markers[0], words=post.words, delivery=owner, now=now)
    if new:
        message = _("%(channel)s: %(count)d posts with our mark that no delivery knows. They are on the board.") % {"channel": account.name, "count": new}
        raise_alarm(code=STRAY_ALARM, subject=account.key, message=message, now=now)
    return new


def _is_the_one(owner: Delivery, post: Listed, *, account: Account, now: datetime) -> bool:
    """A person said that it is there and gave an address that tells no id: its mark tells it, so that edits and a take-down reach it."""
    nameless = Delivery.objects.filter(pk=owner.pk, account=account, operation=Operation.PUBLISH, state=S.PUBLISHED, remote_id="", removed_at=None)
    if not nameless.update(remote_id=post.remote_id[:200]):
        return False
    owner.remote_id = post.remote_id[:200]
    wake_followers(owner, now=now)
    outcomes.write_attempt(owner, phase="night", started=now, ended=now, outcome=Look(Sight.FOUND, post.remote_id, post.url))
    return True


def record_left_draft(draft: Delivery, *, look: Look, now: datetime) -> None:
    """A draft that counted as not posted is a post that readers see: on the board, and a person is told at once."""
    message = _("%(channel)s: the draft of “%(headline)s” was posted in the app after it had counted as not posted. Corrections and take-downs do not reach it: do them by hand. %(url)s")
    _record_stray(draft, remote_id=look.remote_id, url=look.url, message=message, now=now)


def record_unwanted(delivery: Delivery, *, remote_id: str, url: str, now: datetime) -> None:
    """A post that we made although nobody waited for it any more, and that could not be taken down: on the board, and a person is told at once."""
    message = _("%(channel)s: “%(headline)s” was posted once too often, and the post could not be taken down from here. Take it down there by hand. %(url)s")
    _record_stray(delivery, remote_id=remote_id, url=url, message=message, now=now)


def _record_stray(delivery: Delivery, *, remote_id: str, url: str, message: str, now: datetime) -> None:
    headline = delivery.story.draft_title
    _keep_stray(delivery.account, remote_id=remote_id, url=url, marker=delivery.pk, words=headline, delivery=delivery, now=now)
    raise_alarm(code=STRAY_ALARM, subject=delivery.account.key, message=message % {"channel": delivery.account.name, "headline": headline, "url": url}, now=now)


def _keep_stray(account: Account, *, remote_id: str, url: str, marker: str, words: str, delivery: Delivery | None, now: datetime) -> bool:
    """On the board, once. False: it is there already."""
    values = {"url": url[:500], "marker": marker[:26], "words": words[:300], "delivery": delivery, "found_at": now}
    return Stray.objects.get_or_create(account=account, remote_id=remote_id[:200], defaults=values)[1]


def ask_for_strays_of(*, story_id: int, now: datetime) -> None:
    """The story is corrected or taken away: whoever took note of a post of it that no delivery knows looks at it once more, for no call of ours reaches it."""
    rows = Stray.objects.filter(delivery__story=story_id).select_related("account", "delivery__story")
    for stray in rows:
        message = _("%(channel)s: there is a post of “%(headline)s” that no delivery knows. Change it or take it down there by hand. %(url)s")
        values = {"channel": stray.account.name, "headline": stray.delivery.story.draft_title if stray.delivery else stray.words, "url": stray.url}
        clear_alarm(code=STRAY_ALARM, subject=stray.account.key, now=now)
        raise_alarm(code=STRAY_ALARM, subject=stray.account.key, message=message % values, now=now)
    rows.update(seen_at=None, seen_by=None)


def open_strays() -> list[Stray]:
    """Those that nobody has taken note of."""
    return list(Stray.objects.filter(seen_at=None).select_related("account", "delivery__story")[:50])


def take_note_of_stray(*, number: int, actor: User, now: datetime) -> None:
    """A person has looked at it. Raises DecisionError."""
    if not may_operate(actor):
        raise DecisionError("not_allowed", _("Your role does not run channels."))
    stray = Stray.objects.filter(pk=number, seen_at=None).select_related("account").first()
    if stray is None or not Stray.objects.filter(pk=number, seen_at=None).update(seen_at=now, seen_by=actor):
        raise DecisionError("seen", _("Somebody has taken note of it already."))
    if stray.delivery_id:
        Act.objects.create(delivery_id=stray.delivery_id, kind="stray_seen", actor=actor, at=now, detail=stray.url)
    if not Stray.objects.filter(account=stray.account, seen_at=None).exists():
        clear_alarm(code=STRAY_ALARM, subject=stray.account.key, now=now)


def is_unseen(post: Delivery) -> bool:
    """Whether a post is gone and no person has taken note."""
    return post.removed_outside and Sighting.objects.filter(pk=post.pk, saw=Saw.GONE, seen_at=None).exists()


def take_note(post: Delivery, *, actor: User, now: datetime) -> None:
    """A person knows that it is gone; whoever wants it back publishes the story anew."""
    Sighting.objects.filter(pk=post.pk).update(seen_at=now, seen_by=actor)
    clear_alarm(code=GONE_ALARM, subject=post.pk, now=now)
