"""The upload as a browser speaks with it: parts, a lost line, mistakes and malice. Every refusal is a sentence, none a fault."""

from __future__ import annotations

import hashlib
import io
import json
import os
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from newsroom.accounts.models import User
from newsroom.common import clock
from newsroom.media.enums import VideoState
from newsroom.media.models import NewsVideo
from newsroom.media.videos import files, uploads
from tests.newsroom.media.conftest import WORDS, private_files

START = "/admin/video-uploads/"
BYTES = os.urandom(10_000)
SignIn = Callable[[User], Client]


def announce(client: Client, **data: Any) -> Any:
    body = {**WORDS, "name": "tau vao ben.mp4", "size": len(BYTES), "modified": 1_700_000_000_000} | data
    return client.post(START, json.dumps(body), content_type="application/json")


def send(client: Client, key: str, offset: Any, data: bytes, **headers: str) -> Any:
    return client.put(f"{START}{key}/?offset={offset}", data, content_type="application/octet-stream", headers=headers)


def refusal(answer: Any, status: int, code: str) -> dict[str, Any]:
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code)
    assert told["error"] and told["error"] != code
    return told


@pytest.fixture
def client(as_person: SignIn, reporter: User) -> Client:
    return as_person(reporter)


@pytest.fixture
def key(client: Client) -> str:
    return announce(client).json()["id"]


def test_a_file_arrives_in_parts_and_is_sent_to_be_checked(client: Client, key: str) -> None:
    assert send(client, key, 0, BYTES[:6_000]).json()["next_offset"] == 6_000
    answer = send(client, key, 6_000, BYTES[6_000:]).json()
    assert (answer["next_offset"], answer["state"]) == (10_000, VideoState.CHECKING)
    video = NewsVideo.objects.get(key=key)
    assert files.original_path(video.key).read_bytes() == BYTES
    assert (video.original_name, video.uploaded_by.username, video.title) == ("tau vao ben.mp4", "phongvien", "Tàu vào bến")


def test_the_last_part_rings_for_a_worker(client: Client, key: str, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    from celery import current_app

    rung: list[Any] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **how: rung.append((name, how["kwargs"], how["queue"])))
    with django_capture_on_commit_callbacks(execute=True):
        send(client, key, 0, BYTES[:6_000])
    assert rung == []
    with django_capture_on_commit_callbacks(execute=True):
        send(client, key, 6_000, BYTES[6_000:])
    assert rung == [("newsroom.media.tasks.process_video", {"video_id": NewsVideo.objects.get(key=key).pk}, "media")]


def test_after_a_reload_the_same_file_goes_on_where_it_stopped(client: Client, key: str) -> None:
    send(client, key, 0, BYTES[:4_000])
    again = announce(client, title="")
    assert (again.status_code, again.json()["id"], again.json()["next_offset"], again.json()["resumed"]) == (200, key, 4_000, True)
    assert client.get(f"{START}{key}/").json()["next_offset"] == 4_000
    for other in ({"size": 9_999}, {"modified": 1}, {"name": "khac.mp4"}):
        assert announce(client, **other).status_code == 201


def test_another_person_with_the_same_file_begins_anew(as_person: SignIn, key: str, editor: User) -> None:
    answer = announce(as_person(editor))
    assert answer.status_code == 201
    assert answer.json()["id"] != key


def test_parts_twice_out_of_order_and_overlapping_say_where_to_go_on(client: Client, key: str) -> None:
    send(client, key, 0, BYTES[:4_000])
    for offset, data in ((0, BYTES[:4_000]), (6_000, BYTES[6_000:]), (2_000, BYTES[2_000:8_000])):
        assert refusal(send(client, key, offset, data), 409, "wrong_offset")["next_offset"] == 4_000
    send(client, key, 4_000, BYTES[4_000:])
    assert files.original_path(NewsVideo.objects.get().key).read_bytes() == BYTES
    assert refusal(send(client, key, 10_000, b"x"), 409, "finished")["next_offset"] == 10_000


def test_more_than_was_announced_is_refused(client: Client, key: str) -> None:
    refusal(send(client, key, 0, BYTES + b"x"), 422, "too_much")
    assert NewsVideo.objects.get().received == 0


def test_a_part_that_was_cut_short_or_damaged_changes_nothing(client: Client, key: str) -> None:
    half_a_body: dict[str, Any] = {"CONTENT_LENGTH": "500", "wsgi.input": io.BytesIO(BYTES[:100])}
    truncated = client.generic("PUT", f"{START}{key}/?offset=0", b"", content_type="application/octet-stream", **half_a_body)
    refusal(truncated, 422, "truncated")
    wrong = b64encode(hashlib.sha256(b"other").digest()).decode()
    assert refusal(send(client, key, 0, BYTES[:100], **{"content-digest": f"sha-256=:{wrong}:"}), 422, "damaged")["next_offset"] == 0
    right = b64encode(hashlib.sha256(BYTES[:100]).digest()).decode()
    assert send(client, key, 0, BYTES[:100], **{"content-digest": f"sha-256=:{right}:"}).json()["next_offset"] == 100
    for bad in ("md5=:AAAA:", "sha-256=:%%%:", "sha-256=:AAAA:"):
        refusal(send(client, key, 100, BYTES[100:200], **{"content-digest": bad}), 422, "bad_digest")


def test_parts_of_no_or_too_much_length_are_refused(client: Client, key: str) -> None:
    refusal(client.generic("PUT", f"{START}{key}/?offset=0", b"", CONTENT_LENGTH="0"), 422, "empty_chunk")
    refusal(send(client, key, 0, b""), 422, "no_length")
    big = client.generic("PUT", f"{START}{key}/?offset=0", b"x", content_type="application/octet-stream", CONTENT_LENGTH=str(uploads.CHUNK + 1))
    refusal(big, 413, "chunk_too_large")
    for offset in ("", "-1", "a", "1e3", "9" * 30, "٣"):
        refusal(send(client, key, offset, b"x"), 422, "bad_offset")


def test_somebody_elses_upload_stays_theirs(as_person: SignIn, key: str, editor: User, outsider: User) -> None:
    for method in ("GET", "PUT", "DELETE"):
        refusal(as_person(editor).generic(method, f"{START}{key}/?offset=0", b"x", content_type="application/octet-stream"), 403, "not_yours")
    assert as_person(outsider).get(f"{START}{key}/").status_code in (302, 403)
    assert Client().get(f"{START}{key}/").status_code in (302, 403)
    assert NewsVideo.objects.get().received == 0


def test_an_unknown_upload_is_gone(client: Client) -> None:
    refusal(client.get(f"{START}00000000-0000-4000-8000-000000000000/"), 404, "gone")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.mp4", "passwd.mp4"), ("C:\\phim\\tàu.MOV", "tàu.MOV"), ("phim\u202e4pm.mp4", "phim4pm.mp4"), ("a\x07b\n.mp4", "ab.mp4"),
        ("x" * 400 + ".mp4", "x" * 240 + ".mp4"), ("..mp4", "mp4"), ("<script>.mp4", "<script>.mp4"),
    ],
)  # fmt: skip
def test_hostile_names_become_words(client: Client, name: str, kept: str) -> None:
    answer = announce(client, name=name)
    if kept == "mp4":
        refusal(answer, 422, "bad_name")
        return
    assert answer.status_code == 201
    video = NewsVideo.objects.get()
    assert video.original_name == kept
    assert private_files() == [f"videos/{video.key.hex}.upload"]


@pytest.mark.parametrize("name", ["", ".", "/", "phim", "phim.exe", "list.m3u8", "phim.mp4/", "a\x00.mp4", "x" * 2000 + ".mp4", 5, None, ["a.mp4"]])
def test_names_of_no_video_are_refused(client: Client, name: Any) -> None:
    answer = announce(client, name=name)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert not NewsVideo.objects.exists()


def test_sizes_and_announcements_that_cannot_be_are_refused(client: Client, settings: Any) -> None:
    settings.VIDEO_MAX_MEGABYTES = 1
    refusal(announce(client, size=1024 * 1024 + 1), 413, "too_large")
    refusal(announce(client, size=0), 422, "empty")
    for bad in ({"size": -1}, {"size": "x"}, {"size": 10**30}, {"modified": "yesterday"}, {"sha256": "abc"}, {"size": None}):
        refusal(announce(client, **bad), 422, "bad_start")
    for body in ("", "[]", "{", '"x"', "[" * 5000, "x" * 30_000):
        refusal(client.post(START, body, content_type="application/json"), 422, "unreadable")


@pytest.mark.parametrize("field", ["title", "caption", "credit", "source"])
def test_credit_and_source_are_asked_before_the_first_byte(client: Client, field: str) -> None:
    told = refusal(announce(client, **{field: "  "}), 422, "bad_words")
    assert ":" in told["error"]


def test_a_person_has_only_so_many_unfinished_uploads(client: Client) -> None:
    for number in range(uploads.MOST_UNFINISHED):
        assert announce(client, modified=number).status_code == 201
    refusal(announce(client, modified=99), 409, "too_many")


def test_an_upload_can_be_cancelled_until_it_is_complete(client: Client, key: str) -> None:
    send(client, key, 0, BYTES[:10])
    assert client.delete(f"{START}{key}/").status_code == 200
    assert not NewsVideo.objects.exists()
    assert private_files() == []
    done = announce(client).json()["id"]
    send(client, done, 0, BYTES)
    refusal(client.delete(f"{START}{done}/"), 409, "finished")


def test_what_the_disk_lost_is_asked_for_again(client: Client, key: str) -> None:
    send(client, key, 0, BYTES[:4_000])
    path = files.original_path(NewsVideo.objects.get().key)
    path.write_bytes(BYTES[:1_000])
    assert client.get(f"{START}{key}/").json()["next_offset"] == 1_000
    path.unlink()
    assert client.get(f"{START}{key}/").json()["next_offset"] == 0
    send(client, key, 0, BYTES)
    assert path.read_bytes() == BYTES


def test_bytes_that_a_crash_left_beyond_the_row_are_overwritten(client: Client, key: str) -> None:
    send(client, key, 0, BYTES[:4_000])
    path = files.original_path(NewsVideo.objects.get().key)
    path.write_bytes(BYTES[:4_000] + b"of a part whose row was never written")
    send(client, key, 4_000, BYTES[4_000:])
    assert path.read_bytes() == BYTES


def test_two_windows_do_not_write_the_same_file_at_once(client: Client, key: str) -> None:
    import fcntl

    with files.original_path(NewsVideo.objects.get().key).open("r+b") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        refusal(send(client, key, 0, BYTES[:100]), 409, "busy")


def test_a_full_disk_is_told(client: Client, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.os, "fsync", full)
    refusal(send(client, key, 0, BYTES[:100]), 507, "disk")


def test_half_uploads_go_after_so_many_days(client: Client, key: str, settings: Any) -> None:
    send(client, key, 0, BYTES[:10])
    assert uploads.sweep_uploads(now=clock.now() + timedelta(days=settings.VIDEO_UPLOAD_DAYS, hours=-1)) == 0
    assert uploads.sweep_uploads(now=clock.now() + timedelta(days=settings.VIDEO_UPLOAD_DAYS, hours=1)) == 1
    assert not NewsVideo.objects.exists()
    assert private_files() == []


def test_no_address_leads_to_an_original(client: Client, key: str) -> None:
    send(client, key, 0, BYTES)
    video = NewsVideo.objects.get()
    for path in (f"/media/{video.original.name}", f"/media/../private/{video.original.name}", f"/private/{video.original.name}"):
        assert client.get(path).status_code in (301, 400, 404)
    assert not str(files.original_path(video.key)).startswith(str(settings_media()))


def settings_media() -> Any:
    from django.conf import settings

    return settings.MEDIA_ROOT
