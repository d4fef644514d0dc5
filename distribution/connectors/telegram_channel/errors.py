"""What an answer of the Bot API means. Order: phase, then `error_code` and the words of `description` (channels.md 4, 18). Pure, never raises."""

from __future__ import annotations

from typing import Any

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.messages import sentence
from distribution.connectors.telegram_channel.config import RATE_SECONDS
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
# Words in the description of a 400 → class and message; the first that fits.
WORDS: tuple[tuple[str, FailureClass, str], ...] = (
    ("message is not modified", F.CONTENT, "not_modified"),
    ("message to edit not found", F.GONE, "gone"),
    ("message to delete not found", F.GONE, "gone"),
    ("message_id_invalid", F.GONE, "gone"),
    ("message can't be deleted", F.CONTENT, "too_late_to_delete"),
    ("message can't be edited", F.CONTENT, "message_locked"),
    ("there is no text in the message", F.CONTENT, "cannot_reshape"),
    ("there is no caption in the message", F.CONTENT, "cannot_reshape"),
    ("there is no media in the message", F.CONTENT, "cannot_reshape"),
    ("chat not found", F.AUTH_DEAD, "no_such_channel"),
    ("not enough rights", F.AUTH_DEAD, "bot_rights"),
    ("administrator rights", F.AUTH_DEAD, "bot_rights"),
    ("chat_admin_required", F.AUTH_DEAD, "bot_rights"),
    ("chat_write_forbidden", F.AUTH_DEAD, "bot_rights"),
    ("too long", F.CONTENT, "text_refused_long"),
    ("too_long", F.CONTENT, "text_refused_long"),
    ("photo", F.CONTENT, "media_rejected"),
    ("image", F.CONTENT, "media_rejected"),
    ("video", F.CONTENT, "media_rejected"),
    ("file", F.CONTENT, "media_rejected"),
)
CODES: dict[int, tuple[FailureClass, str]] = {
    400: (F.CONTENT, "bad_content"),
    401: (F.AUTH_DEAD, "token_dead"),
    403: (F.AUTH_DEAD, "bot_rights"),
    404: (F.AUTH_DEAD, "token_dead"),  # the path with the token is not known
    409: (F.CONFIG, "config"),
    413: (F.CONTENT, "media_rejected"),
    429: (F.RATE, "throttled"),
}


def classify(outcome: Answer | NoAnswer, *, phase: Phase) -> Failure:
    """The failure in an outcome that is no success."""
    if isinstance(outcome, NoAnswer):
        ambiguous = phase == Phase.COMMIT and outcome.sent
        code = "lost_answer" if ambiguous else "no_connection"
        return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)
    number, said, parameters = error_of(outcome)
    kind, code = _meaning(number, said, parameters) if number else _without_error(outcome.status, phase=phase)
    if number >= 500:
        kind, code = _without_error(number, phase=phase)
    return Failure(kind, code, sentence(code), platform_message=said[:500], retry_after=_wait(parameters) if kind == F.RATE else None, raw=outcome.kept)


def error_of(outcome: Answer) -> tuple[int, str, dict[str, Any]]:
    """Code, words and parameters of a refusal; 0 where the body is none of Telegram's."""
    body = outcome.json()
    if not isinstance(body, dict) or body.get("ok") is not False:
        return 0, "", {}
    number, parameters = body.get("error_code"), body.get("parameters")
    known = number if isinstance(number, int) and not isinstance(number, bool) and 400 <= number < 600 else outcome.status
    return known, str(body.get("description") or ""), parameters if isinstance(parameters, dict) else {}


def _meaning(number: int, said: str, parameters: dict[str, Any]) -> tuple[FailureClass, str]:
    if parameters.get("migrate_to_chat_id"):
        return F.AUTH_DEAD, "channel_moved"
    if number == 400:
        return next(((kind, code) for words, kind, code in WORDS if words in said.lower()), CODES[400])
    return CODES.get(number, (F.CONTENT, "bad_content"))


def _without_error(status: int, *, phase: Phase) -> tuple[FailureClass, str]:
    """A gateway's page, a 5xx: whether a message was sent is open."""
    if phase == Phase.COMMIT:
        return F.AMBIGUOUS, "lost_answer"
    if status >= 500:
        return F.TRANSIENT_SAFE, "platform_down"
    return (F.RATE, "throttled") if status == 429 else (F.BUG, "unreadable")


def _wait(parameters: dict[str, Any]) -> float:
    """Exactly what Telegram says, and a second more."""
    seconds = parameters.get("retry_after")
    return float(seconds) + 1.0 if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds < 10**7 else RATE_SECONDS
