"""How a channel posts is set on its page: typed fields with limits, what is not known stays, each change is written down."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from distribution.channels.enums import LogKind
from distribution.channels.forms import OptionsForm
from distribution.channels.models import Account
from distribution.channels.options import in_words, options_of, with_values
from distribution.channels.selectors import capabilities_of, settings_of
from distribution.channels.services import ChannelError, change_options, connect_account
from distribution.connectors.base import Credential
from distribution.connectors.options import HasOptions, Option, Type
from distribution.connectors.registry import connectors
from newsroom.accounts.models import User
from publishing.events.enums import EventKind
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, scripted_platform

ROOT = Path(__file__).resolve().parents[3]
REAL = [kind for kind, _connector in connectors.items()]
# Read from an account's settings and not for people: what a platform tells of itself, what our code adds, sizes of steps and waits that tests shorten.
NOT_FOR_PEOPLE = {
    "addresses", "allowed_origins", "audience", "chunk_bytes", "draft_pause", "enabled", "longest_seconds", "lost_settle", "page", "privacy_options", "quota", "read_seconds", "reserved",
    "settle_seconds", "short_seconds", "slice_seconds", "verify_pause", "whole_bytes",
}  # fmt: skip


TOLD_BY_SERVERS = {"mastodon": {"text_limit", "url_length", "picture_limit", "picture_bytes", "video_bytes"}}


def account_of(kind: str, now: datetime, **settings: Any) -> Account:
    return connect_account(
        kind=kind, name=f"Kênh {kind}", remote_id="1", address="https://social.example", credential=Credential("khóa"), rehearsal=False, actor=None, now=now, key=kind.replace("_", "-"),
        settings=settings,
    )  # fmt: skip


def sent(account: Account, **values: str) -> dict[str, str]:
    """The second form of the page, everything else as it stands."""
    form = OptionsForm(account=account)
    as_it_stands = {f"option-{name}": str(form.initial.get(name) or "") for name in form.fields}
    return {"part": "options", **as_it_stands, **{f"option-{name.replace('__', '.')}": value for name, value in values.items()}}


def save(client: Client, account: Account, **values: str) -> Any:
    answer = client.post(reverse("channel_edit", args=[account.pk]), sent(account, **values))
    account.refresh_from_db()
    return answer


@pytest.fixture
def desk(client: Client, secretary: User) -> Client:
    client.force_login(secretary)
    return client


def options() -> list[Any]:
    return [pytest.param(kind, option, id=f"{kind} {option.name}") for kind in REAL for option in options_of(Account(kind=kind))]


@pytest.mark.parametrize("kind", REAL)
def test_every_setting_that_a_kind_reads_is_on_its_page(kind: str) -> None:
    connector = connectors.get(kind)
    files = (ROOT / "distribution" / "connectors" / kind).glob("*.py")
    read = {name for file in files for name in re.findall(r'settings(?:\.get\(|\[)"(\w+)"', file.read_text())}
    assert isinstance(connector, HasOptions)
    offered = {option.name.partition(".")[0] for option in connector.options}
    assert read - NOT_FOR_PEOPLE - TOLD_BY_SERVERS.get(kind, set()) <= offered <= read


@pytest.mark.parametrize(("kind", "option"), options())
def test_an_option_says_in_vietnamese_what_it_is_and_its_default_is_within_its_limits(kind: str, option: Option) -> None:
    with translation.override("vi"):
        words = [option.label, option.help, option.unit, *(label for _key, label in option.choices)]
        assert [text for text in words if text and translation.gettext(text) == text] == ([option.unit] if option.unit == "bytes" and translation.gettext("bytes") == "bytes" else [])
    if option.type == Type.NUMBER:
        assert option.least <= option.default <= option.most
    if option.type == Type.CHOICE:
        assert option.default in dict(option.choices)


@pytest.mark.parametrize("kind", REAL)
def test_the_page_shows_each_field_with_its_unit_and_default(desk: Client, now: datetime, kind: str) -> None:
    account = account_of(kind, now)
    html = desk.get(reverse("channel_edit", args=[account.pk]), headers={"accept-language": "vi"}).content.decode()
    assert "Cách kênh đăng bài" in html and "Khoảng cách ngắn nhất giữa hai bài đăng (giây)" in html
    assert all(f'name="option-{option.name}"' in html for option in options_of(account))
    assert "Mặc định: 24 giờ." in html


@pytest.mark.parametrize("kind", REAL)
def test_a_page_that_is_saved_as_it_stands_changes_nothing(desk: Client, now: datetime, kind: str) -> None:
    account = account_of(kind, now, own="của tôi")
    assert save(desk, account).status_code == 302
    assert account.settings == {"own": "của tôi"} and not account.log.filter(kind=LogKind.EDITED).exists()


def test_what_is_set_is_kept_with_its_type_and_an_empty_field_brings_the_default_back(desk: Client, now: datetime) -> None:
    account = account_of("tiktok", now, privacy_options=["SELF_ONLY"], photos={"key": "k", "address": "https://cu.example"})
    save(desk, account, direct_post="yes", ai_made="no", minimum_gap="900", photos__address="https://anh.songba.example/tiktok", fresh_hours="6")
    assert account.settings == {
        "privacy_options": ["SELF_ONLY"], "photos": {"key": "k", "address": "https://anh.songba.example/tiktok"}, "direct_post": True, "ai_made": False, "minimum_gap": 900, "fresh_hours": 6,
    }  # fmt: skip
    assert capabilities_of(account).minimum_gap == 900 and settings_of(account)["direct_post"] is True
    save(desk, account, direct_post="", ai_made="", minimum_gap="", photos__address="", fresh_hours="")
    assert account.settings == {"privacy_options": ["SELF_ONLY"], "photos": {"key": "k"}}


def test_hours_of_messages_are_a_pair(desk: Client, now: datetime) -> None:
    account = account_of("zalo_oa", now)
    save(desk, account, broadcast_hours__0="8")
    assert account.settings == {"broadcast_hours": [8, 22]}
    answer = save(desk, account, broadcast_hours__0="12", broadcast_hours__1="12")
    assert answer.status_code == 422 and "Phải sau “Gửi tin tới người quan tâm từ”." in answer.content.decode()
    save(desk, account, broadcast_hours__0="", broadcast_hours__1="")
    assert account.settings == {}


BAD = [
    ("facebook_page", "minimum_gap", "-1", "số nguyên từ 0 đến 86.400"),
    ("facebook_page", "minimum_gap", "86401", "số nguyên từ 0 đến 86.400"),
    ("facebook_page", "minimum_gap", "1.5", "số nguyên từ 0 đến 86.400"),
    ("facebook_page", "minimum_gap", "mười", "số nguyên từ 0 đến 86.400"),
    ("facebook_page", "fresh_hours", "0", "số nguyên từ 1 đến 720"),
    ("zalo_oa", "broadcast_hours__0", "5", "số nguyên từ 6 đến 21"),
    ("youtube", "language", "Tiếng Việt", "không đúng dạng"),
    ("youtube", "language", "V1", "không đúng dạng"),
    ("tiktok", "photos__address", "javascript:alert(1)", "https://"),
    ("tiktok", "photos__address", "https://anh.example/?a=1", "không có dấu hỏi"),
    ("mastodon", "visibility", "direct", "direct"),
]


@pytest.mark.parametrize(("kind", "name", "value", "said"), BAD)
def test_a_value_out_of_range_is_refused_with_a_sentence_and_nothing_is_kept(desk: Client, now: datetime, kind: str, name: str, value: str, said: str) -> None:
    account = account_of(kind, now)
    answer = save(desk, account, **{name: value})
    assert answer.status_code == 422 and account.settings == {}
    assert said in answer.content.decode()


def test_each_change_is_written_down_with_what_it_was_and_by_whom(desk: Client, now: datetime, secretary: User) -> None:
    account = account_of("telegram_channel", now)
    save(desk, account, minimum_gap="60", silent="yes")
    lines = set(account.log.filter(kind=LogKind.EDITED, actor=secretary).values_list("detail", flat=True))
    assert lines == {"Khoảng cách ngắn nhất giữa hai bài đăng: mặc định → 60 giây", "Bài đăng đến không kèm âm báo: mặc định → Có"}


@pytest.mark.parametrize("name", ["reporter", "editor", "outsider"])
def test_who_may_not_edit_a_channel_does_not_set_it_up(client: Client, now: datetime, request: pytest.FixtureRequest, name: str) -> None:
    account, user = account_of("facebook_page", now), request.getfixturevalue(name)
    client.force_login(user)
    assert save(client, account, minimum_gap="60").status_code in (302, 403) and account.settings == {}
    with pytest.raises(ChannelError):
        change_options(account=account, values=[], actor=user, now=now)


def test_the_first_form_of_the_page_leaves_the_second_alone(desk: Client, now: datetime) -> None:
    account = account_of("facebook_page", now, minimum_gap=60)
    answer = desk.post(reverse("channel_edit", args=[account.pk]), {"name": "Tên mới"})
    account.refresh_from_db()
    assert answer.status_code == 302 and (account.name, account.settings) == ("Tên mới", {"minimum_gap": 60})


def test_what_two_people_set_at_once_is_both_kept(now: datetime, secretary: User) -> None:
    account = account_of("facebook_page", now)
    gap, mode = (next(option for option in options_of(account) if option.name == name) for name in ("minimum_gap", "mode"))
    stale = Account.objects.get(pk=account.pk)
    change_options(account=account, values=[(gap, 60)], actor=secretary, now=now)
    change_options(account=stale, values=[(mode, "photos")], actor=secretary, now=now)
    account.refresh_from_db()
    assert account.settings == {"minimum_gap": 60, "mode": "photos"}


def test_nothing_odd_in_the_settings_breaks_the_page(desk: Client, now: datetime) -> None:
    account = account_of("tiktok", now, photos="chuỗi", minimum_gap="lạ", direct_post="có")
    assert desk.get(reverse("channel_edit", args=[account.pk])).status_code == 200
    address = Option("photos.address", Type.ADDRESS, "x")
    assert with_values({"photos": "chuỗi"}, [(address, "https://x")]) == {"photos": {"address": "https://x"}}
    assert in_words(address, "") != ""


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


def test_a_pause_that_is_set_on_the_page_delays_the_next_post(desk: Client, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch) -> None:
    from distribution.deliveries import services

    monkeypatch.setattr(services, "ring", lambda ids: None)
    newsroom = Newsroom(platform)
    assert save(desk, newsroom.account, minimum_gap="600").status_code == 302
    newsroom.work(newsroom.publish("một"))
    second = newsroom.publish("hai")
    newsroom.tick(400)
    assert [post.text for post in platform.posts.values()] == ["một"]
    newsroom.tick(210)
    assert [post.text for post in platform.posts.values()] == ["một", "hai"]
    newsroom.event(second.story, EventKind.WITHDRAWN)
    newsroom.tick(1)
    assert [post.text for post in platform.posts.values()] == ["một"], "a take-down does not wait"
