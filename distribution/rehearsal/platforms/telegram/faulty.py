"""How each fault of channels.md 17.3 that Telegram knows looks on the wire."""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.telegram import errors, tokens
from distribution.rehearsal.platforms.telegram.errors import TelegramError

KNOWN = frozenset({"lost_answer", "late_commit", "error_before", "error_after", "slow_body", "rate_limited", "rate_limited_silent", "token_revoked"})


def take(context: Context, call: Call, *, name: str, account: str) -> faults.Fault | None:
    """The next fault that is set for this call; every write is a commit here. Raises TelegramError for one that refuses it before anything is written."""
    fault = take_fault(context, call, platform="telegram", account=account, name=name, commits=True)
    if fault is None:
        return None
    if fault.name == "error_before":
        raise errors.broken()
    if fault.name in ("rate_limited", "rate_limited_silent"):
        seconds = int(float(fault.options.get("minutes", 1)) * 60)
        known = fault.name == "rate_limited"
        raise TelegramError(f"Too Many Requests: retry after {seconds}" if known else "Too Many Requests", 429, {"retry_after": seconds} if known else {})
    if fault.name == "token_revoked":
        with context.store.write() as db:
            refusal = tokens.revoke(db)
        raise refusal
    return fault


def finish(context: Context, request: Request, fault: faults.Fault | None, commit: Callable[[], Response]) -> Response:
    """Do the write as the fault wants it. Raises ConnectionCut."""
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=lambda: errors.broken().response())
