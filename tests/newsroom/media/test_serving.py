"""Files of videos for readers, where no nginx stands in front: a player may jump."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from newsroom.media.models import NewsVideo
from newsroom.media.videos import serving
from tests.factories.media import MP4, make_captions, make_video

pytestmark = pytest.mark.django_db


@pytest.fixture
def video() -> NewsVideo:
    return make_video()


def ask(url: str, wanted: str = "", **headers: str) -> Any:
    return Client().get(url, headers={"range": wanted, **headers} if wanted else headers)


def test_a_whole_file_says_that_it_can_be_read_in_parts(video: NewsVideo) -> None:
    captions = make_captions(video).file.url
    answer = ask(video.mp4.url)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == MP4
    answer.close()
    assert (answer["Accept-Ranges"], answer["Content-Type"], answer["Content-Length"]) == ("bytes", "video/mp4", str(len(MP4)))
    assert "immutable" in answer["Cache-Control"]
    assert answer["ETag"].startswith('"')
    for url, kind in ((video.poster.url, "image/jpeg"), (captions, "text/vtt; charset=utf-8")):
        assert ask(url, "bytes=0-")["Content-Type"] == kind


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-0", 0, 0), ("bytes=0-99", 0, 99), ("bytes=100-", 100, len(MP4) - 1), ("bytes=-5", len(MP4) - 5, len(MP4) - 1), ("bytes=0-999999", 0, len(MP4) - 1), ("bytes=-999999", 0, len(MP4) - 1)],
)
def test_a_range_is_answered_with_exactly_its_bytes(video: NewsVideo, wanted: str, start: int, end: int) -> None:
    answer = ask(video.mp4.url, wanted)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end}/{len(MP4)}"
    assert answer.content == MP4[start : end + 1]
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize("wanted", [f"bytes={len(MP4)}-", "bytes=999999-1000000", "bytes=-0"])
def test_a_range_beyond_the_end_is_416(video: NewsVideo, wanted: str) -> None:
    answer = ask(video.mp4.url, wanted)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(MP4)}")


@pytest.mark.parametrize("wanted", ["bytes=", "bytes=-", "bytes=a-b", "lines=0-5", "bytes=0-1,4-5", "bytes=" + "9" * 40 + "-", "0-5"])
def test_a_range_that_cannot_be_read_gives_the_whole_file(video: NewsVideo, wanted: str) -> None:
    answer = ask(video.mp4.url, wanted)
    assert answer.status_code == 200
    answer.close()


def test_a_range_that_ends_before_it_begins_is_416(video: NewsVideo) -> None:
    assert ask(video.mp4.url, "bytes=9-5").status_code == 416


def test_if_range_gives_the_part_only_of_the_same_version(video: NewsVideo) -> None:
    first = ask(video.mp4.url, "bytes=0-9")
    for same in (first["ETag"], first["Last-Modified"]):
        assert ask(video.mp4.url, "bytes=0-9", **{"if-range": same}).status_code == 206
    for other in ('"0-0"', f"W/{first['ETag']}", "Mon, 01 Jan 2001 00:00:00 GMT", "nonsense"):
        answer = ask(video.mp4.url, "bytes=0-9", **{"if-range": other})
        assert answer.status_code == 200
        answer.close()


def test_what_the_reader_has_is_not_sent_again(video: NewsVideo) -> None:
    first = ask(video.mp4.url, "bytes=0-9")
    assert ask(video.mp4.url, **{"if-none-match": first["ETag"]}).status_code == 304
    assert ask(video.mp4.url, **{"if-modified-since": first["Last-Modified"]}).status_code == 304
    head = Client().head(video.mp4.url)
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(MP4)), b"")
    assert Client().post(video.mp4.url).status_code == 405


def test_an_answer_to_an_open_range_is_small(video: NewsVideo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "PIECE", 1000)
    answer = ask(video.mp4.url, "bytes=500-")
    assert (answer["Content-Range"], len(answer.content)) == (f"bytes 500-1499/{len(MP4)}", 1000)


def test_only_a_few_whole_files_go_out_at_a_time_and_parts_always(video: NewsVideo) -> None:
    going = [ask(video.mp4.url) for _ in range(serving.AT_ONCE)]
    busy = ask(video.mp4.url)
    assert (busy.status_code, busy["Retry-After"]) == (503, "5")
    assert ask(video.mp4.url, "bytes=0-9").status_code == 206
    for answer in going:
        answer.close()
    again = ask(video.mp4.url)
    assert again.status_code == 200
    again.close()


@pytest.mark.parametrize("path", ["/media/videos/", "/media/videos/x/video.mp4", "/media/videos/" + "0" * 32 + "/video-" + "0" * 16 + ".mp4", "/media/videos/%2e%2e/%2e%2e/secrets.env"])
def test_nothing_else_is_found(path: str) -> None:
    assert Client().get(path).status_code == 404
