"""The proof: a whole newsroom at its worst, many times over, on a scripted platform. Nothing doubled, nothing lost, everybody told.

The same machine as in the suite (`tests/distribution/deliveries/whole.py`), longer and with new luck each time; `SEED` repeats one.
"""

from __future__ import annotations

import os
import random
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.machine import prepare, report, row, scale


def main(database: str) -> None:
    """Prove on the database of the environment."""
    prepare()
    from hypothesis import HealthCheck, Phase, seed, settings
    from hypothesis.stateful import run_state_machine_as_test

    from tests.distribution.deliveries.whole import TALLY, Whole

    number = int(os.environ.get("SEED") or random.SystemRandom().randrange(2**32))
    chosen = settings(
        max_examples=max(3, int(300 * scale())), stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=True,
        phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    holds = False
    with _told():
        run_state_machine_as_test(seed(number)(Whole), settings=chosen)
        holds = True
    name = f"invariants, {TALLY.runs} runs, {database}"
    report([
        row(f"{name}: seed", number, "number"), row(f"{name}: acts", TALLY.acts, "acts"), row(f"{name}: stories", TALLY.stories, "stories"), row(f"{name}: deliveries", TALLY.deliveries, "deliveries"),
        row(f"{name}: calls", TALLY.calls, "calls"), row(f"{name}: lost", TALLY.lost, "posts"), row(f"{name}: doubled", TALLY.doubled, "posts"),
    ])  # fmt: skip
    if not holds:
        print("DOES NOT HOLD: see the story above", flush=True)
        sys.exit(1)


@contextmanager
def _told() -> Iterator[None]:
    """What broke, with the acts that led there; the figures are told all the same."""
    try:
        yield
    except Exception:  # noqa: BLE001  (whatever breaks is what is looked for)
        traceback.print_exc()


if __name__ == "__main__":
    main(sys.argv[1])
