"""Writes about the paper's tree. Stories themselves are written in the editor and published by `publishing.releases`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from wagtail.models import Page, Site

from newsroom.articles.models import HomePage, StoryYear
from newsroom.common.clock import LOCAL
from newsroom.pages.guard import door_open


@transaction.atomic
def ensure_home(*, name: str, hostname: str = "localhost", port: int = 80) -> HomePage:
    """The root of the paper and its site, made where they are missing. Wagtail's sample page goes, if nothing hangs on it."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        with door_open():
            home = root.add_child(instance=HomePage(title=name, slug="trang-nhat", live=True, show_in_menus=False))
    Site.objects.exclude(root_page=home).filter(root_page__depth=2).delete()
    Page.objects.filter(depth=2, content_type__app_label="wagtailcore", content_type__model="page", numchild=0).delete()
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": hostname, "port": port, "site_name": name, "root_page": home})
    return home


def year_container(*, now: datetime) -> StoryYear:
    """The hidden container of a year's stories (the year in Vietnam), made where it is missing."""
    year = now.astimezone(LOCAL).year
    found = StoryYear.objects.filter(year=year).first()
    return found or _make_year(year)


@transaction.atomic
def _make_year(year: int) -> StoryYear:
    home = HomePage.objects.select_for_update().get()
    found = StoryYear.objects.filter(year=year).first()
    if found:
        return found
    with door_open():
        return home.add_child(instance=StoryYear(title=f"Tin bài {year}", slug=f"kho-{year}", year=year, live=True))
