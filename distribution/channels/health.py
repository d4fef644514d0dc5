"""Looking after accounts: does the key still work, is the account still ours."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from distribution.channels.ends import end_of_connection
from distribution.channels.enums import AccountState, LogKind
from distribution.channels.models import Account
from distribution.channels.renewals import Clock, fresh_target, renewed_target
from distribution.channels.selectors import connector_of
from distribution.channels.services import apply_health_failure, keep_settings, mark_needs_reconnect, no_end_soon, warn_of_end, write_log
from distribution.connectors.base import Failure, FailureClass, Health, Target
from newsroom.common.crypto import CannotOpen

log = logging.getLogger(__name__)
DEAD_KEY = gettext_noop("The stored key cannot be opened. Connect the channel again.")


def check_health(*, account: Account, clock: Clock) -> Health | Failure | None:
    """Ask the platform about one account, outside any transaction; None where there is no key to ask with."""
    if not account.sealed_token:
        return None
    try:
        target = fresh_target(account=account, clock=clock)
    except CannotOpen:
        mark_needs_reconnect(account=account, generation=account.generation, reason=DEAD_KEY, now=clock())
        return None
    outcome = target if isinstance(target, Failure) else connector_of(account).health(target=target)
    if isinstance(outcome, Failure) and outcome.kind == FailureClass.AUTH_REFRESHABLE and not isinstance(target, Failure) and target.credential.refresh_token:
        fresh = renewed_target(account=account, clock=clock)
        outcome = fresh if isinstance(fresh, Failure) else connector_of(account).health(target=fresh)
    now = clock()
    if isinstance(outcome, Failure):
        apply_health_failure(account=account, generation=account.generation, failure=outcome, now=now)
        return outcome
    warnings = [str(_(warning))[:300] for warning in outcome.warnings][:20]
    rows = Account.objects.filter(pk=account.pk, generation=account.generation)
    renews = target_renews(target)
    kept = (account.token_expires_at, account.connection_ends_at) if renews else (None, None)  # of a key that is not renewed the platform tells all there is
    rows.update(checked_at=now, token_expires_at=outcome.expires_at or kept[0], connection_ends_at=outcome.ends_at or kept[1], warnings=warnings)
    keep_settings(account=account, settings=outcome.settings)
    account.refresh_from_db()
    _warn_of_end(account, renews=renews, now=now)
    write_log(account=account, kind=LogKind.CHECKED, now=now, detail=outcome.name)
    return outcome


def target_renews(target: Target | Failure) -> bool:
    """Whether the platform gives new keys for old ones without a person."""
    return not isinstance(target, Failure) and bool(target.credential.refresh_token)


def _warn_of_end(account: Account, *, renews: bool, now: datetime) -> None:
    end, soon = end_of_connection(account, renews=renews), timedelta(days=settings.CHANNEL_KEY_WARNING_DAYS)
    if end is not None and end.at - now <= soon:
        warn_of_end(account=account, end=end, now=now)
    else:
        no_end_soon(account=account, now=now)


def check_channels(*, clock: Clock) -> int:
    """Check every account that is in use; one that cannot be checked does not stop the rest. Returns how many were asked."""
    asked = 0
    for account in Account.objects.exclude(state=AccountState.NEEDS_RECONNECT).order_by("checked_at", "pk"):
        try:
            asked += check_health(account=account, clock=clock) is not None
        except Exception:
            log.exception("channel.check.failed account=%s", account.key)
    return asked
