"""Mastodon.py drives the rehearsal platform: if it is content, the fake keeps the contract (channels.md 17.3)."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonServerError,
    MastodonUnauthorizedError,
)
from PIL import Image

from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes
LINK = "https://songba.example/thoi-su/bao-so-12-a1.html?utm_id=01JD"


@pytest.fixture
def api(rehearsal_server: RehearsalServer) -> Mastodon:
    card = rehearsal_server.card("mastodon")
    return Mastodon(access_token=card["fields"]["token"], api_base_url=card["base_url"], ratelimit_method="throw", request_timeout=10)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 40), "teal").save(out, "JPEG")
    return out.getvalue()


def test_the_client_takes_it_for_a_server_of_today_with_its_limits(api: Mastodon) -> None:
    assert api.retrieve_mastodon_version() == "4.4.3"
    assert api.instance_v2().configuration.statuses.max_characters == 500
    assert api.account_verify_credentials().acct == "baosongba"


def test_a_post_comes_back_whole_and_is_listed(api: Mastodon, rehearsal_server: RehearsalServer) -> None:
    made = api.status_post(f"Bão số 12 đổi hướng\n\n{LINK}", language="vi", visibility="public")
    (shown,) = rehearsal_server.posts(state="published")
    assert (shown["id"], shown["link"]) == (str(made.id), LINK)
    assert made.language == "vi" and made.visibility == "public" and made.created_at.tzinfo is not None
    assert 'href="https://songba.example/thoi-su/bao-so-12-a1.html?utm_id=01JD"' in made.content
    assert [status.id for status in api.account_statuses(made.account.id, exclude_reblogs=True)] == [made.id]
    assert api.status(made.id).favourites_count == 0


def test_the_same_key_gives_the_same_post(api: Mastodon, rehearsal_server: RehearsalServer) -> None:
    first, second = (api.status_post("một lần", idempotency_key="K1") for _time in range(2))
    assert first.id == second.id and len(rehearsal_server.posts()) == 1
    assert api.status_post("một lần", idempotency_key="K2").id != first.id


def test_files_are_described_attached_once_and_kept_by_an_edit_that_names_them(api: Mastodon, rehearsal_server: RehearsalServer) -> None:
    files = [api.media_post(picture(), "image/jpeg", description=f"Mũi Gành {number}") for number in (1, 2)]
    api.media_update(files[1].id, description="Mũi Gành, chiều")
    made = api.status_post("Ảnh", media_ids=[item.id for item in files])
    assert [item.description for item in made.media_attachments] == ["Mũi Gành 1", "Mũi Gành, chiều"]
    with pytest.raises(MastodonAPIError):
        api.status_post("Ảnh lần nữa", media_ids=[files[0].id])
    with pytest.raises(MastodonNotFoundError):
        api.media(files[0].id)  # it is a post's now
    kept = api.status_update(made.id, "Ảnh, đính chính", media_ids=[files[0].id])
    assert [item.id for item in kept.media_attachments] == [files[0].id] and kept.edited_at
    assert api.status_source(made.id).text == "Ảnh, đính chính"


def test_a_video_is_worked_on_before_it_may_be_posted(api: Mastodon, rehearsal_server: RehearsalServer) -> None:
    film = api.media_post(b"\x00\x00\x00\x18ftypisom" + b"x" * 5000, "video/mp4")
    assert film.url is None
    with pytest.raises(MastodonAPIError, match="finished processing"):
        api.status_post("Sớm quá", media_ids=[film.id])
    until = time.monotonic() + 5
    while api.media(film.id).url is None and time.monotonic() < until:
        time.sleep(0.1)
    assert api.status_post("Video", media_ids=[film.id]).media_attachments[0].type == "video"


def test_a_deleted_post_is_gone(api: Mastodon, rehearsal_server: RehearsalServer) -> None:
    made = api.status_post("gỡ")
    api.status_delete(made.id)
    with pytest.raises(MastodonNotFoundError):
        api.status(made.id)
    assert [post["state"] for post in rehearsal_server.posts()] == ["deleted"]


@pytest.mark.parametrize("text", ["", "ế" * 501, f"{'ế' * 480}{LINK}"])
def test_words_that_do_not_fit_are_refused(api: Mastodon, rehearsal_server: RehearsalServer, text: str) -> None:
    with pytest.raises(MastodonAPIError):
        api.status_post(text)
    assert rehearsal_server.posts() == []


def test_an_address_counts_23_characters(api: Mastodon) -> None:
    assert api.status_post(f"{'ế' * 476} {LINK}{'x' * 100}").id  # 476 + 1 + 23


@pytest.mark.parametrize(
    ("fault", "error"), [("rate_limited", MastodonRatelimitError), ("error_before", MastodonServerError), ("error_after", MastodonServerError), ("token_revoked", MastodonUnauthorizedError)]
)
def test_faults_look_to_the_client_like_the_real_ones(api: Mastodon, rehearsal_server: RehearsalServer, fault: str, error: Any) -> None:
    rehearsal_server.fault(fault, platform="mastodon", call="statuses")
    with pytest.raises(error):
        api.status_post("lỗi")
    assert len(rehearsal_server.posts()) == (fault == "error_after")


def test_a_key_with_reading_rights_cannot_write(rehearsal_server: RehearsalServer) -> None:
    card = rehearsal_server.card("mastodon")
    reader = Mastodon(access_token=card["read_only_token"], api_base_url=card["base_url"])
    assert reader.account_verify_credentials().acct == "baosongba"
    with pytest.raises(MastodonAPIError, match="outside the authorized scopes"):
        reader.status_post("không được")
