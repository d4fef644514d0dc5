"""The YouTube connector on a real server that keeps the Data API's contract."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from typing import Any

import pytest

from distribution.connectors.base import (
    Caption,
    Counts,
    Credential,
    Done,
    Failure,
    FailureClass,
    Health,
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
from distribution.connectors.logins import App
from distribution.connectors.youtube import oauth
from distribution.connectors.youtube.connector import YouTube
from distribution.connectors.youtube.errors import classify, seconds_to_reset
from distribution.connectors.youtube.oauth import GoogleLogin
from newsroom.common.http import Answer, NoAnswer
from tests.fakes.rehearsal import REDIRECT, YOUTUBE_SCOPES, RehearsalServer
from tests.fakes.shelf import Shelf

pytestmark = pytest.mark.processes
CONNECTOR = YouTube()
F = FailureClass
MB = 1024 * 1024
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096 * 3
SHA = hashlib.sha256(FILM).hexdigest()
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nNước lên nhanh.\n"
LOCKED = "UCsongba0chaythu0000002B"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "1"})
    yield running
    running.stop()


def target_of(server: RehearsalServer, *, channel: str = "UCsongba0chaythu0000001A", **settings: Any) -> Target:
    tokens = server.youtube_tokens(channel=channel)
    credential = Credential(tokens["access_token"], server.app_id, server.app_secret, refresh_token=tokens["refresh_token"])
    return Target(channel, server.youtube, credential, {"allowed_origins": [server.base_url], "read_seconds": 3, "chunk_bytes": MB, **settings})


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo channel, empty."""
    server.reset()
    return target_of(server)


def story(text: str = "Nước lên nhanh.", *, headline: str = "Lũ về Sông Ba", poster: bool = False, captions: bool = False) -> Snapshot:
    picture = Picture("image-1", "Sông", "Minh họa", 480, 270) if poster else None
    words = (Caption("vi", "Tiếng Việt", VTT),) if captions else ()
    video = Video("file:v.mp4", "Video", len(FILM), SHA, 12.0, 1280, 720, picture, words)
    return Snapshot(7, 1, headline, "", "Sapo.", "http://127.0.0.1/thoi-su/bai-a7.html", text, published_at=NOW.isoformat(), video=video, tags=("lũ", "Sông Ba"))


def payload_of(marker: str = "M1", *, settings: dict[str, Any] | None = None, **more: Any) -> Payload:
    return CONNECTOR.compose(snapshot=story(**more), marker=marker, settings=settings or {})


def stage(target: Target, payload: Payload, handle: dict[str, Any] | None = None, *, shelf: Shelf | None = None, steps: int = 30) -> tuple[Any, dict[str, Any]]:
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


def publish(target: Target, payload: Payload) -> tuple[Any, dict[str, Any]]:
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Staged), outcome
    return CONNECTOR.commit(target=target, payload=payload, handle=handle), handle


def test_a_video_goes_up_unseen_whole_and_is_shown_by_the_one_call(server: RehearsalServer, target: Target) -> None:
    payload = payload_of(poster=True, captions=True)
    (outcome, handle), calls = stage(target, payload), server.calls("chunk")
    assert isinstance(outcome, Staged)
    assert server.posts(state="published") == [] and len(calls) == 4
    assert handle["extras"] == {"thumbnail": "done", "captions:vi": "done"}
    done = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(done, Published) and done.url == f"{server.youtube}/watch?v={done.remote_id}"
    (post,) = server.posts(state="published")
    assert (post["media"][0]["sha256"], post["media"][0]["bytes"]) == (SHA, len(FILM))
    assert post["text"].startswith("Lũ về Sông Ba\n\nNước lên nhanh.") and "utm_id=M1" in post["link"]


def test_no_more_than_a_step_of_the_file_is_in_memory(target: Target) -> None:
    shelf = Shelf(FILM)
    stage(target, payload_of(), shelf=shelf)
    assert max(shelf.asked) == 256 * 1024


def test_a_worker_that_died_is_followed_by_one_that_asks_the_server_and_goes_on(server: RehearsalServer, target: Target) -> None:
    class Dies(Shelf):
        def part(self, start: int, length: int) -> bytes:
            if start >= 2 * MB:
                raise KeyboardInterrupt
            return super().part(start, length)

    payload, handle = payload_of(), {}
    handle |= CONNECTOR.stage(target=target, payload=payload, handle=handle, media=Shelf(FILM)).handle  # type: ignore[union-attr]
    with pytest.raises(KeyboardInterrupt):
        CONNECTOR.stage(target=target, payload=payload, handle=dict(handle), media=Dies(FILM))
    shelf = Shelf(FILM)
    outcome, _handle = stage(target, payload, handle, shelf=shelf)
    assert isinstance(outcome, Staged)
    assert sum(shelf.asked) == len(FILM) - 2 * MB
    assert server.uploads()[0]["wire_bytes"] == len(FILM)


@pytest.mark.parametrize("fault", ["error_before", "half_chunk", "no_range", "error_after", "lost_answer", "late_commit", "slow_body"])
def test_whatever_breaks_a_chunk_one_identical_video_comes_of_it(fault: str, server: RehearsalServer, target: Target) -> None:
    server.fault(fault, platform="youtube", call="chunk")
    payload, handle = payload_of(), {}
    for _try in range(4):
        outcome, handle = stage(replace(target, settings={**target.settings, "read_seconds": 0.7}), payload, handle, steps=60)
        if isinstance(outcome, Staged):
            break
        assert not isinstance(outcome, Failure) or outcome.kind == F.TRANSIENT_SAFE
    assert isinstance(outcome, Staged)
    (post,) = server.posts()
    assert post["media"][0]["sha256"] == SHA


def test_a_token_that_expires_in_the_middle_is_renewed_and_the_same_session_goes_on(server: RehearsalServer, target: Target) -> None:
    server.fault("token_expires", platform="youtube", call="chunk")
    payload = payload_of()
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Failure) and outcome.kind == F.AUTH_REFRESHABLE
    fresh = CONNECTOR.refresh(target=target)
    assert isinstance(fresh, Credential) and fresh.refresh_token == target.credential.refresh_token and fresh.token != target.credential.token
    outcome, after = stage(replace(target, credential=fresh), payload, handle)
    assert isinstance(outcome, Staged) and after["opened"] == 1
    assert after["session"] == "" and handle["session"]  # the address is a key: it is forgotten once it is of no more use


def test_a_renewal_whose_answer_is_lost_disconnects_nobody(server: RehearsalServer, target: Target) -> None:
    server.fault("refresh_lost", platform="youtube", call="refresh")
    lost = CONNECTOR.refresh(target=target)
    assert isinstance(lost, Failure) and lost.kind == F.TRANSIENT_SAFE
    assert isinstance(CONNECTOR.refresh(target=target), Credential)


def test_after_a_person_took_it_back_there_is_no_new_token(server: RehearsalServer, target: Target) -> None:
    server.fault("token_revoked", platform="youtube", call="open")
    outcome, _handle = stage(target, payload_of())
    assert isinstance(outcome, Failure) and outcome.kind == F.AUTH_REFRESHABLE
    dead = CONNECTOR.refresh(target=target)
    assert isinstance(dead, Failure) and dead.kind == F.AUTH_DEAD


def test_a_session_that_is_lost_begins_anew_unless_its_video_is_there(server: RehearsalServer, target: Target) -> None:
    payload = payload_of("M7")
    lost = {"session": f"{server.youtube}/upload/youtube/v3/videos?uploadType=resumable&upload_id=weg", "opened": 1, "sent": 5}
    outcome, handle = stage(target, payload, lost)
    assert isinstance(outcome, Staged) and handle["opened"] == 2
    outcome, again = stage(target, payload, lost)
    assert isinstance(outcome, Staged) and again["video_id"] == handle["video_id"]
    assert len(server.posts()) == 1


def test_a_stalled_server_is_left_alone_after_a_few_chunks(server: RehearsalServer, target: Target) -> None:
    server.fault("half_chunk", 50, platform="youtube", call="chunk")
    outcome, _handle = stage(replace(target, settings={**target.settings, "chunk_bytes": 256 * 1024}), payload_of(), steps=2)
    server.fault("half_chunk", 0, platform="youtube", call="chunk")
    assert isinstance(outcome, Failure) and outcome.kind == F.TRANSIENT_SAFE


def test_the_uploads_address_must_be_the_platform_s(target: Target) -> None:
    from distribution.connectors.youtube.api import is_platform_address

    real = replace(target, address="https://youtube.googleapis.com")
    assert is_platform_address(real, "https://www.googleapis.com/upload/youtube/v3/videos?upload_id=1")
    for foreign in ("https://evil.example/upload", "http://www.googleapis.com/upload", "https://googleapis.com.evil.example/", "https://evilgoogleapis.com/"):
        assert not is_platform_address(real, foreign)


@pytest.mark.parametrize(("fault", "there"), [("lost_answer", True), ("error_after", True), ("error_before", False)])
def test_after_a_lost_answer_the_state_is_read_back(fault: str, there: bool, server: RehearsalServer, target: Target) -> None:
    payload = payload_of("M3")
    _outcome, handle = stage(target, payload)
    server.fault(fault, platform="youtube", call="update")
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(outcome, Failure) and outcome.kind == F.AMBIGUOUS
    look = CONNECTOR.lookup(target=target, payload=payload, since=NOW, handle=handle)
    assert isinstance(look, Look) and (look.sight == Sight.FOUND) is there
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Published)
    assert len(server.posts(state="published")) == 1


def test_a_video_is_found_by_its_marker_alone(target: Target) -> None:
    published, _handle = publish(target, payload_of("M4"))
    look = CONNECTOR.lookup(target=target, payload=payload_of("M4"), since=NOW, handle={})
    assert isinstance(look, Look) and look.remote_id == published.remote_id
    look = CONNECTOR.lookup(target=target, payload=payload_of("M5"), since=NOW, handle={})
    assert isinstance(look, Look) and look.sight == Sight.NOT_FOUND


def test_a_video_that_the_platform_keeps_private_is_told_and_not_called_published(server: RehearsalServer, target: Target) -> None:
    outcome, _handle = publish(target_of(server, channel=LOCKED), payload_of())
    assert isinstance(outcome, Failure) and (outcome.kind, outcome.code) == (F.CONTENT, "kept_private")


def test_a_file_that_is_no_video_is_told(server: RehearsalServer, target: Target) -> None:
    nonsense = b"khong phai video" * 100
    snapshot = story()
    payload = CONNECTOR.compose(snapshot=replace(snapshot, video=replace(snapshot.video, size=len(nonsense))), marker="M", settings={})  # type: ignore[type-var]
    outcome, _handle = stage(target, payload, shelf=Shelf(nonsense))
    assert isinstance(outcome, Failure) and (outcome.code, outcome.platform_message) == ("video_rejected", "invalidFile")


def test_processing_that_never_ends_does_not_keep_the_news_back(server: RehearsalServer, target: Target) -> None:
    server.fault("stuck_processing", platform="youtube", call="chunk")
    outcome, handle = stage(target, payload_of(), steps=12)
    assert isinstance(outcome, Wait) and outcome.seconds > 0
    outcome, _handle = stage(replace(target, settings={**target.settings, "processing_patience": 0}), payload_of(), handle)
    assert isinstance(outcome, Staged)


def test_a_video_may_be_shown_by_the_platform_s_clock(server: RehearsalServer, target: Target) -> None:
    settings = {"publish_delay_minutes": 60 * 24 * 3650}
    payload = payload_of(settings=settings)
    outcome, _handle = publish(target, payload)
    assert isinstance(outcome, Published)
    assert server.posts()[0]["state"] == "unpublished"


def test_the_thumbnail_and_the_playlist_never_keep_a_video_back(server: RehearsalServer, target: Target) -> None:
    server.fault("error_before", 10, platform="youtube", call="thumbnail")
    outcome, handle = stage(target, payload_of(settings={"playlist": "PLweg"}, poster=True), steps=40)
    server.fault("error_before", 0, platform="youtube", call="thumbnail")
    assert isinstance(outcome, Staged)
    assert handle["extras"]["thumbnail"].startswith("left out") and handle["extras"]["playlist"].startswith("left out")


def test_an_edit_keeps_what_the_channel_added_and_a_deleted_video_is_gone_twice(server: RehearsalServer, target: Target) -> None:
    published, _handle = publish(target, payload_of("M6"))
    assert CONNECTOR.update(target=target, remote_id=published.remote_id, payload=payload_of("M6", text="Lời mới", headline="Tít đúng")) == Done()
    (post,) = server.posts(state="published")
    assert post["text"].startswith("Tít đúng\n\nLời mới") and "utm_id=M6" in post["link"]
    assert CONNECTOR.delete(target=target, remote_id=published.remote_id) == Done()
    assert CONNECTOR.delete(target=target, remote_id=published.remote_id) == Done(gone=True)
    assert CONNECTOR.update(target=target, remote_id=published.remote_id, payload=payload_of()) == Done(gone=True)


def test_statistics_that_are_hidden_are_unknown_and_never_nought(server: RehearsalServer, target: Target) -> None:
    published, _handle = publish(target, payload_of())
    assert CONNECTOR.metrics(target=target, remote_ids=(published.remote_id,)) == {published.remote_id: Counts(views=0, reactions=0, comments=0)}
    server.fault("metric_gone", platform="youtube")
    assert CONNECTOR.metrics(target=target, remote_ids=(published.remote_id,)) == {published.remote_id: Counts(views=0)}


@pytest.mark.parametrize("fault", ["rate_limited", "rate_limited_silent"])
def test_a_throttled_upload_waits(fault: str, server: RehearsalServer, target: Target) -> None:
    server.fault(fault, platform="youtube", call="open")
    outcome, _handle = stage(target, payload_of())
    assert isinstance(outcome, Failure) and outcome.kind == F.RATE and (outcome.retry_after or 0) > 0


class Purse:
    """A meter in memory."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}

    def spend(self, *, bucket: str, day: str, units: int, limit: int) -> bool:
        if self.spent.get(bucket, 0) + units > limit:
            return False
        self.spent[bucket] = self.spent.get(bucket, 0) + units
        return True


def test_the_quota_is_counted_by_the_table_and_what_is_spent_waits_without_asking(server: RehearsalServer, target: Target) -> None:
    purse = Purse()
    counted = replace(target, meter=purse)
    publish(counted, payload_of(poster=True))
    assert purse.spent == {"uploads": 1, "units": 50 + 1 + 50 + 1}  # thumbnail, look at the processing, show, read back
    empty = replace(counted, settings={**target.settings, "quota": {"uploads": 1}})
    before = len(server.calls())
    outcome, _handle = stage(empty, payload_of("M9"))
    assert isinstance(outcome, Failure) and outcome.kind == F.QUOTA and 0 < (outcome.retry_after or 0) <= 86400
    assert len(server.calls()) == before


def test_part_of_the_quota_is_kept_back_for_take_downs(server: RehearsalServer, target: Target) -> None:
    published, _handle = publish(target, payload_of())
    purse, quota = Purse(), {"units": 100, "reserved": 0.6}
    saving = replace(target, meter=purse, settings={**target.settings, "quota": quota})
    outcome = CONNECTOR.update(target=saving, remote_id=published.remote_id, payload=payload_of(text="mới"))
    assert isinstance(outcome, Failure) and outcome.kind == F.QUOTA
    assert CONNECTOR.delete(target=saving, remote_id=published.remote_id) == Done()


def test_the_platform_s_own_quota_is_believed_too(tmp_path: Any) -> None:
    running = RehearsalServer.start(tmp_path, env={"REHEARSAL_YOUTUBE_UPLOADS": "0"})
    try:
        outcome, _handle = stage(target_of(running), payload_of())
        assert isinstance(outcome, Failure) and (outcome.kind, outcome.code) == (F.QUOTA, "daily_quota")
    finally:
        running.stop()


def test_a_token_proves_its_own_channel_only(server: RehearsalServer, target: Target) -> None:
    found = CONNECTOR.health(target=target)
    assert isinstance(found, Health) and found.name.startswith("Truyền hình Báo Sông Ba")
    foreign = CONNECTOR.health(target=replace(target, remote_id=LOCKED))
    assert isinstance(foreign, Failure) and foreign.code == "wrong_channel"


# The way in
def app_of(server: RehearsalServer) -> App:
    return App(server.app_id, server.app_secret, server.youtube, server.youtube, (server.base_url,))


def consented(server: RehearsalServer, *, verifier: str = "v" * 43, **form: Any) -> str:
    url = GoogleLogin().authorize_url(app_of(server), redirect_uri=REDIRECT, state="s", verifier=verifier)
    return server.consent(url, **form).headers["Location"].split("code=")[1].split("&")[0]


def test_connecting_gives_the_chosen_channel_with_a_token_that_renews_itself(server: RehearsalServer) -> None:
    found = GoogleLogin().choices(app_of(server), redirect_uri=REDIRECT, code=consented(server, channel=LOCKED), verifier="v" * 43)
    assert not isinstance(found, Failure)
    (choice,) = found
    assert choice.remote_id == LOCKED and choice.refresh_token and choice.expires_at > datetime.now(tz=UTC).timestamp()
    target = Target(LOCKED, server.youtube, Credential(choice.token, server.app_id, server.app_secret, refresh_token=choice.refresh_token), {"allowed_origins": [server.base_url]})
    assert isinstance(oauth.refresh(target), Credential)


def test_a_code_without_the_secret_of_its_log_in_is_worth_nothing(server: RehearsalServer) -> None:
    stolen = GoogleLogin().choices(app_of(server), redirect_uri=REDIRECT, code=consented(server), verifier="x" * 43)
    assert isinstance(stolen, Failure) and stolen.kind == F.AUTH_DEAD


def test_a_permission_that_was_not_ticked_is_named(server: RehearsalServer) -> None:
    code = consented(server, choice="1", permissions=list(YOUTUBE_SCOPES[:2]))
    refused = GoogleLogin().choices(app_of(server), redirect_uri=REDIRECT, code=code, verifier="v" * 43)
    assert isinstance(refused, Failure) and refused.code == "missing_permission" and "force-ssl" in refused.platform_message


# Words
@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"headline": "x" * 101}, "title_too_long"), ({"headline": "Giá <b>"}, "angle_brackets"), ({"text": "ế" * 1667}, "description_too_long"),
        ({"text": "a > b"}, "angle_brackets"), ({"text": " "}, "text_empty"),
    ],
)  # fmt: skip
def test_what_youtube_would_refuse_is_told_before_approval(more: dict[str, str], code: str) -> None:
    snapshot = replace(story(**more), lead="")
    payload = CONNECTOR.compose(snapshot=snapshot, marker="M", settings={})
    assert [problem.code for problem in CONNECTOR.validate(payload=payload, settings={}) if problem.blocking] == [code]


def test_a_story_without_a_video_or_with_one_too_long_is_told() -> None:
    bare = CONNECTOR.compose(snapshot=replace(story(), video=None), marker="M", settings={})
    assert [problem.code for problem in CONNECTOR.validate(payload=bare, settings={})] == ["no_video"]
    assert [problem.code for problem in CONNECTOR.validate(payload=payload_of(), settings={"longest_minutes": 0.1})] == ["too_long_video"]


# The discovery document judges every request of the connector
DISCOVERY = json.loads(resources.files("googleapiclient").joinpath("discovery_cache/documents/youtube.v3.json").read_text(encoding="utf-8"))
METHODS = [method for name in DISCOVERY["resources"].values() for method in name.get("methods", {}).values()]
COMMON = {"uploadType", "upload_id", *DISCOVERY["parameters"]}


def problems_of(body: Any, schema: dict[str, Any], where: str) -> list[str]:
    """Fields of a body that the schema does not know, or of another type."""
    if "$ref" in schema:
        schema = DISCOVERY["schemas"][schema["$ref"]]
    if schema.get("type") == "array":
        return [text for item in body for text in problems_of(item, schema["items"], where)] if isinstance(body, list) else [f"{where} is no list"]
    if schema.get("type") == "object" or "properties" in schema:
        if not isinstance(body, dict):
            return [f"{where} is no object"]
        known = schema.get("properties", {})
        unknown = [f"{where}.{name} is not known" for name in body if name not in known and "additionalProperties" not in schema]
        return unknown + [text for name, value in body.items() if name in known for text in problems_of(value, known[name], f"{where}.{name}")]
    if "enum" in schema and body not in schema["enum"]:
        return [f"{where}={body} is not one of {schema['enum']}"]
    right = {"string": str, "boolean": bool, "integer": int}.get(schema.get("type", ""), object)
    return [] if isinstance(body, right) else [f"{where}={body!r} is no {schema['type']}"]


def method_of(verb: str, path: str) -> dict[str, Any]:
    place = re.sub(r"^(resumable/)?upload/", "", path)
    found = [method for method in METHODS if (method["httpMethod"], method["path"]) == (verb, place)]
    assert len(found) == 1, (verb, path)
    assert place == path or "/" + path == found[0]["mediaUpload"]["protocols"]["simple"]["path"], path
    return found[0]


def test_every_request_is_one_of_the_discovery_document(server: RehearsalServer, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    from distribution.connectors.youtube import api

    seen: list[tuple[str, str, dict[str, Any], Any, str]] = []
    true_call = api.call

    def watched(method: str, url: str, **more: Any) -> Any:
        seen.append((method, url, more.get("params") or {}, more.get("data"), (more.get("headers") or {}).get("Content-Type", "")))
        return true_call(method, url, **more)

    monkeypatch.setattr(api, "call", watched)
    payload = payload_of(settings={"playlist": "PL1", "publish_delay_minutes": 60 * 24 * 3650}, poster=True, captions=True)
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Staged)
    published = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(published, Published)
    CONNECTOR.lookup(target=target, payload=payload, since=NOW, handle={})
    CONNECTOR.metrics(target=target, remote_ids=(published.remote_id,))
    CONNECTOR.health(target=target)
    CONNECTOR.update(target=target, remote_id=published.remote_id, payload=payload)
    CONNECTOR.delete(target=target, remote_id=published.remote_id)
    assert len({(verb, url.partition("?")[0]) for verb, url, *_more in seen}) >= 9
    for verb, url, params, data, mime in seen:
        if "upload_id=" in url:
            assert verb == "PUT" and url.startswith(f"{server.youtube}/upload/youtube/v3/videos?")
            continue
        method = method_of(verb, url.removeprefix(f"{server.youtube}/"))
        assert set(params) <= {*method["parameters"], *COMMON}, (verb, url)
        assert {name for name, about in method["parameters"].items() if about.get("required")} <= set(params), (verb, url)
        if mime.startswith("application/json"):
            assert problems_of(json.loads(data), method["request"], method["id"]) == []
        if mime.startswith("multipart/related"):
            assert problems_of(json.loads(data.split(b"\r\n\r\n")[1].split(b"\r\n")[0]), method["request"], method["id"]) == []


# What an answer means
def google_answer(reason: str, status: int = 403, **headers: str) -> Answer:
    body = {"error": {"code": status, "message": "m", "errors": [{"reason": reason, "message": "m", "domain": "d"}]}}
    return Answer(status, json.dumps(body).encode(), headers)


@pytest.mark.parametrize(
    ("outcome", "phase", "kind"),
    [
        (google_answer("quotaExceeded"), Phase.STAGE, F.QUOTA), (google_answer("uploadLimitExceeded", 400), Phase.STAGE, F.QUOTA), (google_answer("rateLimitExceeded"), Phase.COMMIT, F.RATE),
        (google_answer("authError", 401), Phase.COMMIT, F.AUTH_REFRESHABLE), (google_answer("youtubeSignupRequired", 401), Phase.READ, F.AUTH_DEAD),
        (google_answer("insufficientPermissions"), Phase.COMMIT, F.AUTH_DEAD), (google_answer("invalidTitle", 400), Phase.COMMIT, F.CONTENT), (google_answer("invalidTitle", 400), Phase.STAGE, F.CONTENT),
        (google_answer("videoNotFound", 404), Phase.READ, F.GONE), (google_answer("backendError", 503), Phase.STAGE, F.TRANSIENT_SAFE), (google_answer("backendError", 503), Phase.COMMIT, F.AMBIGUOUS),
        (Answer(400, b'{"error": "invalid_grant", "error_description": "Bad"}'), Phase.READ, F.AUTH_DEAD), (Answer(401, b'{"error": "invalid_client"}'), Phase.READ, F.CONFIG),
        (Answer(502, b"<html>"), Phase.COMMIT, F.AMBIGUOUS), (Answer(200, b"not json"), Phase.COMMIT, F.AMBIGUOUS), (Answer(200, b"not json"), Phase.READ, F.BUG),
        (NoAnswer(True, "timeout"), Phase.COMMIT, F.AMBIGUOUS), (NoAnswer(True, "timeout"), Phase.STAGE, F.TRANSIENT_SAFE), (NoAnswer(False, "dns"), Phase.COMMIT, F.TRANSIENT_SAFE),
    ],
)  # fmt: skip
def test_what_an_answer_means_depends_on_the_phase_then_the_reason(outcome: Answer | NoAnswer, phase: Phase, kind: FailureClass) -> None:
    assert classify(outcome, phase=phase, now=NOW).kind == kind


def test_the_day_of_the_quota_ends_at_midnight_in_california() -> None:
    assert seconds_to_reset(datetime(2026, 11, 23, 7, 0, tzinfo=UTC)) == 3600  # winter: 15:00 in Vietnam
    assert seconds_to_reset(datetime(2026, 7, 1, 6, 0, tzinfo=UTC)) == 3600  # summer: 14:00


@pytest.mark.parametrize(
    ("sides", "seconds", "settings", "short"),
    [
        ((1080, 1920), 59.0, {}, True), ((1080, 1080), 180.0, {}, True), ((1080, 1920), 181.0, {}, False), ((1280, 720), 30.0, {}, False), ((0, 0), 30.0, {}, False),
        ((1080, 1920), 61.0, {"short_seconds": 60}, False),
    ],
)  # fmt: skip
def test_an_upright_and_short_video_is_a_short_and_says_so(sides: tuple[int, int], seconds: float, settings: dict[str, Any], short: bool) -> None:
    snapshot = story()
    assert snapshot.video is not None
    upright = replace(snapshot, video=replace(snapshot.video, width=sides[0], height=sides[1], duration=seconds))
    payload = CONNECTOR.compose(snapshot=upright, marker="M", settings=settings)
    seen = CONNECTOR.preview(payload=payload)
    assert (payload.body["short"], "#Shorts" in payload.body["description"], seen["card"]["host"]) == (short, short, "YouTube Shorts" if short else "YouTube")
    assert seen["film"] == {"format": "short" if short else "video", "seconds": seconds, "title": "Lũ về Sông Ba"}
    assert "#Shorts" not in CONNECTOR.compose(snapshot=upright, marker="M", settings={**settings, "shorts_hashtag": False}).body["description"]
    own = CONNECTOR.compose(snapshot=replace(upright, hashtags=("shorts", "lũ")), marker="M", settings=settings)
    assert own.body["description"].lower().count("#shorts") == 1


def test_a_short_goes_up_by_the_same_way_and_readers_find_it_by_its_hashtag(server: RehearsalServer, target: Target) -> None:
    snapshot = story()
    assert snapshot.video is not None
    payload = CONNECTOR.compose(snapshot=replace(snapshot, video=replace(snapshot.video, width=1080, height=1920)), marker="M1", settings={})
    done, _handle = publish(target, payload)
    (post,) = server.posts(state="published")
    assert isinstance(done, Published) and post["id"] == done.remote_id and "#Shorts" in post["text"]
