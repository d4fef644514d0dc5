"""How each fault of channels.md 17.3 that Facebook knows looks on the wire."""

from collections.abc import Callable

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.platforms.base import Context, take_fault, through_commit_fault
from distribution.rehearsal.platforms.facebook import errors, tokens, usage
from distribution.rehearsal.platforms.facebook.errors import GraphError

KNOWN = frozenset(
    {
        "lost_answer",
        "late_commit",
        "error_before",
        "error_after",
        "slow_body",
        "rate_limited",
        "rate_limited_silent",
        "token_expires",
        "token_revoked",
        "duplicate_refused",
        "metric_gone",
        "stuck_processing",
    }
)


def run(context: Context, request: Request, call: Call, *, name: str, page: str, commits: bool, commit: Callable[[], Response]) -> Response:
    """Do a write under the next fault that is set for it, if any. Raises GraphError or ConnectionCut."""
    fault = take_fault(context, call, platform="facebook", account=page, name=name, commits=commits)
    if fault:
        _before(context, fault, page)
    return through_commit_fault(request, context.settings, fault, commit=commit, broken=lambda: errors.broken().response())


def _before(context: Context, fault: faults.Fault, page: str) -> None:
    """The faults that refuse the call before anything is written."""
    if fault.name == "error_before":
        raise errors.broken()
    if fault.name == "duplicate_refused":
        raise errors.duplicate()
    if fault.name == "rate_limited":
        minutes = int(fault.options.get("minutes", 1))
        raise GraphError(
            "(#80001) There have been too many calls to this Page account. Wait a bit and try again.",
            code=80001,
            subcode=2446079,
            headers={"X-Business-Use-Case-Usage": usage.page_header(page, 100, minutes=minutes)},
        )
    if fault.name == "rate_limited_silent":
        raise GraphError("(#4) Application request limit reached", code=4, is_transient=True)
    if fault.name in ("token_revoked", "token_expires"):
        default = 458 if fault.name == "token_revoked" else 463
        subcode = int(fault.options.get("subcode", default))
        with context.store.write() as db:
            tokens.kill_pages(db, page=page, subcode=subcode, by="fault")
        raise errors.dead_token(subcode, app=context.settings.app_id)
