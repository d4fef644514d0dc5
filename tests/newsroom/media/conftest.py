"""Films, and people who may handle them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from newsroom.accounts.models import User
from newsroom.common import clock
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import files
from publishing.workflow.setup import ensure_rights
from tests.factories.newsroom import make_home
from tests.newsroom.media.clips import Clips

WORDS = {"title": "Tàu vào bến", "caption": "Tàu cá vào bến Gành Đỏ chiều 22/11.", "credit": "Video: Hải Vân", "source": "Tự quay", "licence": ""}


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """The films of this session."""
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Each test has its own public and private folder."""
    settings.MEDIA_ROOT, settings.PRIVATE_ROOT = tmp_path / "media", tmp_path / "private"
    yield


@pytest.fixture
def newsroom_rights(db: None) -> None:
    """Every role has its rights."""
    make_home()
    ensure_rights()


@pytest.fixture
def arrived(db: None, reporter: User, now: datetime) -> Callable[..., NewsVideo]:
    """A video whose last byte has just come: function (path, **fields)."""

    def make(path: Path, **fields: Any) -> NewsVideo:
        size = path.stat().st_size
        video = NewsVideo(
            **WORDS | {"state": VideoState.CHECKING, "original_name": path.name, "original_size": size, "received": size, "uploaded_by": reporter, "created_at": now, "changed_at": now} | fields
        )
        video.original = files.original_name(video.key)
        target = files.original_path(video.key)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
        video.save()
        return video

    return make


@pytest.fixture
def as_person(newsroom_rights: None) -> Callable[[User], Client]:
    """A browser with this person signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


def public_files() -> list[str]:
    """Everything under the folder that readers reach."""
    return sorted(str(path.relative_to(settings.MEDIA_ROOT)) for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


def private_files() -> list[str]:
    """Everything under the private folder."""
    return sorted(str(path.relative_to(settings.PRIVATE_ROOT)) for path in Path(settings.PRIVATE_ROOT).rglob("*") if path.is_file())


now_clock = clock.now
