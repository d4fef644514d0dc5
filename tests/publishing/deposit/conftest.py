"""The deposit with its triggers in place, and its files in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from publishing.deposit import guards


@pytest.fixture
def guarded(db: Any, settings: Any, tmp_path: Path) -> None:
    """Triggers as the migration makes them, inside the test's transaction."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    with connection.cursor() as cursor:
        guards.make(cursor, connection.vendor)
