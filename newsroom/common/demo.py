"""Steps that fill a demo newsroom. Every app registers its own; `manage.py demo` runs them in order and knows no app."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from newsroom.common.registry import Registry

T = TypeVar("T")
log = logging.getLogger(__name__)


class Track(Protocol):
    """Hands items on and shows how far they are."""

    def __call__(self, items: Iterable[T], *, total: int, what: Any) -> Iterable[T]: ...


def _plain(items: Iterable[T], *, total: int, what: Any) -> Iterable[T]:
    del total, what
    return items


def _silent(text: Any) -> None:
    del text


@dataclass(frozen=True)
class DemoRun:
    """What a step is told: the moment everything hangs on, how much to generate, how to show progress."""

    now: datetime
    stories: int = 0
    seed: int = 1
    say: Callable[[Any], None] = _silent
    track: Track = _plain


@dataclass(frozen=True)
class DemoStep:
    """One step: where it stands in the order (gaps of ten), what it is called on the screen, what it does. It must be safe to repeat."""

    order: int
    title: Any
    run: Callable[[DemoRun], None]


demo_steps: Registry[DemoStep] = Registry("demo step")

# Functions that say whether somebody has already worked here; then `--when-empty` leaves everything alone.
signs_of_work: Registry[Callable[[], bool]] = Registry("sign of work")


def register_step(key: str, *, order: int, title: Any, run: Callable[[DemoRun], None]) -> None:
    """Add a step; call it in `AppConfig.ready()`."""
    if key not in demo_steps:
        demo_steps.add(key, DemoStep(order=order, title=title, run=run))


def steps_in_order() -> list[DemoStep]:
    """All steps, lowest order first."""
    return sorted((step for _key, step in demo_steps.items()), key=lambda step: step.order)


def somebody_works_here() -> bool:
    """Whether the newsroom holds work that is not the demo's."""
    return any(sign() for _key, sign in signs_of_work.items())


def run_all(run: DemoRun) -> list[str]:
    """Run every step in order; returns one line for each that failed. The others still run (a channel that does not answer
    keeps no story from the paper), and the next run goes on where this one stopped.
    """
    failed = []
    for step in steps_in_order():
        run.say(step.title)
        try:
            step.run(run)
        except Exception as error:  # whatever breaks one step is told at the end
            log.exception("demo.step.failed title=%s", step.title)
            failed.append(f"{step.title}: {type(error).__name__}: {error}")
    return failed
