"""What an answer of a Mastodon server means. Order: phase, then status, then the words of `error` (channels.md 8, 18). Pure, never raises."""

from __future__ import annotations

from datetime import UTC, datetime

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.mastodon.config import RATE_SECONDS
from distribution.connectors.messages import sentence
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
# Words in `error` (asked for in English) → class and message; the first that fits.
WORDS: dict[int, tuple[tuple[str, FailureClass, str], ...]] = {
    403: (
        ("outside the authorized scopes", F.AUTH_DEAD, "missing_permission"),
        ("suspended", F.HOLD, "blocked"),
        ("disabled", F.HOLD, "blocked"),
        ("pending", F.HOLD, "blocked"),
        ("confirm", F.HOLD, "blocked"),
    ),
    422: (
        ("not finished processing", F.TRANSIENT_SAFE, "media_processing"),
        ("character limit", F.CONTENT, "text_refused_long"),
        ("media", F.CONTENT, "media_rejected"),
        ("file", F.CONTENT, "media_rejected"),
    ),
}
STATUSES: dict[int, tuple[FailureClass, str]] = {
    401: (F.AUTH_DEAD, "token_dead"),
    403: (F.AUTH_DEAD, "missing_permission"),
    413: (F.CONTENT, "picture_too_big"),
    422: (F.CONTENT, "bad_content"),
    429: (F.RATE, "throttled"),
}


def classify(outcome: Answer | NoAnswer, *, phase: Phase) -> Failure:
    """The failure in an outcome that is no success."""
    if isinstance(outcome, NoAnswer):
        ambiguous = phase == Phase.COMMIT and outcome.sent
        code = "lost_answer" if ambiguous else "no_connection"
        return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)
    said = said_by(outcome)
    kind, code = _by_words(outcome.status, said) or STATUSES.get(outcome.status) or _by_status(outcome.status, said=bool(said), phase=phase)
    return Failure(kind, code, sentence(code), platform_message=said[:500], retry_after=wait_of(outcome) if kind == F.RATE else None, raw=outcome.kept)


def said_by(outcome: Answer) -> str:
    """The words of an error body; empty where it has none."""
    body = outcome.json()
    if not isinstance(body, dict) or not isinstance(body.get("error"), str):
        return ""
    more = body.get("error_description")
    return f"{body['error']}: {more}" if isinstance(more, str) and more else str(body["error"])


def _by_words(status: int, said: str) -> tuple[FailureClass, str] | None:
    return next(((kind, code) for words, kind, code in WORDS.get(status, ()) if words in said.lower()), None)


def _by_status(status: int, *, said: bool, phase: Phase) -> tuple[FailureClass, str]:
    writing = phase == Phase.COMMIT
    if status >= 500 or status == 408:
        return (F.AMBIGUOUS, "lost_answer") if writing else (F.TRANSIENT_SAFE, "platform_down")
    if 300 <= status < 400:
        return F.CONFIG, "no_server"
    if status in (404, 410):
        return (F.CONTENT, "bad_content") if writing and said else (F.CONFIG, "no_server") if writing or not said else (F.GONE, "gone")
    if 400 <= status < 500:
        return F.CONTENT, "bad_content"
    return (F.AMBIGUOUS, "lost_answer") if writing else (F.BUG, "unreadable")


def wait_of(outcome: Answer, *, now: datetime | None = None) -> float:
    """Seconds until the limit is reset: X-RateLimit-Reset (a moment), else Retry-After, else five minutes."""
    headers = {name.lower(): value for name, value in outcome.headers.items()}
    after = headers.get("retry-after", "")
    try:
        reset = datetime.fromisoformat(headers.get("x-ratelimit-reset", ""))
        wait = (reset - (now or datetime.now(UTC))).total_seconds()
    except (ValueError, TypeError):
        wait = float(after) if after.isascii() and after.isdigit() and len(after) < 7 else RATE_SECONDS
    return min(max(1.0, wait), 24 * 3600.0)
