"""The tab "Đăng đa nền tảng": who sees which post before it is sent, and what keeps a story from approval."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Collection, GroupCollectionPermission

from distribution.channels import in_memory, selectors, services
from distribution.channels.editor import offer_ready_channels
from distribution.channels.models import Account
from distribution.connectors.base import Credential
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.articles.services import year_container
from newsroom.media.models import NewsImage
from tests.factories import desk
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


def test_a_post_that_appears_by_itself_on_tiktok_is_previewed_with_who_sees_it(client: Client, reporter: User, now: datetime) -> None:
    services.connect_account(
        kind="tiktok", name="TikTok", remote_id="1", address="https://video.example", credential=Credential("k"), rehearsal=True, actor=None, now=now, key="tt", settings={"direct_post": True}
    )
    client.force_login(reporter)
    for privacy, words in (("private", "Riêng tư"), ("public", "Công khai"), ("", "TikTok")):
        assert words in ask(client, texts=[{"key": "tt", "text": "Nước lên", "privacy": privacy}]).content.decode()


def test_a_problem_names_the_field_it_stands_beside(client: Client, account: Account, television: Account, reporter: User) -> None:
    client.force_login(reporter)
    html = ask(client, texts=[{"key": "fanpage", "text": "x" * 41}, {"key": "video", "text": "Nước lên", "title": "x" * 101}]).content.decode()
    assert 'data-channel="fanpage"' in html and 'class="mark late" data-field="text"' in html
    assert 'class="mark late" data-field="title"' in html and 'class="mark late" data-field="media"' in html


def test_the_preview_has_the_first_comment_or_says_that_the_channel_has_none(client: Client, account: Account, platform: ScriptedPlatform, reporter: User) -> None:
    client.force_login(reporter)
    row = {"key": "fanpage", "text": "Lời", "first_comment": "Đọc thêm ở đây", "hashtags": "#lũ Sông_Ba"}
    html = ask(client, texts=[row]).content.decode()
    assert "Đọc thêm ở đây" not in html and "bình luận đầu tiên sẽ không được đăng" in html and 'data-field="first_comment"' in html
    assert "Kênh này không đăng hashtag: #lũ, #Sông_Ba." in html
    platform.can_comment = True
    html = ask(client, texts=[row]).content.decode()
    assert "Đọc thêm ở đây" in html and "sẽ không được đăng" not in html


def test_a_real_channel_s_preview_ends_with_its_hashtags(client: Client, reporter: User, now: datetime) -> None:
    services.connect_account(
        kind="facebook_page", name="Fanpage", remote_id="1", address="https://graph.example", credential=Credential("k"), rehearsal=True, actor=None, now=now, key="that"
    )
    client.force_login(reporter)
    html = ask(client, texts=[{"key": "that", "text": "Lời", "hashtags": "lũ, Sông_Ba"}]).content.decode()
    assert "#lũ #Sông_Ba" in html and "không đăng hashtag" not in html


def test_a_save_says_what_will_keep_the_story_back_and_loses_nothing(client: Client, account: Account, reporter: User, now: datetime) -> None:
    story = desk.make_draft(owner=reporter, now=now)
    client.force_login(reporter)
    data = desk.form_of(story) | {"channel_texts-TOTAL_FORMS": "1"}
    data |= {f"channel_texts-0-{name}": value for name, value in {"timing": "with_story", "account_key": "fanpage", "wanted": "on", "text": "x" * 41}.items()}
    address = reverse("wagtailadmin_pages:edit", args=[story.pk])
    html = client.post(address, data, follow=True).content.decode()
    assert "Trước khi duyệt, cần sửa: Fanpage Báo Sông Ba: Lời dẫn quá dài cho kênh này: 41/40 ký tự." in html
    assert ArticlePage.objects.get(pk=story.pk).latest_revision.as_object().channel_texts.get().text == "x" * 41


def test_eight_channels_cost_no_more_questions_than_one(client: Client, account: Account, reporter: User, now: datetime) -> None:
    make_home()
    client.force_login(reporter)
    address = reverse("wagtailadmin_pages:add", args=["newsroom_articles", "articlepage", year_container(now=now).pk])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        assert 'value="fanpage" selected' in client.get(address).content.decode()
    for number in range(2, 9):
        services.connect_account(
            kind=KIND, name=f"Kênh {number}", remote_id=f"r{number}", address="https://social.example", credential=Credential("k"), rehearsal=True, actor=None, now=now, key=f"kenh-{number}"
        )
    with CaptureQueriesContext(connection) as eight:
        html = client.get(address).content.decode()
    assert 'name="channel_texts-7-account_key"' in html
    assert len(eight) <= len(one)
    rows = [{"key": "fanpage", "text": "Lời"}, *({"key": f"kenh-{number}", "text": "Lời"} for number in range(2, 9))]
    ask(client, texts=rows[:1])
    with CaptureQueriesContext(connection) as first:
        ask(client, texts=rows[:1])
    with CaptureQueriesContext(connection) as all_of_them:
        assert ask(client, texts=rows).content.decode().count('class="channel"') == 8
    assert len(all_of_them) <= len(first)


@pytest.fixture
def album_page(db: Any, now: datetime) -> Account:
    settings = {"mode": "photos"}
    return services.connect_account(
        kind="facebook_page", name="Fanpage ảnh", remote_id="1", address="https://graph.example", credential=Credential("k"), rehearsal=True, actor=None, now=now, key="anh", settings=settings
    )


@pytest.fixture
def zalo(db: Any, now: datetime) -> Account:
    return services.connect_account(
        kind="zalo_oa", name="Zalo Báo Sông Ba", remote_id="2", address="https://zalo.example", credential=Credential("k"), rehearsal=True, actor=None, now=now, key="zalo"
    )


def album(*alts: str) -> list[NewsImage]:
    return [make_image(alt_text=alt) for alt in alts]


def blocks(*images: NewsImage) -> list[dict[str, str]]:
    """The body as the editor's script sends it."""
    return [{"kind": "image", "id": str(image.pk)} for image in images]


def pictures_in(answer: Any) -> list[str]:
    return re.findall(r'<img[^>]* alt="([^"]*)"', answer.content.decode())


def test_an_album_previews_every_picture_of_the_body_in_its_order(client: Client, album_page: Account, reporter: User) -> None:
    client.force_login(reporter)
    main, one, two, three = album("Chính", "Một", "Hai", "Ba")
    rows = [{"key": "anh", "text": "Lời dẫn"}]
    assert pictures_in(ask(client, image=str(main.pk), body=blocks(two, three, one), texts=rows)) == ["Chính", "Hai", "Ba", "Một"]
    assert pictures_in(ask(client, body=blocks(one, two, three), texts=rows)) == ["Một", "Hai", "Ba"]
    assert pictures_in(ask(client, image=str(main.pk), body=blocks(one), texts=[{**rows[0], "media": "picture"}])) == ["Chính"]


def test_a_picture_of_the_body_is_cover_enough_for_zalo(client: Client, zalo: Account, reporter: User) -> None:
    client.force_login(reporter)
    rows = [{"key": "zalo", "text": "Lời dẫn"}]
    assert "Zalo không nhận bài không có ảnh bìa" in ask(client, texts=rows).content.decode()
    with_body = ask(client, body=blocks(*album("Cầu ngập")), texts=rows)
    assert "ảnh bìa" not in with_body.content.decode() and pictures_in(with_body) == ["Cầu ngập"]


@pytest.mark.parametrize("body", [
    None, 5, "x", {}, [None, 1, "image", [], {}], [{"kind": "image"}], [{"kind": ["image"], "id": "1"}], [{"kind": {}, "id": {}}], [{"kind": "image", "id": "1 OR 1=1"}],
    [{"kind": "image", "id": "9" * 400}], [{"kind": "image", "id": "999999999999999"}], [{"kind": "image", "id": -1}], [{"kind": "document", "id": "1"}], [{"kind": "image", "id": "１"}],
])  # fmt: skip
def test_a_hostile_body_is_left_out(client: Client, album_page: Account, reporter: User, body: Any) -> None:
    client.force_login(reporter)
    rows = [{"key": "anh", "text": "Lời dẫn"}]
    (true,) = album("Thật")
    assert pictures_in(ask(client, body=body, texts=rows)) == []
    if isinstance(body, list):
        assert pictures_in(ask(client, body=[*body, *blocks(true)], texts=rows)) == ["Thật"], "what is true beside it is shown"


def test_a_huge_body_costs_no_more_than_its_first_pictures_and_one_cut_off_is_refused(client: Client, album_page: Account, reporter: User) -> None:
    client.force_login(reporter)
    first, last = album("Đầu", "Cuối")
    rows = [{"key": "anh", "text": "Lời dẫn"}]
    assert pictures_in(ask(client, body=[*blocks(first) * in_memory.MOST_PIECES, *blocks(last)], texts=rows)) == ["Đầu"]
    assert ask(client, body=blocks(first) * 20_000, texts=rows).status_code == 400
    cut = json.dumps({"story": "", "texts": rows, "body": blocks(first)})[:-4]
    assert client.post(reverse("channel_preview"), cut, content_type="application/json").status_code == 400


def test_only_pictures_that_the_person_may_choose_are_shown_or_those_the_story_has(client: Client, album_page: Account, reporter: User, now: datetime) -> None:
    mine, theirs = album("Của chung", "Của riêng")
    closed = Collection.get_first_root_node().add_child(name="Kín")
    permission = Permission.objects.get(codename="choose_image")
    GroupCollectionPermission.objects.filter(permission=permission).update(collection=Collection.get_first_root_node().add_child(name="Chung"))
    NewsImage.objects.filter(pk=theirs.pk).update(collection=closed)
    NewsImage.objects.filter(pk=mine.pk).update(collection=Collection.objects.get(name="Chung"))
    client.force_login(reporter)
    rows, body = [{"key": "anh", "text": "Lời dẫn"}], blocks(theirs, mine)
    assert pictures_in(ask(client, body=body, image=str(theirs.pk), texts=rows)) == ["Của chung"]
    story = desk.make_draft(owner=reporter, now=now, body=[("image", {"image": theirs, "caption": ""})])
    assert pictures_in(ask(client, story=str(story.pk), body=body, texts=rows)) == ["Của riêng", "Của chung"]


def test_eight_channels_with_an_album_cost_no_more_questions_than_one(client: Client, album_page: Account, reporter: User, now: datetime) -> None:
    client.force_login(reporter)
    for number in range(2, 9):
        services.connect_account(
            kind="facebook_page", name=f"Trang {number}", remote_id=f"{number}", address="https://graph.example", credential=Credential("k"), rehearsal=True, actor=None, now=now,
            key=f"anh-{number}", settings={"mode": "photos"},
        )  # fmt: skip
    body = blocks(*album("Một", "Hai", "Ba"))
    rows = [{"key": "anh", "text": "Lời"}, *({"key": f"anh-{number}", "text": "Lời"} for number in range(2, 9))]
    ask(client, body=body, texts=rows)
    with CaptureQueriesContext(connection) as one:
        ask(client, body=body, texts=rows[:1])
    with CaptureQueriesContext(connection) as eight:
        assert len(pictures_in(ask(client, body=body, texts=rows))) == 24
    assert len(eight) <= len(one)
