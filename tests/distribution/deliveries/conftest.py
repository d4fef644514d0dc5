"""A newsroom with one account on a scripted platform. Workers are run by hand: the queue only collects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from distribution.deliveries import services
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, scripted_platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


@pytest.fixture
def newsroom(db: Any, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch) -> Newsroom:
    stage = Newsroom(platform)
    monkeypatch.setattr(services, "ring", stage.rung.extend)
    return stage
