"""What a Graph answer means. Order: phase, then code and subcode, then status (channels.md 1.7, 18). Pure, never raises."""

from __future__ import annotations

import json
from typing import Any

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.facebook_page.config import RATE_SECONDS
from distribution.connectors.messages import sentence
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
RATE_CODES = frozenset({4, 17, 32, 341, 613, *range(80000, 80015)})
AUTH_CODES = frozenset({102, 190})
PERMISSION_CODES = frozenset({10, *range(200, 300)})
# Subcode → (class, message code); subcodes are asked before codes.
SUBCODES: dict[int, tuple[FailureClass, str]] = {
    1363019: (F.TRANSIENT_SAFE, "platform_down"),
    1363030: (F.TRANSIENT_SAFE, "platform_down"),
    1363037: (F.TRANSIENT_SAFE, "platform_down"),
    1363022: (F.CONTENT, "facebook_video_rejected"),
    1363023: (F.CONTENT, "facebook_video_rejected"),
    1363042: (F.AUTH_DEAD, "missing_permission"),
    1366046: (F.CONTENT, "picture_too_big"),
    1366051: (F.AMBIGUOUS, "duplicate"),
    1390008: (F.RATE, "throttled"),
    1346003: (F.CONTENT, "bad_content"),
    1404102: (F.CONTENT, "bad_content"),
    1404078: (F.HOLD, "blocked"),
    1404006: (F.HOLD, "blocked"),
    1404112: (F.HOLD, "blocked"),
    1609008: (F.CONTENT, "bad_content"),
    2061006: (F.CONTENT, "bad_content"),
    2069019: (F.CONTENT, "bad_content"),
    4854002: (F.HOLD, "blocked"),
}


def classify(outcome: Answer | NoAnswer, *, phase: Phase) -> Failure:
    """The failure in an outcome that is no success."""
    if isinstance(outcome, NoAnswer):
        return _no_answer(outcome, phase=phase)
    error = graph_error(outcome)
    if error is None:
        return _without_error(outcome, phase=phase)
    kind, code = _by_code(error, phase=phase)
    return Failure(
        kind, code, sentence(code), platform_message=str(error.get("error_user_msg") or error.get("message") or "")[:500],
        retry_after=_wait(outcome) if kind == F.RATE else None, raw=outcome.kept,
    )  # fmt: skip


def _no_answer(outcome: NoAnswer, *, phase: Phase) -> Failure:
    ambiguous = phase == Phase.COMMIT and outcome.sent
    code = "lost_answer" if ambiguous else "no_connection"
    return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)


def _without_error(outcome: Answer, *, phase: Phase) -> Failure:
    """No error body: a gateway's page, a cut answer."""
    if outcome.status == 429:
        return Failure(F.RATE, "throttled", sentence("throttled"), retry_after=_wait(outcome), raw=outcome.kept)
    if phase == Phase.COMMIT:
        return Failure(F.AMBIGUOUS, "lost_answer", sentence("lost_answer"), raw=outcome.kept)
    if outcome.status >= 500:
        return Failure(F.TRANSIENT_SAFE, "platform_down", sentence("platform_down"), raw=outcome.kept)
    return Failure(F.BUG, "unreadable", sentence("unreadable"), raw=outcome.kept)


def graph_error(outcome: Answer) -> dict[str, Any] | None:
    """The error object of a Graph answer, if it has one."""
    body = outcome.json()
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else None


def number(value: Any) -> int:
    """A code as an integer; 0 where it is none."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return 0


def _by_code(error: dict[str, Any], *, phase: Phase) -> tuple[FailureClass, str]:
    code, subcode = number(error.get("code")), number(error.get("error_subcode"))
    if subcode in SUBCODES:
        kind, message = SUBCODES[subcode]
        if kind == F.TRANSIENT_SAFE and phase == Phase.COMMIT:
            return F.AMBIGUOUS, "lost_answer"
        return (kind, message) if phase == Phase.COMMIT or kind != F.AMBIGUOUS else (F.CONTENT, message)
    if code in RATE_CODES:
        return F.RATE, "throttled"
    if code in AUTH_CODES:
        return F.AUTH_DEAD, "token_dead"
    if code in PERMISSION_CODES:
        return F.AUTH_DEAD, "missing_permission"
    return _by_other_code(code, subcode, error, phase=phase)


def _by_other_code(code: int, subcode: int, error: dict[str, Any], *, phase: Phase) -> tuple[FailureClass, str]:
    writing = phase == Phase.COMMIT
    if code == 506:
        return F.AMBIGUOUS, "duplicate"
    if code in (1, 2, 6000):
        return (F.AMBIGUOUS, "lost_answer") if writing else (F.TRANSIENT_SAFE, "platform_down")
    if code == 368:
        return (F.AMBIGUOUS, "duplicate") if writing and "already" in str(error.get("message", "")).lower() else (F.HOLD, "blocked")
    if code == 100 and subcode == 33:
        return (F.AMBIGUOUS, "lost_answer") if writing else (F.GONE, "gone")
    if code == 3:
        return F.CONFIG, "config"
    if code in (1609005, 1611070):
        return F.TRANSIENT_SAFE, "link_preview"
    if error.get("is_transient") is True:
        return (F.AMBIGUOUS, "lost_answer") if writing else (F.TRANSIENT_SAFE, "platform_down")
    return F.CONTENT, "bad_content"


def _wait(outcome: Answer) -> float:
    """Seconds that the platform asks to wait: Retry-After, else minutes of the business usage header, else an hour."""
    headers = {name.lower(): value for name, value in outcome.headers.items()}
    if (after := headers.get("retry-after", "")).isdigit():
        return float(after)
    minutes = 0.0
    try:
        usage = json.loads(headers.get("x-business-use-case-usage", "{}"))
        for rows in usage.values():
            minutes = max([minutes, *(float(row.get("estimated_time_to_regain_access", 0)) for row in rows)])
    except (ValueError, AttributeError, TypeError):
        minutes = 0.0
    return minutes * 60 or RATE_SECONDS
