"""The Facebook Page connector on a real server that keeps Facebook's contract."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests

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
    Wait,
)
from distribution.connectors.facebook_page import oauth
from distribution.connectors.facebook_page.connector import FacebookPage, markers_of, normal
from distribution.connectors.facebook_page.errors import classify
from newsroom.common.http import Answer, NoAnswer
from tests.fakes.rehearsal import REDIRECT, SCOPES, RehearsalServer

pytestmark = pytest.mark.processes
CONNECTOR = FacebookPage()
F = FailureClass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RehearsalServer]:
    """One platform for the module."""
    os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    running = RehearsalServer.start(tmp_path_factory.mktemp("rehearsal"), env={"REHEARSAL_LATE_SECONDS": "1"})
    yield running
    running.stop()


@pytest.fixture
def target(server: RehearsalServer) -> Target:
    """The demo Page with a fresh wall."""
    server.reset()
    world = server.demo()
    credential = Credential(server.page_token(), world["app_id"], world["app_secret"])
    return Target(world["page_id"], f"{server.base_url}/facebook", credential, {"allowed_origins": [server.base_url], "read_seconds": 3})


def story(text: str = "Ba giờ sáng, loa biên phòng gọi tên từng chiếc tàu.", *, pictures: int = 0) -> Snapshot:
    """A story version."""
    found = tuple(Picture(f"image-{n}", f"Ảnh {n}", "Minh họa", 600, 400) for n in range(pictures))
    return Snapshot(7, 1, "Ngư dân đưa tàu vào bờ", "", "Sapo.", "http://127.0.0.1/thoi-su/bai-a7.html", text, found)


def payload_of(marker: str, *, mode: str = "link", **more: object) -> Payload:
    """What would be sent."""
    return CONNECTOR.compose(snapshot=story(**more), marker=marker, settings={"mode": mode})  # type: ignore[arg-type]


class Pictures:
    """Small JPEGs."""

    def read(self, key: str) -> tuple[bytes, str]:
        import io

        from PIL import Image

        data = io.BytesIO()
        Image.new("RGB", (60, 40), (int(key.split("-")[1]) * 40, 90, 120)).save(data, "JPEG")
        return data.getvalue(), "image/jpeg"


def since() -> datetime:
    return datetime.now(tz=UTC)


def commit(target: Target, payload: Payload, handle: dict[str, object] | None = None) -> object:
    return CONNECTOR.commit(target=target, payload=payload, handle=handle or {})


def test_a_link_post_is_there_once_with_its_marker(server: RehearsalServer, target: Target) -> None:
    payload = payload_of("M1")
    outcome = commit(target, payload)
    assert isinstance(outcome, Published)
    (post,) = server.posts(state="published")
    assert post["text"] == payload.body["message"] and "utm_id=M1" in post["link"]
    look = CONNECTOR.lookup(target=target, payload=payload, since=since(), handle={})
    assert not isinstance(look, Failure) and (look.sight, look.remote_id) == (Sight.FOUND, outcome.remote_id)


def test_pictures_are_staged_unseen_resumed_and_posted_with_the_marked_link(server: RehearsalServer, target: Target) -> None:
    payload, handle = payload_of("M2", mode="photos", pictures=3), {}
    for _step in range(5):
        staged = CONNECTOR.stage(target=target, payload=payload, handle=handle, media=Pictures())
        assert isinstance(staged, Staged | Wait)
        handle = staged.handle
        if isinstance(staged, Staged):
            break
    assert server.posts(state="published") == [] and len(handle["photos"]) == 3
    assert isinstance(commit(target, payload, handle), Published)
    (post,) = server.posts(state="published")
    assert len(post["media"]) == 3 and "utm_id=M2" in post["text"]


@pytest.mark.parametrize(("fault", "there"), [("lost_answer", True), ("error_after", True), ("error_before", False), ("duplicate_refused", False)])
def test_after_a_lost_answer_nothing_is_known_until_somebody_looks(fault: str, there: bool, server: RehearsalServer, target: Target) -> None:
    server.fault(fault)
    payload = payload_of("M3", text=f"Bài {fault}")
    outcome = commit(target, payload)
    assert isinstance(outcome, Failure) and outcome.kind == F.AMBIGUOUS
    look = CONNECTOR.lookup(target=target, payload=payload, since=since(), handle={})
    assert not isinstance(look, Failure) and (look.sight == Sight.FOUND) is there


@pytest.mark.parametrize("fault", ["rate_limited", "rate_limited_silent"])
def test_a_throttled_post_is_not_there_and_waits(fault: str, server: RehearsalServer, target: Target) -> None:
    server.fault(fault)
    outcome = commit(target, payload_of("M4"))
    assert isinstance(outcome, Failure) and outcome.kind == F.RATE and (outcome.retry_after or 0) > 0
    assert server.posts() == []


def test_the_same_post_again_is_refused_and_looked_for(server: RehearsalServer, target: Target) -> None:
    payload = payload_of("M5")
    assert isinstance(commit(target, payload), Published)
    again = commit(target, payload)
    assert isinstance(again, Failure) and (again.kind, again.code) == (F.AMBIGUOUS, "duplicate")
    assert len(server.posts(state="published")) == 1


def test_an_edit_changes_the_text_and_a_deleted_post_is_gone_twice(server: RehearsalServer, target: Target) -> None:
    outcome = commit(target, payload_of("M6"))
    assert isinstance(outcome, Published)
    assert CONNECTOR.update(target=target, remote_id=outcome.remote_id, payload=payload_of("M6", text="Lời dẫn mới")) == Done()
    assert server.posts(state="published")[0]["text"] == "Lời dẫn mới"
    assert CONNECTOR.delete(target=target, remote_id=outcome.remote_id) == Done()
    assert CONNECTOR.delete(target=target, remote_id=outcome.remote_id) == Done(gone=True)
    assert server.posts(state="published") == []


def test_a_page_token_proves_itself_and_a_user_token_does_not(server: RehearsalServer, target: Target) -> None:
    assert isinstance(CONNECTOR.health(target=target), Health)
    user = Target(target.remote_id, target.address, Credential(server.user_token(), target.credential.app_id, target.credential.app_secret), target.settings)
    outcome = CONNECTOR.health(target=user)
    assert isinstance(outcome, Failure) and outcome.kind == F.AUTH_DEAD


def test_connecting_gives_the_pages_and_refuses_missing_scopes(server: RehearsalServer, target: Target) -> None:
    app = oauth.App(target.credential.app_id, target.credential.app_secret, target.address, target.address, (server.base_url,))
    code = server.consent(oauth.authorize_url(app, redirect_uri=REDIRECT, state="s")).headers["Location"].split("code=")[1].split("&")[0]
    token = oauth.exchange(app, redirect_uri=REDIRECT, code=code)
    assert isinstance(token, str)
    pages = oauth.choose_targets(app, user_token=token)
    assert not isinstance(pages, Failure) and target.remote_id in [page.remote_id for page in pages]
    again = oauth.exchange(app, redirect_uri=REDIRECT, code=code)
    assert isinstance(again, Failure)


def test_nobody_there_is_safe_to_try_again() -> None:
    nowhere = Target("1", "http://127.0.0.1:9", Credential("t"), {"allowed_origins": ["http://127.0.0.1:9"]})
    outcome = commit(nowhere, payload_of("M7"))
    assert isinstance(outcome, Failure) and outcome.kind == F.TRANSIENT_SAFE


def test_a_private_address_is_never_called() -> None:
    outcome = commit(Target("1", "http://127.0.0.1:9", Credential("t"), {}), payload_of("M8"))
    assert isinstance(outcome, Failure) and outcome.kind == F.TRANSIENT_SAFE and "not a public address" in outcome.raw


def graph_answer(code: int, subcode: int = 0, *, status: int = 400, **more: object) -> Answer:
    import json

    return Answer(status, json.dumps({"error": {"message": "m", "code": code, "error_subcode": subcode, **more}}).encode())


@pytest.mark.parametrize(
    ("outcome", "phase", "kind"),
    [
        (graph_answer(1), Phase.COMMIT, F.AMBIGUOUS), (graph_answer(2), Phase.READ, F.TRANSIENT_SAFE), (graph_answer(190, 463), Phase.COMMIT, F.AUTH_DEAD),
        (graph_answer(200), Phase.COMMIT, F.AUTH_DEAD), (graph_answer(100), Phase.COMMIT, F.CONTENT), (graph_answer(100, 33), Phase.COMMIT, F.AMBIGUOUS),
        (graph_answer(100, 33), Phase.READ, F.GONE), (graph_answer(368), Phase.COMMIT, F.HOLD), (graph_answer(368, message="already posted"), Phase.COMMIT, F.AMBIGUOUS),
        (graph_answer(506), Phase.COMMIT, F.AMBIGUOUS), (graph_answer(80001), Phase.COMMIT, F.RATE), (graph_answer(3), Phase.COMMIT, F.CONFIG),
        (graph_answer(1366046), Phase.STAGE, F.CONTENT), (Answer(502, b"<html>"), Phase.COMMIT, F.AMBIGUOUS), (Answer(502, b"<html>"), Phase.STAGE, F.TRANSIENT_SAFE),
        (Answer(429, b""), Phase.COMMIT, F.RATE), (NoAnswer(True, "timeout"), Phase.COMMIT, F.AMBIGUOUS), (NoAnswer(False, "dns"), Phase.COMMIT, F.TRANSIENT_SAFE),
        (Answer(200, b"not json"), Phase.COMMIT, F.AMBIGUOUS),
    ],
)  # fmt: skip
def test_what_an_answer_means_depends_on_the_phase_then_the_code(outcome: Answer | NoAnswer, phase: Phase, kind: FailureClass) -> None:
    assert classify(outcome, phase=phase).kind == kind


def test_a_marker_is_found_in_text_and_cards_and_texts_compare_without_addresses() -> None:
    post = {"message": "Xem http://a.vn/x?utm_id=AA", "attachments": {"data": [{"unshimmed_url": "http://a.vn/?b=1&utm_id=BB"}]}}
    assert markers_of(post) == {"AA", "BB"}
    assert normal("Bài  mới http://a.vn/x") == normal("Bài mới")


def test_reactions_and_comments_are_read_back_and_what_is_not_told_is_unknown(target: Target) -> None:
    first, second = commit(target, payload_of("M8")), commit(target, payload_of("M9", text="Một bài khác."))
    assert isinstance(first, Published) and isinstance(second, Published)
    assert CONNECTOR.delete(target=target, remote_id=second.remote_id) == Done()
    read = CONNECTOR.metrics(target=target, remote_ids=(first.remote_id, second.remote_id))
    assert read == {first.remote_id: Counts(views=0, reactions=0, comments=0, shares=None)}


def test_views_are_told_while_the_metric_lives_and_their_loss_costs_no_other_number(server: RehearsalServer, target: Target) -> None:
    post = commit(target, payload_of("M8"))
    assert isinstance(post, Published)
    requests.get(post.url, timeout=5)
    CONNECTOR.comment(target=target, remote_id=post.remote_id, text="Một")
    assert CONNECTOR.metrics(target=target, remote_ids=(post.remote_id,)) == {post.remote_id: Counts(views=1, reactions=0, comments=1, shares=None)}
    server.fault("metric_gone", call="insights")
    assert CONNECTOR.metrics(target=target, remote_ids=(post.remote_id,)) == {post.remote_id: Counts(views=None, reactions=0, comments=1, shares=None)}


def without(server: RehearsalServer, target: Target, right: str) -> Target:
    """The Page's key as it is where a person did not tick one right."""
    kept = [scope for scope in SCOPES.split(",") if scope != right]
    query = {"access_token": server.user_token(choice="1", pages=[target.remote_id], permissions=kept), "fields": "id,access_token"}
    (page,) = requests.get(f"{server.graph}/v26.0/me/accounts", params=query, timeout=5).json()["data"]
    return replace(target, credential=replace(target.credential, token=page["access_token"]))


def test_a_key_without_the_right_to_numbers_still_tells_the_rest(server: RehearsalServer, target: Target) -> None:
    post = commit(target, payload_of("M8"))
    assert isinstance(post, Published)
    read = CONNECTOR.metrics(target=without(server, target, "read_insights"), remote_ids=(post.remote_id,))
    assert read == {post.remote_id: Counts(views=None, reactions=0, comments=0, shares=None)}


def test_a_comment_stands_once_under_the_post_and_is_found_again(server: RehearsalServer, target: Target) -> None:
    post = commit(target, payload_of("M1"))
    assert isinstance(post, Published)
    words = "Mời bạn đọc kể chuyện của mình.\nhttp://127.0.0.1/a7"
    assert CONNECTOR.find_comment(target=target, remote_id=post.remote_id, text=words) == Look(Sight.NOT_FOUND)
    said = CONNECTOR.comment(target=target, remote_id=post.remote_id, text=words)
    assert isinstance(said, Published) and "comment_id=" in said.url
    assert CONNECTOR.find_comment(target=target, remote_id=post.remote_id, text=words) == Look(Sight.FOUND, said.remote_id, said.url)
    assert server.comments(post.remote_id) == [words]
    assert "Mời bạn đọc kể chuyện" in server.page_html()


@pytest.mark.parametrize(("fault", "there"), [("lost_answer", True), ("error_after", True), ("error_before", False)])
def test_a_comment_whose_answer_is_lost_is_looked_for(fault: str, there: bool, server: RehearsalServer, target: Target) -> None:
    post = commit(target, payload_of("M1"))
    assert isinstance(post, Published)
    server.fault(fault, call="comments")
    lost = CONNECTOR.comment(target=target, remote_id=post.remote_id, text="Một lần")
    assert isinstance(lost, Failure) and lost.kind == F.AMBIGUOUS
    look = CONNECTOR.find_comment(target=target, remote_id=post.remote_id, text="Một lần")
    assert not isinstance(look, Failure) and (look.sight == Sight.FOUND) is there


def test_an_old_comment_is_found_on_a_later_page_of_the_list(target: Target) -> None:
    post = commit(target, payload_of("M1"))
    assert isinstance(post, Published)
    for number in range(102):
        assert isinstance(CONNECTOR.comment(target=target, remote_id=post.remote_id, text=f"Bình luận {number}"), Published)
    look = CONNECTOR.find_comment(target=target, remote_id=post.remote_id, text="Bình luận 0")
    assert not isinstance(look, Failure) and look.sight == Sight.FOUND


def test_a_key_that_may_not_comment_loses_the_comment_and_not_the_page(server: RehearsalServer, target: Target) -> None:
    post = commit(target, payload_of("M1"))
    assert isinstance(post, Published)
    refused = CONNECTOR.comment(target=without(server, target, "pages_manage_engagement"), remote_id=post.remote_id, text="Không được")
    assert isinstance(refused, Failure) and (refused.kind, refused.code) == (F.CONTENT, "no_comment_right")
    assert server.comments(post.remote_id) == []


class Paper(BaseHTTPRequestHandler):
    """The story's page, as it stands."""

    headline = "Tít sai"

    def do_GET(self) -> None:
        found = self.headline and self.path.startswith("/bai")
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(f'<meta property="og:title" content="{self.headline}">'.encode())

    def log_message(self, *unused: object) -> None:
        """Silent."""


@pytest.fixture
def paper() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Paper) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}/bai-a7.html"
        running.shutdown()
        Paper.headline = "Tít sai"


def test_a_corrected_headline_reaches_the_card_of_the_post(server: RehearsalServer, target: Target, paper: str) -> None:
    payload = CONNECTOR.compose(snapshot=replace(story(), link=paper), marker="M1", settings={})
    assert isinstance(commit(target, payload), Published)
    server.wait_until(lambda: "Tít sai" in server.page_html())
    Paper.headline = "Tít đúng"
    assert CONNECTOR.refresh_preview(target=target, link=paper) == Done()
    assert "Tít đúng" in server.page_html() and "Tít sai" not in server.page_html()


def test_a_page_that_cannot_be_read_is_tried_again_unless_its_story_was_taken_away(target: Target, paper: str) -> None:
    Paper.headline = ""
    unread = CONNECTOR.refresh_preview(target=target, link=paper)
    assert isinstance(unread, Failure) and (unread.kind, unread.code) == (F.TRANSIENT_SAFE, "link_preview")
    assert CONNECTOR.refresh_preview(target=replace(target, job=Job("J", event="withdrawn")), link=paper) == Done()


@pytest.mark.parametrize(
    ("mode", "media", "place", "pictures", "kind", "in_text", "card"),
    [
        ("link", "", "", 2, "link", False, True), ("link", "pictures", "", 2, "photos", True, False), ("link", "picture", "", 1, "photos", True, False),
        ("photos", "none", "", 0, "link", False, True), ("photos", "", "", 2, "photos", True, False), ("link", "pictures", "", 0, "link", False, True),
        ("link", "", "text", 2, "text", True, False), ("link", "", "comment", 2, "text", False, False), ("photos", "", "comment", 2, "photos", False, False),
        ("text", "", "card", 0, "link", False, True), ("text", "", "", 0, "text", True, False),
    ],
)  # fmt: skip
def test_what_the_desk_chose_for_the_story_comes_before_the_account_s_way(mode: str, media: str, place: str, pictures: int, kind: str, in_text: bool, card: bool) -> None:
    chosen = replace(story(pictures=pictures), media=media, link_place=place)
    payload = CONNECTOR.compose(snapshot=chosen, marker="M1", settings={"mode": mode})
    assert (payload.kind, "utm_id=M1" in payload.body["message"], bool(payload.body["link"]), len(payload.body["pictures"])) == (kind, in_text, card, pictures if kind == "photos" else 0)
