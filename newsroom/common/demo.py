"""Steps that fill a demo newsroom. Every app registers its own; `manage.py demo` runs them in order and knows no app."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from newsroom.common.registry import Registry

T = TypeVar("T")


def _plain(items: Iterable[T], *, total: int, what: str) -> Iterable[T]:
    del total, what
    return items


@dataclass(frozen=True)
class DemoRun:
    """What a step is told: the moment everything hangs on, how much to generate, how to show progress."""

    now: datetime
    stories: int = 0
    seed: int = 1
    say: Callable[[str], None] = field(default=lambda text: None)
    track: Callable[..., Iterable[T]] = field(default=_plain)


@dataclass(frozen=True)
class DemoStep:
    """One step: where it stands in the order (gaps of ten), what it is called on the screen, what it does. It must be safe to repeat."""

    order: int
    title: str
    run: Callable[[DemoRun], None]


demo_steps: Registry[DemoStep] = Registry("demo step")

# Functions that say whether somebody has already worked here; then `--when-empty` leaves everything alone.
signs_of_work: Registry[Callable[[], bool]] = Registry("sign of work")


def register_step(key: str, *, order: int, title: str, run: Callable[[DemoRun], None]) -> None:
    """Add a step; call it in `AppConfig.ready()`."""
    if key not in demo_steps:
        demo_steps.add(key, DemoStep(order=order, title=title, run=run))


def steps_in_order() -> list[DemoStep]:
    """All steps, lowest order first."""
    return sorted((step for _key, step in demo_steps.items()), key=lambda step: step.order)


def somebody_works_here() -> bool:
    """Whether the newsroom holds work that is not the demo's."""
    return any(sign() for _key, sign in signs_of_work.items())


def run_all(run: DemoRun) -> None:
    """Run every step in order. A step that fails ends the run; the next run goes on where it stopped."""
    for step in steps_in_order():
        run.say(step.title)
        step.run(run)
