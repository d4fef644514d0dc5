"""A store of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from publishing.reader.pages import services
from publishing.reader.pages.store import PageStore


@pytest.fixture
def pages(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PageStore]:
    """The store, switched on and empty; the broker rings nobody."""
    settings.PAGE_STORE, settings.PAGE_STORE_FOLDER = True, tmp_path / "pages"
    services.store().open_generation("first")
    yield services.store()
