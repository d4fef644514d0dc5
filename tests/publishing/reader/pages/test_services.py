"""What a change renders anew, what it leaves, and what can never be stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import User
from newsroom.articles.addresses import story_path
from newsroom.articles.bulk import BulkStory, write_stories
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.events.models import StoryEvent
from publishing.events.services import take_event
from publishing.fronts.models import FrontPick
from publishing.reader import content
from publishing.reader.models import PageTouch, StoredPage
from publishing.reader.pages import drift, selectors, services
from publishing.reader.pages.render import render
from publishing.reader.pages.store import PageStore
from publishing.releases import services as releases
from tests.factories.desk import change, make_draft, publish, publish_again, to_approved
from tests.publishing.paper import Paper

pytestmark = pytest.mark.django_db


def make(address: str) -> Any:
    return services.make(address, now=clock.now())


def settle() -> None:
    while services.render_waiting():
        pass


def dirty() -> set[str]:
    return set(StoredPage.objects.exclude(dirty_at=None).values_list("address", flat=True))


def follow(event: StoryEvent) -> None:
    assert take_event(event_id=event.pk, subscriber="pages", now=clock.now())


def test_a_stored_page_is_what_django_says(client: Client, paper: Paper, pages: PageStore) -> None:
    story = paper.story("Bão vào", main_image=paper.picture())
    for address in ("/", "/thoi-su/", story_path(story), "/rss.xml", "/rss/thoi-su.rss", "/sitemap.xml", "/news-sitemap.xml", "/robots.txt"):
        make(address)
        make(address)
        assert drift.content_of(pages.read(address) or b"") == drift.content_of(client.get(address).content), address


def test_a_second_request_renders_nothing(paper: Paper, pages: PageStore) -> None:
    assert make("/") is not None
    assert make("/") is None


def test_what_readers_cannot_read_is_not_stored(paper: Paper, pages: PageStore) -> None:
    draft = paper.story("Chưa đăng", live=False, was_live=False)
    gone = paper.story("Đã gỡ", live=False)
    live = paper.story("Bão vào")
    for address, status in ((story_path(draft), 404), (story_path(gone), 410), ("/khong-co/", 404), (f"/thoi-su/ten-khac-a{live.pk}.html", 301)):
        assert make(address).status == status
        assert pages.read(address) is None
    assert not StoredPage.objects.exists()


@pytest.mark.parametrize("view", ["cookie", "vary", "private", "stream", "session"])
def test_an_answer_for_one_reader_never_enters(view: str, pages: PageStore, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.publishing.reader.pages.personal_urls"
    rendered = make(f"/{view}/")
    assert rendered.status == 200 and rendered.refusal
    assert not list(pages.root.rglob("index.html"))


def test_a_draft_that_is_saved_enters_no_page(reporter: User, editor: User, secretary: User, pages: PageStore) -> None:
    now = timezone.now()
    story = make_draft(owner=reporter, now=now)
    publish(story, writer=reporter, editor=editor, signer=secretary, now=now)
    address = story_path(ArticlePage.objects.get(pk=story.pk))
    make(address)
    version = ArticlePage.objects.get(pk=story.pk)
    version.lead = "Câu còn giữ kín."
    version.save_revision(user=editor)
    make("/")
    services.make(address, now=now, fresh=True)
    assert all("giữ kín".encode() not in file.read_bytes() for file in pages.current.rglob("*.html"))


def test_an_approved_story_with_a_time_enters_no_page_before_it(reporter: User, editor: User, secretary: User, pages: PageStore) -> None:
    now = timezone.now()
    story = make_draft(owner=reporter, now=now, title="Điều còn giữ kín")
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    for address in ("/", "/rss.xml", "/sitemap.xml", "/news-sitemap.xml", story_path(story)):
        make(address)
    assert all("giữ kín".encode() not in file.read_bytes() for file in pages.current.rglob("*") if file.is_file())


def test_a_published_story_is_on_its_page_the_front_its_section_the_feeds_and_the_sitemaps(reporter: User, editor: User, secretary: User, pages: PageStore) -> None:
    now = timezone.now()
    story = make_draft(owner=reporter, now=now)
    lists = ["/", f"/{story.main_section.slug}/", "/rss.xml", f"/rss/{story.main_section.slug}.rss", "/sitemap.xml", "/news-sitemap.xml"]
    for address in lists:
        make(address)
    event = publish(story, writer=reporter, editor=editor, signer=secretary, now=now)
    follow(event)
    address = story_path(ArticlePage.objects.get(pk=story.pk))
    assert dirty() == {*lists, address}
    settle()
    assert not dirty()
    for stored in ("/", lists[1], "/rss.xml", lists[3], "/news-sitemap.xml", address):
        assert f"-a{story.pk}.html".encode() in (pages.read(stored) or b""), stored


def test_a_change_reaches_every_page_whose_content_it_is_and_leaves_the_others(paper: Paper, pages: PageStore) -> None:
    name, picture = paper.pen_name("Hải Vân"), paper.picture()
    story = paper.story("Bão vào", names=(name,), main_image=picture)
    other = paper.story("Giá cà phê", main_section=paper.kinh_te, minutes_ago=3)
    author = f"/tac-gia/hai-van-{name.pk}/"
    for address in ("/", "/thoi-su/", "/kinh-te/", author, story_path(story), story_path(other), "/robots.txt"):
        make(address)
    with_story = {"/", "/thoi-su/", author, story_path(story)}
    for changed in (name, picture):
        changed.save()
        assert dirty() == with_story, changed
        settle()
    FrontPick.objects.create(story=other, position=1)
    assert dirty() == {"/"}


def test_a_changed_name_is_on_its_pages_after_the_rendering(paper: Paper, pages: PageStore) -> None:
    name = paper.pen_name("Hải Vân")
    story = paper.story("Bão vào", names=(name,))
    make(story_path(story))
    name.name = "Sương Mai"
    name.save()
    settle()
    page = pages.read(story_path(story)) or b""
    assert "Sương Mai".encode() in page and "Hải Vân".encode() not in page


def test_a_change_during_a_rendering_is_not_lost(paper: Paper, pages: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    name = paper.pen_name("Hải Vân")
    story = paper.story("Bão vào", names=(name,))
    calls = []

    def slow(address: str) -> Any:
        rendered = render(address)
        calls.append(address)
        if len(calls) == 1:
            name.name = "Sương Mai"
            name.save()  # after the page was read, before it is written
        return rendered

    monkeypatch.setattr(services, "render", slow)
    make(story_path(story))
    assert len(calls) == 2
    assert "Sương Mai".encode() in (pages.read(story_path(story)) or b"")


def test_a_page_that_is_withdrawn_while_it_is_written_does_not_stay(paper: Paper, pages: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    story = paper.story("Bão vào")
    address, write = story_path(story), pages.write

    def write_late(at: str, body: bytes) -> None:
        services.withdraw(story.pk, address=at, killed=False, now=clock.now())
        services.touch([f"story:{story.pk}"], now=clock.now())
        write(at, body)

    monkeypatch.setattr(pages, "write", write_late)
    make(address)
    assert pages.read(address) is None
    assert dirty() == {address}


def test_a_withdrawn_story_is_gone_at_once_and_410_after(client: Client, reporter: User, editor: User, secretary: User, editor_in_chief: User, pages: PageStore) -> None:
    now = timezone.now()
    story = make_draft(owner=reporter, now=now)
    follow(publish(story, writer=reporter, editor=editor, signer=secretary, now=now))
    settle()
    address = story_path(ArticlePage.objects.get(pk=story.pk))
    make("/")
    pages.keep("/")
    make("/")
    assert pages.read(address)
    follow(releases.withdraw_story(story=story, actor=editor_in_chief, reason="Sai tên người.", now=now + timedelta(minutes=1)))
    assert pages.read(address) is None
    assert not (pages.kept / "index.html").exists()
    settle()
    assert make(address).status == 410
    assert f"-a{story.pk}.html".encode() not in (pages.read("/") or b"")


def beside(paper: Paper) -> tuple[ArticlePage, str]:
    """A story, and the page of another one that names it among the newest."""
    story = paper.story("Bài sẽ gỡ")
    other = story_path(paper.story("Bài bên cạnh", main_section=paper.kinh_te))
    make(other)
    settle()
    return story, other


def test_a_withdrawn_story_renders_the_pages_that_only_name_it_after_everything_else(paper: Paper, pages: PageStore) -> None:
    story, other = beside(paper)
    assert b"-a%d.html" % story.pk in (pages.read(other) or b"")
    services.withdraw(story.pk, address=story_path(story), killed=False, now=clock.now())
    assert pages.read(other) is not None
    assert list(StoredPage.objects.exclude(dirty_at=None).values_list("address", "late")) == [(other, True)]


def test_pages_that_name_a_killed_story_leave_at_once(paper: Paper, pages: PageStore, django_capture_on_commit_callbacks: Any) -> None:
    story, other = beside(paper)
    with django_capture_on_commit_callbacks(execute=True):
        services.withdraw(story.pk, address=story_path(story), killed=True, now=clock.now())
    assert pages.read(other) is None


def test_a_page_that_is_rendered_while_its_neighbour_is_killed_does_not_stay(paper: Paper, pages: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    story, other = beside(paper)
    write = pages.write

    def write_late(at: str, body: bytes) -> None:
        monkeypatch.setattr(pages, "write", write)
        services.withdraw(story.pk, address=story_path(story), killed=True, now=clock.now())
        write(at, body)

    monkeypatch.setattr(pages, "write", write_late)
    services.make(other, now=clock.now(), fresh=True)
    assert pages.read(other) is None


def test_a_corrected_story_changes_its_page(reporter: User, editor: User, secretary: User, pages: PageStore) -> None:
    now = timezone.now()
    story = make_draft(owner=reporter, now=now)
    follow(publish(story, writer=reporter, editor=editor, signer=secretary, now=now))
    settle()
    change(story, by=editor, lead="1.250 tàu đã vào bờ.")
    follow(publish_again(story, editor=editor, signer=secretary, now=now + timedelta(minutes=5)))
    settle()
    assert "1.250 tàu" in (pages.read(story_path(ArticlePage.objects.get(pk=story.pk))) or b"").decode().replace("\xa0", " ")


def test_one_story_never_renders_those_that_only_stand_beside_it(paper: Paper, pages: PageStore) -> None:
    made = [paper.story(f"Tin {i}", minutes_ago=i + 1) for i in range(12)]
    for story in made:
        make(story_path(story))
    services.touch(services.collected.story(made[0].pk).split(), now=clock.now())
    assert dirty() == {story_path(made[0])}


def test_what_a_change_concerns_goes_before_what_has_time(paper: Paper, pages: PageStore) -> None:
    made = [paper.story(f"Tin {i}", minutes_ago=i + 1) for i in range(4)]
    addresses = [story_path(story) for story in made]
    services.want(addresses, now=clock.now(), late=True)
    services.touch([], now=clock.now(), addresses=[addresses[3]])
    services.want([addresses[3]], now=clock.now(), late=True)  # it does not lose its place
    assert services.render_waiting(limit=1) == 1
    assert pages.read(addresses[3]) and dirty() == set(addresses[:3])


def test_one_worker_renders_and_the_others_are_free_for_events(paper: Paper, pages: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    rings: list[str] = []
    monkeypatch.setattr(services, "ring", lambda: rings.append("again"))
    services.want(["/", "/thoi-su/"], now=clock.now())
    with pages.rendering(wait_seconds=0):
        services.render_for_a_while()  # somebody else is at it, and looks again
    assert dirty() == {"/", "/thoi-su/"} and not rings
    services.render_for_a_while()
    assert not dirty() and not rings


def test_a_long_rendering_gives_its_place_up_and_rings_again(paper: Paper, pages: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    rings: list[str] = []
    monkeypatch.setattr(services, "ring", lambda: rings.append("again"))
    monkeypatch.setattr(services, "A_WHILE", 0.0)
    services.want(
        [
            f"/{name}"
            for name in ("", "rss.xml", "thoi-su/", "robots.txt", "sitemap.xml", "rss/", "kinh-te/", "news-sitemap.xml", "rss/kinh-te.rss")
        ],
        now=clock.now(),
    )
    services.render_for_a_while()
    assert len(dirty()) == 1 and rings == ["again"]
    with pages.rendering(wait_seconds=0):
        pass  # the place is free


def test_what_arrives_in_bulk_is_in_the_lists_after_what_has_no_time(paper: Paper, pages: PageStore) -> None:
    for address in ("/", "/thoi-su/", "/kinh-te/", "/rss.xml", "/robots.txt"):
        make(address)
    body = ({"type": "paragraph", "value": "<p>Lời.</p>"},)
    write_stories([BulkStory("kho-1", "Lũ lên", "thoi-su", "Lời dẫn.", body, clock.now() - timedelta(minutes=2))], now=clock.now())
    assert dirty() == {"/", "/thoi-su/", "/rss.xml"}
    assert set(StoredPage.objects.filter(late=True).values_list("address", flat=True)) == dirty()
    settle()
    for address in ("/", "/thoi-su/", "/rss.xml"):
        assert "Lũ lên" in (pages.read(address) or b"").decode().replace("\xa0", " "), address


def test_a_story_of_the_past_is_in_the_lists_too(reporter: User, editor: User, secretary: User, pages: PageStore) -> None:
    now = timezone.now()
    story = make_draft(owner=reporter, now=now)
    make("/")
    to_approved(story, writer=reporter, editor=editor, signer=secretary, now=now)
    follow(releases.release_now(story=story, actor=secretary, now=now, imported=True))
    assert dirty() == {"/"}
    settle()
    assert f"-a{story.pk}.html".encode() in (pages.read("/") or b"")


def test_old_context_leaves_for_the_kept_tree_and_lists_are_rendered_each_minute(paper: Paper, pages: PageStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "HOT_STORIES", 1)
    new, old = paper.story("Mới", minutes_ago=1), paper.story("Cũ", minutes_ago=900)
    for address in ("/", story_path(new), story_path(old)):
        make(address)
    later = clock.now() + timedelta(minutes=10)
    assert services.grow_old(now=later) == {"renewed": 2, "aged": 1, "trimmed": 0}
    assert dirty() == {"/", story_path(new)}
    assert pages.read(story_path(old)) is None
    assert (pages.kept / story_path(old)[1:]).exists()


def test_the_store_stays_within_its_size(paper: Paper, pages: PageStore) -> None:
    made = [paper.story(f"Tin {i}", minutes_ago=i + 1) for i in range(4)]
    for story in made:
        make(story_path(story))
    size = StoredPage.objects.get(address=story_path(made[0])).size
    assert services.trim(most_bytes=2 * size + 100) == 2
    assert [pages.read(story_path(story)) is None for story in made] == [True, True, False, False]


def test_check_finds_a_page_that_is_not_what_it_should_be(paper: Paper, pages: PageStore) -> None:
    story = paper.story("Bão vào")
    for address in ("/", story_path(story)):
        make(address)
    assert list(drift.differing(selectors.sample(10))) == []
    ArticlePage.objects.filter(pk=story.pk).update(title="Bão tan")  # nobody's way: no event, no signal
    assert list(drift.differing(selectors.sample(10))) == ["/", story_path(story)]


def test_a_new_masthead_opens_a_generation(paper: Paper, pages: PageStore) -> None:
    from publishing.reader.models import PaperSettings
    from publishing.reader.pages import generations

    generations.open_release(now=clock.now())
    before = pages.generation()
    assert not generations.renew_if_changed(now=clock.now())
    masthead = PaperSettings.objects.get()
    masthead.name = "Báo Mới"
    masthead.save()
    assert generations.renew_if_changed(now=clock.now())
    assert pages.generation() != before
    settle()
    assert "Báo Mới".encode() in (pages.read("/") or b"")


def test_switched_off_it_writes_nothing(paper: Paper, settings: Any) -> None:
    settings.PAGE_STORE = False
    paper.pen_name("Hải Vân").save()
    assert not PageTouch.objects.exists()
    assert content.front(now=clock.now()) is not None
