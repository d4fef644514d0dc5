"""States of a story on the desk and the steps between them (docs/glossary.md has the labels)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StoryState(models.TextChoices):
    """Where a story's words stand. Whether readers see a version is the page's `live`, not this."""

    DRAFT = "draft", pgettext_lazy("story state", "Draft")
    SUBMITTED = "submitted", _("Waiting for the desk")
    EDITING = "editing", _("Being edited")
    RETURNED = "returned", _("Returned")
    AWAITING_SIGNOFF = "awaiting_signoff", _("Waiting for sign-off")
    APPROVED = "approved", pgettext_lazy("story state", "Approved")
    SCHEDULED = "scheduled", pgettext_lazy("story state", "Scheduled")
    PUBLISHED = "published", pgettext_lazy("story state", "Published")
    HELD = "held", _("On hold")
    SPIKED = "spiked", _("Spiked")
    WITHDRAWN = "withdrawn", pgettext_lazy("story state", "Withdrawn")


class StepKind(models.TextChoices):
    """What a person did to a story."""

    SUBMIT = "submit", _("Send to the desk")
    CLAIM = "claim", _("I take it")
    RETURN = "return", _("Return to the writer")
    ESCALATE = "escalate", _("Send for sign-off")
    CONFIRM = "confirm", _("Confirm as second reader")
    AMEND = "amend", _("Change while signing")
    APPROVE = "approve", _("Approve")
    REVOKE = "revoke", _("Take back the approval")
    SCHEDULE = "schedule", _("Schedule")
    UNSCHEDULE = "unschedule", _("Cancel the schedule")
    PUBLISH = "publish", _("Publish")
    WITHDRAW = "withdraw", _("Withdraw")
    HOLD = "hold", _("Hold")
    SPIKE = "spike", _("Spike")
    RESTORE = "restore", _("Restore")
    FIX = "fix", _("Mend an error")
    CLARIFY = "clarify", _("Clarify")
    CORRECT = "correct", _("Correct and apologise")
    DROP_NOTICE = "drop_notice", _("Drop the notice")
    KILL = "kill", _("Kill")
    EXPLAIN = "explain", _("Tell readers why")


S, K = StoryState, StepKind
BEFORE_SIGNOFF = frozenset({S.SUBMITTED, S.EDITING, S.AWAITING_SIGNOFF})
LOCKED = frozenset({S.APPROVED, S.SCHEDULED})

# From where a step may be taken, and where it leads. None: the state stays.
TRANSITIONS: dict[StepKind, tuple[frozenset[StoryState], StoryState | None]] = {
    K.SUBMIT: (frozenset({S.DRAFT, S.RETURNED, S.PUBLISHED, S.WITHDRAWN}), S.SUBMITTED),
    K.CLAIM: (frozenset({S.SUBMITTED}), S.EDITING),
    K.RETURN: (BEFORE_SIGNOFF, S.RETURNED),
    K.ESCALATE: (frozenset({S.DRAFT, S.RETURNED, S.SUBMITTED, S.EDITING, S.PUBLISHED}), S.AWAITING_SIGNOFF),
    K.CONFIRM: (frozenset({S.AWAITING_SIGNOFF}), None),
    K.AMEND: (frozenset({S.AWAITING_SIGNOFF}), None),
    K.APPROVE: (frozenset({S.AWAITING_SIGNOFF}), S.APPROVED),
    K.REVOKE: (LOCKED, S.AWAITING_SIGNOFF),
    K.SCHEDULE: (LOCKED, S.SCHEDULED),
    K.UNSCHEDULE: (frozenset({S.SCHEDULED}), S.APPROVED),
    K.PUBLISH: (LOCKED, S.PUBLISHED),
    K.WITHDRAW: (frozenset(S), S.WITHDRAWN),
    K.HOLD: (BEFORE_SIGNOFF | {S.DRAFT, S.RETURNED}, S.HELD),
    K.SPIKE: (BEFORE_SIGNOFF | {S.DRAFT, S.RETURNED, S.HELD}, S.SPIKED),
    K.FIX: (frozenset(S) - LOCKED, None),
    K.CLARIFY: (frozenset(S) - LOCKED, None),
    K.CORRECT: (frozenset(S) - LOCKED, None),
    K.DROP_NOTICE: (frozenset(S) - LOCKED, None),
    K.KILL: (frozenset(S), S.WITHDRAWN),
    K.EXPLAIN: (frozenset(S), None),
    K.RESTORE: (frozenset({S.HELD, S.SPIKED, S.WITHDRAWN}), S.EDITING),
}
