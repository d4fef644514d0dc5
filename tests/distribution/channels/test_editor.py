"""The tab "Đăng đa nền tảng": who sees which post before it is sent, and what keeps a story from approval."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distribution.channels import selectors, services
from distribution.channels.editor import offer_ready_channels
from distribution.channels.models import Account
from distribution.connectors.base import Credential
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.articles.services import year_container
from tests.factories.newsroom import make_home, make_image, make_section, make_story
from tests.fakes.connector import KIND, ScriptedPlatform, scripted_platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform(text_limit=40) as made:
        yield made


@pytest.fixture
def account(db: Any, platform: ScriptedPlatform, now: datetime) -> Account:
    return services.connect_account(
        kind=KIND, name="Fanpage Báo Sông Ba", remote_id="r1", address="https://social.example", credential=Credential("k"), rehearsal=True, actor=None, now=now, key="fanpage"
    )


def ask(client: Client, **data: Any) -> Any:
    body = {"story": "", "headline": "Tít mới", "lead": "Sapo mới", "social_headline": "", "image": "", "texts": [{"key": "fanpage", "text": "Lời dẫn mới"}], **data}
    return client.post(reverse("channel_preview"), json.dumps(body), content_type="application/json")


def test_a_preview_shows_the_words_of_the_form_and_saves_nothing(client: Client, account: Account, reporter: User) -> None:
    client.force_login(reporter)
    image = make_image()
    html = ask(client, image=str(image.pk)).content.decode()
    assert "Lời dẫn mới" in html
    assert "Tít mới" in html
    assert image.alt_text in html
    assert "chạy thử" in html
    assert not ArticlePage.objects.exists()


def test_an_empty_channel_text_previews_the_lead(client: Client, account: Account, reporter: User) -> None:
    client.force_login(reporter)
    assert "Sapo mới" in ask(client, texts=[{"key": "fanpage", "text": ""}]).content.decode()


def test_what_is_typed_is_text_and_never_markup(client: Client, account: Account, reporter: User) -> None:
    client.force_login(reporter)
    assert "<script>" not in ask(client, texts=[{"key": "fanpage", "text": "<script>x</script>"}]).content.decode()


def test_a_text_that_is_too_long_is_said_in_the_preview(client: Client, account: Account, reporter: User) -> None:
    client.force_login(reporter)
    assert "quá dài" in ask(client, texts=[{"key": "fanpage", "text": "x" * 41}]).content.decode()


def test_another_reporter_s_story_is_not_previewed(client: Client, account: Account, reporter: User, other_reporter: User) -> None:
    story = make_story(owner=reporter)
    client.force_login(other_reporter)
    assert ask(client, story=str(story.pk)).status_code in (302, 403)


def test_an_outsider_sees_no_preview(client: Client, account: Account, outsider: User) -> None:
    client.force_login(outsider)
    assert ask(client).status_code in (302, 403)


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"texts": 5}', '{"texts": [1]}', "[" * 5000, '{"texts":[{"key":{},"text":null}],"story":[1]}'])
def test_bad_input_is_refused_and_never_a_fault(client: Client, account: Account, reporter: User, body: str) -> None:
    client.force_login(reporter)
    assert client.post(reverse("channel_preview"), body, content_type="application/json").status_code in (200, 400)


def test_a_forged_preview_without_the_form_s_key_is_refused(account: Account, reporter: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(reporter)
    assert client.post(reverse("channel_preview"), "{}", content_type="application/json").status_code == 403


def test_a_new_story_has_a_row_for_each_ready_channel(account: Account, now: datetime) -> None:
    services.expect_account(kind=KIND, key="chua-noi", name="Chưa nối", rehearsal=True, now=now)
    story = ArticlePage(title="Mới")
    offer_ready_channels(page=story)
    assert [(row.account_key, row.wanted) for row in story.channel_texts.all()] == [("fanpage", True)]


def test_the_editor_of_a_new_story_offers_the_tab(client: Client, account: Account, reporter: User, now: datetime) -> None:
    make_home()
    client.force_login(reporter)
    page = client.get(reverse("wagtailadmin_pages:add", args=["newsroom_articles", "articlepage", year_container(now=now).pk]))
    html = page.content.decode()
    assert page.status_code == 200
    assert "Đăng đa nền tảng" in html
    assert "Fanpage Báo Sông Ba · chạy thử" in html
    assert 'value="fanpage" selected' in html
    assert "data-limits" in html
    assert "channels/channels.js" in html


def test_a_text_that_the_channel_refuses_keeps_the_story_from_approval(account: Account) -> None:
    story = make_story(channels={"fanpage": "x" * 41})
    (sentence,) = selectors.blocking_problems(story.latest_revision)
    assert sentence == "Fanpage Báo Sông Ba: Lời dẫn quá dài cho kênh này: 41/40 ký tự."


def test_a_channel_that_is_not_wanted_keeps_nothing_back(account: Account) -> None:
    story = make_story(channels={"fanpage": "x" * 41})
    row = story.channel_texts.get()
    row.wanted = False
    story.channel_texts = [row]
    assert selectors.blocking_problems(story.save_revision()) == []


def test_the_list_of_channels_says_state_and_rehearsal_in_words(client: Client, account: Account, secretary: User) -> None:
    client.force_login(secretary)
    html = client.get(reverse("channel_list")).content.decode()
    for words in ("Kênh chính thức", "Fanpage Báo Sông Ba", "chạy thử", "Đủ điều kiện đăng", "Tạm dừng", "Kết nối lại"):
        assert words in html


def test_a_reporter_does_not_see_the_list_of_channels(client: Client, account: Account, reporter: User) -> None:
    client.force_login(reporter)
    assert client.get(reverse("channel_list")).status_code in (302, 403)


@pytest.mark.parametrize(("act", "state"), [("pause", "paused"), ("resume", "ready"), ("check", "ready"), ("x", "ready")])
def test_the_buttons_of_the_list_work(client: Client, account: Account, secretary: User, act: str, state: str) -> None:
    client.force_login(secretary)
    assert client.post(reverse("channel_change", args=[account.pk, act]), follow=True).status_code == 200
    assert Account.objects.get().state == state


class Fields(HTMLParser):
    """What a browser would send of a form that nobody touched."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name") or ""
        if tag == "input" and name and (values.get("type") not in ("checkbox", "radio") or "checked" in values):
            self.found.setdefault(name, values.get("value") or ("on" if values.get("type") == "checkbox" else ""))


def test_a_new_story_saved_with_the_offered_row_keeps_its_text(client: Client, account: Account, reporter: User, now: datetime) -> None:
    section = make_section()
    client.force_login(reporter)
    address = reverse("wagtailadmin_pages:add", args=["newsroom_articles", "articlepage", year_container(now=now).pk])
    form = Fields()
    form.feed(client.get(address).content.decode())
    sent = {name: value for name, value in form.found.items() if "__prefix__" not in name}
    assert sent["channel_texts-TOTAL_FORMS"] == "1"
    written = {
        "title": "Tàu vào bờ", "lead": "Sapo", "main_section": str(section.pk), "ai_use": "none", "channel_texts-0-account_key": "fanpage",
        "channel_texts-0-text": "Lời dẫn riêng", "body-count": "0",
    }  # fmt: skip
    answer = client.post(address, sent | written)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    story = ArticlePage.objects.get()
    assert [(row.account_key, row.wanted, row.text) for row in story.latest_revision.as_object().channel_texts.all()] == [("fanpage", True, "Lời dẫn riêng")]
    assert client.get(reverse("wagtailadmin_pages:edit", args=[story.pk])).status_code == 200


@pytest.fixture
def television(db: Any, now: datetime) -> Account:
    credential = Credential("k", refresh_token="r")
    return services.connect_account(
        kind="youtube", name="Truyền hình Báo Sông Ba", remote_id="UC1", address="https://video.example", credential=credential, rehearsal=True, actor=None, now=now, key="video"
    )


def test_a_video_channel_s_preview_has_title_tags_and_who_sees_it_and_counts_bytes(client: Client, television: Account, reporter: User) -> None:
    client.force_login(reporter)
    html = ask(client, texts=[{"key": "video", "text": "Nước lên", "title": "Lũ về", "tags": "lũ, Sông Ba", "privacy": "unlisted"}]).content.decode()
    assert "Lũ về" in html and "#lũ · #Sông Ba" in html and "Không công khai" in html
    assert "Bài chưa có video sẵn sàng" in html
    long = ask(client, texts=[{"key": "video", "text": "ế" * 1667, "title": "x" * 101, "tags": "", "privacy": "khong-co"}]).content.decode()
    assert "Lời mô tả quá dài" in long and "Tít quá dài" in long


def test_a_new_story_is_not_meant_for_a_video_channel_until_somebody_says_so(television: Account) -> None:
    story = ArticlePage(title="Mới")
    offer_ready_channels(page=story)
    assert [(row.account_key, row.wanted) for row in story.channel_texts.all()] == [("video", False)]


def test_a_wanted_video_channel_keeps_a_story_without_a_video_from_approval(television: Account) -> None:
    story = make_story(channels={"video": "Nước lên"})
    assert selectors.approval_problems(story) == ["Truyền hình Báo Sông Ba: Bài chưa có video sẵn sàng. Hãy thêm video, hoặc bỏ kênh này."]


def test_the_words_of_a_video_are_signed_and_signatures_without_them_stay_good(television: Account) -> None:
    from publishing.workflow.words import digest_of, snapshot

    story = make_story(channels={"video": "Nước lên"})
    before = story.save_revision()
    assert snapshot(before)["channel_texts"] == [["video", True, "Nước lên"]]
    row = story.channel_texts.get()
    row.title, row.privacy = "Lũ về", "private"
    story.channel_texts = [row]
    assert digest_of(story.save_revision()) != digest_of(before)


def test_the_preview_shows_our_comment_under_the_post_where_the_channel_has_comments(client: Client, account: Account, platform: ScriptedPlatform, reporter: User) -> None:
    client.force_login(reporter)
    row = {"key": "fanpage", "text": "Lời dẫn", "first_comment": "Mời bạn đọc kể <chuyện>"}
    assert "Mời bạn đọc" not in ask(client, texts=[row]).content.decode()
    platform.can_comment = True
    assert "Mời bạn đọc kể &lt;chuyện&gt;" in ask(client, texts=[row]).content.decode()
