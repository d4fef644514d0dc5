"""Feeds and sitemaps, as the programs read them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import feedparser
from django.test import Client

from newsroom.articles.addresses import story_path
from newsroom.articles.models import ArticlePage
from publishing.reader import memory, pictures
from tests.publishing.paper import Paper

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def test_the_feed_is_valid_and_carries_lead_picture_and_pen_name(client: Client, paper: Paper) -> None:
    image = paper.picture()
    pictures.make([image.pk])
    story = paper.story("Bão & gió <12>", lead="Gió giật\x0b cấp 11.", names=(paper.pen_name("Hải Vân"),), main_image=image)
    response = client.get("/rss.xml")
    assert response["Content-Type"].startswith("application/rss+xml")
    feed = feedparser.parse(response.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert (feed.version, feed.feed.title, feed.feed.language) == ("rss20", "Báo Sông Ba", "vi")
    assert feed.feed.published.endswith("+0700") if "published" in feed.feed else feed.feed.updated.endswith("+0700")
    [entry] = feed.entries
    assert entry.title == "Bão & gió <12>"
    assert entry.link == f"http://testserver{story_path(story)}"
    assert entry.author == "Hải Vân"
    assert "Gió giật cấp 11." in entry.description and "<img" in entry.description
    assert entry.published.endswith("+0700")
    assert entry.enclosures[0].type == "image/jpeg"
    assert entry.id == f"http://testserver/a{story.pk}"


def test_the_identity_of_an_item_outlives_a_new_headline(client: Client, paper: Paper) -> None:
    story = paper.story("Tít cũ")
    before = feedparser.parse(client.get("/rss.xml").content).entries[0].id
    ArticlePage.objects.filter(pk=story.pk).update(title="Tít mới hẳn")
    memory.forget()  # the row was changed behind its revision's back
    entry = feedparser.parse(client.get("/rss.xml").content).entries[0]
    assert entry.id == before and "tit-moi-han" in entry.link


def test_each_section_has_a_feed_of_its_own(client: Client, paper: Paper) -> None:
    paper.story("Kỳ họp")
    paper.story("Giá cà phê", main_section=paper.kinh_te)
    feed = feedparser.parse(client.get("/rss/kinh-te.rss").content)
    assert not feed.bozo and [entry.title for entry in feed.entries] == ["Giá cà phê"]
    assert client.get("/rss/khong-co.rss").status_code == 404
    listing = client.get("/rss/").content.decode()
    assert "/rss/kinh-te.rss" in listing and "/rss.xml" in listing


def test_a_feed_holds_the_newest_thirty(client: Client, paper: Paper) -> None:
    for i in range(35):
        paper.story(f"Tin {i}", minutes_ago=i + 1)
    for path in ("/rss.xml", "/rss/thoi-su.rss"):
        assert [entry.title for entry in feedparser.parse(client.get(path).content).entries] == [f"Tin {i}" for i in range(30)]


def test_the_sitemap_index_leads_to_every_story_and_section(client: Client, paper: Paper) -> None:
    made = [paper.story(f"Tin {i}") for i in range(3)]
    index = ET.fromstring(client.get("/sitemap.xml").content)
    found = set()
    for place in index.iter(f"{MAP}loc"):
        part = ET.fromstring(client.get(str(place.text).removeprefix("http://testserver")).content)
        found |= {node.text for node in part.iter(f"{MAP}loc")}
    assert found == {f"http://testserver{path}" for path in ("/", "/thoi-su/", "/kinh-te/", *(story_path(story) for story in made))}
    assert client.get("/sitemap-777.xml").status_code == 404
    assert all(node.text and node.text.endswith("+07:00") for node in index.iter(f"{MAP}lastmod"))


def test_the_news_sitemap_holds_two_days_and_no_more(client: Client, paper: Paper) -> None:
    paper.story("Tin hôm nay & mai", minutes_ago=5)
    paper.story("Tin ba hôm trước", minutes_ago=3 * 24 * 60)
    tree = ET.fromstring(client.get("/news-sitemap.xml").content)
    assert [node.text for node in tree.iter(f"{NEWS}title")] == ["Tin hôm nay & mai"]
    assert [node.text for node in tree.iter(f"{NEWS}language")] == ["vi"]
    assert [node.text for node in tree.iter(f"{NEWS}name")] == ["Báo Sông Ba"]


def test_robots_are_shown_the_maps_and_kept_from_the_admin(client: Client, paper: Paper) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text and "Disallow: /admin/" in text
