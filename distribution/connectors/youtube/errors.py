"""What an answer of Google means. Order: phase, then reason, then status (channels.md 2.4, 18). Pure, never raises."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from distribution.connectors.base import Failure, FailureClass, Phase
from distribution.connectors.messages import sentence
from distribution.connectors.youtube.config import PACIFIC, RATE_SECONDS, UPLOAD_LIMIT_SECONDS
from newsroom.common.http import Answer, NoAnswer

F = FailureClass
REASONS: dict[str, tuple[FailureClass, str]] = {
    "authError": (F.AUTH_REFRESHABLE, "token_dead"),
    "youtubeSignupRequired": (F.AUTH_DEAD, "signup_required"),
    "authenticatedUserAccountClosed": (F.AUTH_DEAD, "signup_required"),
    "authenticatedUserAccountSuspended": (F.AUTH_DEAD, "signup_required"),
    "accountClosed": (F.AUTH_DEAD, "signup_required"),
    "accountSuspended": (F.AUTH_DEAD, "signup_required"),
    "quotaExceeded": (F.QUOTA, "daily_quota"),
    "dailyLimitExceeded": (F.QUOTA, "daily_quota"),
    "uploadLimitExceeded": (F.QUOTA, "upload_limit"),
    "rateLimitExceeded": (F.RATE, "throttled"),
    "userRateLimitExceeded": (F.RATE, "throttled"),
    "insufficientPermissions": (F.AUTH_DEAD, "missing_permission"),
    "forbidden": (F.AUTH_DEAD, "missing_permission"),
    "accountDelegationForbidden": (F.AUTH_DEAD, "missing_permission"),
    "forbiddenPrivacySetting": (F.CONTENT, "bad_content"),
    "forbiddenLicenseSetting": (F.CONTENT, "bad_content"),
    "accessNotConfigured": (F.CONFIG, "config"),
    "keyInvalid": (F.CONFIG, "config"),
    "backendError": (F.TRANSIENT_SAFE, "platform_down"),
    "internalError": (F.TRANSIENT_SAFE, "platform_down"),
    "videoNotFound": (F.GONE, "gone"),
    "notFound": (F.GONE, "gone"),
}
# Answers of the token endpoint, where `error` is a word.
TOKEN_ERRORS: dict[str, tuple[FailureClass, str]] = {
    "invalid_grant": (F.AUTH_DEAD, "token_dead"),
    "invalid_client": (F.CONFIG, "config"),
    "unauthorized_client": (F.CONFIG, "config"),
}


def classify(outcome: Answer | NoAnswer, *, phase: Phase, now: datetime) -> Failure:
    """The failure in an outcome that is no success. `now` tells how long a daily quota stays empty."""
    if isinstance(outcome, NoAnswer):
        ambiguous = phase == Phase.COMMIT and outcome.sent
        code = "lost_answer" if ambiguous else "no_connection"
        return Failure(F.AMBIGUOUS if ambiguous else F.TRANSIENT_SAFE, code, sentence(code), raw=outcome.reason)
    reason, said = reason_of(outcome)
    kind, code = REASONS.get(reason) or TOKEN_ERRORS.get(reason) or _by_status(outcome.status, known=bool(reason))
    if phase == Phase.COMMIT and kind == F.TRANSIENT_SAFE:
        kind, code = F.AMBIGUOUS, "lost_answer"
    if phase == Phase.COMMIT and kind == F.BUG:
        kind, code = F.AMBIGUOUS, "unreadable"
    return Failure(kind, code, sentence(code), platform_message=said[:500], retry_after=_wait(kind, code, outcome, now=now), raw=outcome.kept)


def reason_of(outcome: Answer) -> tuple[str, str]:
    """Reason and message of an error body, in each of the shapes that Google uses; empty where it has none."""
    body = outcome.json()
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, str):
        return error, str(body.get("error_description") or "")
    if not isinstance(error, dict):
        return "", ""
    rows = error.get("errors")
    first: Any = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    reason = str(first.get("reason") or error.get("status") or "?")
    return reason, str(first.get("message") or error.get("message") or "")


def _by_status(status: int, *, known: bool) -> tuple[FailureClass, str]:
    if status == 401:
        return F.AUTH_REFRESHABLE, "token_dead"
    if status == 429:
        return F.RATE, "throttled"
    if status >= 500 or status == 408:
        return F.TRANSIENT_SAFE, "platform_down"
    if status in (404, 410):
        return F.GONE, "gone"
    if status == 403:
        return F.AUTH_DEAD, "missing_permission"
    if 400 <= status < 500 and known:
        return F.CONTENT, "bad_content"
    return F.BUG, "unreadable"


def _wait(kind: FailureClass, code: str, outcome: Answer, *, now: datetime) -> float | None:
    if kind == F.QUOTA:
        return UPLOAD_LIMIT_SECONDS if code == "upload_limit" else seconds_to_reset(now)
    if kind != F.RATE:
        return None
    after = next((value for name, value in outcome.headers.items() if name.lower() == "retry-after"), "")
    return float(after) if after.isascii() and after.isdigit() else RATE_SECONDS


def pacific_day(now: datetime) -> str:
    """The day that a moment's calls are counted on."""
    return now.astimezone(PACIFIC).date().isoformat()


def seconds_to_reset(now: datetime) -> float:
    """Until midnight Pacific time: 14:00 in Vietnam in summer, 15:00 in winter."""
    tomorrow = now.astimezone(PACIFIC).date() + timedelta(days=1)
    return max(1.0, (datetime.combine(tomorrow, time.min, tzinfo=PACIFIC) - now).total_seconds())


def quota_empty(now: datetime) -> Failure:
    """Our own count says that nothing is left: the platform is not asked."""
    return Failure(F.QUOTA, "daily_quota", sentence("daily_quota"), retry_after=seconds_to_reset(now))
