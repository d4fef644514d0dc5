"""A story version as plain data: the approved words of that version, not of now, and pictures that channels take."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db import transaction
from PIL import Image

from distribution.renditions import snapshots
from distribution.renditions.media import MOST_BYTES, RenditionMedia, key_of, size_for_channels
from distribution.renditions.registry import notices
from distribution.renditions.timing import due_at
from newsroom.articles.models import Byline, ChannelText
from newsroom.contributors.models import Contributor, PenName
from newsroom.media.models import NewsImage
from publishing.events.enums import EventKind
from publishing.events.models import StoryEvent
from publishing.events.services import record_event
from tests.factories.newsroom import make_image, make_story


@pytest.fixture(autouse=True)
def no_remembered_pictures() -> None:
    """Wagtail remembers renditions by the picture's row; tests reuse row numbers."""
    cache.clear()


NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def event_of(story: Any, revision: Any) -> StoryEvent:
    with transaction.atomic():
        return record_event(story=story, kind=EventKind.PUBLISHED, revision=revision, actor=None, now=NOW)


def test_a_snapshot_holds_the_words_of_the_version_that_the_event_names(db: None) -> None:
    story = make_story("Tít cũ", channels={"fanpage": "Lời dẫn cũ"})
    old = story.latest_revision
    version = old.as_object()
    version.title, version.lead = "Tít mới", "Sapo mới"
    version.save_revision()
    snapshot = snapshots.snapshot_of(event=event_of(story, old), account_key="fanpage")
    assert (snapshot.headline, snapshot.channel_text, snapshot.version) == ("Tít cũ", "Lời dẫn cũ", 1)


def test_the_link_is_the_absolute_address_that_readers_open(db: None, settings: Any) -> None:
    settings.PAPER_ADDRESS = "https://songba.example"
    story = make_story("Ngư dân Hải Thanh đưa tàu vào bờ")
    snapshot = snapshots.snapshot_of(event=event_of(story, story.latest_revision), account_key="fanpage")
    assert snapshot.link == f"https://songba.example/thoi-su/ngu-dan-hai-thanh-dua-tau-vao-bo-a{story.pk}.html"


@pytest.mark.parametrize("channels", [{}, {"fanpage": ""}, {"fanpage": "  "}, {"zalo": "khác"}])
def test_without_a_text_of_its_own_a_channel_says_the_lead(db: None, channels: dict[str, str]) -> None:
    story = make_story(channels=channels, lead="Sapo của bài")
    assert snapshots.snapshot_of(event=event_of(story, story.latest_revision), account_key="fanpage").channel_text == "Sapo của bài"


def test_the_social_headline_stands_in_for_the_headline(db: None) -> None:
    story = make_story("Tít", social_headline="Tít cho mạng xã hội")
    snapshot = snapshots.snapshot_of(event=event_of(story, story.latest_revision), account_key="fanpage")
    assert (snapshot.headline, snapshot.social_headline) == ("Tít", "Tít cho mạng xã hội")


def test_pictures_are_the_main_one_then_the_body_s_each_once(db: None) -> None:
    main, other = make_image(), make_image(width=4096, height=1024)
    body = [("image", {"image": other, "caption": ""}), ("image", {"image": main, "caption": ""})]
    story = make_story(main_image=main, body=body)
    snapshot = snapshots.snapshot_of(event=event_of(story, story.latest_revision), account_key="fanpage")
    assert [picture.key for picture in snapshot.pictures] == [key_of(main), key_of(other)]
    assert (snapshot.pictures[1].width, snapshot.pictures[1].height) == (2048, 512)
    assert (snapshot.pictures[0].alt, snapshot.pictures[0].credit) == (main.alt_text, main.credit)


def test_a_picture_is_sent_as_a_jpeg_that_is_small_and_light_enough(db: None) -> None:
    content, mime = RenditionMedia().read(key_of(make_image(width=5000, height=2500)))
    picture = Image.open(io.BytesIO(content))
    assert (mime, picture.format, picture.size) == ("image/jpeg", "JPEG", (2048, 1024))
    assert len(content) <= MOST_BYTES


def test_where_a_picture_was_taken_is_not_sent(db: None) -> None:
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "vị trí bí mật"
    Image.new("RGB", (800, 600), (1, 2, 3)).save(data, "JPEG", exif=exif)
    data.seek(0)
    image = NewsImage.objects.create(title="x", file=ImageFile(data, name="x.jpg"), alt_text="x", caption="x", credit="x", source="x", width=800, height=600)
    content, _mime = RenditionMedia().read(key_of(image))
    assert not Image.open(io.BytesIO(content)).getexif()


@pytest.mark.parametrize("key", ["", "image-", "image-0", "image-999999", "image-x", "khác-1", "image-²"])
def test_a_picture_that_is_not_there_is_a_lookup_error(db: None, key: str) -> None:
    with pytest.raises(LookupError):
        RenditionMedia().read(key)


def test_a_picture_whose_file_is_gone_is_a_lookup_error(db: None) -> None:
    image = make_image()
    image.file.storage.delete(image.file.name)
    with pytest.raises(LookupError):
        RenditionMedia().read(key_of(image))


@pytest.mark.parametrize(("size", "expected"), [((100, 50), (100, 50)), ((4096, 10), (2048, 5)), ((10, 40960), (1, 2048)), ((0, 0), (1, 1))])
def test_sizes_are_never_enlarged_and_never_nothing(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert size_for_channels(*size) == expected


def choose(story: Any, **choices: Any) -> Any:
    """The story's row of the fan page with these choices; the revision that holds them."""
    row = story.channel_texts.get()
    for name, value in choices.items():
        setattr(row, name, value)
    story.channel_texts = [row]
    return story.save_revision()


@pytest.mark.parametrize(
    ("written", "expected"),
    [("#lũ, Sông Ba", ("lũ", "Sông", "Ba")), ("#lũ#bão12 #LŨ", ("lũ", "bão12")), ("  ,, # ", ()), ("Đắk_Lắk; tin nhanh.", ("Đắk_Lắk", "tin", "nhanh"))],
)
def test_hashtags_are_taken_as_people_write_them(db: None, written: str, expected: tuple[str, ...]) -> None:
    story = make_story(channels={"fanpage": "Lời dẫn"})
    snapshot = snapshots.snapshot_of(event=event_of(story, choose(story, hashtags=written, first_comment=" Đọc thêm \n")), account_key="fanpage")
    assert (snapshot.hashtags, snapshot.first_comment) == (expected, "Đọc thêm")


@pytest.mark.parametrize(("media", "count"), [("", 2), ("picture", 1), ("pictures", 2), ("video", 2), ("none", 0)])
def test_a_channel_shows_the_pictures_that_were_chosen_for_it(db: None, media: str, count: int) -> None:
    story = make_story(channels={"fanpage": "x"}, main_image=make_image(), body=[("image", {"image": make_image(), "caption": ""})])
    snapshot = snapshots.snapshot_of(event=event_of(story, choose(story, media=media)), account_key="fanpage")
    assert (len(snapshot.pictures), snapshot.media) == (count, media)


def test_the_body_is_plain_safe_html_with_absolute_addresses(db: None, settings: Any) -> None:
    settings.PAPER_ADDRESS = "https://songba.example"
    paragraph = '<p>Nước <b>lên</b> <a href="/thoi-su">xem</a><script>alert(1)</script><img src="x" onerror="x"></p>'
    body = [
        ("paragraph", paragraph), ("heading", "Lệnh <cấm> biển"), ("quote", {"text": "Một\nHai", "speaker": "Bà Hoa"}),
        ("image", {"image": make_image(), "caption": "Bến cá"}), ("embed", {"url": "https://video.example/1", "title": "Cảnh quay"}),
    ]  # fmt: skip
    story = make_story(body=body)
    html = snapshots.snapshot_of(event=event_of(story, story.latest_revision), account_key="fanpage").body_html
    assert '<a href="https://songba.example/thoi-su">xem</a>' in html and "<b>lên</b>" in html
    assert "script" not in html and "onerror" not in html and "class=" not in html
    assert "<h2>Lệnh &lt;cấm&gt; biển</h2>" in html and "<footer>Bà Hoa</footer>" in html
    assert '<img src="https://songba.example/media/' in html and "Bến cá Minh họa: Y Nguyên" in html
    assert '<a href="https://video.example/1">Cảnh quay</a>' in html


def test_partners_get_one_id_for_all_versions_the_section_and_the_names(db: None, settings: Any) -> None:
    settings.PAPER_ADDRESS = "https://songba.example"
    person = Contributor.objects.create(name="Nguyễn Thị Hoa")
    story = make_story()
    story.bylines = [Byline(pen_name=PenName.objects.create(contributor=person, name=name)) for name in ("Hoa Sông Ba", "Y Nguyên")]
    snapshot = snapshots.snapshot_of(event=event_of(story, story.save_revision()), account_key="fanpage")
    assert (snapshot.story_key, snapshot.section, snapshot.byline) == (f"https://songba.example/a{story.pk}", "Thời sự", "Hoa Sông Ba, Y Nguyên")


def test_what_a_correction_tells_readers_is_registered_above_and_told_once(db: None) -> None:
    tell = lambda story, event: f"Đính chính phiên bản {event.version}." if event else ""  # noqa: E731
    story = make_story()
    for name in ("một", "hai"):
        notices.add(name, tell if name == "một" else (lambda story, event: tell(story, event)))
    try:
        assert snapshots.snapshot_of(event=event_of(story, story.latest_revision), account_key="fanpage").notice == "Đính chính phiên bản 1."
        assert snapshots.snapshot_of_story(story=story, account_key="fanpage", version=0).notice == ""
    finally:
        notices.remove("một")
        notices.remove("hai")


@pytest.mark.parametrize(
    ("row", "minutes"),
    [({}, 0), ({"timing": "after", "after_minutes": 25}, 25), ({"timing": "at", "at": NOW + timedelta(hours=2)}, 120), ({"timing": "at", "at": NOW - timedelta(hours=2)}, 0)],
)
def test_a_post_is_due_with_the_story_after_it_or_at_its_time_and_never_before(row: dict[str, Any], minutes: int) -> None:
    assert due_at(ChannelText(account_key="fanpage", **row), with_story=NOW) == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("row", [{"timing": "after"}, {"timing": "at"}, {"timing": "after", "after_minutes": 0}])
def test_a_time_that_is_wanted_must_be_said(row: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChannelText(account_key="fanpage", **row).full_clean(exclude=["article"], validate_unique=False, validate_constraints=False)


def test_a_time_that_is_not_wanted_is_forgotten() -> None:
    row = ChannelText(account_key="fanpage", after_minutes=5, at=NOW)
    row.clean()
    assert (row.after_minutes, row.at) == (None, None)
