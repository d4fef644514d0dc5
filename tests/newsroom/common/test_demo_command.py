"""`manage.py demo` knows no app: it runs what was registered, in order, and says what did not work."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsroom.common import demo
from newsroom.common.registry import Registry


@pytest.fixture(autouse=True)
def only_these_steps(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.NEWSROOM_DEMO = True
    monkeypatch.setattr(demo, "demo_steps", Registry("demo step"))
    monkeypatch.setattr(demo, "signs_of_work", Registry("sign of work"))


def _note(done: list[str], name: str) -> Any:
    return lambda run: done.append(name)


def test_steps_run_in_their_order_whoever_registers_first() -> None:
    done: list[str] = []
    for name, order in (("stories", 80), ("accounts", 10), ("sections", 40)):
        demo.register_step(name, order=order, title=name, run=_note(done, name))
    call_command("demo", stdout=StringIO())
    assert done == ["accounts", "sections", "stories"]


def test_a_step_registered_twice_runs_once() -> None:
    done: list[str] = []
    demo.register_step("accounts", order=10, title="a", run=_note(done, "first"))
    demo.register_step("accounts", order=10, title="a", run=_note(done, "second"))
    call_command("demo", stdout=StringIO())
    assert done == ["first"]


def test_a_step_that_fails_keeps_no_other_from_running_and_is_told() -> None:
    done: list[str] = []

    def fail(run: demo.DemoRun) -> None:
        raise ConnectionError("no platform")

    demo.register_step("channels", order=10, title="Kênh", run=fail)
    demo.register_step("stories", order=20, title="Tin bài", run=_note(done, "stories"))
    with pytest.raises(CommandError) as failure:
        call_command("demo", stdout=StringIO())
    assert done == ["stories"]
    assert "Kênh: ConnectionError: no platform" in str(failure.value)


def test_steps_are_told_how_many_stories_and_of_which_seed() -> None:
    runs: list[demo.DemoRun] = []
    demo.register_step("generated", order=10, title="g", run=runs.append)
    call_command("demo", "--stories", "12", "--seed", "9", stdout=StringIO())
    assert (runs[0].stories, runs[0].seed) == (12, 9)
    assert runs[0].now.tzinfo is not None
    assert list(runs[0].track([1, 2], total=2, what="số")) == [1, 2]


def test_when_empty_leaves_a_newsroom_in_use_alone() -> None:
    done: list[str] = []
    demo.register_step("accounts", order=10, title="a", run=_note(done, "a"))
    demo.signs_of_work.add("stories", lambda: True)
    call_command("demo", "--when-empty", stdout=StringIO())
    assert done == []
    call_command("demo", stdout=StringIO())
    assert done == ["a"]
