"""Sealing every stored key again with the newest of NEWSROOM_SECRETS_KEYS, so that an older one can be taken out of the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from distribution.channels.enums import LogKind
from distribution.channels.models import Account
from distribution.channels.services import write_log
from newsroom.common.crypto import CannotOpen, newest_opens, reseal


@dataclass
class Resealed:
    """What was done: sealed anew, new already, not to be opened with any key that there is (names of channels)."""

    done: int = 0
    fresh: int = 0
    lost: list[str] = field(default_factory=list)


def reseal_keys(*, now: datetime) -> Resealed:
    """Seal every channel's key with the newest of ours. Safe to repeat and beside running workers: a key that was stored meanwhile is left alone."""
    result = Resealed()
    for account in Account.objects.exclude(sealed_token="").order_by("pk"):
        if newest_opens(account.sealed_token):
            result.fresh += 1
            continue
        try:
            result.done += _reseal(account, now=now)
        except CannotOpen:
            result.lost.append(account.name)
    return result


@transaction.atomic
def _reseal(account: Account, *, now: datetime) -> bool:
    """The same key in a new seal; its generation stays, for it is the same key."""
    changed = Account.objects.filter(pk=account.pk, sealed_token=account.sealed_token).update(sealed_token=reseal(account.sealed_token))
    if changed:
        write_log(account=account, kind=LogKind.RESEALED, now=now)
    return bool(changed)
