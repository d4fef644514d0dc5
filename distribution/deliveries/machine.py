"""What a failure means for a delivery, its account and its platform (knowledge/channels.md 18). Pure tables, no database."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from distribution.connectors.base import Failure, FailureClass
from distribution.deliveries.enums import BLOCKED, DeliveryState

F, S = FailureClass, DeliveryState

RATE_SECONDS = 3600.0
MOST_LOOK_FAILURES = 8


class During(StrEnum):
    """What we were doing. `APPLY`: an edit or a take-down, which may be repeated without harm."""

    STAGE = "stage"
    COMMIT = "commit"
    APPLY = "apply"
    LOOK = "look"


class Effect(StrEnum):
    """What happens to the account or its platform."""

    NONE = "none"
    GATE_RATE = "gate_rate"
    GATE_QUOTA = "gate_quota"
    RECONNECT = "reconnect"
    HOLD = "hold"
    CLOSE_PLATFORM = "close_platform"


@dataclass(frozen=True)
class Verdict:
    """Where the delivery goes. `counts`: a try is used up. `breaker`: a failure of the platform, not of the post."""

    state: DeliveryState
    counts: bool = False
    breaker: bool = False
    effect: Effect = Effect.NONE


_BEFORE: dict[FailureClass, Verdict] = {
    F.TRANSIENT_SAFE: Verdict(S.RETRY_WAIT, counts=True, breaker=True),
    F.AMBIGUOUS: Verdict(S.RETRY_WAIT, counts=True, breaker=True),
    F.RATE: Verdict(S.BLOCKED_RATE, effect=Effect.GATE_RATE),
    F.QUOTA: Verdict(S.BLOCKED_QUOTA, effect=Effect.GATE_QUOTA),
    F.AUTH_REFRESHABLE: Verdict(S.BLOCKED_AUTH, effect=Effect.RECONNECT),
    F.AUTH_DEAD: Verdict(S.BLOCKED_AUTH, effect=Effect.RECONNECT),
    F.CONTENT: Verdict(S.FAILED),
    F.CONFIG: Verdict(S.FAILED, effect=Effect.CLOSE_PLATFORM),
    F.HOLD: Verdict(S.HELD, effect=Effect.HOLD),
    F.PROCESSING: Verdict(S.RETRY_WAIT, counts=True),
    F.GONE: Verdict(S.FAILED),
    F.BUG: Verdict(S.FAILED),
}
# After the one call: whatever is not a plain refusal may have been carried out. GONE is 100/33 there (postiz issue 1562).
_COMMIT = _BEFORE | {
    F.AMBIGUOUS: Verdict(S.VERIFYING, breaker=True),
    F.GONE: Verdict(S.VERIFYING),
    F.BUG: Verdict(S.VERIFYING),
    F.PROCESSING: Verdict(S.PROCESSING),
}
# A look changes nothing: the delivery stays where it is, only its account may not.
_LOOK = {kind: Verdict(S.VERIFYING, counts=verdict.state not in BLOCKED, effect=verdict.effect) for kind, verdict in _BEFORE.items()}

TABLES: dict[During, dict[FailureClass, Verdict]] = {During.STAGE: _BEFORE, During.APPLY: _BEFORE, During.COMMIT: _COMMIT, During.LOOK: _LOOK}
# Plain refusals of a commit: the platform said no, so nothing is there.
REFUSALS = frozenset(kind for kind, verdict in _COMMIT.items() if verdict.state not in (S.VERIFYING, S.PROCESSING))


def verdict_on(failure: Failure, *, during: During) -> Verdict:
    """The row of the table for a failure."""
    return TABLES[during][failure.kind]


def gate_seconds(failure: Failure) -> float:
    """How long the platform wants quiet: what it said, else an hour."""
    return max(1.0, failure.retry_after if failure.retry_after is not None else RATE_SECONDS)
