"""Videos and reels of a Page on a real server that keeps Facebook's contract: seen once, whole, whatever breaks on the way."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from distribution.connectors.base import (
    Credential,
    Done,
    Failure,
    FailureClass,
    Job,
    Look,
    Payload,
    Phase,
    Picture,
    Published,
    Sight,
    Snapshot,
    Staged,
    Target,
    Video,
    Wait,
)  # fmt: skip
from distribution.connectors.facebook_page import reels, videos
from distribution.connectors.facebook_page.connector import FacebookPage
from distribution.connectors.facebook_page.errors import classify
from newsroom.common.http import Answer
from tests.fakes.rehearsal import ROOT, RehearsalServer
from tests.fakes.shelf import Shelf

pytestmark = pytest.mark.processes
CONNECTOR = FacebookPage()
F = FailureClass
MB = 1024 * 1024
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096 * 3
SHA = hashlib.sha256(FILM).hexdigest()
WIDE, UPRIGHT = (1280, 720), (1080, 1920)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "1"})
    yield running
    running.stop()


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo Page, empty, with a job that reads files."""
    server.reset()
    credential = Credential(server.page_token(), server.app_id, server.app_secret)
    return Target(server.page_id, server.graph, credential, {"allowed_origins": [server.base_url], "read_seconds": 3}, job=Job("J", media=Shelf(FILM)))


class Dies(Shelf):
    """A worker that goes away after the first two million bytes."""

    def part(self, start: int, length: int) -> bytes:
        if start >= 2 * MB:
            raise KeyboardInterrupt
        return super().part(start, length)


def story(sides: tuple[int, int] = WIDE, *, seconds: float = 12.0, poster: bool = True, film: bool = True) -> Snapshot:
    picture = Picture("image-1", "Sông", "Minh họa", 480, 270) if poster else None
    video = Video("file:v.mp4", "Video", len(FILM), SHA, seconds, *sides, picture) if film else None
    return Snapshot(7, 1, "Lũ về Sông Ba", "", "Sapo.", "http://127.0.0.1/thoi-su/bai-a7.html", "Nước lên nhanh.", video=video, media="video")


def payload_of(marker: str = "M1", *, settings: dict[str, Any] | None = None, **more: Any) -> Payload:
    return CONNECTOR.compose(snapshot=story(**more), marker=marker, settings=settings or {})


def stage(target: Target, payload: Payload, handle: dict[str, Any] | None = None, *, shelf: Shelf | None = None, steps: int = 20) -> tuple[Any, dict[str, Any]]:
    """Steps as a worker takes them, until staged or a failure; waits are not waited for."""
    handle, outcome = dict(handle or {}), None
    for _step in range(steps):
        outcome = CONNECTOR.stage(target=target, payload=payload, handle=handle, media=shelf or Shelf(FILM))
        if isinstance(outcome, Failure):
            return outcome, handle
        handle |= outcome.handle
        if isinstance(outcome, Staged):
            break
    return outcome, handle


def publish(target: Target, payload: Payload) -> Published:
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Staged), outcome
    done = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(done, Published), done
    return done


@pytest.mark.parametrize(("sides", "kind"), [(WIDE, "video"), (UPRIGHT, "reel")])
def test_it_goes_up_unseen_whole_and_is_seen_once_by_the_finish(server: RehearsalServer, target: Target, sides: tuple[int, int], kind: str) -> None:
    payload, shelf = payload_of(sides=sides), Shelf(FILM)
    outcome, handle = stage(target, payload, shelf=shelf)
    assert isinstance(outcome, Staged) and payload.kind == kind
    assert server.posts() == [] and max(shelf.asked) == 256 * 1024
    done = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    (post,) = server.posts(state="published")
    assert isinstance(done, Published) and done.remote_id == post["id"] and done.remote_id.startswith(f"{target.remote_id}_")
    assert [(item["sha256"], item["bytes"]) for item in post["media"]] == [(SHA, len(FILM))]
    assert post["text"].startswith("Nước lên nhanh.") and "utm_id=M1" in post["text"]
    html, (upload,) = server.page_html(), server.uploads()
    assert "<video" in html and ("upright" in html) is (kind == "reel") and requests.get(done.url, timeout=5).status_code == 200
    assert (upload["kind"], upload["wire_bytes"]) == (kind, len(FILM))


def test_readers_get_the_very_bytes_and_the_poster_only_while_the_post_stands(server: RehearsalServer, target: Target) -> None:
    done = publish(target, payload_of())
    video_id = server.posts()[0]["media"][0]["id"]
    addresses = [f"{server.graph}/{what}/{video_id}" for what in ("film", "thumb")]
    assert hashlib.sha256(requests.get(addresses[0], timeout=5).content).hexdigest() == SHA
    assert requests.get(addresses[1], timeout=5).headers["Content-Type"] == "image/jpeg"
    assert CONNECTOR.delete(target=target, remote_id=done.remote_id) == Done()
    assert CONNECTOR.delete(target=target, remote_id=done.remote_id) == Done(gone=True)
    assert [requests.get(address, timeout=5).status_code for address in addresses] == [404, 404]
    token = {"access_token": target.credential.token}
    assert requests.get(f"{server.graph}/v26.0/{video_id}", params=token, timeout=5).status_code == 400  # the video itself is gone as well


@pytest.mark.parametrize("sides", [WIDE, UPRIGHT])
def test_a_worker_that_died_is_followed_by_one_that_goes_on_where_the_bytes_stopped(server: RehearsalServer, target: Target, sides: tuple[int, int]) -> None:
    payload, handle = payload_of(sides=sides), {}
    handle |= CONNECTOR.stage(target=target, payload=payload, handle=handle, media=Shelf(FILM)).handle  # type: ignore[union-attr]
    with pytest.raises(KeyboardInterrupt):
        CONNECTOR.stage(target=target, payload=payload, handle=dict(handle), media=Dies(FILM))
    time.sleep(0.3)  # the server notices that the line is gone
    shelf = Shelf(FILM)
    outcome, after = stage(target, payload, handle, shelf=shelf)
    assert isinstance(outcome, Staged) and after["opened"] == 1
    assert sum(shelf.asked) <= len(FILM) - 2 * MB + MB + 256 * 1024  # the part that the platform had already is sent once more, to hear where to go on
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=after), Published)
    assert [post["media"][0]["sha256"] for post in server.posts()] == [SHA]


WORKER = """
import json, sys, time
from pathlib import Path
from distribution.connectors.base import Credential, Payload, Target
from distribution.connectors.facebook_page.connector import FacebookPage
about = json.loads(sys.stdin.read())
class Slow:
    size, mime = about["size"], "video/mp4"
    def read(self, key): raise LookupError(key)
    def file(self, key): return self
    def part(self, start, length):
        time.sleep(0.05)
        with open(about["film"], "rb") as file:
            file.seek(start)
            return file.read(length)
target = Target(about["page"], about["address"], Credential(*about["credential"]), about["settings"])
payload, handle, kept = Payload(about["kind"], "M1", about["body"]), {}, Path(about["handle"])
for _step in range(50):
    outcome = FacebookPage().stage(target=target, payload=payload, handle=handle, media=Slow())
    handle |= outcome.handle
    kept.with_suffix(".new").write_text(json.dumps(handle))
    kept.with_suffix(".new").rename(kept)
"""


@pytest.mark.parametrize("sides", [WIDE, UPRIGHT])
def test_a_worker_process_that_is_killed_in_the_middle_leaves_one_video(server: RehearsalServer, target: Target, tmp_path: Path, sides: tuple[int, int]) -> None:
    (tmp_path / "film.mp4").write_bytes(FILM)
    payload, kept = payload_of(sides=sides), tmp_path / "handle.json"
    credential = [target.credential.token, target.credential.app_id, target.credential.app_secret]
    about = {
        "page": target.remote_id, "address": target.address, "credential": credential, "settings": {**target.settings, "slice_seconds": 0}, "kind": payload.kind,
        "body": payload.body, "handle": str(kept), "film": str(tmp_path / "film.mp4"), "size": len(FILM),
    }  # fmt: skip
    with subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, stdin=subprocess.PIPE, text=True) as worker:
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(about))
        worker.stdin.close()
        calls = "reel_bytes" if payload.kind == "reel" else "video_chunk"
        server.wait_until(lambda: kept.exists() and len(server.calls(calls)) >= 1 + (payload.kind == "video"), seconds=20)
        time.sleep(0.15)
        worker.send_signal(signal.SIGKILL)
    handle = json.loads(kept.read_text())
    assert handle["video_id"] and server.posts() == []
    time.sleep(0.3)
    outcome, after = stage(target, payload, handle)
    assert isinstance(outcome, Staged) and after["opened"] == 1
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=after), Published)
    (upload,) = server.uploads()
    assert [post["media"][0]["sha256"] for post in server.posts()] == [SHA]
    assert upload["wire_bytes"] <= len(FILM) + 2 * MB


@pytest.mark.parametrize("sides", [WIDE, UPRIGHT])
@pytest.mark.parametrize(("fault", "there"), [("lost_answer", True), ("error_after", True), ("error_before", False)])
def test_a_lost_finish_is_settled_by_asking_for_the_video(server: RehearsalServer, target: Target, fault: str, there: bool, sides: tuple[int, int]) -> None:
    payload = payload_of(sides=sides)
    _staged, handle = stage(target, payload)
    server.fault(fault, call=f"{payload.kind}_finish")
    lost = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    look = CONNECTOR.lookup(target=target, payload=payload, since=datetime.now(tz=UTC), handle=handle)
    assert isinstance(look, Look) and (look.sight == Sight.FOUND) is there
    if not there:
        outcome, handle = stage(target, payload, handle)
        assert isinstance(outcome, Staged) and isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Published)
    assert len(server.posts()) == 1


def test_a_second_finish_of_the_same_upload_makes_no_second_video(server: RehearsalServer, target: Target) -> None:
    payload = payload_of()
    _staged, handle = stage(target, payload)
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Published)
    again = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(again, Failure) and again.kind == F.AMBIGUOUS
    assert len(server.posts()) == 1


@pytest.mark.parametrize("sides", [WIDE, UPRIGHT])
def test_while_the_platform_works_on_it_the_delivery_waits(server: RehearsalServer, target: Target, sides: tuple[int, int]) -> None:
    payload = payload_of(sides=sides)
    _staged, handle = stage(target, payload)
    server.fault("stuck_processing", call=f"{payload.kind}_finish")
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Wait)
    assert isinstance(CONNECTOR.check(target=target, handle=handle, remote_id=""), Wait)
    assert isinstance(CONNECTOR.lookup(target=target, payload=payload, since=datetime.now(tz=UTC), handle=handle), Wait)


def test_a_file_that_is_no_video_is_told_after_the_platform_tried(server: RehearsalServer, target: Target) -> None:
    shelf = Shelf(b"no film at all" + FILM[14:])
    payload = payload_of()
    _staged, handle = stage(target, payload, shelf=shelf)
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Wait)
    refused = CONNECTOR.check(target=target, handle=handle, remote_id="")
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, "facebook_video_rejected")
    assert server.posts() == []


@pytest.mark.parametrize("sides", [WIDE, UPRIGHT])
def test_an_upload_that_the_platform_forgot_begins_anew_three_times_at_most(server: RehearsalServer, target: Target, sides: tuple[int, int]) -> None:
    payload = payload_of(sides=sides)
    _staged, handle = stage(target, payload)
    server.reset()
    outcome, after = stage(target, payload, handle)
    assert isinstance(outcome, Staged) and after["opened"] == 2 and after["video_id"] != handle["video_id"]
    server.reset()
    end, _handle = stage(target, payload, {**after, "opened": 3})
    assert isinstance(end, Failure) and end.code == "facebook_video_rejected"


def test_an_edit_changes_the_words_of_the_video_and_a_comment_stands_under_it(server: RehearsalServer, target: Target) -> None:
    done = publish(target, payload_of())
    corrected = CONNECTOR.compose(snapshot=replace(story(), notice="Đính chính: cầu dài 40 m."), marker="M1", settings={})
    assert CONNECTOR.update(target=target, remote_id=done.remote_id, payload=corrected) == Done()
    assert server.posts()[0]["text"].startswith("Đính chính: cầu dài 40 m.")
    assert isinstance(CONNECTOR.comment(target=target, remote_id=done.remote_id, text="Mời xem"), Published)
    read = CONNECTOR.metrics(target=target, remote_ids=(done.remote_id,))
    assert not isinstance(read, Failure) and (read[done.remote_id].comments, read[done.remote_id].views) == (1, 0)


def test_a_video_that_is_not_the_approved_one_or_is_gone_goes_nowhere(server: RehearsalServer, target: Target) -> None:
    changed, _handle = stage(target, payload_of(), shelf=Shelf(FILM + b"more"))
    assert isinstance(changed, Failure) and changed.code == "video_changed"
    assert server.calls() == []


@pytest.mark.parametrize("url", ["https://rupload.facebook.com.example/v", "https://example.com/v", "http://rupload.facebook.com/v", "not an address"])
def test_the_page_s_key_goes_to_no_foreign_address(target: Target, url: str) -> None:
    assert not reels.is_platform_address(target, url)
    assert reels.is_platform_address(target, "https://rupload.facebook.com/video-upload/v26.0/1") and reels.is_platform_address(target, f"{target.address}/video-upload/v26.0/1")


@pytest.mark.parametrize(
    ("sides", "seconds", "settings", "kind", "warned"),
    [
        (UPRIGHT, 12.0, {}, "reel", False), ((540, 960), 90.0, {}, "reel", False), (UPRIGHT, 91.0, {}, "video", True), (UPRIGHT, 2.0, {}, "video", True),
        ((480, 854), 30.0, {}, "video", True), ((1080, 1350), 30.0, {}, "video", True), (WIDE, 30.0, {}, "video", False), (UPRIGHT, 12.0, {"reels": False}, "video", False),
    ],
)  # fmt: skip
def test_an_upright_video_is_a_reel_where_its_shape_and_length_fit_and_else_a_video_with_a_hint(sides: tuple[int, int], seconds: float, settings: dict[str, Any], kind: str, warned: bool) -> None:
    payload = payload_of(sides=sides, seconds=seconds, settings=settings)
    problems = CONNECTOR.validate(payload=payload, settings=settings)
    assert (payload.kind, [problem.code for problem in problems]) == (kind, ["no_reel"] if warned else [])
    assert not any(problem.blocking for problem in problems)
    assert CONNECTOR.preview(payload=payload)["film"] == {"format": kind, "seconds": seconds, "title": "Lũ về Sông Ba"}


def test_a_video_that_was_chosen_and_is_not_there_keeps_the_story_from_approval_and_an_account_for_videos_falls_back_to_the_link() -> None:
    (problem,) = CONNECTOR.validate(payload=payload_of(film=False), settings={})
    assert problem.blocking and problem.code == "no_video"
    for snapshot, kind in ((replace(story(), media=""), "video"), (replace(story(film=False), media=""), "link"), (replace(story(), media="none", video=None), "link")):
        assert CONNECTOR.compose(snapshot=snapshot, marker="M", settings={"mode": "video"}).kind == kind


def test_the_place_to_go_on_from_is_read_from_an_object_and_from_a_text() -> None:
    for data in ({"start_offset": "5", "end_offset": 9}, '{"start_offset":"5","end_offset":"9"}'):
        error = {"error": {"code": 100, "error_subcode": 1363037, "error_data": data}}
        assert videos._corrected(Answer(400, json.dumps(error).encode())) == (5, 9)
    for data in ("no json", "[]", {"start_offset": "-5"}, None):
        error = {"error": {"code": 100, "error_subcode": 1363037, "error_data": data}}
        assert videos._corrected(Answer(400, json.dumps(error).encode())) is None


@pytest.mark.parametrize(("code", "subcode", "phase", "kind"), [(6000, 1363030, Phase.STAGE, F.TRANSIENT_SAFE), (6000, 1363030, Phase.COMMIT, F.AMBIGUOUS), (100, 1363022, Phase.COMMIT, F.CONTENT), (100, 1363042, Phase.STAGE, F.AUTH_DEAD)])
def test_refusals_of_videos_are_told_apart(code: int, subcode: int, phase: Phase, kind: FailureClass) -> None:
    assert classify(Answer(400, json.dumps({"error": {"message": "m", "code": code, "error_subcode": subcode}}).encode()), phase=phase).kind == kind
