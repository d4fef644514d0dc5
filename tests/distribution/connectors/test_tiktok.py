"""The TikTok connector on a real server that keeps the Content Posting API's contract."""

from __future__ import annotations

import hashlib
import hmac
import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from distribution.connectors.base import (
    Counts,
    Credential,
    Failure,
    FailureClass,
    Handed,
    Health,
    Job,
    Look,
    Payload,
    Phase,
    Picture,
    Sight,
    Snapshot,
    Staged,
    Target,
    Video,
    Wait,
)  # fmt: skip
from distribution.connectors.logins import App
from distribution.connectors.rings import Ring
from distribution.connectors.tiktok.api import is_platform_address
from distribution.connectors.tiktok.connector import TikTok
from distribution.connectors.tiktok.errors import classify
from distribution.connectors.tiktok.oauth import TikTokLogin
from distribution.connectors.tiktok.pictures import picture_address
from distribution.connectors.tiktok.texts import units
from distribution.connectors.tiktok.uploads import plan_of
from newsroom.common.http import Answer, NoAnswer
from tests.fakes.rehearsal import REDIRECT, RehearsalServer
from tests.fakes.shelf import Shelf

pytestmark = pytest.mark.processes
CONNECTOR = TikTok()
F = FailureClass
ACCOUNT = "-000SongBaChayThuTikTok0001"
UNAUDITED = "-000SongBaChayThuTikTok0002"
CHUNK = 5 * 1024 * 1024  # five MB by either reading
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096 * 16  # three chunks and a rest
SHA = hashlib.sha256(FILM).hexdigest()
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
CUT = {"whole_bytes": CHUNK, "chunk_bytes": CHUNK}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "1"})
    yield running
    running.stop()


def target_of(server: RehearsalServer, *, account: str = ACCOUNT, film: bytes = FILM, **settings: Any) -> Target:
    tokens = server.tiktok_tokens(account=account)
    credential = Credential(tokens["access_token"], server.app_id, server.app_secret, refresh_token=tokens["refresh_token"])
    return Target(account, server.tiktok, credential, {"allowed_origins": [server.base_url], "read_seconds": 3, **CUT, **settings}, job=Job("J1", media=Shelf(film, pictures=False)))


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo account, empty, for drafts."""
    server.reset()
    return target_of(server)


@pytest.fixture
def direct(server: RehearsalServer) -> Target:
    """The demo account, empty, with an application that may post by itself."""
    server.reset()
    return target_of(server, direct_post=True)


def story(text: str = "Nước lên nhanh.", *, film: bytes = FILM, **more: Any) -> Snapshot:
    video = Video("file:v.mp4", "Video", len(film), hashlib.sha256(film).hexdigest(), 12.0, 1080, 1920)
    return Snapshot(7, 1, "Lũ về Sông Ba", "", "Sapo.", "http://127.0.0.1/thoi-su/bai-a7.html", text, published_at=NOW.isoformat(), **{"video": video, **more})


def payload_of(target: Target, marker: str = "M1", **more: Any) -> Payload:
    direct = bool(target.settings.get("direct_post"))
    return CONNECTOR.compose(snapshot=story(**({"privacy": "public"} if direct else {}) | more), marker=marker, settings=target.settings)


def stage(target: Target, payload: Payload, handle: dict[str, Any] | None = None, *, shelf: Shelf | None = None, steps: int = 20) -> tuple[Any, dict[str, Any]]:
    """Steps as a worker takes them, until staged or a failure; waits are not waited for."""
    handle, outcome = dict(handle or {}), None
    for _step in range(steps):
        outcome = CONNECTOR.stage(target=target, payload=payload, handle=handle, media=shelf or Shelf(FILM, pictures=False))
        if isinstance(outcome, Failure):
            return outcome, handle
        handle |= outcome.handle
        if isinstance(outcome, Staged):
            break
    return outcome, handle


def send(target: Target, payload: Payload, handle: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
    """Stage and commit."""
    outcome, handle = stage(target, payload, handle)
    assert isinstance(outcome, Staged), outcome
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    if isinstance(outcome, Wait | Handed):
        handle |= outcome.handle
    return outcome, handle


def check(target: Target, handle: dict[str, Any]) -> Any:
    return CONNECTOR.check(target=target, handle=handle, remote_id="")


def lookup(target: Target, payload: Payload, handle: dict[str, Any]) -> Any:
    return CONNECTOR.lookup(target=target, payload=payload, since=datetime.now(tz=UTC) - timedelta(seconds=5), handle=handle)


def test_a_draft_waits_in_the_inbox_until_a_person_posts_it_in_the_app(server: RehearsalServer, target: Target) -> None:
    payload = payload_of(target)
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Staged) and server.uploads()[0]["wire_bytes"] == 2 * CHUNK  # all but the last chunk
    handed = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(handed, Handed)
    handle |= handed.handle
    assert server.posts() == [] and handle["upload_url"] == ""
    assert isinstance(check(target, handle), Wait)
    assert "Chú thích" in server_page(server)
    assert server.finish_draft(handle["publish_id"], account=ACCOUNT, caption=payload.body["caption"]).status_code == 303
    (post,) = server.posts(state="published")
    look = check(target, handle)
    assert look == Look(Sight.FOUND, post["id"], f"{server.tiktok}/@baosongba.chaythu/video/{post['id']}")
    assert (post["text"], post["media"][0]["sha256"], post["media"][0]["bytes"]) == ("Nước lên nhanh.", SHA, len(FILM))


def server_page(server: RehearsalServer) -> str:
    import requests

    return requests.get(f"{server.tiktok}/inbox/{ACCOUNT}", timeout=10).text


def test_a_draft_that_a_person_throws_away_is_told_as_that(server: RehearsalServer, target: Target) -> None:
    _outcome, handle = send(target, payload_of(target))
    server.finish_draft(handle["publish_id"], account=ACCOUNT, act="discard")
    gone = check(target, handle)
    assert isinstance(gone, Failure) and (gone.kind, gone.code) == (F.CONTENT, "post_cancelled")


def test_a_draft_that_is_posted_for_friends_only_has_no_public_number_and_is_waited_for(server: RehearsalServer, target: Target) -> None:
    _outcome, handle = send(target, payload_of(target))
    server.finish_draft(handle["publish_id"], account=ACCOUNT, privacy="SELF_ONLY")
    assert isinstance(check(target, handle), Wait)
    assert check(target, {**handle, "accepted_at": 1.0}) == Look(Sight.FOUND, handle["publish_id"])


def test_a_post_by_itself_asks_what_the_account_may_do_and_is_followed_to_its_end(server: RehearsalServer, direct: Target) -> None:
    payload = payload_of(direct)
    outcome, handle = send(direct, payload)
    assert isinstance(outcome, Wait)
    (post,) = server.posts(state="published")
    assert check(direct, handle) == Look(Sight.FOUND, post["id"], f"{server.tiktok}/@baosongba.chaythu/video/{post['id']}")
    assert payload.body["consent"] == {
        "to": "music_usage_confirmation", "privacy": "PUBLIC_TO_EVERYONE", "version": 1, "by": "", "at": "", "comments": False, "duet": False, "stitch": False,
    }  # fmt: skip


def test_a_private_post_is_done_without_a_public_number(server: RehearsalServer, direct: Target) -> None:
    _outcome, handle = send(direct, payload_of(direct, privacy="private"))
    assert check(direct, handle) == Look(Sight.FOUND, handle["publish_id"])
    assert [post["state"] for post in server.posts()] == ["unpublished"]


def test_who_may_see_a_post_is_picked_by_a_person_and_only_what_the_account_offers(direct: Target) -> None:
    unset = payload_of(direct, privacy="")
    assert [problem.code for problem in CONNECTOR.validate(payload=unset, settings=direct.settings)] == ["privacy_unset"]
    refused, _handle = stage(direct, payload_of(direct, privacy="followers"))
    assert isinstance(refused, Failure) and refused.code == "privacy_not_offered"


def test_an_application_that_was_not_audited_is_told_at_once(server: RehearsalServer) -> None:
    server.reset()
    target = target_of(server, account=UNAUDITED, direct_post=True)
    refused, _handle = stage(target, payload_of(target))
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONFIG, "not_audited")


def test_a_daily_cap_that_comes_with_http_200_stops_before_anything_is_sent(server: RehearsalServer, direct: Target) -> None:
    payload = payload_of(direct)
    outcome, handle = stage(direct, payload)
    assert isinstance(outcome, Staged)
    server.fault("error_in_200", platform="tiktok", call="creator")
    refused = CONNECTOR.commit(target=direct, payload=payload, handle=handle)
    assert isinstance(refused, Failure) and (refused.kind, refused.code, refused.retry_after) == (F.QUOTA, "post_limit", 86400.0)
    assert server.posts() == []


def test_the_sixth_unfinished_draft_waits_for_a_person(server: RehearsalServer, target: Target) -> None:
    small = b"\x00\x00\x00\x18ftypisom" + b"x" * 100
    target = target_of(server, film=small)
    payload = payload_of(target, film=small)
    for _draft in range(5):
        outcome, handle = stage(target, payload, shelf=Shelf(small, pictures=False))
        assert isinstance(outcome, Staged)
        assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Handed)
    refused, _handle = stage(target, payload, shelf=Shelf(small, pictures=False))
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.QUOTA, "draft_limit")


@pytest.mark.parametrize("fault", ["lost_answer", "late_commit", "error_after", "error_before", "slow_body"])
def test_whatever_is_lost_with_the_last_chunk_there_is_one_post(fault: str, server: RehearsalServer, direct: Target) -> None:
    payload = payload_of(direct)
    outcome, handle = stage(direct, payload)
    assert isinstance(outcome, Staged)
    server.fault(fault, platform="tiktok", call="chunk")
    hasty = replace(direct, settings={**direct.settings, "read_seconds": 0.7})
    lost = CONNECTOR.commit(target=hasty, payload=payload, handle=handle)
    if fault != "slow_body":
        assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    server.wait_until(lambda: not any(call["outcome"] == "running" for call in server.calls("chunk")))
    look = lookup(direct, payload, handle)
    if look == Look(Sight.NOT_FOUND):
        assert fault == "error_before"
        assert isinstance(CONNECTOR.commit(target=direct, payload=payload, handle=handle), Wait)
        look = lookup(direct, payload, handle)
    assert isinstance(look, Look) and look.sight == Sight.FOUND
    assert [post["id"] for post in server.posts()] == [look.remote_id]


def test_a_draft_whose_last_answer_was_lost_is_not_sent_again(server: RehearsalServer, target: Target) -> None:
    payload = payload_of(target)
    _outcome, handle = stage(target, payload)
    server.fault("lost_answer", platform="tiktok", call="chunk")
    lost = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    assert isinstance(lookup(target, payload, handle), Handed)
    outcome, handle = stage(target, payload, handle)  # and where a person says "send again": TikTok has it
    assert isinstance(outcome, Staged)
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Handed)
    assert len(server.calls("init")) == 1 and len(server.calls("chunk")) == 3


@pytest.mark.parametrize("fault", ["half_chunk", "no_range", "error_before", "container_expired"])
def test_whatever_breaks_a_chunk_before_the_last_the_film_arrives_whole(fault: str, server: RehearsalServer, target: Target) -> None:
    server.fault(fault, platform="tiktok", call="chunk")
    payload, handle = payload_of(target), {}
    for _try in range(3):
        outcome, handle = stage(target, payload, handle)
        if isinstance(outcome, Staged):
            break
        assert isinstance(outcome, Failure) and outcome.kind == F.TRANSIENT_SAFE
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Handed)
    server.finish_draft(handle["publish_id"], account=ACCOUNT)
    (post,) = server.posts()
    assert post["media"][0]["sha256"] == SHA
    assert len(server.calls("init")) == (2 if fault == "container_expired" else 1)


def test_half_of_the_last_chunk_is_taken_up_where_it_ended(server: RehearsalServer, target: Target) -> None:
    payload = payload_of(target)
    _outcome, handle = stage(target, payload)
    server.fault("half_chunk", platform="tiktok", call="chunk")
    lost = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    assert lookup(target, payload, handle) == Look(Sight.NOT_FOUND)
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Handed)
    server.finish_draft(handle["publish_id"], account=ACCOUNT)
    assert server.posts()[0]["media"][0]["sha256"] == SHA


def test_an_address_that_is_over_at_the_last_chunk_leads_back_to_staging_and_a_new_upload(server: RehearsalServer, target: Target) -> None:
    payload = payload_of(target)
    _outcome, handle = stage(target, payload)
    server.fault("container_expired", platform="tiktok", call="chunk")
    refused = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.TRANSIENT_SAFE, "upload_expired")
    outcome, after = send(target, payload, {**handle, "opened_at": 1.0})
    assert isinstance(outcome, Handed) and after["publish_ids"] == [handle["publish_id"], after["publish_id"]]


def test_a_token_that_ends_in_the_middle_is_renewed_and_the_same_upload_goes_on(server: RehearsalServer, target: Target) -> None:
    payload = payload_of(target)
    first = CONNECTOR.stage(target=target, payload=payload, handle={}, media=Shelf(FILM, pictures=False))
    assert isinstance(first, Wait)
    server.fault("token_expires", platform="tiktok", call="init")
    over, _handle = stage(target, payload)
    assert isinstance(over, Failure) and over.kind == F.AUTH_REFRESHABLE
    fresh = CONNECTOR.refresh(target=target)
    assert isinstance(fresh, Credential) and fresh.refresh_token != target.credential.refresh_token and fresh.expires_at is not None
    assert timedelta(hours=1) < fresh.expires_at - datetime.now(tz=UTC) <= timedelta(hours=2)
    outcome, handle = send(replace(target, credential=fresh), payload, dict(first.handle))
    assert isinstance(outcome, Handed) and handle["publish_id"] == first.handle["publish_id"]
    old = CONNECTOR.refresh(target=target)
    assert isinstance(old, Failure) and old.kind == F.AUTH_DEAD  # the old one stopped at once


def test_a_renewal_without_an_answer_disconnects_nobody_by_itself(server: RehearsalServer, target: Target) -> None:
    server.fault("refresh_lost", platform="tiktok", call="refresh")
    lost = CONNECTOR.refresh(target=target)
    assert isinstance(lost, Failure) and lost.kind == F.TRANSIENT_SAFE


def test_after_a_person_took_it_back_there_is_no_new_token(server: RehearsalServer, target: Target) -> None:
    server.fault("token_revoked", platform="tiktok", call="init")
    refused, _handle = stage(target, payload_of(target))
    assert isinstance(refused, Failure) and refused.kind == F.AUTH_REFRESHABLE
    dead = CONNECTOR.refresh(target=target)
    assert isinstance(dead, Failure) and dead.kind == F.AUTH_DEAD


def test_a_file_that_tiktok_cannot_read_fails_with_a_sentence(server: RehearsalServer) -> None:
    server.reset()
    junk = b"not a film at all" * 10
    target = target_of(server, film=junk)
    payload = payload_of(target, film=junk)
    _outcome, handle = stage(target, payload, shelf=Shelf(junk, pictures=False))
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(outcome, Handed)
    failed = check(target, handle | outcome.handle)
    assert isinstance(failed, Failure) and (failed.kind, failed.code) == (F.CONTENT, "video_rejected_format")


def test_a_film_that_stays_in_processing_is_waited_for_ever_more_slowly(server: RehearsalServer, direct: Target) -> None:
    payload = payload_of(direct)
    _outcome, handle = stage(direct, payload)
    server.fault("stuck_processing", platform="tiktok", call="chunk")
    outcome = CONNECTOR.commit(target=direct, payload=payload, handle=handle)
    assert isinstance(outcome, Wait)
    handle |= outcome.handle
    assert check(direct, handle) == Wait(5.0)
    assert check(direct, {**handle, "accepted_at": handle["accepted_at"] - 1000}) == Wait(120.0)
    assert check(direct, {**handle, "accepted_at": handle["accepted_at"] - 7000}) == Wait(1800.0)


def test_counts_come_by_post_and_what_is_hidden_is_not_nothing(server: RehearsalServer, direct: Target) -> None:
    _outcome, handle = send(direct, payload_of(direct))
    post = check(direct, handle).remote_id
    assert CONNECTOR.metrics(target=direct, remote_ids=(post, "1", handle["publish_id"])) == {post: Counts(0, 0, 0, 0)}
    server.fault("metric_gone", platform="tiktok", call="query")
    assert CONNECTOR.metrics(target=direct, remote_ids=(post,)) == {post: Counts(0, None, None, 0)}


def test_nothing_can_be_changed_or_taken_down_from_outside(target: Target) -> None:
    can = CONNECTOR.capabilities({})
    assert (can.can_edit, can.can_delete, can.finishes_in_app) == (False, False, True)
    assert not CONNECTOR.capabilities({"direct_post": True}).finishes_in_app
    for refused in (CONNECTOR.update(target=target, remote_id="1", payload=payload_of(target)), CONNECTOR.delete(target=target, remote_id="1")):
        assert isinstance(refused, Failure) and refused.code == "cannot_change"


def test_pictures_are_fetched_by_tiktok_from_addresses_that_nobody_guesses(server: RehearsalServer, direct: Target, photo_host: str) -> None:
    target = replace(direct, settings={**direct.settings, "photos": {"address": photo_host, "key": "k"}})
    payload = payload_of(target, video=None, pictures=(Picture("image-1", "Sông", "", 800, 600),))
    assert payload.kind == "photos" and CONNECTOR.validate(payload=payload, settings=target.settings) == []
    outcome, handle = send(target, payload)
    assert isinstance(outcome, Wait)
    (post,) = server.wait_for_posts(1)
    assert check(target, handle) == Look(Sight.FOUND, post["id"], f"{server.tiktok}/@baosongba.chaythu/photo/{post['id']}")
    assert post["text"] == "Lũ về Sông Ba\n\nNước lên nhanh."


def test_pictures_whose_answer_was_lost_are_found_where_they_are_seen_and_else_a_person_is_asked(server: RehearsalServer, direct: Target, photo_host: str) -> None:
    target = replace(direct, settings={**direct.settings, "photos": {"address": photo_host, "key": "k"}})
    payload = payload_of(target, video=None, pictures=(Picture("image-1", "", "", 800, 600),))
    assert lookup(target, payload, {}) == Look(Sight.CANNOT)
    server.fault("lost_answer", platform="tiktok", call="photos")
    lost = CONNECTOR.commit(target=target, payload=payload, handle={})
    assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    (post,) = server.wait_for_posts(1)
    assert lookup(target, payload, {}) == Look(Sight.FOUND, post["id"], f"{server.tiktok}/@baosongba.chaythu/photo/{post['id']}")
    other = payload_of(target, text="Chuyện khác.", video=None, pictures=(Picture("image-1", "", "", 800, 600),))
    assert lookup(target, other, {}) == Look(Sight.CANNOT)


@pytest.mark.parametrize(
    "address", ["", "http://songba.vn/anh", "https://10.0.0.7/anh", "https://[::1]/anh", "https://songba.vn/anh?x=1", "songba.vn", "https:///anh"], ids=str
)
def test_pictures_are_not_offered_without_an_address_that_tiktok_can_verify(address: str) -> None:
    settings = {"photos": {"address": address, "key": "k"}}
    can = CONNECTOR.capabilities(settings)
    assert can.kinds == ("video",) and can.picture_limit == 0
    payload = CONNECTOR.compose(snapshot=story(video=None, pictures=(Picture("image-1", "", "", 8, 6),)), marker="M", settings=settings)
    assert [problem.code for problem in CONNECTOR.validate(payload=payload, settings=settings)] == ["no_video"]


def test_pictures_are_offered_where_the_address_is_ours_and_given_to_whom_was_told_of_them_only() -> None:
    settings = {"photos": {"address": "https://songba.vn/channel-pictures/", "key": "k"}}
    assert CONNECTOR.capabilities(settings).kinds == ("video", "photos") and CONNECTOR.capabilities(settings).picture_limit == 35
    payload = CONNECTOR.compose(snapshot=story(video=None, pictures=(Picture("image-1", "", "", 8, 6),)), marker="M", settings=settings)
    proof = picture_address(settings, "M", "image-1").rpartition("/")[2].removesuffix(".jpg")
    asked = {"payload": payload, "settings": settings}
    assert CONNECTOR.picture_at(key="image-1", proof=proof, **asked) == (1080, 1920)
    assert CONNECTOR.picture_at(key="image-2", proof=proof, **asked) is None
    assert CONNECTOR.picture_at(key="image-1", proof="0" * 40, **asked) is None
    assert CONNECTOR.picture_at(key="image-1", proof="ế", **asked) is None
    assert (CONNECTOR.may_fetch({}), CONNECTOR.may_fetch({"publish_id": "p"})) == (False, True)


def test_a_post_by_itself_keeps_who_agreed_and_when_and_stays_with_what_the_account_offers() -> None:
    settings = {"direct_post": True}
    payload = CONNECTOR.compose(snapshot=story(privacy="public", signed_by="Trần Thu Hà", signed_at=NOW.isoformat()), marker="M", settings=settings)
    assert payload.body["consent"] == {
        "to": "music_usage_confirmation", "privacy": "PUBLIC_TO_EVERYONE", "version": 1, "by": "Trần Thu Hà", "at": NOW.isoformat(), "comments": False, "duet": False, "stitch": False,
    }  # fmt: skip
    assert CONNECTOR.validate(payload=payload, settings=settings) == []
    refused = CONNECTOR.validate(payload=payload, settings={**settings, "privacy_options": ["SELF_ONLY"]})
    assert [(problem.code, problem.blocking) for problem in refused] == [("privacy_not_offered", True)]


def test_a_check_brings_what_the_account_may_do_for_the_editor_to_know(server: RehearsalServer, direct: Target) -> None:
    health = CONNECTOR.health(target=direct)
    assert isinstance(health, Health)
    assert "PUBLIC_TO_EVERYONE" in health.settings["privacy_options"] and health.settings["longest_seconds"] == 600
    drafts = CONNECTOR.health(target=replace(direct, settings={**direct.settings, "direct_post": False}))
    assert isinstance(drafts, Health) and drafts.settings == {}


def test_tiktok_s_own_signed_call_is_heard_and_a_changed_old_or_foreign_one_is_not(tmp_path: Any) -> None:
    listener = HookListener()
    server = RehearsalServer.start(tmp_path, env={"REHEARSAL_TIKTOK_HOOK": f"http://127.0.0.1:{listener.server_port}/hooks/tiktok/"})
    try:
        drafts = target_of(server)
        _outcome, handle = send(drafts, payload_of(drafts))
        server.wait_until(lambda: len(listener.heard) == 1)
        server.finish_draft(handle["publish_id"], account=ACCOUNT, caption="Nước lên nhanh.")
        server.wait_until(lambda: len(listener.heard) == 2)
    finally:
        server.stop()
        listener.shutdown()
    for headers, body in listener.heard:
        right: dict[str, Any] = {"secret": server.app_secret, "headers": headers, "body": body, "now": datetime.now(tz=UTC)}
        assert CONNECTOR.heard(**right) == Ring(ACCOUNT, "publish_id", handle["publish_id"])
        assert CONNECTOR.heard(**right | {"body": body.replace(b"post", b"p0st")}) is None
        assert CONNECTOR.heard(**right | {"secret": "khác"}) is None
        assert CONNECTOR.heard(**right | {"now": right["now"] + timedelta(minutes=6)}) is None
        assert CONNECTOR.heard(**right | {"headers": {}}) is None


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"1", b"{}", b'{"user_openid": 0}', b"[" * 100_000], ids=lambda body: repr(body[:12]))
def test_a_signed_call_without_sense_is_no_call(body: bytes) -> None:
    headers = {"tiktok-signature": "t=1795413600,s=" + hmac.new(b"s", b"1795413600." + body, hashlib.sha256).hexdigest()}
    assert CONNECTOR.heard(secret="s", headers=headers, body=body, now=datetime.fromtimestamp(1795413600, tz=UTC)) is None


class HookListener(ThreadingHTTPServer):
    """Keeps what is posted to it."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        super().__init__(("127.0.0.1", 0), _Hook)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Hook(BaseHTTPRequestHandler):
    server: HookListener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def test_pictures_without_a_film_and_without_an_address_are_no_post() -> None:
    payload = CONNECTOR.compose(snapshot=story(video=None, pictures=(Picture("image-1", "", "", 8, 6),)), marker="M", settings={})
    assert [problem.code for problem in CONNECTOR.validate(payload=payload, settings={})] == ["no_video"]


@pytest.fixture
def photo_host(tmp_path: Any) -> Iterator[str]:
    """A host that shows one picture at every address."""
    from PIL import Image

    data = io.BytesIO()
    Image.new("RGB", (800, 600), "teal").save(data, "JPEG")

    class Host(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.end_headers()
            self.wfile.write(data.getvalue())

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    host = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{host.server_port}/anh"
    host.shutdown()


def test_the_log_in_gives_the_account_with_a_pair_of_tokens_and_names_what_was_not_ticked(server: RehearsalServer) -> None:
    app = App(server.app_id, server.app_secret, server.tiktok, server.tiktok, (server.base_url,))
    login = TikTokLogin()
    url = login.authorize_url(app, redirect_uri=REDIRECT, state="s", verifier="v")
    (choice,) = login.choices(app, redirect_uri=REDIRECT, code=code_of(server, url), verifier="v")  # type: ignore[misc]
    assert (choice.remote_id, choice.name, bool(choice.refresh_token)) == (ACCOUNT, "Báo Sông Ba trên TikTok · chạy thử", True)
    health = CONNECTOR.health(target=Target(ACCOUNT, server.tiktok, Credential(choice.token), {"allowed_origins": [server.base_url]}))
    assert isinstance(health, Health) and health.remote_id == ACCOUNT
    other = CONNECTOR.health(target=Target(UNAUDITED, server.tiktok, Credential(choice.token), {"allowed_origins": [server.base_url]}))
    assert isinstance(other, Failure) and other.kind == F.AUTH_DEAD
    half = code_of(server, url, choice="1", permissions="video.upload")
    refused = login.choices(app, redirect_uri=REDIRECT, code=half, verifier="v")
    assert isinstance(refused, Failure) and (refused.code, refused.platform_message) == ("missing_permission", "video.list")
    again = login.choices(app, redirect_uri=REDIRECT, code=half, verifier="v")
    assert isinstance(again, Failure) and again.kind == F.AUTH_DEAD
    assert "video.publish" in login.authorize_url(replace(app, extra_scopes=("video.publish",)), redirect_uri=REDIRECT, state="s", verifier="v")


def code_of(server: RehearsalServer, url: str, **form: Any) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(server.consent(url, **form).headers["Location"]).query)["code"][0]


def test_a_film_goes_to_tiktok_s_own_hosts_only() -> None:
    real = Target("1", "https://open.tiktokapis.com", Credential("t"))
    for own in ("https://open-upload.tiktokapis.com/video/?upload_id=1", "https://upload.us.tiktokapis.com/video/"):
        assert is_platform_address(real, own)
    for foreign in (
        "https://evil.example/", "http://open-upload.tiktokapis.com/", "https://tiktokapis.com.evil.example/", "https://eviltiktokapis.com/", "https://127.0.0.1/",
        "https://open-upload.tiktokapis.com:8443/", "https://user@evil.example/.tiktokapis.com",
    ):  # fmt: skip
        assert not is_platform_address(real, foreign)


@pytest.mark.parametrize("size", [1, 4_999_999, 5_000_000, 64_000_000, 64_000_001, 67_108_864, 67_108_865, 128_000_000, 137_000_000, 4_000_000_000, 4_294_967_296])
def test_the_plan_of_chunks_keeps_the_rules_by_either_reading_of_mb(size: int) -> None:
    plan = plan_of(size, {})
    last = size - plan.last_start
    assert plan.count == max(1, size // plan.chunk) and plan.count <= 1000
    for megabyte in (1_000_000, 1_048_576):
        assert plan.count >= 2 or size <= 64 * megabyte
        assert plan.count == 1 or (5 * megabyte <= plan.chunk <= 64 * megabyte and last <= 128 * megabyte)
    assert plan.end_after(plan.last_start) == size and plan.end_after(0) == (plan.chunk if plan.count > 1 else size)


def test_no_more_than_a_step_of_the_film_is_in_memory(target: Target) -> None:
    shelf = Shelf(FILM, pictures=False)
    stage(target, payload_of(target), shelf=shelf)
    assert shelf.asked and max(shelf.asked) == 256 * 1024


def test_letters_are_counted_as_tiktok_counts_them() -> None:
    assert [units("ế"), units("e\u0302\u0301"), units("🇻🇳"), units("Sông")] == [1, 1, 4, 4]
    long = CONNECTOR.compose(snapshot=story("🇻🇳" * 551), marker="M", settings={})
    (problem,) = CONNECTOR.validate(payload=long, settings={})
    assert (problem.code, problem.values) == ("text_too_long", {"count": 2204, "limit": 2200})


@pytest.mark.parametrize(
    ("video", "settings", "code"),
    [
        ({"duration": 601.0}, {}, "too_many_seconds"), ({"duration": 181.0}, {"direct_post": True}, "too_many_seconds"), ({"duration": 300.0}, {}, ""),
        ({"size": 4_000_000_001}, {}, "video_too_big"), ({"width": 320}, {}, "video_sides"), ({"height": 4100}, {}, "video_sides"),
    ],
)  # fmt: skip
def test_what_tiktok_would_refuse_of_a_film_is_told_before(video: dict[str, Any], settings: dict[str, Any], code: str) -> None:
    made = replace(Video("v", "Video", 1000, "0" * 64, 12.0, 1080, 1920), **video)
    payload = CONNECTOR.compose(snapshot=story(video=made, privacy="public"), marker="M", settings=settings)
    assert [problem.code for problem in CONNECTOR.validate(payload=payload, settings=settings)] == ([code] if code else [])


def test_many_hashtags_are_a_warning_and_stand_under_the_text() -> None:
    payload = CONNECTOR.compose(snapshot=story(hashtags=("Sông Ba", "lũ", "a", "b", "c", "d")), marker="M", settings={})
    assert payload.body["caption"] == "Nước lên nhanh.\n\n#SôngBa #lũ #a #b #c #d"
    (problem,) = CONNECTOR.validate(payload=payload, settings={})
    assert (problem.code, problem.blocking) == ("many_hashtags", False)


@pytest.mark.parametrize(
    ("status", "code", "phase", "kind"),
    [
        (401, "access_token_invalid", Phase.STAGE, F.AUTH_REFRESHABLE), (401, "scope_not_authorized", Phase.STAGE, F.AUTH_DEAD),
        (200, "spam_risk_too_many_posts", Phase.COMMIT, F.QUOTA), (403, "spam_risk_too_many_pending_share", Phase.STAGE, F.QUOTA),
        (200, "reached_active_user_cap", Phase.STAGE, F.QUOTA), (200, "spam_risk_user_banned_from_posting", Phase.STAGE, F.HOLD),
        (403, "unaudited_client_can_only_post_to_private_accounts", Phase.STAGE, F.CONFIG), (403, "url_ownership_unverified", Phase.COMMIT, F.CONFIG),
        (403, "privacy_level_option_mismatch", Phase.STAGE, F.CONTENT), (400, "invalid_param", Phase.STAGE, F.CONTENT), (400, "invalid_publish_id", Phase.READ, F.BUG),
        (429, "rate_limit_exceeded", Phase.COMMIT, F.RATE), (500, "internal_error", Phase.STAGE, F.TRANSIENT_SAFE), (500, "internal_error", Phase.COMMIT, F.AMBIGUOUS),
        (418, "never_heard_of", Phase.STAGE, F.CONTENT),
    ],
)  # fmt: skip
def test_an_answer_is_read_by_its_code_and_its_phase(status: int, code: str, phase: Phase, kind: FailureClass) -> None:
    body = f'{{"data": {{}}, "error": {{"code": "{code}", "message": "m", "log_id": "L1"}}}}'.encode()
    failure = classify(Answer(status, body), phase=phase)
    assert failure.kind == kind and "log_id L1" in failure.platform_message


def test_an_answer_that_never_came_is_an_open_question_only_after_the_commit() -> None:
    assert classify(NoAnswer(True, "cut"), phase=Phase.COMMIT).kind == F.AMBIGUOUS
    assert classify(NoAnswer(False, "refused"), phase=Phase.COMMIT).kind == F.TRANSIENT_SAFE
    assert classify(NoAnswer(True, "cut"), phase=Phase.STAGE).kind == F.TRANSIENT_SAFE
