"""A story's video as channels get it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("newsroom.media.videos", reason="the video model is not in this branch")

from distribution.renditions.media import RenditionMedia
from distribution.renditions.snapshots import snapshot_of_story
from tests.factories.media import make_captions, make_video
from tests.factories.newsroom import make_image, make_story


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def test_the_main_video_is_there_with_its_file_words_and_poster(db: Any) -> None:
    video = make_video()
    make_captions(video)
    image = make_image()
    snapshot = snapshot_of_story(story=make_story(main_video=video, main_image=image), account_key="video", version=1)
    found = snapshot.video
    assert found is not None and (found.size, found.sha256, found.title) == (video.size, video.sha256, video.title)
    assert [(words.language, words.name) for words in found.captions] == [("vi", "Tiếng Việt")] and "WEBVTT" in found.captions[0].text
    with RenditionMedia() as media:
        file = media.file(found.key)
        assert (file.size, file.mime) == (video.mp4.size, "video/mp4")
        assert file.part(0, file.size) == Path(video.mp4.path).read_bytes()


def test_a_video_that_is_not_ready_is_none(db: Any) -> None:
    assert snapshot_of_story(story=make_story(main_video=make_video(ready=False)), account_key="video", version=1).video is None


@pytest.mark.parametrize("key", ["file:weg.mp4", "file:../../etc/passwd", "file:/etc/passwd", "image-1", ""])
def test_a_file_that_is_not_there_or_not_ours_is_not_found(db: Any, key: str) -> None:
    with RenditionMedia() as media, pytest.raises(LookupError):
        media.file(key)
