"""How each fault of channels.md 17.3 that Mastodon knows looks on the wire."""

from collections.abc import Callable
from datetime import timedelta

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import clock, faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.mastodon import errors, tokens
from distribution.rehearsal.platforms.mastodon.errors import MastodonError

KNOWN = frozenset(
    {"lost_answer", "late_commit", "error_before", "error_after", "slow_body", "rate_limited", "rate_limited_silent", "token_revoked", "stuck_processing", "metric_gone"}
)
# Faults that only one call knows: others leave the switch where it is.
ONLY = {"stuck_processing": "media", "metric_gone": "read"}


def take(context: Context, call: Call | None, *, name: str, account: str, commits: bool) -> faults.Fault | None:
    """The next fault that is set for this call. Raises MastodonError for one that refuses it before anything is written."""
    unfit = KNOWN - set(ONLY) if name == "read" else frozenset()
    fault = take_fault(context, call, platform="mastodon", account=account, name=name, commits=commits, only=ONLY, unfit=unfit)
    if fault is None:
        return None
    if fault.name == "error_before":
        raise errors.broken()
    if fault.name in ("rate_limited", "rate_limited_silent"):
        reset = clock.now() + timedelta(minutes=float(fault.options.get("minutes", 1)))
        raise MastodonError("Too many requests", 429, {**limits(0, clock.stamp(reset))} if fault.name == "rate_limited" else {})
    if fault.name == "token_revoked":
        with context.store.write() as db:
            refusal = tokens.revoke(db, account)
        raise refusal
    return fault


def limits(remaining: int, reset: str) -> dict[str, str]:
    """The headers that every answer carries."""
    return {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": str(remaining), "X-RateLimit-Reset": reset}


def finish(context: Context, request: Request, fault: faults.Fault | None, commit: Callable[[], Response]) -> Response:
    """Do the write as the fault wants it. Raises ConnectionCut."""
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=lambda: errors.broken().response())
