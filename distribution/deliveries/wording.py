"""Steps, outcomes and reasons of deliveries in the words of the newsroom. Codes are for those who may see raw diagnostics."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from distribution.connectors.base import FailureClass, Phase
from distribution.connectors.messages import MESSAGES, WITHOUT_NUMBERS
from distribution.deliveries.enums import Operation
from distribution.deliveries.followers import WORDS
from distribution.deliveries.models import Attempt, Delivery

F = FailureClass
PLACES = re.compile(r"%\(\w+\)[a-z]")
# What a call was for: the phases of the contract, the questions of a walk, what may be repeated, the look of the night.
STEPS: dict[str, str | Promise] = {
    Phase.STAGE: pgettext_lazy("attempt", "Preparing"), Phase.COMMIT: pgettext_lazy("attempt", "Sending"), Phase.READ: pgettext_lazy("attempt", "Asking"),
    "lookup": pgettext_lazy("attempt", "Looking for the post"), "check": pgettext_lazy("attempt", "Asking how it stands"), "night": pgettext_lazy("attempt", "Look of the night"),
    Operation.UPDATE: Operation.UPDATE.label, Operation.DELETE: Operation.DELETE.label, Operation.REFRESH: Operation.REFRESH.label,
}  # fmt: skip
# What came of it: the connector's answers, by the names of their classes, and the classes of failures.
OUTCOMES: dict[str, str | Promise] = {
    "staged": pgettext_lazy("attempt", "All is prepared"), "wait": pgettext_lazy("attempt", "Goes on in a while"), "published": pgettext_lazy("attempt", "It is there"),
    "handed": pgettext_lazy("attempt", "A draft for a person to finish"), "done": pgettext_lazy("attempt", "Carried out"), "look": pgettext_lazy("attempt", "The platform answered"),
    F.TRANSIENT_SAFE: pgettext_lazy("attempt", "Not sent, is tried again"), F.AMBIGUOUS: pgettext_lazy("attempt", "Answer lost"), F.RATE: pgettext_lazy("attempt", "Too fast for the platform"),
    F.QUOTA: pgettext_lazy("attempt", "Quota used up"), F.AUTH_REFRESHABLE: pgettext_lazy("attempt", "Key run out"), F.AUTH_DEAD: pgettext_lazy("attempt", "Connection not valid"),
    F.CONTENT: pgettext_lazy("attempt", "Content refused"), F.CONFIG: pgettext_lazy("attempt", "Set up wrongly"), F.HOLD: pgettext_lazy("attempt", "Account blocked"),
    F.PROCESSING: pgettext_lazy("attempt", "The platform is working on it"), F.GONE: pgettext_lazy("attempt", "Not there any more"), F.BUG: pgettext_lazy("attempt", "Fault in our program"),
}  # fmt: skip


@dataclass(frozen=True)
class CallInWords:
    """One call to a platform: what for, what came of it, and why, in a sentence."""

    attempt: Attempt
    step: str
    outcome: str
    reason: str


def call_in_words(attempt: Attempt) -> CallInWords:
    """A call as people read it."""
    other = pgettext("attempt", "Something else")
    return CallInWords(attempt, str(STEPS.get(attempt.phase, other)), str(OUTCOMES.get(attempt.outcome, other)), cause_in_words(attempt.code))


def cause_in_words(code: str, stored: str = "") -> str:
    """A reason in words that are true of everything that has it. `stored`: its source sentence, for a code that is not known any more."""
    source = WITHOUT_NUMBERS.get(code) or MESSAGES.get(code) or WORDS.get(code) or stored
    return PLACES.sub("…", _(source)) if source else ""


def reason_in_words(delivery: Delivery) -> str:
    """Why one delivery is where it is, with its numbers; empty where nothing is written down."""
    words = _(delivery.failure_message) if delivery.failure_message else ""
    if delivery.failure_values:
        return words % delivery.failure_values
    return cause_in_words(delivery.failure_code, delivery.failure_message) if PLACES.search(words) else words
