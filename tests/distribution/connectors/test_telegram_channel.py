"""The Telegram connector on a real server that keeps the Bot API's contract."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from PIL import Image

from distribution.connectors.base import (
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
)  # fmt: skip
from distribution.connectors.logins import App
from distribution.connectors.telegram_channel.connector import TelegramChannel, ids_of
from distribution.connectors.telegram_channel.errors import classify
from distribution.connectors.telegram_channel.oauth import TelegramLogin, channel_of
from distribution.connectors.telegram_channel.texts import units
from newsroom.common.http import Answer, NoAnswer
from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes
CONNECTOR = TelegramChannel()
F = FailureClass
CHANNEL, OTHER = "-1002026112301", "-1002026112302"
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 8000
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TOKEN = "7402199801:AAF-xY9_kq3wZ0bTn5mLr8sVd2cHe7Jg4Qo"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "1"})
    yield running
    running.stop()


class Shelf:
    """Pictures by their colour, and one film that is read in parts."""

    size, mime = len(FILM), "video/mp4"

    def __init__(self) -> None:
        self.longest = 0

    def read(self, key: str) -> tuple[bytes, str]:
        if key == "lost":
            raise LookupError(key)
        out = io.BytesIO()
        Image.new("RGB", (4000, 100) if key == "wide" else (60, 40), "red" if key == "wide" else key).save(out, "JPEG")
        return out.getvalue(), "image/jpeg"

    def file(self, key: str) -> Shelf:
        return self

    def part(self, start: int, length: int) -> bytes:
        self.longest = max(self.longest, length)
        return FILM[start : start + length]


def target_of(server: RehearsalServer, *, channel: str = CHANNEL, **settings: Any) -> Target:
    card = server.card("telegram")
    page = f"{server.base_url}/telegram/baosongba_chaythu"
    return Target(channel, card["base_url"], Credential(card["fields"]["token"]), {"allowed_origins": [server.base_url], "read_seconds": 3, "page": page, **settings}, job=Job("J1", media=Shelf()))


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo channel, empty."""
    server.reset()
    return target_of(server)


def story(text: str = "Nước lên nhanh.", *colours: str, **more: Any) -> Snapshot:
    pictures = tuple(Picture(colour, f"Ảnh {colour}", "TTXVN", 60, 40) for colour in colours)
    return Snapshot(7, 1, "Lũ về Sông Ba", "", "Sapo.", "http://127.0.0.1/thoi-su/bai-a7.html", text, pictures=pictures, **more)


def compose(snapshot: Snapshot, marker: str = "M1", **settings: Any) -> Payload:
    return CONNECTOR.compose(snapshot=snapshot, marker=marker, settings=settings)


def post(target: Target, snapshot: Snapshot, **settings: Any) -> tuple[Published, Payload]:
    payload = compose(snapshot, **settings)
    assert CONNECTOR.stage(target=target, payload=payload, handle={}, media=Shelf()) == Staged({})
    made = CONNECTOR.commit(target=target, payload=payload, handle={})
    assert isinstance(made, Published), made
    return made, payload


def edit(target: Target, made: Published, snapshot: Snapshot, *, shows: Payload | None = None, **settings: Any) -> Any:
    return CONNECTOR.update(target=replace(target, job=Job("J2", media=Shelf(), shows=shows)), remote_id=made.remote_id, payload=compose(snapshot, **settings))


def film_of() -> Video:
    return Video("file:v.mp4", "Nước lên", len(FILM), hashlib.sha256(FILM).hexdigest(), 12.4, 720, 1280)


def test_a_post_has_words_link_and_hashtags_and_readers_see_it(server: RehearsalServer, target: Target) -> None:
    made, _payload = post(target, story("Nước <b>lên</b> & nhanh.", hashtags=("Sông Ba",)))
    (shown,) = server.posts(state="published")
    link = "http://127.0.0.1/thoi-su/bai-a7.html?utm_source=telegram&utm_medium=social&utm_id=M1"
    assert shown["text"] == f"Nước <b>lên</b> & nhanh.\n\n{link}\n\n#SôngBa"
    assert shown["link"] == link
    assert made == Published(shown["id"], f"{server.base_url}/telegram/baosongba_chaythu/{shown['id']}")
    assert "Nước &lt;b&gt;lên&lt;/b&gt; &amp; nhanh." in requests.get(made.url, timeout=10).text


def test_a_notice_is_bold_and_measured_in_utf16(server: RehearsalServer, target: Target) -> None:
    payload = compose(story(notice="🇻🇳 Đính chính"))
    assert payload.body["entities"] == [{"type": "bold", "offset": 0, "length": 4 + len(" Đính chính")}]
    assert isinstance(CONNECTOR.commit(target=target, payload=payload, handle={}), Published)
    assert (units("ế"), units("🇻🇳"), units("😀")) == (1, 4, 2)


@pytest.mark.parametrize(("colours", "call"), [(("red",), "sendPhoto"), (("red", "green", "blue"), "sendMediaGroup")])
def test_pictures_go_with_their_words_in_one_call(server: RehearsalServer, target: Target, colours: tuple[str, ...], call: str) -> None:
    made, _payload = post(target, story("Có ảnh", *colours), mode="pictures")
    (shown,) = server.posts(state="published")
    assert [row["call"] for row in server.calls()] == [call]
    assert len(shown["media"]) == len(ids_of(made.remote_id)) == len(colours)
    assert shown["text"].startswith("Có ảnh\n\nhttp")


def test_a_video_is_sent_while_it_is_read(server: RehearsalServer, target: Target) -> None:
    shelf = Shelf()
    post(replace(target, job=Job("J1", media=shelf)), story("Xem", video=film_of()), mode="video")
    (shown,) = server.posts(state="published")
    assert shown["media"][0]["sha256"] == film_of().sha256
    assert 0 < shelf.longest <= 256 * 1024 < len(FILM)
    assert "<video" in server.page_html(CHANNEL, kind="telegram")


def test_the_story_s_own_choice_wins_and_what_it_lacks_is_left_out() -> None:
    assert compose(story("x", "red", "green", media="picture")).kind == "photo"
    assert compose(story("x", "red", media="none"), mode="pictures").kind == "text"
    assert compose(story("x"), mode="pictures").kind == "text"
    assert len(compose(story("x", *["red"] * 14), mode="pictures").body["media"]) == 10


def test_a_caption_takes_a_quarter_of_a_message() -> None:
    words = "ế" * 1500
    assert CONNECTOR.validate(payload=compose(story(words)), settings={}) == []
    (problem,) = CONNECTOR.validate(payload=compose(story(words, "red", media="picture")), settings={})
    assert (problem.code, problem.values["limit"]) == ("text_too_long", 1024)
    assert (CONNECTOR.capabilities({}).text_limit, CONNECTOR.capabilities({"mode": "pictures"}).text_limit) == (4096, 1024)
    big = replace(film_of(), size=50_000_001)
    assert [problem.code for problem in CONNECTOR.validate(payload=compose(story("x", video=big), mode="video"), settings={})] == ["video_over_limit"]
    assert CONNECTOR.validate(payload=compose(story("x", video=big), mode="video"), settings={"video_bytes": 2_000_000_000}) == []


@pytest.mark.parametrize("fault", ["lost_answer", "late_commit", "error_after", "error_before"])
def test_a_lost_answer_is_open_and_cannot_be_looked_up(fault: str, server: RehearsalServer, target: Target) -> None:
    payload = compose(story())
    server.fault(fault, platform="telegram", call="sendMessage")
    lost = CONNECTOR.commit(target=replace(target, settings={**target.settings, "read_seconds": 0.5}), payload=payload, handle={})
    assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    assert CONNECTOR.lookup(target=target, payload=payload, since=NOW, handle={}) == Look(Sight.CANNOT)
    assert not CONNECTOR.capabilities({}).can_lookup
    server.wait_until(lambda: not any(call["outcome"] == "running" for call in server.calls()))
    assert len(server.posts()) == (fault != "error_before")


def test_a_picture_that_is_gone_or_refused_is_told_and_nothing_is_posted(server: RehearsalServer, target: Target) -> None:
    for colours, code in ((("red", "lost"), "no_picture"), (("wide",), "media_rejected")):
        refused = CONNECTOR.commit(target=target, payload=compose(story("x", *colours), mode="pictures"), handle={})
        assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, code)
    assert server.posts() == []


def test_a_pause_is_exactly_as_long_as_telegram_says(server: RehearsalServer, target: Target) -> None:
    for fault, wait in (("rate_limited", 121.0), ("rate_limited_silent", 60.0)):
        server.fault(fault, platform="telegram", minutes=2)
        refused = CONNECTOR.commit(target=target, payload=compose(story()), handle={})
        assert isinstance(refused, Failure) and (refused.kind, refused.retry_after) == (F.RATE, wait)
    assert server.posts() == []


def test_words_are_edited_with_their_notice_and_an_edit_that_changes_nothing_is_done(server: RehearsalServer, target: Target) -> None:
    made, _payload = post(target, story("Cầu dài 400 m."))
    corrected = story("Cầu dài 40 m.", notice="Đính chính: cầu dài 40 m.")
    assert edit(target, made, corrected) == Done() and edit(target, made, corrected) == Done()
    (shown,) = server.posts(state="published")
    assert shown["text"].startswith("Đính chính: cầu dài 40 m.\n\nCầu dài 40 m.\n\n") and shown["edited_at"]


def test_the_words_of_an_album_are_edited_without_its_pictures_where_they_are_the_same(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story("Cũ", "red", "green"), mode="pictures")
    before = server.posts()[0]["media"]
    assert edit(target, made, story("Mới", "red", "green"), shows=payload, mode="pictures") == Done()
    (shown,) = server.posts(state="published")
    assert shown["text"].startswith("Mới") and shown["media"] == before
    assert [row["call"] for row in server.calls()] == ["sendMediaGroup", "editMessageCaption"]


def test_other_pictures_take_the_place_of_those_that_are_there(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story("Cũ", "red", "green"), mode="pictures")
    before = [item["sha256"] for item in server.posts()[0]["media"]]
    assert edit(target, made, story("Mới", "red", "blue"), shows=payload, mode="pictures") == Done()
    after = [item["sha256"] for item in server.posts()[0]["media"]]
    assert (after[0], after[1] != before[1], len(after)) == (before[0], True, 2)
    assert edit(target, made, story("Mới", "red", "blue"), shows=None, mode="pictures") == Done()  # not sure what it shows: sent anew
    assert [item["sha256"] for item in server.posts()[0]["media"]] == after


def test_a_number_of_pictures_that_cannot_change_is_a_person_s_work(server: RehearsalServer, target: Target) -> None:
    text, _payload = post(target, story("chữ"))
    for made, other in ((text, story("x", "red")), (post(target, story("x", "red", "green"), mode="pictures")[0], story("x", "red"))):
        refused = edit(target, made, other, mode="pictures")
        assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, "cannot_reshape")
    photo, _payload = post(target, story("x", "red"), mode="pictures")
    refused = edit(target, photo, story("chỉ chữ"))
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, "cannot_reshape")


def test_a_take_down_deletes_every_message_and_what_is_gone_is_done(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story("x", "red", "green"), mode="pictures")
    assert CONNECTOR.delete(target=replace(target, job=Job("J2", shows=payload)), remote_id=made.remote_id) == Done()
    assert server.posts(state="published") == []
    assert CONNECTOR.delete(target=target, remote_id=made.remote_id) == Done(gone=True)
    assert edit(target, made, story("x", "red", "green"), mode="pictures") == Done(gone=True)


def test_an_album_whose_numbers_are_not_all_known_is_a_person_s_work(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story("x", "red", "green"), mode="pictures")
    refused = CONNECTOR.delete(target=replace(target, job=Job("J2", shows=payload)), remote_id=ids_of(made.remote_id)[0])
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, "album_by_hand")
    assert len(server.posts(state="published")[0]["media"]) == 2


def test_after_its_time_telegram_deletes_nothing_and_a_person_does(tmp_path: Any) -> None:
    late = RehearsalServer.start(tmp_path, env={"REHEARSAL_TELEGRAM_HOURS": "0"})
    try:
        target = target_of(late)
        made, _payload = post(target, story())
        refused = CONNECTOR.delete(target=target, remote_id=made.remote_id)
        assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, "too_late_to_delete")
    finally:
        late.stop()


def test_health_is_the_channel_and_every_right_in_it(server: RehearsalServer, target: Target) -> None:
    assert CONNECTOR.health(target=target) == Health("Báo Sông Ba trên Telegram · chạy thử", CHANNEL, ("can_post_messages", "can_edit_messages", "can_delete_messages"))
    lacks = CONNECTOR.health(target=replace(target, remote_id=OTHER))
    assert isinstance(lacks, Failure) and (lacks.kind, lacks.code, lacks.platform_message) == (F.AUTH_DEAD, "bot_rights", "can_edit_messages, can_delete_messages")
    nowhere = CONNECTOR.health(target=replace(target, remote_id="-1009999"))
    assert isinstance(nowhere, Failure) and nowhere.code == "no_such_channel"


@pytest.mark.parametrize("token", ["sai", "../../getMe", f"{TOKEN}/../x", ""])
def test_what_is_no_token_never_becomes_an_address(server: RehearsalServer, target: Target, token: str) -> None:
    dead = CONNECTOR.health(target=replace(target, credential=Credential(token), address="http://127.0.0.1:9"))
    assert isinstance(dead, Failure) and dead.kind == F.AUTH_DEAD


def test_a_revoked_token_is_dead(server: RehearsalServer, target: Target) -> None:
    server.fault("token_revoked", platform="telegram")
    for _time in range(2):
        dead = CONNECTOR.commit(target=target, payload=compose(story()), handle={})
        assert isinstance(dead, Failure) and (dead.kind, dead.code) == (F.AUTH_DEAD, "token_dead")
    assert isinstance(CONNECTOR.health(target=target_of(server)), Health)


def test_no_failure_holds_the_token(server: RehearsalServer, target: Target) -> None:
    nobody = replace(target, address="http://127.0.0.1:9", settings={"allowed_origins": ["http://127.0.0.1:9"]})
    guarded = replace(target, settings={})
    for to in (nobody, guarded):
        failure = CONNECTOR.commit(target=to, payload=compose(story()), handle={})
        assert isinstance(failure, Failure) and failure.kind == F.TRANSIENT_SAFE
        assert to.credential.token.split(":")[1] not in repr(failure)


def test_switched_off_nothing_new_goes_out_but_take_downs_do(server: RehearsalServer, target: Target) -> None:
    made, payload = post(target, story())
    off = replace(target, settings={**target.settings, "enabled": False})
    stopped = CONNECTOR.stage(target=off, payload=payload, handle={}, media=Shelf())
    assert isinstance(stopped, Failure) and (stopped.kind, stopped.code) == (F.CONFIG, "switched_off")
    assert CONNECTOR.delete(target=off, remote_id=made.remote_id) == Done()


def app(server: RehearsalServer) -> App:
    return App("", "", server.base_url + "/telegram", "", allowed_origins=(server.base_url,))


def test_the_log_in_proves_token_channel_and_rights(server: RehearsalServer, target: Target) -> None:
    card = server.card("telegram")
    (choice,) = TelegramLogin().choices(app(server), card["fields"])  # type: ignore[misc]
    assert (choice.remote_id, choice.settings) == (CHANNEL, {"page": target.settings["page"]})
    lacks = TelegramLogin().choices(app(server), {**card["fields"], "channel": card["other_channel"]})
    assert isinstance(lacks, Failure) and lacks.code == "bot_rights" and "can_delete_messages" in lacks.platform_message
    for values, code in (({"channel": "@khong_co_kenh"}, "no_such_channel"), ({"channel": "??"}, "no_such_channel"), ({"token": TOKEN}, "token_dead")):
        refused = TelegramLogin().choices(app(server), {**card["fields"], **values})
        assert isinstance(refused, Failure) and refused.code == code


@pytest.mark.parametrize(
    ("typed", "channel"),
    [("baosongba", "@baosongba"), (" @baosongba ", "@baosongba"), ("https://t.me/baosongba/", "@baosongba"), ("-1001234567890", "-1001234567890"), ("https://x.example/a", ""), ("", "")],
)
def test_a_channel_is_named_as_people_type_it(typed: str, channel: str) -> None:
    assert channel_of(typed) == channel


def test_a_post_s_address_tells_its_number() -> None:
    tell = lambda url: CONNECTOR.post_at(url=url, account_id=CHANNEL, settings={"page": "https://t.me/baosongba"})  # noqa: E731
    assert (tell("https://t.me/baosongba/12?single"), tell("https://t.me/s/baosongba/12")) == ("12", "12")
    assert (tell("https://t.me/khac/12"), tell("https://t.me/baosongba")) == (None, None)


@pytest.mark.parametrize(
    ("number", "description", "more", "stage_kind", "commit_kind", "code"),
    [
        (429, "Too Many Requests: retry after 7", {"parameters": {"retry_after": 7}}, F.RATE, F.RATE, "throttled"),
        (401, "Unauthorized", {}, F.AUTH_DEAD, F.AUTH_DEAD, "token_dead"),
        (404, "Not Found", {}, F.AUTH_DEAD, F.AUTH_DEAD, "token_dead"),
        (403, "Forbidden: bot was kicked from the channel chat", {}, F.AUTH_DEAD, F.AUTH_DEAD, "bot_rights"),
        (400, "Bad Request: need administrator rights in the channel chat", {}, F.AUTH_DEAD, F.AUTH_DEAD, "bot_rights"),
        (400, "Bad Request: chat not found", {}, F.AUTH_DEAD, F.AUTH_DEAD, "no_such_channel"),
        (400, "Bad Request: group chat was upgraded", {"parameters": {"migrate_to_chat_id": -100}}, F.AUTH_DEAD, F.AUTH_DEAD, "channel_moved"),
        (400, "Bad Request: message caption is too long", {}, F.CONTENT, F.CONTENT, "text_refused_long"),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", {}, F.CONTENT, F.CONTENT, "media_rejected"),
        (400, "Bad Request: message to edit not found", {}, F.GONE, F.GONE, "gone"),
        (400, "Bad Request: message can't be deleted for everyone", {}, F.CONTENT, F.CONTENT, "too_late_to_delete"),
        (409, "Conflict", {}, F.CONFIG, F.CONFIG, "config"),
        (500, "Internal Server Error", {}, F.TRANSIENT_SAFE, F.AMBIGUOUS, "lost_answer"),
    ],
)  # fmt: skip
def test_an_answer_means_by_phase_then_code_then_words(number: int, description: str, more: dict[str, Any], stage_kind: F, commit_kind: F, code: str) -> None:
    answer = Answer(number, json.dumps({"ok": False, "error_code": number, "description": description, **more}).encode())
    at_stage, at_commit = classify(answer, phase=Phase.STAGE), classify(answer, phase=Phase.COMMIT)
    assert (at_stage.kind, at_commit.kind, at_commit.code) == (stage_kind, commit_kind, code)
    assert at_commit.platform_message == description


def test_a_gateway_s_page_and_no_answer_are_open_only_after_the_commit_left() -> None:
    for outcome in (Answer(502, b"<html>"), Answer(200, b"<html>"), NoAnswer(True, "x")):
        assert classify(outcome, phase=Phase.COMMIT).kind == F.AMBIGUOUS
        assert classify(outcome, phase=Phase.STAGE).kind in (F.TRANSIENT_SAFE, F.BUG)
    assert classify(NoAnswer(False, "x"), phase=Phase.COMMIT).kind == F.TRANSIENT_SAFE
