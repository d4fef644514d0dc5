"""The bulk writer writes what Wagtail would have written, once, and nothing is told of it but the archive."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from wagtail.models import Page, Revision

from newsroom.articles import bulk
from newsroom.articles.bulk import BulkStory, WrittenStory, from_plain, tree_slug, write_stories
from newsroom.articles.demo_generator import generate
from newsroom.articles.models import ArticlePage, HomePage, SectionPage
from newsroom.articles.registry import bulk_steps
from newsroom.articles.services import ensure_home, year_container
from newsroom.articles.stream import stream_blocks
from newsroom.common.errors import NewsroomError
from newsroom.contributors.models import Contributor, PenName
from newsroom.pages.guard import DoorClosed, door_open
from publishing.events.models import StoryEvent, SubscriberRun
from publishing.events.registry import Subscriber, subscribers
from publishing.workflow import words
from publishing.workflow.enums import StoryState
from publishing.workflow.models import StoryDesk

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECTIONS = ("thoi-su", "kinh-te", "van-hoa")

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def paper() -> HomePage:
    """A paper with three sections and one pen name."""
    home = ensure_home(name="Báo Sông Ba")
    with door_open():
        for slug in SECTIONS:
            home.add_child(instance=SectionPage(title=slug, slug=slug, live=True))
    PenName.objects.create(contributor=Contributor.objects.create(name="Người Thật"), name="Trần Hải Vân")
    return home


def a_story(key: str = "kho-1", **changes: Any) -> BulkStory:
    fields: dict[str, Any] = {
        "external_key": key, "headline": "Thủy triều dâng ở Mũi Gành", "section": "thoi-su", "lead": "Nước lên cao hơn mọi năm.",
        "body": stream_blocks([{"paragraph": "Đoạn <một> & hai."}, {"quote": "Nước lên.", "by": "Ông Cảnh"}, {"box": "Số trực", "text": "0200 000 001"}]),
        "published_at": NOW - timedelta(days=3), "bylines": (("Trần Hải Vân", "text"),), "other_sections": ("kinh-te",),
    }  # fmt: skip
    return BulkStory(**fields | changes)


def test_a_story_is_live_with_its_texts_bylines_sections_and_time() -> None:
    assert write_stories([a_story()], now=NOW).written == 1
    story = ArticlePage.objects.get()
    assert story.live
    assert story.title == "Thủy triều dâng ở Mũi Gành"
    assert story.first_published_at == NOW - timedelta(days=3)
    assert story.main_section.slug == "thoi-su"
    assert [section.slug for section in story.other_sections.all()] == ["kinh-te"]
    assert [(byline.pen_name.name, byline.role) for byline in story.bylines.all()] == [("Trần Hải Vân", "text")]
    assert [block.block_type for block in story.body] == ["paragraph", "quote", "box"]
    assert "Đoạn &lt;một&gt; &amp; hai." in str(story.body[0].value)
    assert story.get_parent().specific.year == 2026


def test_its_live_revision_holds_the_same_words_as_one_that_wagtail_makes() -> None:
    write_stories([a_story()], now=NOW)
    story = ArticlePage.objects.get()
    written = story.live_revision
    assert story.latest_revision == written
    assert not story.has_unpublished_changes
    again = story.save_revision()
    assert words.snapshot(written) == words.snapshot(again)
    assert set(written.content) == set(again.content)
    assert written.as_object().title == story.title


def test_the_tree_stays_sound_and_goes_on_by_hand() -> None:
    container = year_container(now=NOW)
    container.add_child(instance=ArticlePage(title="Bằng tay", slug="bang-tay", lead="L", live=False))
    write_stories([a_story(f"kho-{number}", published_at=NOW - timedelta(days=number * 40)) for number in range(20)], now=NOW)
    year_container(now=NOW).add_child(instance=ArticlePage(title="Bằng tay 2", slug="bang-tay-2", lead="L", live=False))
    assert [len(found) for found in Page.find_problems()] == [0, 0, 0, 0, 0]
    assert ArticlePage.objects.count() == 22
    assert sum(year.numchild for year in HomePage.objects.get().get_children().filter(slug__startswith="kho-20")) == 22


def test_writing_twice_gives_the_same() -> None:
    rows = [a_story(f"kho-{number}") for number in range(5)]
    assert write_stories(rows, now=NOW).written == 5
    before = list(ArticlePage.objects.order_by("pk").values_list("pk", "live_revision_id"))
    again = write_stories([*rows, a_story("kho-9"), a_story("kho-9")], now=NOW)
    assert (again.written, again.skipped) == (1, 6)
    assert list(ArticlePage.objects.order_by("pk").values_list("pk", "live_revision_id"))[:5] == before
    assert StoryEvent.objects.count() == 6


def test_any_external_key_makes_a_slug_of_its_own() -> None:
    keys = ["https://cu.example/Bài 1?id=7", "https://cu.example/Bài 1?id=8", "Đắk", "Dak", "ok-1", "ok_1", "x" * 300]
    slugs = [tree_slug(key) for key in keys]
    assert len(set(slugs)) == len(keys)
    assert all(len(slug) < 120 and slug.isascii() for slug in slugs)
    assert tree_slug("ok-1") == "ok-1"


def test_text_is_stored_composed() -> None:
    write_stories([a_story(headline=unicodedata.normalize("NFD", "Thủy triều dâng"))], now=NOW)
    assert ArticlePage.objects.get().title == "Thủy triều dâng"


def test_its_event_is_marked_imported_and_the_desk_says_published() -> None:
    write_stories([a_story()], now=NOW)
    event = StoryEvent.objects.get()
    assert event.imported
    assert (event.kind, event.version, event.happened_at) == ("published", 1, NOW - timedelta(days=3))
    assert event.revision_id == ArticlePage.objects.get().live_revision_id
    assert StoryDesk.objects.get().state == StoryState.PUBLISHED


def test_only_subscribers_that_take_imports_have_a_run() -> None:
    def handle(*, event: StoryEvent, now: datetime) -> None: ...

    subscribers.add("test_takes", Subscriber("test_takes", handle, takes_imported=True))
    subscribers.add("test_refuses", Subscriber("test_refuses", handle))
    try:
        write_stories([a_story()], now=NOW)
    finally:
        subscribers.remove("test_takes")
        subscribers.remove("test_refuses")
    waiting = set(SubscriberRun.objects.values_list("subscriber", flat=True))
    assert "test_takes" in waiting
    assert "test_refuses" not in waiting
    assert StoryEvent.objects.get().taken_at is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"section": "khong-co"}, "unknown_section"),
        ({"bylines": (("Không Ai", "text"),)}, "unknown_pen_name"),
        ({"headline": "  "}, "incomplete"),
        ({"published_at": datetime(2026, 1, 1)}, "no_time_zone"),
    ],
)
def test_what_the_paper_does_not_have_is_refused_before_anything_is_written(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(NewsroomError) as refusal:
        write_stories([a_story("kho-1"), a_story("kho-2", **changes)], now=NOW)
    assert refusal.value.code == code
    assert not ArticlePage.objects.exists()


def test_a_step_that_fails_takes_its_whole_batch_with_it() -> None:
    def fail(*, batch: Sequence[WrittenStory], now: datetime) -> None:
        raise RuntimeError("disk full")

    bulk_steps.add("test_fails", fail)
    try:
        with pytest.raises(RuntimeError):
            write_stories([a_story()], now=NOW)
    finally:
        bulk_steps.remove("test_fails")
    assert not ArticlePage.objects.exists()
    assert not Revision.objects.exists()
    assert not StoryEvent.objects.exists()


def test_beside_a_live_desk_the_batches_shrink_and_each_is_followed_by_an_equal_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds, pauses, sizes = iter(range(1000)), [], []
    monkeypatch.setattr(bulk, "_one_writer_at_a_time", lambda: True)
    # The writer's own clock only: whoever else measures time in this process keeps the real one.
    monkeypatch.setattr(bulk, "time", SimpleNamespace(monotonic=lambda: next(seconds) * 0.4, sleep=pauses.append))
    write_stories([a_story(f"kho-{number}") for number in range(20)], now=NOW, beside_live_desk=True, told=sizes.append)
    assert sizes[0] == bulk.FIRST_LIVE_BATCH
    assert set(sizes[1:]) == {bulk.SMALLEST_LIVE_BATCH}
    assert pauses == [pytest.approx(0.4)] * len(sizes)


def test_a_bulk_story_is_behind_the_closed_door_like_any_other() -> None:
    write_stories([a_story()], now=NOW)
    story = ArticlePage.objects.get()
    story.title = "Sửa lén"
    with pytest.raises(DoorClosed):
        story.save()
    with pytest.raises(DoorClosed):
        story.delete()


def test_generated_news_goes_through() -> None:
    for slug in {row["section"] for row in generate(400, 4)} - set(SECTIONS):
        with door_open():
            HomePage.objects.get().add_child(instance=SectionPage(title=slug, slug=slug, live=True))
    for name in {byline["pen_name"] for row in generate(400, 4) for byline in row["bylines"]} - {"Trần Hải Vân"}:
        PenName.objects.create(contributor=Contributor.objects.create(name=name), name=name)
    rows = (from_plain(row, published_at=NOW - timedelta(minutes=row["age_minutes"]), body=stream_blocks(row["body"])) for row in generate(400, 4))
    assert write_stories(rows, now=NOW).written == 400
    assert all(unicodedata.is_normalized("NFC", title) for title in ArticlePage.objects.values_list("title", flat=True))
    assert [len(found) for found in Page.find_problems()] == [0, 0, 0, 0, 0]


@pytest.mark.postgres
def test_on_postgresql_reserved_ids_leave_the_sequences_ahead() -> None:
    write_stories([a_story(f"kho-{number}") for number in range(30)], now=NOW)
    highest = Page.objects.order_by("-pk").values_list("pk", flat=True)[0]
    by_hand = year_container(now=NOW).add_child(instance=ArticlePage(title="Bằng tay", slug="bang-tay", lead="L", live=False))
    assert by_hand.pk > highest
    revision = by_hand.save_revision(clean=False)
    assert revision.pk > max(ArticlePage.objects.filter(live=True).values_list("live_revision_id", flat=True))
    write_stories([a_story("kho-31", published_at=timezone.now())], now=NOW)
    assert [len(found) for found in Page.find_problems()] == [0, 0, 0, 0, 0]
