"""How each fault of channels.md 17.3 that a partner's address knows looks on the wire. `token_expires`: its secret was changed; `token_revoked`: it was switched off."""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.webhook import errors, secrets
from distribution.rehearsal.platforms.webhook.errors import WebhookError

KNOWN = frozenset({"lost_answer", "late_commit", "error_before", "error_after", "slow_body", "rate_limited", "rate_limited_silent", "token_expires", "token_revoked"})
DEAD = {"token_expires": secrets.CHANGED, "token_revoked": secrets.SWITCHED_OFF}


def take(context: Context, call: Call, *, name: str, account: str) -> faults.Fault | None:
    """The next fault that is set for this message. Raises WebhookError for one that refuses it before it is taken."""
    fault = take_fault(context, call, platform=secrets.PLATFORM, account=account, name=name, commits=name != "ping")
    if fault is None:
        return None
    if fault.name == "error_before":
        raise errors.broken()
    if fault.name == "rate_limited":
        raise WebhookError("slow down", 429, {"Retry-After": str(int(fault.options.get("minutes", 1)) * 60)})
    if fault.name == "rate_limited_silent":
        raise WebhookError("overloaded", 503)
    if fault.name in DEAD:
        with context.store.write() as db:
            refusal = secrets.kill(db, account, subcode=DEAD[fault.name])
        raise refusal
    return fault


def finish(context: Context, request: Request, fault: faults.Fault | None, commit: Callable[[], Response]) -> Response:
    """Take the message as the fault wants it. Raises ConnectionCut."""
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=lambda: errors.broken().response())
