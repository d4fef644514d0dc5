"""The reader's addresses. Stories are found by the id in theirs; the rest of a path is for people."""

from django.urls import path, register_converter

from publishing.reader import converters, feeds, sitemaps, views

register_converter(converters.Words, "words")
register_converter(converters.PerhapsWords, "perhaps_words")
register_converter(converters.Whole, "whole")

urlpatterns = [
    path("", views.front, name="front"),
    path("rss.xml", feeds.paper_feed, name="feed"),
    path("rss/", views.feeds, name="feeds"),
    path("rss/<words:slug>.rss", feeds.section_feed, name="section_feed"),
    path("cai-chinh/", views.corrections, name="corrections"),
    path("cai-chinh/trang-<whole:page>/", views.corrections, name="corrections_page"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-sections.xml", sitemaps.sections, name="sitemap_sections"),
    path("sitemap-<whole:number>.xml", sitemaps.part, name="sitemap_part"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("tac-gia/<words:slug>-<whole:pen_name_id>/", views.author, name="author"),
    path("tac-gia/<words:slug>-<whole:pen_name_id>/trang-<whole:page>/", views.author, name="author_page"),
    path("<words:section>/<perhaps_words:slug>-a<whole:story_id>.html", views.story, name="story"),
    path("<words:slug>/", views.section, name="section"),
    path("<words:slug>/trang-<whole:page>/", views.section, name="section_page"),
]
