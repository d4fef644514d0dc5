"""Connecting a Page through the admin: who may, the state that binds it to one session, and the proof of the key."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from distribution.channels.enums import AccountState, LogKind
from distribution.channels.keys import open_key
from distribution.channels.models import Account
from newsroom.accounts.models import User
from newsroom.common.crypto import open_sealed
from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes


@pytest.fixture
def desk(client: Client, secretary: User) -> Client:
    client.force_login(secretary)
    return client


def start(client: Client) -> str:
    """Press the button; the address of the platform's log-in."""
    answer = client.post(reverse("channel_start"), {"where": "rehearsal"}, SERVER_NAME="127.0.0.1")
    assert answer.status_code == 302
    return str(answer["Location"])


def consent(rehearsal: RehearsalServer, address: str, **form: object) -> str:
    """The person allows it; the way back as path and query."""
    back = urlsplit(rehearsal.consent(address, **form).headers["Location"])
    return f"{back.path}?{back.query}"


def go_back(client: Client, path: str) -> object:
    return client.get(path, SERVER_NAME="127.0.0.1")


def test_a_page_is_connected_after_consent_and_choice(desk: Client, rehearsal: RehearsalServer, secretary: User) -> None:
    page = go_back(desk, consent(rehearsal, start(desk)))
    assert rehearsal.page_id in page.content.decode()
    desk.post(reverse("channel_choose"), {"page": rehearsal.page_id})
    account = Account.objects.get()
    assert (account.remote_id, account.state, account.rehearsal, account.person_responsible) == (rehearsal.page_id, AccountState.READY, True, secretary)
    assert account.log.filter(kind=LogKind.CONNECTED, actor=secretary).exists()


def test_a_youtube_channel_is_connected_the_same_way(desk: Client, rehearsal: RehearsalServer) -> None:
    answer = desk.post(reverse("channel_start"), {"where": "rehearsal", "kind": "youtube"}, SERVER_NAME="127.0.0.1")
    address = str(answer["Location"])
    assert "code_challenge_method=S256" in address and "access_type=offline" in address
    page = go_back(desk, consent(rehearsal, address, channel="UCsongba0chaythu0000001A"))
    assert "Truyền hình Báo Sông Ba" in page.content.decode()
    desk.post(reverse("channel_choose"), {"page": "UCsongba0chaythu0000001A"})
    account = Account.objects.get()
    token, refresh_token = open_key(account.sealed_token)
    assert (account.kind, account.state) == ("youtube", AccountState.READY) and token and refresh_token
    listed = desk.get(reverse("channel_list")).content.decode()
    assert "Kết nối YouTube chạy thử" in listed and token not in listed and refresh_token not in listed


def test_the_official_account_that_was_picked_at_zalo_is_the_one_that_is_connected(desk: Client, rehearsal: RehearsalServer) -> None:
    answer = desk.post(reverse("channel_start"), {"where": "rehearsal", "kind": "zalo_oa"}, SERVER_NAME="127.0.0.1")
    address = str(answer["Location"])
    assert "/v4/oa/permission?" in address and "code_challenge=" in address and "scope" not in address
    picked = "4012345678901234602"
    page = go_back(desk, consent(rehearsal, address, account=picked))
    assert "Bạn đọc Sông Ba trên Zalo" in page.content.decode()
    desk.post(reverse("channel_choose"), {"page": picked})
    account = Account.objects.get()
    token, refresh_token = open_key(account.sealed_token)
    assert (account.kind, account.remote_id, account.state) == ("zalo_oa", picked, AccountState.READY) and token and refresh_token


def test_a_way_back_that_names_another_account_than_the_key_is_refused(desk: Client, rehearsal: RehearsalServer) -> None:
    answer = desk.post(reverse("channel_start"), {"where": "rehearsal", "kind": "zalo_oa"}, SERVER_NAME="127.0.0.1")
    path = consent(rehearsal, str(answer["Location"]))
    forged = path.replace("oa_id=4012345678901234501", "oa_id=4012345678901234602")
    assert forged != path
    assert "kênh khác" in desk.get(forged, SERVER_NAME="127.0.0.1", follow=True).content.decode()
    assert not Account.objects.exists()


@pytest.mark.parametrize("kind", ["", "khong-co", "../x"])
def test_a_platform_that_is_not_known_is_said(desk: Client, kind: str) -> None:
    answer = desk.post(reverse("channel_start"), {"where": "real", "kind": kind}, follow=True)
    assert answer.status_code == 200 and "Không có nền tảng này" in answer.content.decode()


def test_the_key_is_sealed_and_appears_nowhere_in_the_log(desk: Client, rehearsal: RehearsalServer) -> None:
    go_back(desk, consent(rehearsal, start(desk)))
    desk.post(reverse("channel_choose"), {"page": rehearsal.page_id})
    account = Account.objects.get()
    token = open_sealed(account.sealed_token)
    assert token not in account.sealed_token
    assert not [row for row in account.log.all() if token in row.detail]
    assert token not in desk.get(reverse("channel_list")).content.decode()


def test_the_way_back_is_good_once(desk: Client, rehearsal: RehearsalServer) -> None:
    path = consent(rehearsal, start(desk))
    go_back(desk, path)
    assert go_back(desk, path).status_code == 302
    assert not Account.objects.exists()


def test_another_person_s_way_back_is_refused(desk: Client, rehearsal: RehearsalServer, admin: User) -> None:
    path = consent(rehearsal, start(desk))
    stranger = Client()
    stranger.force_login(admin)
    assert go_back(stranger, path).status_code == 302
    stranger.post(reverse("channel_choose"), {"page": rehearsal.page_id})
    assert not Account.objects.exists()


def test_a_forged_state_is_refused(desk: Client, rehearsal: RehearsalServer) -> None:
    code = parse_qs(consent(rehearsal, start(desk)).split("?")[1])["code"][0]
    answer = desk.get(reverse("channel_back"), {"code": code, "state": "không phải"}, SERVER_NAME="127.0.0.1", follow=True)
    assert "không bắt đầu từ đây" in answer.content.decode()
    assert not Account.objects.exists()


def test_a_person_who_says_no_is_told_so(desk: Client, rehearsal: RehearsalServer) -> None:
    path = consent(rehearsal, start(desk), decision="deny")
    assert "chưa cho phép" in desk.get(path, SERVER_NAME="127.0.0.1", follow=True).content.decode()


def test_a_page_that_was_not_offered_cannot_be_chosen(desk: Client, rehearsal: RehearsalServer) -> None:
    go_back(desk, consent(rehearsal, start(desk)))
    desk.post(reverse("channel_choose"), {"page": "999"})
    assert not Account.objects.exists()


@pytest.mark.parametrize("name", ["reporter", "editor", "outsider"])
def test_others_do_not_connect(client: Client, request: pytest.FixtureRequest, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.post(reverse("channel_start"), {"where": "rehearsal"}).status_code in (302, 403)
    assert "channel_connect" not in client.session


def test_without_an_application_the_person_is_told(desk: Client, settings: object) -> None:
    settings.PLATFORM_APPS = {}
    answer = desk.post(reverse("channel_start"), {"where": "real"}, follow=True)
    assert "FACEBOOK_APP_ID" in answer.content.decode()


def test_connecting_again_keeps_the_account_and_its_name_in_stories(desk: Client, rehearsal: RehearsalServer) -> None:
    for _ in range(2):
        go_back(desk, consent(rehearsal, start(desk)))
        desk.post(reverse("channel_choose"), {"page": rehearsal.page_id})
    account = Account.objects.get()
    assert account.generation == 2
