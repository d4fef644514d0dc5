"""How each fault of channels.md 17.3 that YouTube knows looks on the wire."""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.youtube import errors, tokens
from distribution.rehearsal.platforms.youtube.errors import GoogleError
from distribution.rehearsal.platforms.youtube.tokens import Token

KNOWN = frozenset(
    {
        "lost_answer",
        "late_commit",
        "error_before",
        "error_after",
        "slow_body",
        "half_chunk",
        "no_range",
        "rate_limited",
        "rate_limited_silent",
        "token_expires",
        "token_revoked",
        "refresh_lost",
        "stuck_processing",
        "metric_gone",
    }
)
# Faults that only one call knows: others leave the switch where it is.
ONLY = {"half_chunk": "chunk", "no_range": "chunk", "stuck_processing": "chunk", "refresh_lost": "refresh", "metric_gone": "statistics"}


def take(context: Context, call: Call | None, *, name: str, token: Token | None, commits: bool) -> faults.Fault | None:
    """The next fault that is set for this call. Raises GoogleError for one that refuses it before anything is written."""
    unfit = KNOWN - set(ONLY) if name == "statistics" else frozenset()
    unfit |= {"stuck_processing"} if not commits else set()
    fault = take_fault(context, call, platform="youtube", account=token.channel if token else "", name=name, commits=commits, only=ONLY, unfit=unfit)
    if fault:
        _before(context, fault, token)
    return fault


def _before(context: Context, fault: faults.Fault, token: Token | None) -> None:
    if fault.name == "error_before":
        raise errors.broken()
    if fault.name == "rate_limited":
        wait = {"Retry-After": str(int(fault.options.get("minutes", 1)) * 60)}
        raise GoogleError("Rate Limit Exceeded", "rateLimitExceeded", 403, domain="usageLimits", headers=wait)
    if fault.name == "rate_limited_silent":
        raise GoogleError("User Rate Limit Exceeded", "userRateLimitExceeded", 403, domain="usageLimits")
    if fault.name in ("token_revoked", "token_expires") and token:
        with context.store.write() as db:
            refusal = tokens.expire(db, token) if fault.name == "token_expires" else tokens.revoke(db, token.channel, by="fault")
        raise refusal


def finish(context: Context, request: Request, fault: faults.Fault | None, commit: Callable[[], Response]) -> Response:
    """Do the write as the fault wants it. Raises ConnectionCut."""
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=lambda: errors.broken().response())


def run(context: Context, request: Request, call: Call, *, name: str, token: Token, commits: bool, commit: Callable[[], Response]) -> Response:
    """A write that is one step. Raises GoogleError or ConnectionCut."""
    return finish(context, request, take(context, call, name=name, token=token, commits=commits), commit)
