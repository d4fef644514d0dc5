"""Who may choose and sign for a channel, which stories are meant for it, and what the register keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from distribution.channels import services
from distribution.channels.editor import offer_ready_channels
from distribution.channels.enums import LogKind
from distribution.channels.matchers import format_of
from distribution.channels.models import Account, ChannelRight, RoutingRule, Unit
from distribution.channels.routing import fitting
from distribution.connectors.base import Credential
from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.articles.models import ArticlePage, ChannelText
from newsroom.pages.guard import door_open
from publishing.workflow.services import NotAllowed, approve_story
from tests.factories import desk
from tests.factories.media import make_video
from tests.factories.newsroom import make_home, make_image, make_section, make_story
from tests.fakes.connector import KIND, ScriptedPlatform, scripted_platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


@pytest.fixture
def accounts(db: Any, platform: ScriptedPlatform, now: datetime) -> dict[str, Account]:
    def connect(key: str) -> Account:
        return services.connect_account(
            kind=KIND, name=f"Kênh {key}", remote_id=key, address="https://social.example", credential=Credential("k"), rehearsal=False, actor=None, now=now, key=key
        )

    return {key: connect(key) for key in ("mot", "hai")}


def allow(account: Account, *, role: str = "", user: User | None = None, **acts: bool) -> ChannelRight:
    return ChannelRight.objects.create(account=account, group=Group.objects.get(name=role) if role else None, user=user, **acts)


def send(client: Client, story: ArticlePage, rows: list[dict[str, str]], **more: str) -> Any:
    """Save the story in the editor with these rows of channels, as a browser (or a forger) would."""
    data = desk.form_of(story, **more) | {"channel_texts-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        data |= {f"channel_texts-{number}-{name}": value for name, value in {"timing": "with_story", **row}.items()}
    return client.post(reverse("wagtailadmin_pages:edit", args=[story.pk]), data)


def rows_of(story: ArticlePage) -> dict[str, tuple[bool, str]]:
    version = ArticlePage.objects.get(pk=story.pk).latest_revision.as_object()
    return {row.account_key: (row.wanted, row.text) for row in version.channel_texts.all()}


def test_without_rows_everybody_chooses_as_before(client: Client, accounts: dict[str, Account], reporter: User, now: datetime) -> None:
    story = desk.make_draft(owner=reporter, now=now)
    client.force_login(reporter)
    assert send(client, story, [{"account_key": "mot", "wanted": "on", "text": "Lời"}]).status_code == 302
    assert rows_of(story) == {"mot": (True, "Lời")}


def test_a_forged_form_does_not_choose_a_channel_that_is_another_s(client: Client, accounts: dict[str, Account], reporter: User, now: datetime) -> None:
    allow(accounts["mot"], role=Role.SECRETARY, may_send=True)
    story = desk.make_draft(owner=reporter, now=now)
    client.force_login(reporter)
    answer = send(client, story, [{"account_key": "mot", "wanted": "on", "text": "Lén"}])
    assert answer.status_code == 200 and "không thuộc quyền chọn" in answer.content.decode()
    assert rows_of(story) == {}
    assert send(client, story, [{"account_key": "hai", "wanted": "on", "text": "Được"}]).status_code == 302


@pytest.mark.parametrize("forged", [{"text": "Đổi lời"}, {"first_comment": "Lén"}, {"timing": "after", "after_minutes": "5"}, {"wanted": ""}])
def test_nor_changes_what_somebody_else_chose_for_it(client: Client, accounts: dict[str, Account], reporter: User, now: datetime, forged: dict[str, str]) -> None:
    allow(accounts["mot"], role=Role.SECRETARY, may_send=True)
    story = desk.make_draft(owner=reporter, now=now, channels={"mot": "Của thư ký"})
    client.force_login(reporter)
    kept = {"account_key": "mot", "wanted": "on", "text": "Của thư ký"}
    changed = {name: value for name, value in (kept | forged).items() if value}
    assert "không thuộc quyền chọn" in send(client, story, [changed]).content.decode()
    assert send(client, story, [kept], title="Tít khác").status_code == 302
    assert rows_of(story) == {"mot": (True, "Của thư ký")}


def test_a_person_or_a_role_that_is_named_chooses_it(client: Client, accounts: dict[str, Account], reporter: User, other_reporter: User, now: datetime) -> None:
    allow(accounts["mot"], user=reporter, may_send=True)
    story = desk.make_draft(owner=reporter, now=now)
    client.force_login(reporter)
    assert send(client, story, [{"account_key": "mot", "wanted": "on", "text": "Lời"}]).status_code == 302
    allow(accounts["hai"], role=Role.REPORTER, may_send=True)
    second = desk.make_draft(owner=other_reporter, now=now, title="Bài hai")
    client.force_login(other_reporter)
    assert send(client, second, [{"account_key": "hai", "wanted": "on", "text": "Lời"}]).status_code == 302


def test_who_signs_without_the_right_for_a_wanted_channel_is_refused(
    accounts: dict[str, Account], reporter: User, editor: User, secretary: User, editor_in_chief: User, now: datetime
) -> None:
    allow(accounts["mot"], user=editor_in_chief, may_approve=True)
    story = desk.make_draft(owner=reporter, now=now, channels={"mot": "Lời dẫn"})
    desk.to_signoff(story, writer=reporter, editor=editor, now=now)
    with pytest.raises(NotAllowed, match="Bạn không ký duyệt cho kênh “Kênh mot”"):
        approve_story(story=story, actor=secretary, now=now, **desk.seen(story))
    assert approve_story(story=story, actor=editor_in_chief, now=now, **desk.seen(story)).approver == editor_in_chief


def test_who_signs_without_the_right_signs_when_the_channel_is_left_out(accounts: dict[str, Account], reporter: User, editor: User, secretary: User, editor_in_chief: User, now: datetime) -> None:
    allow(accounts["mot"], user=editor_in_chief, may_approve=True)
    story = desk.make_draft(owner=reporter, now=now, channels={"hai": "Lời dẫn"})
    desk.to_signoff(story, writer=reporter, editor=editor, now=now)
    assert approve_story(story=story, actor=secretary, now=now, **desk.seen(story)).approver == secretary


def test_a_right_is_a_role_s_or_a_person_s_never_both_and_never_nobody_s(accounts: dict[str, Account], reporter: User) -> None:
    make_home()
    desk.ensure_rights()
    for group, user in ((Group.objects.get(name=Role.EDITOR), reporter), (None, None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            ChannelRight.objects.create(account=accounts["mot"], group=group, user=user, may_send=True)


def under(parent: Any, title: str, slug: str) -> Any:
    from newsroom.articles.models import SectionPage

    with door_open():
        return parent.add_child(instance=SectionPage(title=title, slug=slug, live=True))


def test_a_rule_of_a_section_says_channels_and_words_also_for_sections_under_it(accounts: dict[str, Account]) -> None:
    section = make_section("Kinh tế", "kinh-te")
    RoutingRule.objects.create(value="kinh-te", account=accounts["hai"], text="{section}: {headline}")
    story = ArticlePage(title="Giá cà phê", main_section=under(section, "Nông sản", "nong-san"))
    offer_ready_channels(page=story)
    assert [(row.account_key, row.wanted, row.text) for row in story.channel_texts.all()] == [("hai", True, "Nông sản: Giá cà phê"), ("mot", False, "")]
    other = ArticlePage(title="Bóng đá", main_section=make_section())
    offer_ready_channels(page=other)
    assert {row.account_key: row.wanted for row in other.channel_texts.all()} == {"mot": True, "hai": True}


def test_the_first_rule_in_use_gives_the_words(accounts: dict[str, Account]) -> None:
    section = make_section()
    for slug, text, position, active in (("thoi-su", "Thứ hai", 20, True),):
        RoutingRule.objects.create(value=slug, account=accounts["mot"], text=text, position=position, active=active)
    RoutingRule.objects.create(value="thoi-su", account=accounts["hai"], text="Không dùng", active=False)
    story = ArticlePage(title="Tít", main_section=section)
    offer_ready_channels(page=story)
    assert {row.account_key: (row.wanted, row.text) for row in story.channel_texts.all()} == {"mot": (True, "Thứ hai"), "hai": (False, "")}


def test_a_new_section_brings_its_rules_while_nobody_has_touched_the_tab(client: Client, accounts: dict[str, Account], reporter: User, now: datetime) -> None:
    make_section("Kinh tế", "kinh-te")
    RoutingRule.objects.create(value="kinh-te", account=accounts["hai"], text="Bản tin kinh tế")
    story = desk.make_draft(owner=reporter, now=now)
    version = story.latest_revision.as_object()
    version.channel_texts = [ChannelText(account_key="hai"), ChannelText(account_key="mot")]
    version.save_revision(user=reporter)
    client.force_login(reporter)
    plain = [{"account_key": key, "wanted": "on", "text": ""} for key in ("hai", "mot")]
    assert send(client, story, plain, main_section=str(make_section("Kinh tế", "kinh-te").pk)).status_code == 302
    assert rows_of(story) == {"hai": (True, "Bản tin kinh tế"), "mot": (False, "")}


def test_a_tab_that_somebody_wrote_in_stays_as_it_is(client: Client, accounts: dict[str, Account], reporter: User, now: datetime) -> None:
    section = make_section("Kinh tế", "kinh-te")
    RoutingRule.objects.create(value="kinh-te", account=accounts["hai"], text="Bản tin kinh tế")
    story = desk.make_draft(owner=reporter, now=now, channels={"mot": "Của tôi"})
    client.force_login(reporter)
    send(client, story, [{"account_key": "mot", "wanted": "on", "text": "Của tôi"}], main_section=str(section.pk))
    assert rows_of(story) == {"mot": (True, "Của tôi")}


@pytest.mark.parametrize("name", ["channel_units:index", "channel_rights:index", "channel_rules:add"])
def test_units_rights_and_rules_are_for_who_connects_channels(client: Client, accounts: dict[str, Account], secretary: User, editor: User, name: str) -> None:
    client.force_login(secretary)
    assert client.get(reverse(name)).status_code == 200
    client.force_login(editor)
    assert client.get(reverse(name)).status_code in (302, 403)


def test_a_rule_for_a_section_that_is_not_there_is_refused(client: Client, accounts: dict[str, Account], secretary: User) -> None:
    make_section()
    client.force_login(secretary)
    form = {"kind": "section", "value": "khong-co", "account": accounts["mot"].pk, "text": "", "position": "1", "active": "on"}
    assert client.post(reverse("channel_rules:add"), form).status_code == 200
    assert not RoutingRule.objects.exists()
    assert client.post(reverse("channel_rules:add"), {**form, "value": "thoi-su"}).status_code == 302


def details(account: Account, **changes: str) -> dict[str, str]:
    return {"name": account.name, "page_address": "", "mark_text": "", "mark_image": "", "opened_on": "", "notice_number": "", "person_responsible": "", "unit": "", **changes}


def test_every_change_of_the_register_leaves_a_line_with_what_it_said_before(client: Client, accounts: dict[str, Account], secretary: User) -> None:
    account, unit = accounts["mot"], Unit.objects.create(name="Xã Ea Bar")
    client.force_login(secretary)
    form = details(account, opened_on="2026-07-01", notice_number="12/TB-BSB", unit=str(unit.pk), page_address="https://song-ba.example/mot", mark_text="Báo Sông Ba")
    assert client.post(reverse("channel_edit", args=[account.pk]), form).status_code == 302
    account.refresh_from_db()
    assert (account.opened_on, account.notice_number, account.unit) == (date(2026, 7, 1), "12/TB-BSB", unit)
    lines = list(account.log.filter(kind=LogKind.EDITED, actor=secretary).values_list("detail", flat=True))
    assert "số thông báo: – → 12/TB-BSB" in lines and "đơn vị: – → Xã Ea Bar" in lines and len(lines) == 5
    html = client.get(reverse("channel_edit", args=[account.pk])).content.decode()
    assert "12/TB-BSB" in html and "Đã sửa thông tin" in html


@pytest.mark.parametrize(("name", "seen", "written"), [("editor", 200, 403), ("reporter", 403, 403)])
def test_the_desk_reads_the_register_and_does_not_write_it(client: Client, accounts: dict[str, Account], request: Any, name: str, seen: int, written: int) -> None:
    client.force_login(request.getfixturevalue(name))
    address = reverse("channel_edit", args=[accounts["mot"].pk])
    assert client.get(address).status_code in (seen, 302 if seen == 403 else seen)
    assert client.post(address, details(accounts["mot"], notice_number="giả")).status_code in (written, 302)
    assert Account.objects.get(key="mot").notice_number == ""


def test_an_address_that_is_none_is_said_and_nothing_is_saved(client: Client, accounts: dict[str, Account], secretary: User) -> None:
    client.force_login(secretary)
    answer = client.post(reverse("channel_edit", args=[accounts["mot"].pk]), details(accounts["mot"], page_address="javascript:alert(1)", name="Tên mới"))
    assert answer.status_code == 422 and 'value="Tên mới"' in answer.content.decode()
    assert Account.objects.get(key="mot").name == "Kênh mot"


def rule(kind: str, value: str, account: Account) -> RoutingRule:
    return RoutingRule.objects.create(kind=kind, value=value, account=account, text=f"{kind} {value}")


def test_rules_choose_by_topic_other_sections_and_format(accounts: dict[str, Account]) -> None:
    section, other = make_section("Thời sự", "thoi-su"), make_section("Nông thôn mới", "nong-thon-moi")
    rule("kicker", "Bão số 12", accounts["mot"])
    rule("also_section", "nong-thon-moi", accounts["hai"])
    story = ArticlePage(title="Tít", main_section=section, kicker="Tin BÃO SỐ 12")
    assert [one.kind for one in fitting(story)] == ["kicker"]
    story.kicker, story.other_sections = "", [other]
    assert [one.kind for one in fitting(story)] == ["also_section"]
    RoutingRule.objects.all().delete()
    rule("format", "text", accounts["mot"])
    rule("format", "video", accounts["hai"])
    assert [one.value for one in fitting(story)] == ["text"]
    story.main_video_id = 1
    assert [one.value for one in fitting(story)] == ["video"]


def test_three_pictures_make_a_story_in_pictures(accounts: dict[str, Account]) -> None:
    image = make_image()
    story = make_story(body=[("image", {"image": image, "caption": ""}) for _number in range(3)])
    assert format_of(story) == "pictures"


def test_a_rule_by_topic_is_written_in_words(client: Client, accounts: dict[str, Account], secretary: User) -> None:
    make_section()
    client.force_login(secretary)
    form = {"kind": "kicker", "value": "", "words": "", "account": accounts["mot"].pk, "text": "", "position": "1", "active": "on"}
    assert "Hãy ghi các chữ của chủ đề." in client.post(reverse("channel_rules:add"), form).content.decode()
    assert client.post(reverse("channel_rules:add"), {**form, "words": " Bão số 12 "}).status_code == 302
    made = RoutingRule.objects.get()
    assert (made.kind, made.value) == ("kicker", "Bão số 12")
    assert 'value="Bão số 12"' in client.get(reverse("channel_rules:edit", args=[made.pk])).content.decode()


def test_the_rules_are_asked_again_for_the_story_as_it_stands_in_the_form(client: Client, accounts: dict[str, Account], reporter: User, outsider: User) -> None:
    section = make_section("Kinh tế", "kinh-te")
    rule("section", "kinh-te", accounts["hai"])
    allow(accounts["mot"], role=Role.SECRETARY, may_send=True)

    def ask(**data: Any) -> Any:
        body = {"story": "", "headline": "Tít", "lead": "Sapo", "kicker": "", "section": str(section.pk), "others": [], "image": "", "video": "", "texts": [], **data}
        return client.post(reverse("channel_rules_for"), json.dumps(body), content_type="application/json")

    client.force_login(reporter)
    rows = [{"key": "hai", "wanted": True, "text": "section kinh-te"}, {"key": "mot", "wanted": False, "text": ""}]
    assert ask().json() == {"rules": True, "rows": rows, "given": ["hai"]}
    assert ask(section="").json()["rules"] is False
    assert [row["wanted"] for row in ask(section="").json()["rows"]] == [True, False]  # not the reporter's to choose
    for bad in ("", "null", "[]", '{"section": {}}', '{"section": "1", "others": 5}'):
        assert client.post(reverse("channel_rules_for"), bad, content_type="application/json").status_code == 400
    client.force_login(outsider)
    assert ask().status_code in (302, 403)


def ask_rules(client: Client, **data: Any) -> dict[str, Any]:
    """What the button is told for a story in the form."""
    body = {"story": "", "headline": "Tít", "lead": "Sapo", "kicker": "", "section": "", "others": [], "image": "", "video": "", "texts": [], **data}
    return dict(client.post(reverse("channel_rules_for"), json.dumps(body), content_type="application/json").json())


def wanted_of(answer: dict[str, Any]) -> set[str]:
    return {row["key"] for row in answer["rows"] if row["wanted"]}


def shown(kind: str, *rows: Any) -> list[dict[str, str]]:
    """Blocks of the body as the form's script sends them."""
    return [{"kind": kind, "id": str(row.pk)} for row in rows]


def test_the_rules_asked_again_know_a_story_in_pictures_by_its_body(client: Client, accounts: dict[str, Account], reporter: User) -> None:
    section = make_section("Kinh tế", "kinh-te")
    rule("format", "pictures", accounts["mot"])
    rule("section", "kinh-te", accounts["hai"])
    client.force_login(reporter)
    body = shown("image", *(make_image() for _number in range(3)))
    assert wanted_of(ask_rules(client, section=str(section.pk), body=body)) == {"mot", "hai"}
    assert wanted_of(ask_rules(client, section=str(section.pk), body=body[:2])) == {"hai"}


def test_they_know_a_story_with_a_video_in_its_body(client: Client, accounts: dict[str, Account], reporter: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    rule("format", "video", accounts["mot"])
    client.force_login(reporter)
    assert wanted_of(ask_rules(client, body=shown("video", make_video()))) == {"mot"}


def test_they_say_which_channels_they_gave_before_so_that_a_person_s_choice_stays(client: Client, accounts: dict[str, Account], reporter: User, now: datetime) -> None:
    section = make_section("Kinh tế", "kinh-te")
    rule("section", "kinh-te", accounts["hai"])
    client.force_login(reporter)
    assert ask_rules(client)["given"] == ["hai", "mot"], "a new story is meant for every ready channel"
    story = desk.make_draft(owner=reporter, now=now, main_section=section, channels={"mot": "Tự chọn", "hai": ""})
    answer = ask_rules(client, story=str(story.pk), section=str(section.pk))
    assert (answer["given"], wanted_of(answer)) == (["hai"], {"hai"}), "“mot” was ticked by a person"


def test_a_body_that_became_a_story_in_pictures_brings_its_rules(client: Client, accounts: dict[str, Account], reporter: User, now: datetime) -> None:
    rule("format", "pictures", accounts["hai"])
    story = desk.make_draft(owner=reporter, now=now)
    version = story.latest_revision.as_object()
    version.channel_texts = [ChannelText(account_key=key) for key in ("hai", "mot")]
    version.save_revision(user=reporter)
    client.force_login(reporter)
    body: dict[str, str] = {"body-count": "3"}
    for number in range(3):
        values = {"type": "image", "deleted": "", "order": str(number), "id": "", "value-image": str(make_image().pk), "value-caption": ""}
        body |= {f"body-{number}-{name}": value for name, value in values.items()}
    plain = [{"account_key": key, "wanted": "on", "text": ""} for key in ("hai", "mot")]
    assert send(client, story, plain, **body).status_code == 302
    assert {key: wanted for key, (wanted, _text) in rows_of(story).items()} == {"hai": True, "mot": False}
