"""Beat forgets nothing that matters, and nothing can keep it from starting."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from newsroom.common.beat_scheduler import HeartbeatScheduler
from newsroom.config.celery import app


@pytest.fixture
def scheduler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HeartbeatScheduler:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "celerybeat-schedule").write_bytes(b"")  # cut short by a power failure
    return HeartbeatScheduler(app=app, lazy=True)


def test_a_broken_file_of_an_older_beat_does_not_keep_it_from_starting(scheduler: HeartbeatScheduler, tmp_path: Path) -> None:
    scheduler.setup_schedule()
    assert set(app.conf.beat_schedule) <= set(scheduler.schedule)
    assert [path.name for path in tmp_path.iterdir()] == ["celerybeat-schedule"]


def test_every_sweep_is_due_once_at_the_start_and_then_by_its_interval(scheduler: HeartbeatScheduler) -> None:
    scheduler.setup_schedule()
    entries: dict[str, Any] = {name: scheduler.schedule[name] for name in app.conf.beat_schedule}
    assert entries
    assert all(entry.is_due().is_due for entry in entries.values())
    assert not any(scheduler.reserve(entry).is_due().is_due for entry in entries.values())
