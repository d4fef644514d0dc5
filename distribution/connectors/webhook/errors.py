"""What a partner's answer means. Order: phase, then status (Standard Webhooks, channels.md 18). Pure, never raises.

No answer ever closes the platform: every partner is a machine of its own.
"""

from __future__ import annotations

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.messages import sentence
from distribution.connectors.webhook.config import RATE_SECONDS
from newsroom.common.http import Answer, NoAnswer, scrub

F = FailureClass
STATUSES: dict[int, tuple[FailureClass, str]] = {
    401: (F.AUTH_DEAD, "webhook_signature"),
    403: (F.AUTH_DEAD, "webhook_signature"),
    404: (F.AUTH_DEAD, "webhook_gone"),
    405: (F.AUTH_DEAD, "webhook_gone"),
    410: (F.AUTH_DEAD, "webhook_gone"),
    413: (F.CONTENT, "webhook_refused"),
    429: (F.RATE, "throttled"),
    503: (F.RATE, "throttled"),
}


def classify(outcome: Answer | NoAnswer, *, phase: Phase) -> Failure:
    """The failure in an outcome that is no success."""
    if isinstance(outcome, NoAnswer):
        ambiguous = phase == Phase.COMMIT and outcome.sent
        code = "lost_answer" if ambiguous else "no_connection"
        return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)
    kind, code = STATUSES.get(outcome.status) or _by_status(outcome.status, phase=phase)
    said = scrub(outcome.body[:500].decode(errors="replace")).strip()
    return Failure(kind, code, sentence(code), f"HTTP {outcome.status} {said}".strip()[:500], wait_of(outcome) if kind == F.RATE else None, outcome.kept)


def _by_status(status: int, *, phase: Phase) -> tuple[FailureClass, str]:
    if 300 <= status < 400:
        return F.AUTH_DEAD, "webhook_gone"  # moved: a signed story is not sent after it
    if 400 <= status < 500 and status != 408:
        return F.CONTENT, "webhook_refused"
    return (F.AMBIGUOUS, "lost_answer") if phase == Phase.COMMIT else (F.TRANSIENT_SAFE, "platform_down")


def wait_of(outcome: Answer) -> float:
    """Seconds by Retry-After, else a minute."""
    after = next((value for name, value in outcome.headers.items() if name.lower() == "retry-after"), "")
    seconds = float(after) if after.isascii() and after.isdigit() and len(after) < 7 else RATE_SECONDS
    return min(max(1.0, seconds), 24 * 3600.0)
