"""The reader's tests stand on a small paper of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from tests.publishing.paper import Paper


@pytest.fixture
def paper(db: Any) -> Iterator[Paper]:
    """An empty paper with two sections and the demo's masthead."""
    cache.clear()
    yield Paper()
    cache.clear()
