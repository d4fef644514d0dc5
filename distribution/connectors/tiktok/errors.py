"""What an answer of TikTok means. Order: phase, then `error.code` (also under HTTP 200), then status (channels.md 3b.6, 18). Pure, never raises."""

from __future__ import annotations

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.messages import sentence
from distribution.connectors.tiktok.config import CAP_SECONDS, RATE_SECONDS
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
CODES: dict[str, tuple[FailureClass, str]] = {
    "access_token_invalid": (F.AUTH_REFRESHABLE, "token_dead"),
    "scope_not_authorized": (F.AUTH_DEAD, "missing_permission"),
    "scope_permission_missed": (F.AUTH_DEAD, "missing_permission"),
    "invalid_param": (F.CONTENT, "bad_content"),
    "invalid_params": (F.CONTENT, "bad_content"),
    "app_version_check_failed": (F.CONTENT, "old_phone_app"),
    "privacy_level_option_mismatch": (F.CONTENT, "privacy_not_offered"),
    "spam_risk_too_many_posts": (F.QUOTA, "post_limit"),
    "spam_risk_too_many_pending_share": (F.QUOTA, "draft_limit"),
    "reached_active_user_cap": (F.QUOTA, "app_user_cap"),
    "spam_risk_user_banned_from_posting": (F.HOLD, "blocked"),
    "spam_risk": (F.HOLD, "blocked"),
    "unaudited_client_can_only_post_to_private_accounts": (F.CONFIG, "not_audited"),
    "url_ownership_unverified": (F.CONFIG, "config"),
    "invalid_publish_id": (F.BUG, "unknown_publish_id"),
    "token_not_authorized_for_specified_publish_id": (F.BUG, "unknown_publish_id"),
    "rate_limit_exceeded": (F.RATE, "throttled"),
    "internal_error": (F.TRANSIENT_SAFE, "platform_down"),
    # The token endpoint, where `error` is a word.
    "invalid_grant": (F.AUTH_DEAD, "token_dead"),
    "access_denied": (F.AUTH_DEAD, "token_dead"),
    "invalid_client": (F.CONFIG, "config"),
    "unauthorized_client": (F.CONFIG, "config"),
    "invalid_scope": (F.CONFIG, "config"),
    "invalid_request": (F.CONFIG, "config"),
}
# `fail_reason` of a post that came to nothing. RETRYABLE ones may be sent anew: TikTok says so itself.
RETRYABLE = frozenset({"internal", "video_pull_failed", "photo_pull_failed"})
REASONS: dict[str, str] = {
    "file_format_check_failed": "video_rejected_format",
    "duration_check_failed": "video_rejected_duration",
    "frame_rate_check_failed": "video_rejected_frame_rate",
    "picture_size_check_failed": "pictures_rejected_size",
    "spam_risk_text": "text_rejected",
    "auth_removed": "token_dead",
    "publish_cancelled": "post_cancelled",
    "spam_risk": "blocked",
}


def classify(outcome: Answer | NoAnswer, *, phase: Phase) -> Failure:
    """The failure in an outcome that is no success."""
    if isinstance(outcome, NoAnswer):
        ambiguous = phase == Phase.COMMIT and outcome.sent
        code = "lost_answer" if ambiguous else "no_connection"
        return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)
    said_code, said = code_of(outcome)
    kind, code = CODES.get(said_code) or _by_status(outcome.status, known=bool(said_code))
    if phase == Phase.COMMIT and kind in (F.TRANSIENT_SAFE, F.BUG):
        code = "lost_answer" if kind == F.TRANSIENT_SAFE else "unreadable"
        kind = F.AMBIGUOUS
    return Failure(kind, code, sentence(code), platform_message=said[:500], retry_after=_wait(kind, outcome), raw=outcome.kept)


def code_of(outcome: Answer) -> tuple[str, str]:
    """Code and words of an error body, with the number that TikTok's support asks for; empty where it has none. "ok" is no error."""
    body = outcome.json()
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return error, _words(error, body.get("error_description"), body.get("log_id"))
    if not isinstance(error, dict) or error.get("code") in (None, "ok"):
        return "", ""
    code = str(error["code"])
    return code, _words(code, error.get("message"), error.get("log_id"))


def _words(code: str, message: object, log_id: object) -> str:
    said = f"{code}: {message}" if message else code
    return f"{said} (log_id {log_id})" if log_id else said


def failed(reason: str) -> Failure:
    """What a post that TikTok gave up is told as: nothing is there, a person decides."""
    code = REASONS.get(reason, "post_failed")
    return Failure(F.CONTENT, code, sentence(code), platform_message=f"fail_reason: {reason}"[:500])


def _by_status(status: int, *, known: bool) -> tuple[FailureClass, str]:
    if status == 401:
        return F.AUTH_REFRESHABLE, "token_dead"
    if status == 429:
        return F.RATE, "throttled"
    if status >= 500 or status == 408:
        return F.TRANSIENT_SAFE, "platform_down"
    if status == 403 and known:
        return F.AUTH_DEAD, "missing_permission"
    if 400 <= status < 500 and known:
        return F.CONTENT, "bad_content"
    return F.BUG, "unreadable"


def _wait(kind: FailureClass, outcome: Answer) -> float | None:
    if kind == F.QUOTA:
        return CAP_SECONDS
    if kind != F.RATE:
        return None
    after = next((value for name, value in outcome.headers.items() if name.lower() == "retry-after"), "")
    return float(after) if after.isascii() and after.isdigit() and len(after) < 7 else RATE_SECONDS
