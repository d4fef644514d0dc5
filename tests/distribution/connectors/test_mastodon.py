"""The Mastodon connector on a real server that keeps the interface's contract."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from PIL import Image

from distribution.connectors.base import (
    Counts,
    Credential,
    Done,
    Failure,
    FailureClass,
    Health,
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
from distribution.connectors.files import FilePart, FormBody
from distribution.connectors.logins import App
from distribution.connectors.mastodon.connector import Mastodon, markers_of
from distribution.connectors.mastodon.errors import classify
from distribution.connectors.mastodon.oauth import MastodonLogin, server_of
from distribution.connectors.mastodon.texts import count
from newsroom.common.http import Answer, NoAnswer
from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes
CONNECTOR = Mastodon()
F = FailureClass
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 2000
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "1"})
    yield running
    running.stop()


class Shelf:
    """Pictures by their colour, and one film."""

    size, mime = len(FILM), "video/mp4"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def read(self, key: str) -> tuple[bytes, str]:
        self.asked.append(key)
        if key == "lost":
            raise LookupError(key)
        out = io.BytesIO()
        Image.new("RGB", (60, 40), key).save(out, "JPEG")
        return out.getvalue(), "image/jpeg"

    def file(self, key: str) -> Shelf:
        return self

    def part(self, start: int, length: int) -> bytes:
        return FILM[start : start + length]


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo account, empty."""
    server.reset()
    card = server.card("mastodon")
    settings = {"allowed_origins": [server.base_url], "read_seconds": 3, "page": f"{card['base_url']}/@baosongba"}
    return Target(card["account_id"], card["base_url"], Credential(card["fields"]["token"]), settings, job=Job("JOB1", media=Shelf()))


def story(text: str = "Nước lên nhanh.", *colours: str, **more: Any) -> Snapshot:
    pictures = tuple(Picture(colour, f"Ảnh {colour}", "TTXVN", 60, 40) for colour in colours)
    return Snapshot(7, 1, "Lũ về Sông Ba", "", "Sapo.", "http://127.0.0.1/thoi-su/bai-a7.html", text, pictures=pictures, **more)


def compose(snapshot: Snapshot, marker: str = "M1", **settings: Any) -> Payload:
    return CONNECTOR.compose(snapshot=snapshot, marker=marker, settings=settings)


def stage(target: Target, payload: Payload, handle: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
    """Steps until staged, a failure, or a wait for the platform."""
    handle = dict(handle or {})
    for _step in range(20):
        outcome = CONNECTOR.stage(target=target, payload=payload, handle=handle, media=Shelf())
        if isinstance(outcome, Failure):
            return outcome, handle
        handle |= outcome.handle
        if isinstance(outcome, Staged) or outcome.seconds > 0:
            break
    return outcome, handle


def post(target: Target, snapshot: Snapshot, marker: str = "M1", **settings: Any) -> tuple[Published, Payload]:
    payload = compose(snapshot, marker, **settings)
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Staged)
    made = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(made, Published)
    return made, payload


def look(target: Target, payload: Payload) -> Any:
    return CONNECTOR.lookup(target=target, payload=payload, since=datetime.now(tz=UTC) - timedelta(seconds=5), handle={})


def test_a_post_has_the_words_the_marked_link_and_the_hashtags_in_this_order(server: RehearsalServer, target: Target) -> None:
    made, _payload = post(target, story(hashtags=("Sông Ba", "bão")))
    (shown,) = server.posts(state="published")
    link = "http://127.0.0.1/thoi-su/bai-a7.html?utm_source=mastodon&utm_medium=social&utm_id=M1"
    assert shown["text"] == f"Nước lên nhanh.\n\n{link}\n\n#SôngBa #bão"
    assert made == Published(shown["id"], f"{server.base_url}/mastodon/@baosongba/{shown['id']}")
    assert "Nước lên nhanh." in requests.get(made.url, timeout=10).text
    assert server.calls("statuses")[0]["detail"]["key"] == "JOB1"


def test_pictures_go_first_with_what_they_show_and_the_post_names_them(server: RehearsalServer, target: Target) -> None:
    post(target, story("Có ảnh", "red", "green", "blue"), mode="pictures")
    (shown,) = server.posts(state="published")
    assert [item["alt"] for item in shown["media"]] == ["Ảnh red", "Ảnh green", "Ảnh blue"]
    assert len(server.calls("media")) == 3


def test_the_story_s_own_choice_of_pictures_wins_over_the_account_s(server: RehearsalServer, target: Target) -> None:
    assert compose(story("x", "red", "green", media="picture")).body["media"] == [{"key": "red", "alt": "Ảnh red", "video": False}]
    assert compose(story("x", "red", media="none"), mode="pictures").kind == "link"
    assert len(compose(story("x", *["red"] * 9), mode="pictures").body["media"]) == 4
    assert len(compose(story("x", *["red"] * 9), mode="pictures", picture_limit=6).body["media"]) == 6


def test_a_video_is_read_in_parts_and_waited_for(server: RehearsalServer, target: Target) -> None:
    film = Video("file:v.mp4", "Nước lên", len(FILM), hashlib.sha256(FILM).hexdigest(), 12.0, 720, 1280)
    payload = compose(story("Xem", video=film), mode="video")
    waits, handle = stage(target, payload)
    assert isinstance(waits, Wait) and waits.seconds > 0
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Failure)  # "not finished processing", nothing is posted
    assert server.posts() == []
    server.wait_until(lambda: isinstance(stage(target, payload, handle)[0], Staged))
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle=handle), Published)
    (shown,) = server.posts(state="published")
    assert (shown["media"][0]["sha256"], shown["media"][0]["alt"]) == (film.sha256, "Nước lên")
    assert "<video" in server.page_html(target.remote_id, kind="mastodon")


def test_a_file_that_never_becomes_ready_is_given_to_a_person(server: RehearsalServer, target: Target) -> None:
    server.fault("stuck_processing", platform="mastodon")
    patient = replace(target, settings={**target.settings, "processing_patience": 0})
    payload = compose(story("x", "red"), mode="pictures")
    _waits, handle = stage(patient, payload)
    stuck, _handle = stage(patient, payload, handle)
    assert isinstance(stuck, Failure) and (stuck.kind, stuck.code) == (F.CONTENT, "media_stuck")


def test_a_file_that_the_server_swept_is_sent_anew(server: RehearsalServer, target: Target) -> None:
    payload = compose(story("x", "red"), mode="pictures")
    _staged, handle = stage(target, payload)
    handle["media"]["red"]["at"] -= 2 * 3600
    _staged, again = stage(target, payload, handle)
    assert again["media"]["red"]["id"] != handle["media"]["red"]["id"]


def test_a_picture_that_cannot_be_read_is_told(target: Target) -> None:
    lost, _handle = stage(target, compose(story("x", "lost"), mode="pictures"))
    assert isinstance(lost, Failure) and (lost.kind, lost.code) == (F.CONTENT, "no_picture")


@pytest.mark.parametrize("fault", ["lost_answer", "late_commit", "error_after", "error_before", "slow_body"])
def test_whatever_is_lost_the_same_key_makes_one_post_and_the_marker_finds_it(fault: str, server: RehearsalServer, target: Target) -> None:
    payload = compose(story())
    server.fault(fault, platform="mastodon", call="statuses")
    lost = CONNECTOR.commit(target=replace(target, settings={**target.settings, "read_seconds": 0.7}), payload=payload, handle={})
    assert isinstance(lost, Published) if fault == "slow_body" else isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    again = CONNECTOR.commit(target=target, payload=payload, handle={})  # within the hour the key alone suffices
    server.wait_until(lambda: not any(call["outcome"] == "running" for call in server.calls("statuses")))
    (shown,) = server.posts()
    assert isinstance(again, Published) and again.remote_id == shown["id"]
    assert look(target, payload) == Look(Sight.FOUND, shown["id"], again.url)


def test_another_operation_of_the_same_words_is_another_post(server: RehearsalServer, target: Target) -> None:
    post(target, story())
    post(replace(target, job=Job("JOB2")), story(), "M2")
    assert len(server.posts()) == 2


def test_a_post_that_is_not_there_is_not_found_through_all_pages(server: RehearsalServer, target: Target) -> None:
    for number in range(41):
        assert isinstance(CONNECTOR.commit(target=replace(target, job=Job(f"J{number}")), payload=compose(story(), f"N{number}"), handle={}), Published)
    assert look(target, compose(story(), "MISSING")) == Look(Sight.NOT_FOUND)
    assert look(target, compose(story(), "N0")).sight == Sight.FOUND  # on the second page


def test_the_account_s_posts_are_listed_with_their_marks(server: RehearsalServer, target: Target) -> None:
    made, _payload = post(target, story("Nước <lên> & nhanh."))
    (listed,) = CONNECTOR.listed(target=target, since=datetime.now(tz=UTC) - timedelta(days=1))
    assert (listed.remote_id, listed.url, listed.markers) == (made.remote_id, made.url, ("M1",))
    assert listed.words.startswith("Nước <lên> & nhanh. http://")
    assert CONNECTOR.listed(target=target, since=datetime.now(tz=UTC) + timedelta(hours=1)) == ()


def test_an_edit_keeps_the_pictures_by_naming_them_again(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story("Cũ", "red", "green"), mode="pictures")
    corrected = compose(story("Mới", "red", "green", notice="Đính chính: cầu dài 40 m."), mode="pictures")
    knows = replace(target, job=Job("J2", media=Shelf(), shows=payload))
    assert CONNECTOR.update(target=knows, remote_id=made.remote_id, payload=corrected) == Done()
    (shown,) = server.posts(state="published")
    assert shown["text"].startswith("Đính chính: cầu dài 40 m.\n\nMới\n\nhttp") and shown["edited_at"]
    assert [item["alt"] for item in shown["media"]] == ["Ảnh red", "Ảnh green"]
    assert len(server.calls("media")) == 2  # nothing was sent anew


def test_an_edit_with_other_pictures_sends_them_and_one_without_any_takes_them_away(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story("Cũ", "red"), mode="pictures")
    other = compose(story("Mới", "blue"), mode="pictures")
    assert CONNECTOR.update(target=replace(target, job=Job("J2", media=Shelf(), shows=payload)), remote_id=made.remote_id, payload=other) == Done()
    assert [item["alt"] for item in server.posts()[0]["media"]] == ["Ảnh blue"]
    unsure = replace(target, job=Job("J3", media=Shelf(), shows=None))  # not known what it shows: sent anew, never lost
    assert CONNECTOR.update(target=unsure, remote_id=made.remote_id, payload=other) == Done()
    assert [item["alt"] for item in server.posts()[0]["media"]] == ["Ảnh blue"] and len(server.calls("media")) == 3
    assert CONNECTOR.update(target=unsure, remote_id=made.remote_id, payload=compose(story("Thôi ảnh"))) == Done()
    assert server.posts()[0]["media"] == []


def test_a_take_down_deletes_and_what_is_gone_is_done(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story())
    assert CONNECTOR.delete(target=target, remote_id=made.remote_id) == Done()
    assert server.posts(state="published") == []
    assert CONNECTOR.delete(target=target, remote_id=made.remote_id) == Done(gone=True)
    assert CONNECTOR.update(target=target, remote_id=made.remote_id, payload=payload) == Done(gone=True)
    assert CONNECTOR.check(target=target, handle={}, remote_id=made.remote_id) == Look(Sight.NOT_FOUND)
    assert CONNECTOR.metrics(target=target, remote_ids=(made.remote_id,)) == {}


def test_counts_are_read_and_what_the_server_leaves_out_is_none(server: RehearsalServer, target: Target) -> None:
    made, _payload = post(target, story())
    assert CONNECTOR.metrics(target=target, remote_ids=(made.remote_id,)) == {made.remote_id: Counts(None, 0, 0, 0)}
    server.fault("metric_gone", platform="mastodon")
    assert CONNECTOR.metrics(target=target, remote_ids=(made.remote_id,)) == {made.remote_id: Counts()}


def test_a_limit_waits_until_the_moment_that_the_server_names(server: RehearsalServer, target: Target) -> None:
    for fault, most in (("rate_limited", 121), ("rate_limited_silent", 300)):
        server.fault(fault, platform="mastodon", call="statuses", **({"minutes": 2} if fault == "rate_limited" else {}))
        refused = CONNECTOR.commit(target=target, payload=compose(story()), handle={})
        assert isinstance(refused, Failure) and refused.kind == F.RATE and most - 15 < (refused.retry_after or 0) <= most
    assert server.posts() == []


def test_a_revoked_key_is_dead_and_a_new_one_is_made_in_the_settings(server: RehearsalServer, target: Target) -> None:
    server.fault("token_revoked", platform="mastodon", call="statuses")
    dead = CONNECTOR.commit(target=target, payload=compose(story()), handle={})
    assert isinstance(dead, Failure) and dead.kind == F.AUTH_DEAD
    new = replace(target, credential=Credential(server.card("mastodon")["fields"]["token"]))
    health = CONNECTOR.health(target=new)
    assert isinstance(health, Health) and (health.name, health.remote_id) == ("Báo Sông Ba trên Mastodon · chạy thử", target.remote_id)
    assert (health.settings["text_limit"], health.settings["url_length"]) == (500, 23)  # asked anew at every check


def test_the_key_of_another_account_is_told(target: Target) -> None:
    other = CONNECTOR.health(target=replace(target, remote_id="1"))
    assert isinstance(other, Failure) and other.code == "wrong_channel"


def app(server: RehearsalServer) -> App:
    return App("", "", server.base_url + "/mastodon", "", allowed_origins=(server.base_url,))


def test_the_log_in_proves_the_key_and_takes_the_server_s_limits(server: RehearsalServer, target: Target) -> None:
    fields = server.card("mastodon")["fields"]
    (choice,) = MastodonLogin().choices(app(server), fields)  # type: ignore[misc]
    assert (choice.remote_id, choice.address) == (target.remote_id, server.base_url + "/mastodon")
    assert choice.settings["text_limit"] == 500 and choice.settings["url_length"] == 23 and choice.settings["picture_limit"] == 4
    assert choice.settings["page"] == target.settings["page"]
    assert server.posts() == []  # the proof of the permissions wrote nothing


def test_a_key_that_may_not_write_is_refused_with_the_permissions_it_needs(server: RehearsalServer, target: Target) -> None:
    fields = {**server.card("mastodon")["fields"], "token": server.card("mastodon")["read_only_token"]}
    refused = MastodonLogin().choices(app(server), fields)
    assert isinstance(refused, Failure) and refused.code == "missing_permission" and "write:statuses" in refused.platform_message


def test_a_wrong_key_and_a_wrong_server_are_told_apart(server: RehearsalServer, target: Target) -> None:
    wrong = MastodonLogin().choices(app(server), {**server.card("mastodon")["fields"], "token": "sai"})
    assert isinstance(wrong, Failure) and wrong.code == "token_dead"
    nowhere = MastodonLogin().choices(app(server), {"server": server.base_url + "/khong-co", "token": "x"})
    assert isinstance(nowhere, Failure) and nowhere.code == "no_server"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("mastodon.social", "https://mastodon.social"), (" https://mastodon.social/@bao ", "https://mastodon.social"), ("http://mastodon.social", None), ("https://a@b.example", None),
        ("ftp://x.example", None), ("https://", None), ("http://127.0.0.1:8001/mastodon", "http://127.0.0.1:8001/mastodon"),
    ],
)  # fmt: skip
def test_a_server_s_address_is_https_or_the_rehearsal(typed: str, address: str | None) -> None:
    assert server_of(typed, allowed_origins=("http://127.0.0.1:8001",)) == address


def test_addresses_count_23_and_people_elsewhere_by_their_name() -> None:
    assert count("a https://songba.example/mot-dia-chi-rat-dai-that-dai?utm_id=1.", 23) == 2 + 23 + 1
    assert count("@bao@mastodon.social xin chào", 23) == len("@bao xin chào")
    assert count("e\u0302\u0301", 23) == 1  # ế in three code points


def test_a_text_is_measured_with_its_link_by_the_server_s_own_limit() -> None:
    fits = CONNECTOR.capabilities({}).text_limit
    assert fits == 500 - 23 - 2
    assert CONNECTOR.validate(payload=compose(story("ế" * fits)), settings={}) == []
    (problem,) = CONNECTOR.validate(payload=compose(story("ế" * (fits + 1))), settings={})
    assert problem.values == {"count": 501, "limit": 500}
    assert CONNECTOR.validate(payload=compose(story("ế" * (fits + 1))), settings={"text_limit": 5000}) == []
    assert CONNECTOR.preview(payload=compose(story("ế" * fits)))["length"] == fits  # the editor shows both numbers side by side


def test_a_post_s_address_tells_its_number(target: Target) -> None:
    page = target.settings["page"]
    tell = lambda url: CONNECTOR.post_at(url=url, account_id=target.remote_id, settings=target.settings)  # noqa: E731
    assert tell(f"{page}/113500?x=1") == "113500"
    assert (tell(f"{page}"), tell("https://mastodon.social/@khac/113500")) == (None, None)


@pytest.mark.parametrize(
    ("status", "body", "stage_kind", "commit_kind", "code"),
    [
        (401, {"error": "The access token is invalid"}, F.AUTH_DEAD, F.AUTH_DEAD, "token_dead"),
        (403, {"error": "This action is outside the authorized scopes"}, F.AUTH_DEAD, F.AUTH_DEAD, "missing_permission"),
        (403, {"error": "Your login is currently disabled"}, F.HOLD, F.HOLD, "blocked"),
        (422, {"error": "Validation failed: Text character limit of 500 exceeded"}, F.CONTENT, F.CONTENT, "text_refused_long"),
        (422, {"error": "Cannot attach files that have not finished processing. Try again in a moment!"}, F.TRANSIENT_SAFE, F.TRANSIENT_SAFE, "media_processing"),
        (413, {}, F.CONTENT, F.CONTENT, "picture_too_big"),
        (503, {}, F.TRANSIENT_SAFE, F.AMBIGUOUS, None),
        (404, {"error": "Record not found"}, F.GONE, F.CONTENT, None),
        (301, {}, F.CONFIG, F.CONFIG, "no_server"),
    ],
)  # fmt: skip
def test_an_answer_means_by_phase_then_status_then_words(status: int, body: dict[str, Any], stage_kind: F, commit_kind: F, code: str | None) -> None:
    answer = Answer(status, json.dumps(body).encode())
    at_stage, at_commit = classify(answer, phase=Phase.STAGE), classify(answer, phase=Phase.COMMIT)
    assert (at_stage.kind, at_commit.kind) == (stage_kind, commit_kind)
    assert code in (None, at_commit.code)


def test_no_answer_is_open_only_after_the_commit_left() -> None:
    assert classify(NoAnswer(True, "x"), phase=Phase.COMMIT).kind == F.AMBIGUOUS
    assert classify(NoAnswer(False, "x"), phase=Phase.COMMIT).kind == classify(NoAnswer(True, "x"), phase=Phase.STAGE).kind == F.TRANSIENT_SAFE


def test_markers_are_read_from_escaped_links_and_cards() -> None:
    assert markers_of({"content": '<a href="https://x.example/a?b=1&amp;utm_id=AB1">x</a>', "card": {"url": "https://x.example/?utm_id=CD2"}}) == {"AB1", "CD2"}
    assert markers_of({"content": None, "card": "?"}) == set()


def test_a_form_is_read_as_it_says_its_length_is() -> None:
    form = FormBody({"description": "Lũ “lớn”"}, [FilePart("file", 'a"b.jpg', "image/jpeg", b"123"), FilePart("film", "v.mp4", "video/mp4", Shelf())])
    body = b"".join(form)
    assert len(body) == len(form) and FILM in body and "Lũ “lớn”".encode() in body and b'a%22b.jpg' in body
