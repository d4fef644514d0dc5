"""A story's page: its address, what it shows, what it never shows."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from newsroom.contributors.models import Contributor
from newsroom.pages.guard import door_open
from publishing.reader import pictures
from tests.publishing.paper import Paper


def block(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def json_ld(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_a_story_stands_at_its_own_address(client: Client, paper: Paper) -> None:
    story = paper.story("Ngư dân Hải Thanh đưa 1.240 tàu vào bờ", kicker="Bão số 12", names=(paper.pen_name("Trần Hải Vân"),))
    response = client.get(f"/thoi-su/ngu-dan-hai-thanh-dua-1240-tau-vao-bo-a{story.pk}.html")
    html = response.content.decode()
    assert response.status_code == 200
    assert "1.240\N{NO-BREAK SPACE}tàu" in html
    assert "Trần Hải Vân" in html
    assert "Cơ quan của Đảng bộ tỉnh Sông Ba" in html.replace("\N{NO-BREAK SPACE}", " ")
    assert "DỮ LIỆU MẪU" in html
    assert '<html lang="vi">' in html


def test_a_wrong_slug_or_section_leads_to_the_right_one_with_its_query(client: Client, paper: Paper) -> None:
    story = paper.story("Bão vào")
    for wrong in (f"/kinh-te/bao-vao-a{story.pk}.html", f"/thoi-su/cu-a{story.pk}.html", f"/thoi-su/-a{story.pk}.html"):
        response = client.get(f"{wrong}?utm_id=nr1")
        assert (response.status_code, response["Location"]) == (301, f"{story_path(story)}?utm_id=nr1")


def test_a_marker_in_the_address_keeps_the_canonical_address_clean(client: Client, paper: Paper) -> None:
    story = paper.story("Bão vào")
    html = client.get(f"{story_path(story)}?utm_id=nr1&la=1").content.decode()
    assert f'<link rel="canonical" href="http://testserver{story_path(story)}">' in html
    assert "utm_id" not in html


def test_what_was_never_live_is_unknown_and_what_was_withdrawn_is_gone(client: Client, paper: Paper) -> None:
    draft = paper.story("Bản thảo kín", live=False, was_live=False)
    withdrawn = paper.story("Bài bị gỡ khẩn", live=False)
    assert client.get(story_path(draft)).status_code == 404
    response = client.get(story_path(withdrawn))
    assert response.status_code == 410
    assert "Bài bị gỡ khẩn" not in response.content.decode()
    assert "đã được gỡ" in response.content.decode()
    assert client.get("/thoi-su/khong-co-a999999.html").status_code == 404
    assert client.get(f"/thoi-su/khong-co-a{10**17}.html").status_code == 404


def test_drafts_and_withdrawn_stories_stand_in_no_list(client: Client, paper: Paper) -> None:
    shown = paper.story("Bài đang đăng")
    paper.story("Bản thảo kín", live=False, was_live=False)
    paper.story("Bài bị gỡ", live=False)
    pages = ["/", "/thoi-su/", story_path(shown), "/rss.xml", "/rss/thoi-su.rss", "/sitemap.xml", "/sitemap-0.xml", "/news-sitemap.xml"]
    for page in pages:
        text = client.get(page).content.decode()
        assert "Bản thảo kín" not in text and "ban-thao-kin" not in text, page
        assert "Bài bị gỡ" not in text and "bai-bi-go" not in text, page


def test_the_real_author_and_the_internal_note_never_leave_the_newsroom(client: Client, paper: Paper) -> None:
    name = paper.pen_name("Hải Vân", real="Trần Thị Thật")
    writer = Contributor.objects.create(name="Lê Văn Kín")
    story = paper.story("Bão vào", names=(name,), real_author=writer, internal_note="Đừng lộ nguồn tin")
    for page in ("/", "/thoi-su/", story_path(story), f"/tac-gia/hai-van-{name.pk}/", "/rss.xml", "/news-sitemap.xml"):
        text = client.get(page).content.decode()
        assert client.get(page).status_code == 200
        for secret in ("Trần Thị Thật", "Lê Văn Kín", "Đừng lộ nguồn tin"):
            assert secret not in text, page


def test_every_kind_of_block_is_shown_and_rich_text_stays_harmless(client: Client, paper: Paper) -> None:
    image = paper.picture()
    pictures.make([image.pk])
    body = [
        block("paragraph", '<p>Một <b>đoạn</b> &lt;script&gt;x&lt;/script&gt;.</p>'),
        block("heading", "Nhà có thể dựng <lại>"),
        block("quote", {"text": "Đọc lại danh sách.", "speaker": "Ông Lê Tấn Đức"}),
        block("box", {"heading": "Số trực", "text": "<p>0200 000 001</p>"}),
        block("image", {"image": image.pk, "caption": ""}),
        block("embed", {"url": "https://www.youtube.com/watch?v=abc", "title": "Xem tàu về"}),
    ]
    html = client.get(story_path(paper.story("Bão vào", body=json.dumps(body), main_image=image, source="TTXVN"))).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for expected in ("<b>đoạn</b>", "dựng &lt;lại&gt;", "Ông", "Lê Tấn Đức", "Số trực", "Tàu cá ở Mũi Gành.", "Minh họa: Y Nguyên", "Xem tàu về", "TTXVN", "image/avif"):
        assert expected in html, expected
    assert "<iframe" not in html and "<script>x" not in html


def test_the_use_of_ai_is_told(client: Client, paper: Paper) -> None:
    for use, words in (("assisted", "trí tuệ nhân tạo hỗ trợ"), ("generated", "do trí tuệ nhân tạo viết")):
        assert words in client.get(story_path(paper.story("Bài", ai_use=use))).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "trí tuệ nhân tạo" not in client.get(story_path(paper.story("Bài"))).content.decode()


def test_search_engines_read_the_story_as_a_news_article(client: Client, paper: Paper) -> None:
    name = paper.pen_name("Hải Vân")
    story = paper.story('Bão </script> & "gió"', names=(name,), main_image=paper.picture())
    html = client.get(story_path(story)).content.decode()
    data = json_ld(html)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == 'Bão </script> & "gió"'
    assert data["author"] == [{"@type": "Person", "name": "Hải Vân", "url": f"http://testserver/tac-gia/hai-van-{name.pk}/"}]
    assert data["datePublished"].endswith("+07:00")
    assert data["publisher"]["name"] == "Báo Sông Ba"
    assert data["image"][0].startswith("http://testserver/media/")
    assert '<meta property="og:title" content="Bão &lt;/script&gt; &amp; &quot;gió&quot;">' in html
    assert 'name="twitter:card" content="summary_large_image"' in html


def test_an_update_is_told_beside_the_first_time(client: Client, paper: Paper) -> None:
    story = paper.story("Bão vào", minutes_ago=300)
    assert "cập nhật" not in client.get(story_path(story)).content.decode()
    ArticlePage.objects.filter(pk=story.pk).update(last_published_at=story.first_published_at + timedelta(minutes=33))
    assert "cập nhật" in client.get(story_path(story)).content.decode()


def test_nothing_is_asked_of_another_site_and_nothing_is_inline(client: Client, paper: Paper) -> None:
    image = paper.picture()
    body = json.dumps([block("image", {"image": image.pk, "caption": ""}), block("embed", {"url": "https://www.youtube.com/watch?v=abc", "title": "Xem"})])
    story = paper.story("Bão vào", body=body, main_image=image, names=(paper.pen_name("Hải Vân"),))
    for page in ("/", "/thoi-su/", story_path(story), "/rss/", "/khong-co/"):
        response = client.get(page)
        html = response.content.decode()
        assert re.findall(r'(?:\bsrc|srcset)="(?:https?:)?//(?!testserver)[^"]*"', html) == [], page
        assert re.findall(r'<link(?![^>]*rel="(?:canonical|alternate)")[^>]*href="(?:https?:)?//[^"]*"', html) == [], page
        assert " style=" not in html and "<style" not in html and " onclick=" not in html
        assert re.findall(r"<script(?![^>]*(?:src=|ld\+json))", html) == [], page
        assert "default-src 'self'" in response["Content-Security-Policy"]


def test_every_picture_keeps_its_place_and_only_the_first_is_eager(client: Client, paper: Paper) -> None:
    image = paper.picture()
    body = json.dumps([block("image", {"image": image.pk, "caption": ""})])
    html = client.get(story_path(paper.story("Bão vào", body=body, main_image=image))).content.decode()
    tags = re.findall(r"<img[^>]*>", html)
    assert len(tags) == 2
    assert all(re.search(r'width="\d+" height="\d+"', tag) and 'alt="Tàu cá neo trong vịnh"' in tag for tag in tags)
    assert 'fetchpriority="high"' in tags[0] and 'loading="lazy"' in tags[1]


def test_a_broken_picture_does_not_take_the_story_down(client: Client, paper: Paper) -> None:
    image = paper.picture()
    story = paper.story("Bão vào", main_image=image)
    image.file.storage.delete(image.file.name)
    response = client.get(story_path(story))
    assert response.status_code == 200
    assert "<img" not in response.content.decode()


def test_the_preview_of_a_draft_is_the_same_page(paper: Paper, rf: Any) -> None:
    draft = paper.story("Bản xem trước", live=False, was_live=False, names=(paper.pen_name("Hải Vân"),), main_image=paper.picture())
    response = draft.make_preview_request()
    response.render() if hasattr(response, "render") and not response.is_rendered else None
    html = response.content.decode()
    assert response.status_code == 200
    assert "Bản xem trước" in html.replace("\N{NO-BREAK SPACE}", " ") and "Hải Vân" in html


def test_an_unchanged_page_answers_304(client: Client, paper: Paper) -> None:
    path = story_path(paper.story("Bão vào", minutes_ago=60 * 24 * 9))
    first = client.get(path)
    assert "public" in first["Cache-Control"] and "Cookie" not in first.get("Vary", "")
    assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_a_withdrawn_story_answers_to_its_old_address_too(client: Client, paper: Paper) -> None:
    story = paper.story("Bão vào")
    with door_open():
        ArticlePage.objects.filter(pk=story.pk).update(live=False)
    assert client.get(f"/cu/cu-a{story.pk}.html").status_code == 410


@pytest.mark.parametrize("query", ["?a=%00", "?" + "x" * 9000, "?utm_id[]=1&utm_id=%ff%fe", "?trang=-1", "?%E1%BB"])
def test_hostile_queries_get_an_answer(client: Client, paper: Paper, query: str) -> None:
    story = paper.story("Bão vào")
    for page in ("/", "/thoi-su/", story_path(story), "/rss.xml", "/sitemap.xml"):
        assert client.get(page + query).status_code in (200, 400)
