"""Platforms without a log-in in the browser: a form of named fields, proved by the platform before anything is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.channels.enums import AccountState, LogKind
from distribution.channels.keys import open_key
from distribution.channels.models import Account
from distribution.connectors.base import Failure, FailureClass
from distribution.connectors.logins import App, Choice, KeyField, KeyLogin
from distribution.connectors.messages import sentence
from distribution.connectors.registry import logins
from newsroom.accounts.models import User
from tests.fakes.connector import KIND, scripted_platform
from tests.fakes.rehearsal import RehearsalServer


class BotLogin:
    """A bot's token and a server, as a person types them."""

    label = "Mạng thử"
    rehearsal = "scripted"
    address = "https://bots.example"
    fields = (KeyField("server", "Server", help="https://…"), KeyField("token", "Token", secret=True), KeyField("note", "Note", required=False))
    opens: dict[str, list[Choice]]

    def choices(self, app: App, values: dict[str, str]) -> list[Choice] | Failure:
        found = self.opens.get(values["token"])
        return found or Failure(FailureClass.AUTH_DEAD, "token_dead", sentence("token_dead"), platform_message="Unauthorized")


@pytest.fixture
def login(db: Any) -> Iterator[BotLogin]:
    made = BotLogin()
    one = Choice("r1", "Kênh một", "khóa-một", address="https://mot.example", settings={"visibility": "public"})
    made.opens = {"một": [one], "nhiều": [one, Choice("r2", "Kênh hai", "khóa-hai")]}
    logins.add(KIND, made)
    with scripted_platform():
        yield made
    logins.remove(KIND)


@pytest.fixture
def desk(client: Client, secretary: User) -> Client:
    client.force_login(secretary)
    return client


def address(where: str = "real", kind: str = KIND) -> str:
    return reverse("channel_keys", args=[kind, where])


def test_a_kind_with_fields_is_a_key_login_and_the_others_are_not(login: BotLogin) -> None:
    assert isinstance(login, KeyLogin)
    assert [kind for kind in ("facebook_page", "youtube") if isinstance(logins.get(kind), KeyLogin)] == []


def test_the_button_leads_to_the_form_and_the_form_names_its_fields(desk: Client, login: BotLogin) -> None:
    page = desk.post(reverse("channel_start"), {"where": "real", "kind": KIND}, follow=True)
    html = page.content.decode()
    assert page.redirect_chain[0][0] == address()
    assert "Kết nối Mạng thử" in html and 'name="server"' in html and 'type="password" name="token"' in html


def test_one_account_is_connected_at_once_with_its_own_address_and_settings(desk: Client, login: BotLogin, secretary: User) -> None:
    desk.post(address(), {"server": "mot.example", "token": " một "}, follow=True)
    account = Account.objects.get()
    assert (account.remote_id, account.address, account.settings, account.state) == ("r1", "https://mot.example", {"visibility": "public"}, AccountState.READY)
    assert open_key(account.sealed_token)[0] == "khóa-một"
    assert account.log.filter(kind=LogKind.CONNECTED, actor=secretary).exists()


def test_of_many_accounts_the_person_chooses_one(desk: Client, login: BotLogin) -> None:
    html = desk.post(address(), {"server": "x", "token": "nhiều"}).content.decode()
    assert "Kênh một" in html and "Kênh hai" in html and "khóa-hai" not in html
    desk.post(reverse("channel_choose"), {"page": "r2"})
    account = Account.objects.get()
    assert (account.remote_id, account.address) == ("r2", "https://bots.example")


def test_a_refused_key_is_said_over_the_form_and_the_secret_is_not_shown_again(desk: Client, login: BotLogin) -> None:
    answer = desk.post(address(), {"server": "mot.example", "token": "bí-mật-sai"})
    html = answer.content.decode()
    assert answer.status_code == 422 and "Kết nối với kênh không còn hiệu lực" in html and "Unauthorized" in html
    assert 'value="mot.example"' in html and "bí-mật-sai" not in html
    assert not Account.objects.exists()


def test_a_field_that_must_not_be_empty_is_said(desk: Client, login: BotLogin) -> None:
    answer = desk.post(address(), {"server": "", "token": "một"})
    assert answer.status_code == 422 and not Account.objects.exists()


@pytest.mark.parametrize(("kind", "where"), [("facebook_page", "real"), ("khong-co", "real")])
def test_no_form_for_a_platform_with_its_own_log_in_or_an_unknown_one(desk: Client, login: BotLogin, kind: str, where: str) -> None:
    assert desk.get(address(where, kind)).status_code == 302


def test_a_rehearsal_that_is_not_switched_on_is_said(desk: Client, login: BotLogin, settings: Any) -> None:
    settings.NEWSROOM_REHEARSAL = False
    answer = desk.post(address("rehearsal"), {"server": "x", "token": "một"})
    assert "Nền tảng chạy thử chưa được bật" in answer.content.decode() and not Account.objects.exists()


@pytest.mark.parametrize("name", ["reporter", "editor", "outsider"])
def test_others_do_not_see_the_form(client: Client, login: BotLogin, request: pytest.FixtureRequest, name: str) -> None:
    client.force_login(request.getfixturevalue(name))
    assert client.get(address()).status_code in (302, 403)
    assert client.post(address(), {"server": "x", "token": "một"}).status_code in (302, 403)
    assert not Account.objects.exists()


def test_reconnecting_is_one_click_from_an_alarm_and_keeps_the_account(desk: Client, login: BotLogin) -> None:
    desk.post(address(), {"server": "x", "token": "một"})
    account = Account.objects.get()
    assert desk.get(reverse("channel_reconnect", args=[account.pk]))["Location"] == address()
    desk.post(address(), {"server": "x", "token": "một"})
    assert (Account.objects.get().pk, Account.objects.get().generation) == (account.pk, 2)


@pytest.mark.processes
def test_only_the_rehearsal_is_offered_until_it_is_switched_on(rehearsal: RehearsalServer, client: Client, secretary: User, settings: Any) -> None:
    client.force_login(secretary)
    real, rehearsed = (reverse("channel_keys", args=["telegram_channel", where]) for where in ("real", "rehearsal"))
    page = client.get(reverse("channel_list")).content.decode()
    assert "Kết nối Telegram chạy thử" in page and 'aria-label="Kết nối Telegram"' not in page
    values = rehearsal.card("telegram")["fields"]
    refused = client.post(real, values)
    assert "Telegram đang tắt trong cấu hình" in refused.content.decode() and not Account.objects.exists()
    client.post(rehearsed, values)
    assert Account.objects.get().rehearsal
    settings.PLATFORM_SETTINGS = {**settings.PLATFORM_SETTINGS, "telegram_channel": {"enabled": True}}
    assert 'aria-label="Kết nối Telegram"' in client.get(reverse("channel_list")).content.decode()
