"""Channels against the rehearsal platforms, a real process."""

from __future__ import annotations

from typing import Any

import pytest

from publishing.workflow.setup import ensure_rights
from tests.factories.newsroom import make_home
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal", "rehearsal_process", "rehearsal_server"]


@pytest.fixture(autouse=True)
def rights(db: Any) -> None:
    """Every role may enter the admin, as in a set-up newsroom."""
    make_home()
    ensure_rights()


@pytest.fixture
def rehearsal(db: Any, settings: Any, rehearsal_server: RehearsalServer, monkeypatch: pytest.MonkeyPatch) -> RehearsalServer:
    """The newsroom is set up to use the rehearsal platforms."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    settings.NEWSROOM_REHEARSAL = True
    settings.PAPER_ADDRESS = "http://127.0.0.1:8000"  # the platform sends people back to this machine only
    settings.REHEARSAL_ADDRESS = rehearsal_server.base_url
    settings.PLATFORM_APPS = {**settings.PLATFORM_APPS, "rehearsal": (rehearsal_server.app_id, rehearsal_server.app_secret)}
    return rehearsal_server
