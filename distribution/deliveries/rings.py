"""A platform rings: the delivery that it is about looks sooner. Nothing is believed, nothing is sent; a ring that is lost costs only time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.db import transaction

from distribution.channels.models import Account
from distribution.channels.selectors import connector_of, settings_of
from distribution.connectors.registry import connectors
from distribution.connectors.rings import FetchesPictures, Ring, Rings
from distribution.deliveries import services
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.renditions.media import fitted

log = logging.getLogger(__name__)
S = DeliveryState
LOOKS = (S.WAITING_FOR_HUMAN, S.PROCESSING, S.PROCESSING_SLOW, S.VERIFYING)
CHECK_TASK = "distribution.channels.tasks.check_channels"
GATE_SECONDS, GATE_STEP = 4.0, 0.25


def listens(kind: str) -> bool:
    """Whether a platform may ring."""
    return kind in connectors and isinstance(connectors.get(kind), Rings)


def hear(*, kind: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Take a call; False where nobody of ours signed it."""
    connector = connectors.get(kind)
    for rehearsal in (False, True) if settings.NEWSROOM_REHEARSAL else (False,):
        secret = settings.PLATFORM_APPS.get("rehearsal" if rehearsal else kind, ("", ""))[1]
        ring = connector.heard(secret=secret, headers=headers, body=body, now=now) if secret and isinstance(connector, Rings) else None
        if ring is not None:
            _look_sooner(ring, kind=kind, rehearsal=rehearsal, now=now)
            return True
    return False


def _look_sooner(ring: Ring, *, kind: str, rehearsal: bool, now: datetime) -> None:
    """Rows that wait for an outcome are asked now; a call about the account itself has its key checked."""
    accounts = Account.objects.filter(kind=kind, remote_id=ring.account_id, rehearsal=rehearsal)
    if not ring.value:
        if accounts.exists():
            current_app.send_task(CHECK_TASK, queue="poll")
        return
    rows = Delivery.objects.filter(account__in=accounts, operation=Operation.PUBLISH, state__in=LOOKS, lease_until=None, **{f"handle__{ring.name}": ring.value})
    ids = list(rows.values_list("pk", flat=True)[:10])
    Delivery.objects.filter(pk__in=ids, lease_until=None, next_at__gt=now).update(next_at=now, rung_until=None)
    transaction.on_commit(lambda: services.ring(ids), robust=True)
    log.info("delivery.rung kind=%s ids=%s", kind, ids)


def picture(*, marker: str, key: str, proof: str, sleep: Callable[[float], None] = time.sleep, seconds: float = GATE_SECONDS) -> bytes:
    """A picture that a platform was told to fetch. Held back some seconds until the call's answer is in the database. Raises LookupError."""
    delivery = Delivery.objects.select_related("account").filter(pk=marker, operation=Operation.PUBLISH).first()
    connector = connector_of(delivery.account) if delivery else None
    if delivery is None or not isinstance(connector, FetchesPictures):
        raise LookupError(marker)
    box = connector.picture_at(payload=delivery.stored_payload, key=key, proof=proof, settings=settings_of(delivery.account))
    if box is None:
        raise LookupError(key)
    waited = 0.0
    while not connector.may_fetch(delivery.handle):
        if waited >= seconds:
            raise LookupError(f"{marker} has no answer yet")
        sleep(GATE_STEP)
        waited += GATE_STEP
        delivery.refresh_from_db(fields=["handle"])
    return fitted(key, width=box[0], height=box[1])
