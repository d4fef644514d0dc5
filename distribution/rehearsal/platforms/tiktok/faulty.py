"""How each fault of channels.md 17.3 that TikTok knows looks on the wire."""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.tiktok import errors, tokens
from distribution.rehearsal.platforms.tiktok.errors import TiktokError
from distribution.rehearsal.platforms.tiktok.tokens import Token

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
        "error_in_200",
        "token_expires",
        "token_revoked",
        "refresh_lost",
        "stuck_processing",
        "metric_gone",
        "container_expired",
    }
)
# Faults that only one call knows: others leave the switch where it is.
ONLY = {
    "half_chunk": "chunk", "no_range": "chunk", "stuck_processing": "chunk", "container_expired": "chunk", "refresh_lost": "refresh", "metric_gone": "query",
    "error_in_200": "creator",
}  # fmt: skip


def take(context: Context, call: Call | None, *, name: str, token: Token | None, commits: bool) -> faults.Fault | None:
    """The next fault that is set for this call. Raises TiktokError for one that refuses it before anything is written."""
    unfit = KNOWN - set(ONLY) if name == "query" else frozenset()
    unfit |= {"token_expires", "token_revoked"} if name == "chunk" else set()  # its address carries a key of its own
    unfit |= {"stuck_processing"} if not commits else set()
    fault = take_fault(context, call, platform="tiktok", account=token.account if token else "", name=name, commits=commits, only=ONLY, unfit=unfit)
    if fault:
        _before(context, fault, token)
    return fault


def _before(context: Context, fault: faults.Fault, token: Token | None) -> None:
    if fault.name == "error_before":
        raise errors.broken()
    if fault.name == "error_in_200":
        raise TiktokError("spam_risk_too_many_posts", "The daily post cap from the API is reached for the current user.", 200)
    if fault.name in ("rate_limited", "rate_limited_silent"):
        wait = {"Retry-After": str(int(fault.options.get("minutes", 1)) * 60)} if fault.name == "rate_limited" else {}
        raise TiktokError("rate_limit_exceeded", "The API rate limit was exceeded.", 429, headers=wait)
    if fault.name in ("token_revoked", "token_expires") and token:
        with context.store.write() as db:
            refusal = tokens.expire(db, token) if fault.name == "token_expires" else tokens.revoke(db, token.account, by="fault")
        raise refusal


def finish(context: Context, request: Request, fault: faults.Fault | None, commit: Callable[[], Response]) -> Response:
    """Do the write as the fault wants it. Raises ConnectionCut."""
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=lambda: errors.broken().response())
