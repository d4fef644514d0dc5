"""What readers see of corrections: under the lead, on the front, on /cai-chinh/, for machines, and how soon."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import User
from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.corrections import removals, services
from publishing.corrections.enums import NoticeKind, Trigger
from publishing.corrections.models import CorrectionSettings, Notice
from publishing.corrections.terms import ensure_terms
from publishing.events.models import StoryEvent
from publishing.events.services import take_event
from publishing.reader.pages import services as pages_services
from publishing.reader.pages.addresses import storable
from publishing.reader.pages.store import PageStore
from tests.factories.desk import make_draft, publish, publish_again, seen

pytestmark = pytest.mark.django_db
WORDS = services.NoticeText(
    trigger=Trigger.FOUND, false_text="“Mọi hộ vay 100%.” </script><b>", corrected_text="Mức cao nhất là 80%.", apology="Báo Sông Ba thành thật xin lỗi.", tells_partners=False
)


@pytest.fixture
def story(reporter: User, editor: User, editor_in_chief: User) -> ArticlePage:
    """A story that readers see, with the machinery's own clock."""
    ensure_terms()
    made = make_draft(owner=reporter, now=timezone.now(), title="Quỹ Ghềnh Đá cho vay mua máy cày")
    publish(made, writer=reporter, editor=editor, signer=editor_in_chief, now=timezone.now())
    return ArticlePage.objects.get(pk=made.pk)


@pytest.fixture
def corrected(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User) -> StoryEvent:
    """The same story, corrected."""
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=WORDS, actor=editor, now=timezone.now())
    return publish_again(story, editor=secretary, signer=editor_in_chief, now=timezone.now() - timedelta(seconds=2))


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\xa0", " ")


def test_the_notice_stands_under_the_lead_and_links_to_its_entry_and_back(client: Client, story: ArticlePage, corrected: StoryEvent) -> None:
    html = read(client, story_path(story))
    lead, notice, body = html.index('class="sapo"'), html.index('class="correction"'), html.index('class="body"')
    assert lead < notice < body
    entry = f"/cai-chinh/#cc-{Notice.objects.get().pk}"
    assert entry in html and "</script><b>" not in html.split('class="correction"')[1].split("</aside>")[0]
    column = read(client, "/cai-chinh/")
    assert f'id="{entry.split("#")[1]}"' in column and f'href="{story_path(story)}"' in column
    for part in ("Thông tin cải chính, xin lỗi", "Mức cao nhất là 80%.", "Báo Sông Ba thành thật xin lỗi.", "Thời sự"):
        assert part in column


def test_the_front_has_a_column_of_its_own_for_so_long_as_the_setting_says(client: Client, story: ArticlePage, corrected: StoryEvent) -> None:
    assert "correction-column" in read(client, "/")
    Notice.objects.update(published_at=clock.now() - timedelta(days=31))
    assert "correction-column" not in read(client, "/")
    CorrectionSettings.objects.update_or_create(pk=CorrectionSettings.load().pk, defaults={"front_days": 40})
    assert "correction-column" in read(client, "/")
    assert "Mức cao nhất" in read(client, "/cai-chinh/")


def test_machines_read_it_too(client: Client, story: ArticlePage, corrected: StoryEvent) -> None:
    html = read(client, story_path(story))
    data = json.loads(re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)[0])
    [comment] = data["correction"]
    assert comment["@type"] == "CorrectionComment" and "Mức cao nhất là 80%." in comment["text"]
    assert "Thông tin cải chính, xin lỗi" in read(client, "/rss.xml")


def test_a_clarification_stands_on_the_story_and_in_no_column(client: Client, story: ArticlePage, editor: User, secretary: User, editor_in_chief: User) -> None:
    text = services.NoticeText(text="Tên đúng là thôn Ghềnh Đá.")
    services.prepare_notice(story=story, kind=NoticeKind.CLARIFY, words=text, actor=editor, now=timezone.now())
    publish_again(story, editor=secretary, signer=editor_in_chief, now=timezone.now())
    assert "Tên đúng là thôn Ghềnh Đá." in read(client, story_path(story))
    assert "correction-column" not in read(client, "/")
    assert "Báo chưa có cải chính nào." in read(client, "/cai-chinh/")


def test_a_mended_slip_shows_no_notice(client: Client, story: ArticlePage, editor: User, secretary: User, editor_in_chief: User) -> None:
    services.prepare_notice(story=story, kind=NoticeKind.FIX, words=services.NoticeText(text="Sửa lỗi chính tả ở đoạn 2."), actor=editor, now=timezone.now())
    publish_again(story, editor=secretary, signer=editor_in_chief, now=timezone.now())
    assert "Sửa lỗi chính tả" not in read(client, story_path(story))


def test_what_only_waits_stands_nowhere(client: Client, story: ArticlePage, editor: User) -> None:
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=WORDS, actor=editor, now=timezone.now())
    for address in (story_path(story), "/", "/cai-chinh/", "/rss.xml"):
        assert "Mức cao nhất" not in read(client, address), address


def test_the_pages_follow_within_the_first_rendering(story: ArticlePage, editor: User, secretary: User, editor_in_chief: User, pages: PageStore) -> None:
    for address in ("/", "/cai-chinh/", story_path(story)):
        assert storable(address)
        pages_services.make(address, now=clock.now())
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=WORDS, actor=editor, now=timezone.now())
    event = publish_again(story, editor=secretary, signer=editor_in_chief, now=timezone.now() - timedelta(seconds=2))
    take_event(event_id=event.pk, subscriber="pages", now=clock.now())
    while pages_services.render_waiting():
        pass
    for address in ("/", "/cai-chinh/", story_path(story)):
        assert "Mức cao nhất là 80%." in (pages.read(address) or b"").decode().replace("\xa0", " "), address


def test_a_correction_of_a_withdrawn_story_comes_into_the_column_and_the_410_leads_there(
    client: Client, story: ArticlePage, editor: User, editor_in_chief: User, pages: PageStore
) -> None:
    pages_services.make("/cai-chinh/", now=clock.now())
    removals.withdraw(story=story, actor=editor_in_chief, reason="Sai.", now=timezone.now())
    services.prepare_notice(story=story, kind=NoticeKind.CORRECT, words=WORDS, actor=editor, now=timezone.now())
    services.sign_alone(story=story, actor=editor_in_chief, now=timezone.now() - timedelta(seconds=1), **seen(story))
    while pages_services.render_waiting():
        pass
    column = (pages.read("/cai-chinh/") or b"").decode().replace("\xa0", " ")
    assert "Mức cao nhất là 80%." in column and f'href="{story_path(story)}"' not in column
    answer = client.get(story_path(story))
    assert answer.status_code == 410 and 'href="/cai-chinh/"' in answer.content.decode()


def test_addresses_past_the_end_are_unknown(client: Client, story: ArticlePage) -> None:
    assert client.get("/cai-chinh/trang-2/").status_code == 404
    assert client.get("/cai-chinh/trang-1/")["Location"] == "/cai-chinh/"
