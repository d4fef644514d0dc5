"""The Zalo connector on a real server that keeps the OA API's contract."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from distribution.connectors.base import (
    Counts,
    Credential,
    Done,
    Failure,
    FailureClass,
    Health,
    Look,
    Part,
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
)
from distribution.connectors.logins import App
from distribution.connectors.zalo_oa.connector import ZaloOA, may_call_followers, warnings_of
from distribution.connectors.zalo_oa.errors import CODES, classify
from distribution.connectors.zalo_oa.oauth import ZaloLogin
from newsroom.common.http import Answer, NoAnswer
from tests.fakes.pictures import picture_host
from tests.fakes.rehearsal import REDIRECT, RehearsalServer
from tests.fakes.shelf import Shelf

pytestmark = pytest.mark.processes
CONNECTOR = ZaloOA()
F = FailureClass
OA = "4012345678901234501"
WITHOUT_PACKAGE = "4012345678901234602"
NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "2"})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def pictures() -> Iterator[str]:
    with picture_host() as address:
        yield address


class NoMedia:
    """Zalo fetches pictures itself."""

    def read(self, key: str) -> tuple[bytes, str]:
        raise LookupError(key)

    def file(self, key: str) -> Any:
        raise LookupError(key)


def target_of(server: RehearsalServer, *, account: str = OA, **settings: Any) -> Target:
    tokens = server.zalo_tokens(account=account)
    credential = Credential(tokens["access_token"], server.app_id, server.app_secret, refresh_token=tokens["refresh_token"])
    usual = {"allowed_origins": [server.base_url], "read_seconds": 1, "lost_settle": 0.6, "verify_pause": 0.3, "broadcast_hours": (0, 24)}
    return Target(account, server.zalo, credential, {**usual, **settings})


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo account, empty."""
    server.reset()
    return target_of(server)


@pytest.fixture
def story(pictures: str) -> Snapshot:
    cover = Picture("image-1", "Sông Ba", "Minh họa", 600, 400, f"{pictures}/bia.jpg")
    parts = (Part("<p>Nước lên.</p>"), Part("<h2>Đêm</h2>"), Part("<figure></figure>", f"{pictures}/anh.jpg", "Cầu treo. Ảnh: Y Nguyên"), Part("<p>Nước rút.</p>"))
    return Snapshot(
        7, 1, "Lũ về Sông Ba", "", "Sapo của bài.", "http://127.0.0.1/thoi-su/bai-a7.html", "Ba giờ sáng, loa gọi tên từng chiếc tàu.", (cover,), NOW.isoformat(),
        byline="Y Nguyên, H’Linh", hashtags=("Sông Ba",), parts=parts, body_html="<p>Nước lên.</p>",
    )  # fmt: skip


def payload_of(story: Snapshot, marker: str = "01JDMARKER0000000000000001", **settings: Any) -> Payload:
    return CONNECTOR.compose(snapshot=story, marker=marker, settings=settings)


def stage(target: Target, payload: Payload, handle: dict[str, Any] | None = None, *, steps: int = 30, shelf: Any = None) -> tuple[Any, dict[str, Any]]:
    """Steps as a worker takes them, until staged or a failure; waits are short here."""
    handle, outcome = dict(handle or {}), None
    for _step in range(steps):
        outcome = CONNECTOR.stage(target=target, payload=payload, handle=handle, media=shelf or NoMedia())
        if isinstance(outcome, Failure):
            return outcome, handle
        handle |= outcome.handle
        if isinstance(outcome, Staged):
            break
        time.sleep(min(outcome.seconds, 0.25))
    return outcome, handle


def staged(target: Target, payload: Payload) -> dict[str, Any]:
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Staged), outcome
    return handle


def seen(target: Target, handle: dict[str, Any]) -> Any:
    """Checks until Zalo is done."""
    for _look in range(30):
        look = CONNECTOR.check(target=target, handle=handle, remote_id="")
        if not isinstance(look, Wait):
            return look
        time.sleep(0.2)
    raise AssertionError("it never ended")


def published(target: Target, payload: Payload) -> str:
    """Stage, commit, look."""
    handle = staged(target, payload)
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(outcome, Wait), outcome
    look = seen(target, handle | outcome.handle)
    assert isinstance(look, Look) and look.sight == Sight.FOUND, look
    return look.remote_id


def lookup(target: Target, payload: Payload, handle: dict[str, Any]) -> Any:
    return CONNECTOR.lookup(target=target, payload=payload, since=datetime.now(tz=UTC) - timedelta(seconds=5), handle=handle)


# Words
def test_an_article_holds_the_whole_story_and_ends_with_hashtags_and_the_way_to_the_paper(story: Snapshot, pictures: str) -> None:
    payload = payload_of(story)
    article = payload.body["article"]
    assert (article["title"], article["author"], article["description"]) == ("Lũ về Sông Ba", "Y Nguyên, H’Linh", "Ba giờ sáng, loa gọi tên từng chiếc tàu.")
    assert article["cover"] == {"cover_type": "photo", "photo_url": f"{pictures}/bia.jpg", "status": "show"}
    first, picture, second, end = article["body"]
    assert first == {"type": "text", "content": "<p>Nước lên.</p>\n<h2>Đêm</h2>"}
    assert picture == {"type": "image", "url": f"{pictures}/anh.jpg", "caption": "Cầu treo. Ảnh: Y Nguyên"}
    assert second["content"] == "<p>Nước rút.</p>"
    assert end["content"].startswith("<p>#SôngBa</p><p><a href=") and f"utm_id={payload.marker}" in end["content"]
    assert payload.marker in article["tracking_link"]


def test_the_print_of_the_content_is_another_for_another_content_and_the_same_for_the_same(story: Snapshot) -> None:
    first, same, other = payload_of(story), payload_of(story), payload_of(replace(story, notice="Đính chính: cầu dài 40 m."))
    assert first.body["print"] == same.body["print"] != other.body["print"]
    assert first.body["print"] in first.body["article"]["body"][-1]["content"]


@pytest.mark.parametrize(("media", "kinds"), [("", ["text", "image", "text", "text"]), ("pictures", ["text", "image", "text", "text"]), ("picture", ["text", "text"]), ("none", ["text", "text"])])
def test_pictures_of_the_body_are_there_where_the_choice_for_the_channel_lets_them(story: Snapshot, media: str, kinds: list[str]) -> None:
    assert [block["type"] for block in payload_of(replace(story, media=media)).body["article"]["body"]] == kinds


def test_a_notice_comes_first_and_whole_however_long_it_is(story: Snapshot) -> None:
    def article(notice: str, text: str) -> dict[str, Any]:
        payload = payload_of(replace(story, notice=notice, channel_text=text))
        assert CONNECTOR.validate(payload=payload, settings={}) == []
        found: dict[str, Any] = payload.body["article"]
        return found

    short = article("Đính chính: cầu dài 40 m.", "Lời dẫn.")
    assert short["description"] == "Đính chính: cầu dài 40 m.\n\nLời dẫn."
    both = article("Đính chính: " + "a " * 80, "lời " * 70)
    assert both["description"].startswith("Đính chính") and both["body"][0]["content"].startswith("<p>lời lời")
    whole = "Cải chính, xin lỗi: " + "b " * 200
    long = article(whole, "Lời dẫn.")
    assert len(long["description"]) <= 300 and long["description"].endswith("…")
    assert long["body"][0]["content"] == f"<p><strong>{whole.strip()}</strong></p>"


def test_what_zalo_would_refuse_is_told_before(story: Snapshot) -> None:
    def codes(**changes: Any) -> list[str]:
        payload = payload_of(replace(story, **changes))
        return [problem.code for problem in CONNECTOR.validate(payload=payload, settings={}) if problem.blocking]

    assert codes() == []
    assert codes(channel_title="ế" * 151) == ["title_too_long"]
    assert codes(channel_text="ế" * 301) == ["text_too_long"]
    assert codes(pictures=()) == ["no_cover"]
    assert codes(channel_text="", lead="") == ["text_empty"]
    covered = payload_of(replace(story, pictures=()), cover="https://songba.example/bia.jpg")
    assert CONNECTOR.validate(payload=covered, settings={}) == []
    assert payload_of(replace(story, byline="Một cái tên dài, " * 9)).body["article"]["author"] == "Một cái tên dài, Một cái tên dài, Một cái tên dài"


# Once
def test_an_article_is_made_hidden_and_shown_by_one_call(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    payload = payload_of(story)
    handle = staged(target, payload)
    (post,) = server.posts()
    assert (post["id"], post["state"]) == (handle["id"], "unpublished")
    assert lookup(target, payload, handle) == Look(Sight.NOT_FOUND)
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(outcome, Wait)
    look = seen(target, handle | outcome.handle)
    assert look.sight == Sight.FOUND and look.remote_id == post["id"]
    page = requests.get(look.url, timeout=10).text
    assert "Nước rút." in page and "#SôngBa" in page
    assert lookup(target, payload, handle) == look == CONNECTOR.check(target=target, handle={}, remote_id=look.remote_id)
    assert [len(server.calls(name)) for name in ("create", "update")] == [1, 1]


@pytest.mark.parametrize("fault", ["lost_answer", "late_commit", "error_after", "slow_body"])
def test_a_create_whose_answer_is_lost_is_found_again_and_never_made_twice(target: Target, server: RehearsalServer, story: Snapshot, fault: str) -> None:
    server.fault(fault, platform="zalo", call="create")
    payload = payload_of(story)
    outcome, handle = stage(replace(target, settings={**target.settings, "lost_settle": 10}), payload)
    assert isinstance(outcome, Staged), outcome
    assert [post["id"] for post in server.posts()] == [handle["id"]]
    assert len(server.calls("create")) == 1


def test_a_create_that_never_arrived_is_made_anew_after_the_settling_time(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    server.fault("error_before", platform="zalo", call="create")
    outcome, _handle = stage(target, payload_of(story))
    assert isinstance(outcome, Staged)
    assert len(server.posts()) == 1 and len(server.calls("create")) == 2


def test_after_three_lost_answers_it_is_a_failure_that_counts(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    server.fault("error_before", 9, platform="zalo", call="create")
    outcome, _handle = stage(replace(target, settings={**target.settings, "lost_settle": 0}), payload_of(story))
    assert isinstance(outcome, Failure) and outcome.kind == F.TRANSIENT_SAFE
    assert len(server.calls("create")) == 4


def test_a_worker_that_died_after_the_create_makes_no_second_article(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    payload = payload_of(story)
    CONNECTOR.stage(target=target, payload=payload, handle={}, media=NoMedia())  # its answer is never stored
    server.wait_for_posts(1)
    handle = staged(target, payload)
    assert [post["id"] for post in server.posts()] == [handle["id"]]


def test_another_story_with_the_same_title_is_not_taken_for_ours(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    first = staged(target, payload_of(story))
    second = staged(target, payload_of(replace(story, story_id=8), marker="01JDMARKER0000000000000002"))
    assert first["id"] != second["id"] and len(server.posts()) == 2


@pytest.mark.parametrize("fault", ["lost_answer", "late_commit", "error_after"])
def test_a_show_whose_answer_is_lost_is_seen_in_the_article_itself(target: Target, server: RehearsalServer, story: Snapshot, fault: str) -> None:
    payload = payload_of(story)
    handle = staged(target, payload)
    server.fault(fault, platform="zalo", call="update")
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(outcome, Failure) and outcome.kind == F.AMBIGUOUS
    server.wait_until(lambda: lookup(target, payload, handle).sight == Sight.FOUND)
    assert len(server.posts(state="published")) == 1


def test_a_show_that_never_arrived_leaves_the_article_hidden_and_may_be_repeated(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    payload = payload_of(story)
    handle = staged(target, payload)
    server.fault("error_before", platform="zalo", call="update")
    outcome = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(outcome, Failure) and outcome.kind == F.AMBIGUOUS
    assert lookup(target, payload, handle) == Look(Sight.NOT_FOUND)
    for _time in range(2):
        again = CONNECTOR.commit(target=target, payload=payload, handle=handle)
        assert isinstance(again, Wait)
        assert seen(target, handle | again.handle).sight == Sight.FOUND
    assert len(server.posts()) == 1


def test_a_cover_that_zalo_cannot_read_is_told_as_such(target: Target, story: Snapshot, pictures: str) -> None:
    outcome, _handle = stage(target, payload_of(replace(story, pictures=(Picture("image-1", "", "", 1, 1, f"{pictures}/missing.jpg"),))))
    assert isinstance(outcome, Failure) and outcome.kind == F.CONTENT
    assert "photo_url" in outcome.platform_message


def test_a_job_without_an_end_is_waited_for_and_then_told(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    server.fault("stuck_processing", platform="zalo", call="create")
    payload = payload_of(story)
    outcome, handle = stage(target, payload, steps=4)
    assert isinstance(outcome, Wait) and outcome.seconds > 0
    outcome, _handle = stage(replace(target, settings={**target.settings, "stuck_seconds": 0}), payload, handle)
    assert isinstance(outcome, Failure) and outcome.code == "article_stuck"


# Videos
FILM = b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 4096


def with_film(story: Snapshot, film: bytes = FILM, **more: Any) -> Snapshot:
    return replace(story, video=Video("file:v.mp4", "Video", len(film), "0" * 64, 12.0, 1280, 720), **more)


def test_a_video_goes_up_once_and_stands_over_the_body_behind_a_notice(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    payload = payload_of(with_film(story))
    outcome, handle = stage(target, payload, shelf=Shelf(FILM, pictures=False))
    assert isinstance(outcome, Staged)
    shown = CONNECTOR.commit(target=target, payload=payload, handle=handle)
    assert isinstance(shown, Wait)
    look = seen(target, handle | shown.handle)
    page = requests.get(look.url, timeout=10).text
    assert page.index("<video") < page.index("Nước lên.")
    assert requests.get(f"{server.zalo}/film/{handle['video_id']}", timeout=10).content == FILM
    edited = payload_of(with_film(story, notice="Đính chính: " + "a " * 200))
    assert CONNECTOR.update(target=target, remote_id=look.remote_id, payload=edited) == Done()
    page = requests.get(look.url, timeout=10).text
    assert page.index("<strong>Đính chính") < page.index("<video") < page.index("Nước lên.")  # an edit says the video's id again
    assert len(server.calls("video")) == 1


def test_a_video_whose_answer_was_lost_goes_up_again_and_nobody_sees_the_first(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    server.fault("lost_answer", platform="zalo", call="video")
    payload = payload_of(with_film(story))
    outcome, handle = stage(target, payload, shelf=Shelf(FILM, pictures=False))
    assert isinstance(outcome, Failure) and outcome.kind == F.TRANSIENT_SAFE
    assert isinstance(stage(target, payload, handle, shelf=Shelf(FILM, pictures=False))[0], Staged)
    assert len(server.posts()) == 1


@pytest.mark.parametrize(("film", "shelf", "code"), [(b"no video" * 9, b"no video" * 9, "video_refused_there"), (FILM, FILM + b"x", "video_changed")])
def test_a_video_that_zalo_refuses_or_that_is_another_stops_the_article(target: Target, server: RehearsalServer, story: Snapshot, film: bytes, shelf: bytes, code: str) -> None:
    outcome, _handle = stage(target, payload_of(with_film(story, film)), shelf=Shelf(shelf, pictures=False))
    assert isinstance(outcome, Failure) and (outcome.kind, outcome.code) == (F.CONTENT, code)
    assert server.posts() == []


def test_a_video_that_is_converted_for_ever_is_told(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    server.fault("stuck_processing", platform="zalo", call="video")
    payload = payload_of(with_film(story))
    outcome, handle = stage(target, payload, steps=3, shelf=Shelf(FILM, pictures=False))
    assert isinstance(outcome, Wait)
    outcome, _handle = stage(replace(target, settings={**target.settings, "stuck_seconds": 0}), payload, handle, shelf=Shelf(FILM, pictures=False))
    assert isinstance(outcome, Failure) and outcome.code == "article_stuck"


def test_a_video_over_50_mb_is_left_out_and_said_so(story: Snapshot) -> None:
    payload = payload_of(replace(story, video=Video("file:v.mp4", "Video", 50_000_001, "0" * 64, 12.0, 1280, 720)))
    (problem,) = CONNECTOR.validate(payload=payload, settings={})
    assert (problem.code, problem.blocking, payload.body["video"]) == ("video_left_out", False, None)


# Edits, take-downs
def test_an_edit_overwrites_the_article_and_a_second_try_changes_nothing(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    remote_id = published(target, payload_of(story))
    edited = payload_of(replace(story, notice="Đính chính: cầu dài 40 m."))
    assert CONNECTOR.update(target=target, remote_id=remote_id, payload=edited) == Done()
    (post,) = server.posts()
    assert "Đính chính: cầu dài 40 m." in post["text"] and post["state"] == "published" and post["edited_at"]
    assert CONNECTOR.update(target=target, remote_id=remote_id, payload=edited) == Done()
    assert len(server.calls("update")) == 2  # shown, edited


def test_an_edit_that_zalo_works_on_for_long_is_seen_at_the_next_try(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    remote_id = published(target, payload_of(story))
    edited, hurried = payload_of(replace(story, notice="Đính chính.")), replace(target, settings={**target.settings, "verify_pause": 0})
    server.fault("stuck_processing", platform="zalo", call="update", seconds=3)  # longer than three looks without a pause, also on a busy machine
    outcome = CONNECTOR.update(target=hurried, remote_id=remote_id, payload=edited)
    assert isinstance(outcome, Failure) and outcome.kind == F.PROCESSING
    server.wait_until(lambda: "Đính chính." in server.posts()[0]["text"])
    assert CONNECTOR.update(target=hurried, remote_id=remote_id, payload=edited) == Done()
    assert len(server.calls("update")) == 2


def test_an_edit_does_not_show_what_somebody_hid_in_zalo_s_console(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    payload = payload_of(story)
    remote_id = staged(target, payload)["id"]
    assert CONNECTOR.update(target=target, remote_id=remote_id, payload=payload_of(replace(story, notice="Đính chính."))) == Done()
    assert [post["state"] for post in server.posts()] == ["unpublished"]


def test_an_edit_or_a_take_down_of_what_is_gone_is_done(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    payload = payload_of(story)
    remote_id = published(target, payload)
    server.fault("lost_answer", platform="zalo", call="remove")
    lost = CONNECTOR.delete(target=target, remote_id=remote_id)
    assert isinstance(lost, Failure) and lost.kind == F.TRANSIENT_SAFE  # may be repeated
    assert CONNECTOR.delete(target=target, remote_id=remote_id) == Done(gone=True)
    assert CONNECTOR.update(target=target, remote_id=remote_id, payload=payload_of(replace(story, notice="Đính chính."))) == Done(gone=True)
    assert [post["state"] for post in server.posts()] == ["deleted"]
    assert CONNECTOR.check(target=target, handle={}, remote_id=remote_id) == Look(Sight.NOT_FOUND)


# Followers
def test_a_message_to_followers_is_one_call_and_its_lost_answer_an_open_end(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    remote_id = published(target, payload_of(story))
    sent = CONNECTOR.broadcast(target=target, remote_id=remote_id)
    assert isinstance(sent, Published) and sent.remote_id
    for fault in ("lost_answer", "error_before", "error_after"):
        server.fault(fault, platform="zalo", call="message")
        outcome = CONNECTOR.broadcast(target=target, remote_id=remote_id)
        assert isinstance(outcome, Failure) and outcome.kind == F.AMBIGUOUS
    assert len(server.calls("message")) == 4  # each was one knock


def test_followers_are_called_by_day_only(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    morning = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # six in Vietnam
    assert may_call_followers(morning) and not may_call_followers(morning - timedelta(seconds=1))
    assert may_call_followers(morning + timedelta(hours=15, minutes=59)) and not may_call_followers(morning + timedelta(hours=16))
    outcome = CONNECTOR.broadcast(target=replace(target, settings={**target.settings, "broadcast_hours": (0, 0)}), remote_id="x")
    assert isinstance(outcome, Failure) and (outcome.kind, outcome.code) == (F.CONTENT, "broadcast_night")
    assert server.calls("message") == []


# Keys
def app_of(server: RehearsalServer, **more: Any) -> App:
    return App(server.app_id, server.app_secret, server.zalo, server.zalo, allowed_origins=(server.base_url,), **more)


def code_from(server: RehearsalServer, app: App, verifier: str) -> str:
    answer = server.consent(ZaloLogin().authorize_url(app, redirect_uri=REDIRECT, state="s", verifier=verifier))
    return answer.headers["Location"].partition("code=")[2].partition("&")[0]


@pytest.mark.parametrize("fixed", ["", "k" * 43])
def test_the_log_in_gives_the_account_that_was_picked_with_a_pair_of_its_own_or_a_fixed_verifier(server: RehearsalServer, fixed: str) -> None:
    app = app_of(server, fixed_verifier=fixed)
    code = code_from(server, app, "bí mật của lần này")
    (choice,) = ZaloLogin().choices(app, redirect_uri=REDIRECT, code=code, verifier="bí mật của lần này")  # type: ignore[misc]
    assert (choice.remote_id, choice.name) == (OA, "Báo Sông Ba trên Zalo · chạy thử")
    assert 89_000 < choice.expires_at - time.time() <= 90_000
    again = ZaloLogin().choices(app, redirect_uri=REDIRECT, code=code, verifier="bí mật của lần này")
    assert isinstance(again, Failure)


def test_a_code_of_another_log_in_is_refused(server: RehearsalServer) -> None:
    code = code_from(server, app_of(server), "một")
    assert isinstance(ZaloLogin().choices(app_of(server), redirect_uri=REDIRECT, code=code, verifier="hai"), Failure)


def test_a_renewal_gives_a_new_pair_and_the_old_refresh_token_asks_for_a_person(target: Target) -> None:
    fresh = CONNECTOR.refresh(target=target)
    assert isinstance(fresh, Credential) and fresh.refresh_token != target.credential.refresh_token and fresh.token != target.credential.token
    assert isinstance(CONNECTOR.health(target=replace(target, credential=fresh)), Health)
    again = CONNECTOR.refresh(target=target)
    assert isinstance(again, Failure) and again.kind == F.AUTH_DEAD


@pytest.mark.parametrize("fault", ["error_before", "rate_limited", "rate_limited_silent"])
def test_a_renewal_that_got_no_answer_of_zalo_s_own_disconnects_nobody(target: Target, server: RehearsalServer, fault: str) -> None:
    server.fault(fault, platform="zalo", call="refresh")
    outcome = CONNECTOR.refresh(target=target)
    assert isinstance(outcome, Failure) and outcome.kind in (F.TRANSIENT_SAFE, F.RATE)
    assert isinstance(CONNECTOR.refresh(target=target), Credential)


def test_a_renewal_whose_answer_was_lost_needs_a_person_only_once_zalo_says_so(target: Target, server: RehearsalServer) -> None:
    server.fault("refresh_lost", platform="zalo")
    first, second = CONNECTOR.refresh(target=target), CONNECTOR.refresh(target=target)
    assert isinstance(first, Failure) and first.kind == F.TRANSIENT_SAFE
    assert isinstance(second, Failure) and second.kind == F.AUTH_DEAD


def test_a_token_that_is_over_is_said_to_be_so_and_the_renewed_one_goes_on(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    server.fault("token_expires", platform="zalo", call="create")
    payload = payload_of(story)
    outcome, handle = stage(target, payload)
    assert isinstance(outcome, Failure) and outcome.kind == F.AUTH_REFRESHABLE
    fresh = CONNECTOR.refresh(target=target)
    assert isinstance(fresh, Credential)
    assert isinstance(stage(replace(target, credential=fresh), payload, handle)[0], Staged)
    assert len(server.posts()) == 1


def test_a_wrong_secret_of_ours_is_told_by_the_proof(target: Target, story: Snapshot) -> None:
    wrong = replace(target, credential=replace(target.credential, app_secret="khác"))
    outcome, _handle = stage(wrong, payload_of(story))
    assert isinstance(outcome, Failure) and outcome.kind == F.CONFIG


def test_the_health_of_an_account_tells_whose_it_is_and_what_it_lacks(server: RehearsalServer, target: Target) -> None:
    assert CONNECTOR.health(target=target) == Health("Báo Sông Ba trên Zalo · chạy thử", OA)
    other = CONNECTOR.health(target=replace(target, remote_id=WITHOUT_PACKAGE))
    assert isinstance(other, Failure) and other.code == "wrong_channel"
    poor = target_of(server, account=WITHOUT_PACKAGE)
    told = CONNECTOR.health(target=poor)
    assert isinstance(told, Health) and len(told.warnings) == 1


def test_a_package_is_warned_of_two_weeks_before_its_end() -> None:
    today = date(2026, 11, 23)
    assert warnings_of({"is_verified": True, "package_valid_through_date": "07/12/2026"}, today=today)
    assert warnings_of({"package_valid_through_date": "2026-12-07"}, today=today)
    assert warnings_of({"is_verified": True, "package_valid_through_date": "08/12/2026"}, today=today) == ()
    assert warnings_of({"package_valid_through_date": "sau này"}, today=today) == ()


def test_an_account_without_a_package_waits_for_a_person(server: RehearsalServer, story: Snapshot) -> None:
    server.reset()
    outcome, _handle = stage(target_of(server, account=WITHOUT_PACKAGE), payload_of(story))
    assert isinstance(outcome, Failure) and (outcome.kind, outcome.code) == (F.HOLD, "oa_package")


# Numbers
def test_views_and_shares_are_read_for_many_articles_and_what_is_not_told_is_none(target: Target, server: RehearsalServer, story: Snapshot) -> None:
    first = published(target, payload_of(story))
    second = published(target, payload_of(story, marker="01JDMARKER0000000000000002"))
    requests.get(f"{server.zalo}/{OA}/posts/{first}", timeout=10)
    counts = CONNECTOR.metrics(target=target, remote_ids=(first, second, "gone"))
    assert counts == {first: Counts(views=1, shares=0), second: Counts(views=0, shares=0)}
    server.fault("metric_gone", platform="zalo", call="list")
    assert CONNECTOR.metrics(target=target, remote_ids=(first,)) == {first: Counts()}


def test_what_the_account_shows_is_listed_with_our_marks_and_hidden_articles_are_not(target: Target, server: RehearsalServer, story: Snapshot, pictures: str) -> None:
    marker = "01JDMARKER0000000000000001"
    ours = published(target, payload_of(story, marker=marker))
    staged(target, payload_of(story, marker="01JDMARKER0000000000000002"))  # hidden
    cover = {"cover_type": "photo", "photo_url": f"{pictures}/x.jpg"}
    by_hand = {"type": "normal", "title": "Đăng tay", "cover": cover, "body": [{"type": "text", "content": "<p>x</p>"}], "status": "show"}
    requests.post(f"{server.zalo}/v2.0/article/create", json=by_hand, headers={"access_token": target.credential.token}, timeout=10).raise_for_status()
    server.wait_for_posts(3)
    found = CONNECTOR.listed(target=target, since=datetime.now(tz=UTC) - timedelta(minutes=5))
    assert isinstance(found, tuple)
    assert [(one.words, one.markers) for one in found] == [("Đăng tay", ()), ("Lũ về Sông Ba", (marker,))]
    assert found[1].remote_id == ours and found[1].url.endswith(ours)
    assert CONNECTOR.listed(target=target, since=datetime.now(tz=UTC) + timedelta(minutes=5)) == ()


# Errors
@pytest.mark.parametrize("number", sorted(CODES))
def test_every_number_of_the_table_means_what_it_says_in_http_200(number: int) -> None:
    answer = Answer(200, f'{{"error": {number}, "message": "x"}}'.encode())
    failure = classify(answer, phase=Phase.STAGE)
    assert (failure.kind, failure.code) == CODES[number]
    assert failure.platform_message == f"{number}: x"
    assert failure.retry_after == (60.0 if number == -32 else None)
    assert classify(answer, phase=Phase.COMMIT).kind == CODES[number][0]  # a plain refusal stays one


def test_what_no_table_has_is_a_refusal_before_the_call_and_an_open_end_after_it() -> None:
    strange, gateway = Answer(200, b'{"error": -1, "message": "?"}'), Answer(502, b"<html>")
    assert [classify(strange, phase=phase).kind for phase in (Phase.STAGE, Phase.COMMIT)] == [F.CONTENT, F.AMBIGUOUS]
    assert [classify(gateway, phase=phase).kind for phase in (Phase.READ, Phase.COMMIT)] == [F.TRANSIENT_SAFE, F.AMBIGUOUS]
    assert [classify(NoAnswer(sent, "x"), phase=Phase.COMMIT).kind for sent in (False, True)] == [F.TRANSIENT_SAFE, F.AMBIGUOUS]
    assert classify(Answer(200, b"gibberish"), phase=Phase.COMMIT).kind == F.AMBIGUOUS
    assert classify(Answer(200, b'{"error": "-216"}'), phase=Phase.READ).kind == F.AUTH_REFRESHABLE
