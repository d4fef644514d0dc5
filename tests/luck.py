"""Acts by their weight, for state machines. Chosen here, not by hypothesis: it leaves most kinds of acts out of a run, and what must be proved is how they meet."""

from __future__ import annotations

import random
from typing import Any

# How often beside the others, the act, and what it may be told: one of each.
Acts = tuple[tuple[int, str, dict[str, tuple[Any, ...]]], ...]


def choose(acts: Acts, chance: random.Random) -> tuple[str, dict[str, Any]]:
    """An act and what it is told."""
    _weight, name, choices = chance.choices(acts, weights=[weight for weight, _name, _choices in acts])[0]
    return name, {word: chance.choice(values) for word, values in choices.items()}
