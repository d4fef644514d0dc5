"""Numbers on the desk, by channel, and as a table to take away."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from distribution.connectors.base import Counts
from distribution.deliveries.models import Delivery
from distribution.metrics import services
from distribution.metrics.panels import desk_panel
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.pages.guard import door_open
from publishing.workflow.setup import ensure_rights
from tests.distribution.deliveries.stage import Newsroom

PERIOD = "from=2026-11-20&to=2026-11-30"


@pytest.fixture
def story(newsroom: Newsroom) -> ArticlePage:
    """On two channels: one tells everything, the other no views."""
    other = newsroom.new_account()
    story = newsroom.story(accounts=(newsroom.account, other))
    newsroom.event(story)
    newsroom.run_until_quiet(seconds=1, rounds=3)
    services.take_up(now=newsroom.now)
    first, second = Delivery.objects.order_by("account_id")
    newsroom.platform.numbers = {first.remote_id: Counts(12345, 20, 0, 4), second.remote_id: Counts(None, 5, None, 1)}
    newsroom.later(301)
    services.read_due(clock=newsroom.clock)
    ensure_rights()
    return story


def test_the_desk_shows_each_post_and_what_they_are_together(story: ArticlePage, editor: User) -> None:
    panel = str(desk_panel(story, editor))
    assert "12.345" in panel and "12.345*" in panel and ">25<" in panel and "0*" in panel and "–" in panel
    assert desk_panel(ArticlePage(pk=0), editor) is None


def test_the_desk_page_carries_the_panel(story: ArticlePage, editor: User, client: Client) -> None:
    client.force_login(editor)
    assert "Tương tác trên các kênh" in client.get(f"/admin/desk/story/{story.pk}/").content.decode()


def test_channels_over_a_period(story: ArticlePage, newsroom: Newsroom, editor: User, client: Client) -> None:
    client.force_login(editor)
    answer = client.get(f"/admin/metrics/?{PERIOD}")
    lines = {line.account.pk: [(total.value, total.partly) for total in line.totals] for line in answer.context["lines"]}
    assert lines.pop(newsroom.account.pk) == [(12345, False), (20, False), (0, False), (4, False)]
    assert list(lines.values()) == [[(None, True), (5, False), (None, True), (1, False)]]
    assert list(client.get("/admin/metrics/?from=2026-11-24&to=2026-11-30").context["lines"]) == []


@pytest.mark.parametrize("query", ["", "from=x&to=y", "from=2026-11-30&to=2026-11-20", "from=0001-01-01&to=9999-12-31", "from=%00"])
def test_days_that_make_no_sense_are_the_last_thirty(story: ArticlePage, editor: User, client: Client, query: str) -> None:
    client.force_login(editor)
    assert client.get(f"/admin/metrics/?{query}").status_code == 200
    assert b"".join(client.get(f"/admin/metrics/posts.csv?{query}").streaming_content)  # type: ignore[attr-defined]


def test_the_table_has_a_line_a_post_and_empty_cells_for_what_was_not_told(story: ArticlePage, editor: User, client: Client) -> None:
    with door_open():
        ArticlePage.objects.filter(pk=story.pk).update(title='=HYPERLINK("http://x")')
    client.force_login(editor)
    answer = client.get(f"/admin/metrics/posts.csv?{PERIOD}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    head, first, second = csv.reader(io.StringIO(text))
    assert head == ["Kênh", "Tin, bài", "Tít", "Đăng lúc", "Địa chỉ bài đăng", "Lượt xem", "Cảm xúc", "Bình luận", "Chia sẻ", "Số liệu lúc"]
    assert sorted([first[5:9], second[5:9]]) == [["", "5", "", "1"], ["12345", "20", "0", "4"]]
    assert first[2].startswith("'=") and first[3].startswith("2026-11-23 13:00")


def test_writers_see_no_numbers(story: ArticlePage, reporter: User, client: Client) -> None:
    client.force_login(reporter)
    assert client.get("/admin/metrics/").status_code == 302 and client.get("/admin/metrics/posts.csv").status_code == 302
