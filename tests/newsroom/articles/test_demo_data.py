"""The demo newsroom's material is complete, invented, in one Unicode form; its generator gives the same news for the same seed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from newsroom.accounts.demo import demo_users
from newsroom.articles.demo_generator import generate
from newsroom.articles.demo_stories import DATA, DemoStory, read, stories
from newsroom.common.text import slugify_vi
from newsroom.contributors.demo import demo_contributors
from newsroom.media.demo import demo_pictures
from newsroom.media.demo_pictures import SCENES, draw
from newsroom.media.demo_videos import demo_videos

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ALL = stories(now=NOW)
BLOCKS = {"paragraph": 1, "heading": 1, "quote": 2, "box": 2, "image": 2}
PROVINCES = (
    "Hà Nội", "Huế", "Lai Châu", "Điện Biên", "Sơn La", "Lạng Sơn", "Quảng Ninh", "Thanh Hóa", "Nghệ An",
    "Hà Tĩnh", "Cao Bằng", "Tuyên Quang", "Lào Cai", "Thái Nguyên", "Phú Thọ", "Bắc Ninh", "Hưng Yên", "Hải Phòng",
    "Ninh Bình", "Quảng Trị", "Đà Nẵng", "Quảng Ngãi", "Gia Lai", "Khánh Hòa", "Lâm Đồng", "Đắk Lắk", "Hồ Chí Minh",
    "Đồng Nai", "Tây Ninh", "Cần Thơ", "Vĩnh Long", "Đồng Tháp", "Cà Mau", "An Giang", "Phú Yên", "Bình Định",
    "Kon Tum", "Đắk Nông", "Quảng Nam", "Ninh Thuận", "Bình Thuận", "Sài Gòn", "Nha Trang", "Tuy Hòa", "Quy Nhơn",
)  # fmt: skip


def _texts(story: DemoStory) -> list[str]:
    heads = [story.kicker, story.headline, story.short_headline, story.lead]
    notes = [story.fanpage, story.internal_note, story.reason, story.picture_caption]
    return [*heads, *notes, *(text for block in story.body for text in block.values())]


@pytest.mark.parametrize("story", ALL, ids=lambda story: story.key)
def test_every_story_is_one_that_an_editor_could_publish(story: DemoStory) -> None:
    assert story.kicker and story.headline and story.short_headline and story.lead and story.bylines
    assert len(story.headline.split()) <= 16
    assert len(story.short_headline) <= 60
    assert len(story.lead.split()) <= 50
    assert len(story.body) >= (5 if story.state == "published" else 4)
    assert slugify_vi(story.headline)


@pytest.mark.parametrize("story", ALL, ids=lambda story: story.key)
def test_every_block_is_of_a_known_kind_and_complete(story: DemoStory) -> None:
    for block in story.body:
        kind = next(iter(block))
        assert len(block) == BLOCKS[kind]
        assert all(text.strip() for text in block.values())


def test_what_the_stories_name_exists() -> None:
    sections = {section["slug"] for section in read("sections")}
    pictures = {picture["name"] for picture in demo_pictures()}
    videos = {video["name"] for video in demo_videos()}
    assert {video["picture"] for video in demo_videos()} <= pictures
    assert {story.video for story in ALL} - {""} <= videos
    pen_names = {name for person in demo_contributors() for name in person["pen_names"]}
    users = {user["username"] for user in demo_users()}
    for story in ALL:
        assert {story.section, *story.other_sections} <= sections
        assert {block["image"] for block in story.body if "image" in block} <= pictures
        assert not story.picture or (story.picture in pictures and story.picture_caption)
        assert {name for name, _role in story.bylines} <= pen_names
        assert story.writer in users
        assert not story.picture or ("Y Nguyên", "illustration") in story.bylines


def test_sections_and_people_fit_together() -> None:
    sections = read("sections")
    slugs = [section["slug"] for section in sections]
    assert len(set(slugs)) == len(slugs)
    assert all(section["slug"] == slugify_vi(section["slug"]) for section in sections)
    assert all(section["parent"] in {"", *slugs} and section["description"].endswith(".") for section in sections)
    users = {user["username"] for user in demo_users()}
    assert users == {"phongvien", "phongvien2", "bientap", "thuky", "tongbientap", "congtacvien", "quantri"}
    assert {person["user"] for person in demo_contributors()} <= {"", *users}


def test_there_are_stories_in_every_state() -> None:
    states = Counter(story.state for story in ALL)
    assert states.pop("published") >= 44
    assert states == {
        "scheduled": 3, "submitted": 3, "editing": 3, "returned": 2, "awaiting_signoff": 2,
        "held": 2, "spiked": 1, "withdrawn": 1, "draft": 2,
    }  # fmt: skip
    assert all(story.reason for story in ALL if story.state in {"returned", "withdrawn"})
    assert sum(1 for story in ALL if story.fanpage) >= 20
    assert sum(1 for story in ALL if sum(len(text.split()) for block in story.body for text in block.values()) >= 900) >= 4


def test_the_times_hang_on_now() -> None:
    assert all(story.at <= NOW for story in ALL)
    assert ALL[-1].at > NOW - timedelta(hours=1)
    assert NOW - timedelta(days=732) < ALL[0].at < NOW - timedelta(days=650)
    assert all(NOW < story.due < NOW + timedelta(minutes=30) for story in ALL if story.due)
    assert all((story.due is not None) == (story.state == "scheduled") for story in ALL)
    assert not any("{" in text for story in ALL for text in _texts(story))


def test_everything_is_composed_unicode_with_curly_quotes() -> None:
    for path in DATA.parents[1].glob("*/demo_data/*.json"):
        assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8")), path.name
    assert not [story.key for story in ALL for text in _texts(story) if '"' in text or "'" in text or "..." in text.replace("ề...n", "")]


def test_nothing_names_a_real_province_or_a_number_that_rings() -> None:
    everything = "\n".join(path.read_text(encoding="utf-8") for path in DATA.parents[1].glob("*/demo_data/*.json"))
    assert not [name for name in PROVINCES if name in everything]
    numbers = re.findall(r"\b0\d{3} \d{3} \d{3}\b|\b0\d{9}\b|\b1900\s?\d+", everything)
    assert numbers
    assert not [number for number in numbers if not number.startswith("0200 000 0")]
    assert not re.findall(r"[\w.]+@(?!songba\.example)[\w.]+", everything)


def test_the_generator_gives_the_same_news_for_the_same_seed() -> None:
    assert list(generate(300, 7)) == list(generate(300, 7))
    assert [row["headline"] for row in generate(300, 7)] != [row["headline"] for row in generate(300, 8)]


def test_generated_news_is_spread_over_sections_and_two_years() -> None:
    rows = list(generate(3000, 1))
    assert {row["section"] for row in rows} == {section["slug"] for section in read("sections")}
    ages = [row["age_minutes"] for row in rows]
    assert ages == sorted(ages, reverse=True)
    assert ages[0] > 700 * 24 * 60
    assert 0 < ages[-1] < 24 * 60
    assert len({row["external_key"] for row in rows}) == len(rows)
    assert len({row["headline"] for row in rows}) > 2000


def test_generated_news_is_well_formed() -> None:
    pen_names = {name for person in demo_contributors() for name in person["pen_names"]}
    for row in generate(2000, 3):
        assert len(unicodedata.normalize("NFC", row["headline"])) <= 200
        assert len(row["headline"].split()) <= 16
        assert len(row["lead"].split()) <= 50
        assert {byline["pen_name"] for byline in row["bylines"]} <= pen_names
        assert len(row["body"]) >= 4
        assert not [text for block in row["body"] for text in block.values() if "{" in text]


def test_generated_news_carries_both_tone_styles_and_decomposed_text() -> None:
    rows = list(generate(1500, 2))
    leads = " ".join(unicodedata.normalize("NFC", text) for row in rows for block in row["body"] for text in block.values())
    assert "Hòa Lộc" in leads
    assert "Hoà Lộc" in leads
    decomposed = [row for row in rows if not unicodedata.is_normalized("NFC", row["lead"])]
    assert 5 < len(decomposed) < 40


def test_no_news_is_generated_where_none_is_asked_for() -> None:
    assert list(generate(0, 1)) == []


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_a_picture_is_the_same_for_the_same_seed(scene: str) -> None:
    first = draw(scene, sky="day", seed=5)
    assert first.size == (1600, 1000)
    assert first.mode == "RGB"
    if scene in {"coast", "storm"}:
        assert first.tobytes() == draw(scene, sky="day", seed=5).tobytes()
        assert first.tobytes() != draw(scene, sky="day", seed=6).tobytes()


def test_every_demo_picture_can_be_drawn_and_is_described() -> None:
    for picture in demo_pictures():
        assert picture["scene"] in SCENES
        assert picture["alt"] and picture["title"]
        assert len(picture["alt"]) <= 255
