"""A scripted paper, and machines that listen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.distribution.epaper.listeners import FixedPage, Listeners


@pytest.fixture
def page() -> Iterator[FixedPage]:
    made = FixedPage()
    yield made
    made.close()


@pytest.fixture
def listeners() -> Iterator[Listeners]:
    made = Listeners()
    yield made
    made.close()
