"""How each fault of channels.md 17.3 that Zalo knows looks on the wire."""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.zalo import tokens
from distribution.rehearsal.platforms.zalo.errors import NO_PACKAGE, RATE, SAYS, Broken, ZaloError, broken
from distribution.rehearsal.platforms.zalo.tokens import Token

KNOWN = frozenset(
    {
        "lost_answer",
        "late_commit",
        "error_before",
        "error_after",
        "slow_body",
        "rate_limited",
        "rate_limited_silent",
        "error_in_200",
        "token_expires",
        "token_revoked",
        "refresh_lost",
        "stuck_processing",
        "metric_gone",
    }
)
A_MINUTE = 4_000
# What a call can meet: a write that makes a job, another write, a renewal, a reading of numbers.
JOB = KNOWN - {"refresh_lost", "metric_gone"}
WRITE = JOB - {"stuck_processing"}
REFRESH = frozenset({"refresh_lost", "error_before", "rate_limited", "rate_limited_silent", "token_revoked"})
NUMBERS = frozenset({"metric_gone"})


def take(context: Context, call: Call | None, *, name: str, token: Token | None, kind: frozenset[str]) -> faults.Fault | None:
    """The next fault that is set for this call. Raises ZaloError or Broken for one that refuses it before anything is written."""
    fault = take_fault(context, call, platform="zalo", account=token.oa if token else "", name=name, commits=kind in (JOB, WRITE), unfit=KNOWN - kind)
    if fault:
        _before(context, fault, token)
    return fault


def _before(context: Context, fault: faults.Fault, token: Token | None) -> None:
    if fault.name == "error_before":
        raise Broken
    if fault.name == "error_in_200":
        number = -int(fault.options.get("subcode", -NO_PACKAGE))
        raise ZaloError(number, SAYS[number])
    if fault.name == "rate_limited":
        raise ZaloError(RATE, headers={"X-RateLimit-Limit": str(A_MINUTE), "X-RateLimit-Remain": "0"})
    if fault.name == "rate_limited_silent":
        raise ZaloError(RATE)
    if fault.name in ("token_revoked", "token_expires") and token:
        with context.store.write() as db:
            refusal = tokens.expire(db, token) if fault.name == "token_expires" else tokens.revoke(db, token.oa, by="fault")
        raise refusal


def finish(context: Context, request: Request, fault: faults.Fault | None, commit: Callable[[], Response]) -> Response:
    """Do the write as the fault wants it. Raises ConnectionCut."""
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=broken)
