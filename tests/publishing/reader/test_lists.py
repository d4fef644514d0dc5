"""Front, sections, authors: what stands where, and how little it costs."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.contributors.models import PenName
from publishing.reader import memory, pictures, stories
from tests.publishing.paper import Paper

BUDGET = 12


def queries(client: Client, path: str) -> int:
    """What a page costs when nothing of it was shown a moment ago."""
    client.get(path)  # the frame and the first sizes of pictures are made once
    memory.forget()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_an_empty_paper_is_a_page_too(client: Client, paper: Paper) -> None:
    for path in ("/", "/thoi-su/", "/rss.xml", "/news-sitemap.xml", "/sitemap.xml", "/rss/"):
        assert client.get(path).status_code == 200, path


def test_the_newest_story_leads_the_front_and_no_story_stands_twice(client: Client, paper: Paper) -> None:
    made = [paper.story(f"Chuyện số {i} của phố", minutes_ago=i * 7, main_section=(paper.thoi_su, paper.kinh_te)[i % 2]) for i in range(1, 25)]
    html = client.get("/").content.decode()
    linked = re.findall(r'<h[23]><a href="([^"]+-a\d+\.html)"', html)
    assert linked[0] == story_path(made[0])
    assert len(linked) == len(set(linked)) >= 18


def test_a_quiet_section_stands_on_the_front_though_the_newest_are_all_elsewhere(client: Client, paper: Paper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publishing.reader.content.LOOK_BACK", 15)
    quiet = paper.section("Biển đảo", "bien-dao")
    below = paper.section("Đảo xa", "dao-xa", parent=quiet)
    lone = paper.story("Đèn biển sáng lại", minutes_ago=9999, main_section=below)
    for i in range(20):
        paper.story(f"Tin {i}", minutes_ago=i + 1)
    assert story_path(lone) in client.get("/").content.decode()


def test_a_section_shows_its_own_its_childrens_and_those_that_name_it_beside(client: Client, paper: Paper) -> None:
    child = paper.section("Nông nghiệp", "nong-nghiep", parent=paper.kinh_te)
    own, below = paper.story("Giá cà phê", main_section=paper.kinh_te), paper.story("Vụ lúa", main_section=child)
    beside = paper.story("Khởi công tuyến đường")
    beside.other_sections = [paper.kinh_te]
    beside.other_sections.commit()
    stranger = paper.story("Kỳ họp hội đồng")
    main = client.get("/kinh-te/").content.decode().split("</h1>")[1].split("<aside")[0]
    for story in (own, below, beside):
        assert story_path(story) in main
    assert story_path(stranger) not in main
    assert story_path(below) in client.get("/nong-nghiep/").content.decode()
    assert "Kinh tế</a>" in client.get("/nong-nghiep/").content.decode()


def test_pages_of_a_section_follow_each_other_without_a_gap(client: Client, paper: Paper) -> None:
    made = [paper.story(f"Tin {i}", minutes_ago=i + 1) for i in range(stories.PAGE_SIZE * 2 + 3)]
    seen: list[str] = []
    for number, path in enumerate(("/thoi-su/", "/thoi-su/trang-2/", "/thoi-su/trang-3/"), 1):
        html = client.get(path).content.decode().split("</h1>")[1].split("<aside")[0]
        assert ('rel="next"' in html) == (number < 3)
        seen += re.findall(r'<h2><a href="([^"]+)"', html)
    assert seen == [story_path(story) for story in made]
    assert client.get("/thoi-su/trang-4/").status_code == 404
    assert client.get("/thoi-su/trang-999999/").status_code == 404
    response = client.get("/thoi-su/trang-1/")
    assert (response.status_code, response["Location"]) == (301, "/thoi-su/")


def test_a_closed_or_unknown_section_is_not_there(client: Client, paper: Paper) -> None:
    paper.section("Đã đóng", "da-dong", live=False)
    assert client.get("/da-dong/").status_code == 404
    assert client.get("/khong-co/").status_code == 404
    assert "Đã đóng" not in client.get("/").content.decode()


def test_a_pen_name_has_a_page_and_another_spelling_leads_to_it(client: Client, paper: Paper) -> None:
    name = paper.pen_name("Trần Hải Vân", bio="Phóng viên vùng biển.")
    story = paper.story("Bão vào", names=(name,))
    html = client.get(f"/tac-gia/tran-hai-van-{name.pk}/").content.decode()
    assert story_path(story) in html and "Phóng viên vùng biển." in html
    assert client.get(f"/tac-gia/ai-do-{name.pk}/")["Location"] == f"/tac-gia/tran-hai-van-{name.pk}/"


def test_a_pen_name_without_a_live_story_is_nobody_and_two_of_one_person_stay_apart(client: Client, paper: Paper) -> None:
    unseen = paper.pen_name("Chưa Đăng")
    paper.story("Bản thảo", live=False, was_live=False, names=(unseen,))
    assert client.get(f"/tac-gia/chua-dang-{unseen.pk}/").status_code == 404
    first = paper.pen_name("Hải Vân", bio="Lớn lên ở Gành Đỏ.")
    second = PenName.objects.create(contributor=first.contributor, name="Sương Mai")
    paper.story("Một", names=(first,))
    paper.story("Hai", names=(second,))
    for name, slug in ((first, "hai-van"), (second, "suong-mai")):
        assert "Gành Đỏ" not in client.get(f"/tac-gia/{slug}-{name.pk}/").content.decode()


def test_a_page_costs_the_same_with_a_hundred_and_with_ten_thousand_stories(client: Client, paper: Paper) -> None:
    name = paper.pen_name("Hải Vân")
    story = paper.story("Bão vào", names=(name,), main_image=paper.picture())
    paths = ("/", "/thoi-su/", story_path(story), f"/tac-gia/hai-van-{name.pk}/")
    paper.fill(100)
    few = {path: queries(client, path) for path in paths}
    paper.fill(9_900)
    assert ArticlePage.objects.filter(live=True).count() > 10_000
    assert {path: queries(client, path) for path in paths} == few
    assert max(few.values()) <= BUDGET


def test_a_page_costs_the_same_with_one_and_with_thirty_pictures(client: Client, paper: Paper) -> None:
    images = [paper.picture(width=300, height=200) for _ in range(30)]
    pictures.make([image.pk for image in images])

    def body(chosen: list[Any]) -> str:
        return json.dumps([{"type": "image", "value": {"image": image.pk, "caption": ""}, "id": str(uuid.uuid4())} for image in chosen])

    one = paper.story("Một hình", body=body(images[:1]), main_image=images[0])
    thirty = paper.story("Ba mươi hình", body=body(images), main_image=images[1])
    assert queries(client, story_path(one)) == queries(client, story_path(thirty)) <= BUDGET
    few = queries(client, "/")
    for i, image in enumerate(images):
        paper.story(f"Có hình {i}", main_image=image, minutes_ago=i + 1)
    assert few == queries(client, "/") <= BUDGET


def test_a_change_of_the_masthead_is_on_the_next_page(client: Client, paper: Paper) -> None:
    from publishing.reader.models import PaperSettings

    client.get("/")
    masthead = PaperSettings.objects.get()
    masthead.governing_line = "Cơ quan của tỉnh"
    masthead.save()
    html = client.get("/").content.decode()
    assert "Cơ quan của tỉnh" in html
    for line in ("Giấy phép số 000/GP-MẪU", "01/07/2026", "Tổng Biên tập: Nguyễn Văn Mẫu", "Cơ quan chủ quản: Tỉnh ủy Sông Ba", "songba.example", "0200 000 000"):
        assert line in html
