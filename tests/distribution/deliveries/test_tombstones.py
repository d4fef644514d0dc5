"""The correction of a story that readers no longer see: copies that are still somewhere hear of it, nothing is posted anew; and every copy is listed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from distribution.connectors.base import FailureClass
from distribution.deliveries import decisions
from distribution.deliveries.copies import copies_of
from distribution.deliveries.enums import DeliveryState, Operation
from distribution.deliveries.models import Delivery
from distribution.deliveries.panels import desk_panel
from distribution.epaper.services import expect
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.corrections.enums import NoticeKind, NoticeState
from publishing.corrections.models import Notice
from publishing.corrections.requests import Entry, RequestKind, enter_request
from publishing.corrections.terms import ensure_terms
from publishing.events.enums import EventKind
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom
from tests.fakes.connector import ScriptedPlatform, failure

pytestmark = pytest.mark.database
S, K = DeliveryState, EventKind
WRONG = "Mọi hộ đều được vay."
RIGHT = "Chỉ hộ nghèo được vay."


def post(newsroom: Newsroom) -> ArticlePage:
    delivery = newsroom.work(newsroom.publish(WRONG))
    assert delivery.state == S.PUBLISHED
    return delivery.story


def take_away(newsroom: Newsroom, story: ArticlePage) -> Delivery:
    newsroom.event(story, K.WITHDRAWN)
    newsroom.run_until_quiet(rounds=3)
    return Delivery.objects.get(story=story, operation=Operation.DELETE)


def correct(newsroom: Newsroom, story: ArticlePage, signer: User, author: User) -> None:
    """The correction's event, with its notice, as the desk's signature makes it."""
    page = ArticlePage.objects.get(pk=story.pk)
    notice = Notice.objects.create(
        story=page, kind=NoticeKind.CORRECT, state=NoticeState.WAITING, false_text=WRONG, corrected_text=RIGHT, apology="Xin lỗi bạn đọc.", author=author, made_at=newsroom.now,
        after_revision=page.latest_revision,
    )
    event = newsroom.event(story, K.NOTICE)
    Delivery.objects.filter(event=event).delete()  # taken before its notice was out; in the product both are one transaction
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.PUBLISHED, event=event, signer=signer, published_at=newsroom.now)
    from distribution.deliveries.subscribers import take

    take(event=event, now=newsroom.clock())
    newsroom.run_until_quiet(rounds=3)


def test_a_copy_that_could_not_be_taken_down_says_that_the_story_is_gone_and_what_is_right(
    newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, reporter: User, editor_in_chief: User
) -> None:
    platform.can_delete = False
    story = post(newsroom)
    task = take_away(newsroom, story)
    assert task.state == S.WAITING_FOR_HUMAN
    decisions.it_cannot_be_done(delivery_id=task.pk, actor=secretary, reason="Tài khoản bị khóa.", now=newsroom.clock())
    correct(newsroom, story, editor_in_chief, reporter)
    (text,) = [one.text for one in platform.posts.values()]
    assert RIGHT in text and "Bài này đã được gỡ" in text and not text.startswith(WRONG)
    assert platform.made == 1
    (copy,) = copies_of(story)
    assert copy.tone == "late" and "Không xử lý được" in str(copy.note)


def test_a_copy_that_a_person_is_to_delete_is_edited_meanwhile(newsroom: Newsroom, platform: ScriptedPlatform, reporter: User, editor_in_chief: User) -> None:
    platform.can_delete = False
    story = post(newsroom)
    task = take_away(newsroom, story)
    correct(newsroom, story, editor_in_chief, reporter)
    assert RIGHT in next(iter(platform.posts.values())).text
    task.refresh_from_db()
    assert task.state == S.WAITING_FOR_HUMAN


def test_where_nothing_can_be_edited_the_notice_stands_under_the_post(
    newsroom: Newsroom, platform: ScriptedPlatform, secretary: User, reporter: User, editor_in_chief: User
) -> None:
    platform.can_delete = platform.can_edit = False
    platform.can_comment = True
    story = post(newsroom)
    task = take_away(newsroom, story)
    decisions.it_cannot_be_done(delivery_id=task.pk, actor=secretary, reason="Không vào được.", now=newsroom.clock())
    correct(newsroom, story, editor_in_chief, reporter)
    ((_post, words),) = platform.comments
    assert RIGHT in words


def test_a_story_whose_copies_are_all_gone_goes_nowhere(newsroom: Newsroom, platform: ScriptedPlatform, reporter: User, editor_in_chief: User) -> None:
    story = post(newsroom)
    assert take_away(newsroom, story).state == S.PUBLISHED
    calls = len(platform.calls)
    correct(newsroom, story, editor_in_chief, reporter)
    assert platform.posts == {} and len(platform.calls) == calls
    assert Delivery.objects.filter(story=story).count() == 2


def test_a_post_that_is_just_being_taken_down_is_left_alone(newsroom: Newsroom, platform: ScriptedPlatform, reporter: User, editor_in_chief: User) -> None:
    story = post(newsroom)
    platform.will("delete", failure(FailureClass.RATE, retry_after=3600))
    assert take_away(newsroom, story).state == S.BLOCKED_RATE
    correct(newsroom, story, editor_in_chief, reporter)
    assert not Delivery.objects.filter(story=story, operation=Operation.UPDATE).exists()


def test_a_take_down_request_lists_the_paper_feeds_and_every_post_with_its_state(
    client: Client, newsroom: Newsroom, platform: ScriptedPlatform, secretary: User
) -> None:
    ensure_terms()
    ensure_rights()
    other = newsroom.new_account()
    story = newsroom.story(accounts=(newsroom.account, other))
    newsroom.event(story)
    platform.will("commit", failure(FailureClass.CONTENT, code="bad_content"))
    newsroom.run_until_quiet(rounds=2)
    entry = Entry(kind=RequestKind.AUTHORITY, requester="Sở Văn hóa (mẫu)", legal_basis="Điều 0", received_at=clock.now() - timedelta(hours=1))
    row = enter_request(story=ArticlePage.objects.get(pk=story.pk), entry=entry, document=None, actor=secretary, now=clock.now())
    client.force_login(secretary)
    html = client.get(reverse("takedown_request", args=[row.pk])).content.decode()
    for words in ("Báo điện tử", "Bản tin RSS", newsroom.account.name, other.name, "Đăng lỗi", "Đã đăng", "https://social.example/p1", "Nền tảng từ chối nội dung"):
        assert words in html, words


def test_where_it_is_shows_the_paper_before_the_channels(newsroom: Newsroom, reporter: User) -> None:
    story = newsroom.story()
    assert desk_panel(story, reporter) is None
    event = newsroom.event(story)
    expect(event=event, now=newsroom.clock())
    panel = str(desk_panel(story, reporter))
    assert panel.index("Báo điện tử") < panel.index(newsroom.account.name)


def test_the_board_shows_the_paper_s_own_copy_beside_the_posts(client: Client, newsroom: Newsroom, secretary: User) -> None:
    ensure_rights()
    story = newsroom.story()
    expect(event=newsroom.event(story), now=newsroom.clock())
    client.force_login(secretary)

    def shown(**query: str) -> tuple[bool, bool]:
        html = client.get(reverse("delivery_board"), query).content.decode()
        return "of-paper" in html, f"<b>{newsroom.account.name}</b>" in html

    assert shown() == (True, True)
    assert shown(channel="epaper") == (True, False)
    assert shown(channel=newsroom.account.key) == (False, True)
    assert shown(show="posted") == (False, False) and shown(show="waiting")[0] and not shown(show="blocked")[0]
    assert shown(q=str(story.pk))[0] and not shown(q=str(story.pk + 1))[0]
