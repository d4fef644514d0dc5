"""What an answer of Zalo means. Order: phase, then `error` (HTTP status is 200 for most), then status (channels.md 3.3, 18). Pure, never raises."""

from __future__ import annotations

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.messages import sentence
from distribution.connectors.zalo_oa.config import RATE_SECONDS
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
CODES: dict[int, tuple[FailureClass, str]] = {
    -32: (F.RATE, "throttled"),
    -201: (F.CONTENT, "bad_content"),
    -210: (F.CONTENT, "bad_content"),
    -233: (F.CONTENT, "bad_content"),
    -202: (F.CONFIG, "config"),
    -215: (F.CONFIG, "config"),
    -207: (F.CONFIG, "config"),
    -208: (F.CONFIG, "config"),
    -209: (F.CONFIG, "config"),
    -212: (F.CONFIG, "config"),
    -242: (F.CONFIG, "config"),
    -14002: (F.CONFIG, "config"),
    -14003: (F.CONFIG, "config"),
    -204: (F.AUTH_DEAD, "oa_gone"),
    -205: (F.AUTH_DEAD, "oa_gone"),
    -211: (F.QUOTA, "oa_quota"),
    -218: (F.QUOTA, "oa_quota"),
    -214: (F.PROCESSING, "article_busy"),
    -216: (F.AUTH_REFRESHABLE, "token_dead"),
    -220: (F.AUTH_REFRESHABLE, "token_dead"),
    -221: (F.HOLD, "oa_package"),
    -224: (F.HOLD, "oa_package"),
    -320: (F.HOLD, "oa_package"),
    -321: (F.HOLD, "oa_package"),
    -223: (F.HOLD, "oa_not_authorised"),
}
UNKNOWN = (F.CONTENT, "refused_there")  # a number that no table has: Zalo said no, in its words


def classify(outcome: Answer | NoAnswer, *, phase: Phase) -> Failure:
    """The failure in an outcome that is no success."""
    if isinstance(outcome, NoAnswer):
        ambiguous = phase == Phase.COMMIT and outcome.sent
        code = "lost_answer" if ambiguous else "no_connection"
        return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)
    number, said = code_of(outcome)
    kind, code = _by_status(outcome.status) if number == 0 else CODES.get(number, UNKNOWN)
    if phase == Phase.COMMIT and (kind in (F.TRANSIENT_SAFE, F.BUG) or code == UNKNOWN[1]):
        kind, code = F.AMBIGUOUS, "lost_answer" if kind == F.TRANSIENT_SAFE else code
    return Failure(kind, code, sentence(code), platform_message=said[:500], retry_after=RATE_SECONDS if kind == F.RATE else None, raw=outcome.kept)


def code_of(outcome: Answer) -> tuple[int, str]:
    """Number and words of an error body, of the API (`error`, `message`) or of the log-in (`error_name`, `error_reason`); 0 where it has none."""
    body = outcome.json()
    if not isinstance(body, dict):
        return 0, ""
    number = number_of(body.get("error"))
    words = [str(body[name]) for name in ("message", "error_name", "error_reason", "error_description") if isinstance(body.get(name), str) and body[name]]
    return number, f"{number}: {'; '.join(words)}" if number else ""


def number_of(value: object) -> int:
    """An error number, which comes as a number or as a text; 0 for success, and for what is no number."""
    if isinstance(value, int):  # True would be a number, and an error
        return int(value)
    text = str(value) if isinstance(value, str) else ""
    return int(text) if len(text) < 12 and text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else 0


def _by_status(status: int) -> tuple[FailureClass, str]:
    if status == 429:
        return F.RATE, "throttled"
    if status in (401, 403):
        return F.AUTH_REFRESHABLE, "token_dead"
    if status >= 500 or status == 408:
        return F.TRANSIENT_SAFE, "platform_down"
    return F.BUG, "unreadable"
