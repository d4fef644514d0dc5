"""When a connection ends although nobody ended it, and why: so that a person is told days before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from distribution.channels.models import Account


class Reason(StrEnum):
    """Why a connection ends."""

    KEY = "key"
    CONSENT = "consent"
    RENEWAL = "renewal"


WHY_IT_ENDS = {
    Reason.KEY: _("The key of the channel “%(name)s” ends at %(at)s, and its platform renews none by itself. Connect it again before: %(address)s"),
    Reason.CONSENT: _(
        "The channel “%(name)s” can be read and posted to until %(at)s only: %(platform)s lets an application act for a time after a person agreed, and this time ends, although the key lives on. Agree again before: %(address)s"
    ),
    Reason.RENEWAL: _(
        "The key of the channel “%(name)s” can be renewed until %(at)s only: what %(platform)s gave to renew it with ends then. Connect it again before: %(address)s"
    ),
}


@dataclass(frozen=True)
class End:
    """A moment and its reason."""

    at: datetime
    reason: Reason


def end_of_connection(account: Account, *, renews: bool) -> End | None:
    """What ends first; `renews`: the platform gives new keys for old ones. None: nothing ends by time."""
    ends = []
    if account.token_expires_at is not None and not renews:
        ends.append(End(account.token_expires_at, Reason.KEY))
    if account.connection_ends_at is not None:
        ends.append(End(account.connection_ends_at, Reason.RENEWAL if renews else Reason.CONSENT))
    return min(ends, key=lambda end: end.at, default=None)
