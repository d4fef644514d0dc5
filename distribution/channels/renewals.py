"""New tokens for old ones: shortly before the end of their life, and when the platform says that one is over.

One caller asks the platform, the others wait for what it brings. A renewal that failed for reasons of the network disconnects nobody.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from distribution.channels.enums import AccountState, LogKind
from distribution.channels.keys import seal_key
from distribution.channels.models import Account
from distribution.channels.selectors import connector_of, target_of
from distribution.channels.services import found_again, mark_needs_reconnect, write_log
from distribution.connectors.base import Credential, Failure, FailureClass, Target
from distribution.connectors.messages import sentence
from newsroom.common.http import LONGEST_CALL

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]
SOON = timedelta(minutes=2)
STORING = timedelta(seconds=30)  # for what is to be written after the call, also on a busy machine
# A renewal is one call: nobody else may spend the refresh token, which some platforms take once, while an answer can still come.
HELD = timedelta(seconds=LONGEST_CALL) + STORING
LOOKS, PAUSE = 40, 0.25
RENEW_AT, JITTER = 0.8, 0.05  # of the key's life


def fresh_target(*, account: Account, clock: Clock) -> Target | Failure:
    """Where a call goes, with a token that lives long enough for it. Failure only where the key is dead for good. Raises CannotOpen."""
    target = target_of(account)
    if not (target.credential.refresh_token and account.token_expires_at and account.token_expires_at - clock() < SOON):
        return target
    outcome = renewed_target(account=account, clock=clock)
    return target if isinstance(outcome, Failure) and outcome.kind != FailureClass.AUTH_DEAD else outcome


def renew_due(*, clock: Clock) -> int:
    """Renew every key that has lived most of its life, so that no call has to; each account is asked for once, whoever comes. Returns how many were renewed."""
    renewed = 0
    for account in Account.objects.filter(token_expires_at__isnull=False, state__in=[AccountState.READY, AccountState.PAUSED]).exclude(sealed_token=""):
        try:
            renewed += _renew_if_due(account, clock=clock)
        except Exception:
            log.exception("channel.renewal.failed account=%s", account.key)
    return renewed


def _renew_if_due(account: Account, *, clock: Clock) -> bool:
    due, now = renewal_due(account), clock()
    if due is None or now < due or not target_of(account).credential.refresh_token:
        return False
    if Account.objects.filter(pk=account.pk, renewing_until__gt=now).exists():
        return False  # somebody is at it
    outcome = renewed_target(account=account, clock=clock)
    if isinstance(outcome, Failure) and outcome.kind == FailureClass.AUTH_DEAD:
        mark_needs_reconnect(account=account, generation=account.generation, reason=outcome.message, now=now)
    return not isinstance(outcome, Failure)


def renewal_due(account: Account) -> datetime | None:
    """At 80 % of the key's life and up to 5 % later, each account at a place of its own, so that not all ask at once (channels.md 19.4)."""
    if account.token_expires_at is None or account.token_stored_at is None:
        return account.token_expires_at
    life = account.token_expires_at - account.token_stored_at
    jitter = zlib.crc32(f"{account.pk}:{account.generation}".encode()) % 1000 / 1000
    return account.token_stored_at + life * (RENEW_AT + JITTER * jitter)


def renewed_target(*, account: Account, clock: Clock) -> Target | Failure:
    """The same target with a new token; no transaction may be open. Raises CannotOpen."""
    now = clock()
    until = now + HELD
    mine = Account.objects.filter(pk=account.pk, generation=account.generation).filter(Q(renewing_until=None) | Q(renewing_until__lte=now))
    if not mine.update(renewing_until=until):
        return _of_another(account)
    outcome = connector_of(account).refresh(target=target_of(account))
    if isinstance(outcome, Failure):
        Account.objects.filter(pk=account.pk, generation=account.generation, renewing_until=until).update(renewing_until=None)
        return outcome
    _store(account, outcome, now=clock())
    account.refresh_from_db()
    return target_of(account)


@transaction.atomic
def _store(account: Account, credential: Credential, *, now: datetime) -> None:
    """Keep the new key unless a person stored another meanwhile. A pause or a hold stays as it is; a connection that was called lost meanwhile is not."""
    changed = Account.objects.filter(pk=account.pk, generation=account.generation).update(
        sealed_token=seal_key(credential), token_expires_at=credential.expires_at, token_stored_at=now, generation=F("generation") + 1, renewing_until=None,
        connection_ends_at=credential.ends_at or account.connection_ends_at,
    )  # fmt: skip
    if changed:
        write_log(account=account, kind=LogKind.TOKEN_STORED, now=now)
        found_again(account=account, generation=account.generation + 1, now=now)


def _of_another(account: Account) -> Target | Failure:
    """Somebody else is asking, or has: take what they bring."""
    held = account.generation
    for _look in range(LOOKS):
        account.refresh_from_db()
        if account.generation != held:
            return target_of(account)
        time.sleep(PAUSE)
    return Failure(FailureClass.TRANSIENT_SAFE, "no_connection", sentence("no_connection"))
