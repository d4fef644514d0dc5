"""Sections are opened and updated from their form, by whoever may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from newsroom.accounts.models import User
from newsroom.articles.models import SectionPage
from publishing.workflow.setup import ensure_rights
from tests.factories.newsroom import make_section

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rights(db: None) -> None:
    """Every role as `manage.py prepare` leaves it."""
    ensure_rights()


def form(section: SectionPage, **more: str) -> dict[str, str]:
    return {"title": "Đời sống mới", "slug": section.slug, "description": "", "in_menu_order": "5", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", **more}


@pytest.mark.parametrize("who", ["editor_in_chief", "admin"])
def test_leaders_and_administrators_open_a_section_from_its_form(who: str, request: pytest.FixtureRequest, client: Client) -> None:
    section = make_section()
    client.force_login(request.getfixturevalue(who))
    address = reverse("wagtailadmin_pages:edit", args=[section.pk])
    assert b'name="action-open-section"' in client.get(address).content
    client.post(address, form(section, **{"action-open-section": "1"}))
    assert SectionPage.objects.get(pk=section.pk).title == "Đời sống mới"


def test_saving_alone_shows_readers_nothing_new(editor_in_chief: User, client: Client) -> None:
    section = make_section()
    client.force_login(editor_in_chief)
    client.post(reverse("wagtailadmin_pages:edit", args=[section.pk]), form(section))
    assert SectionPage.objects.get(pk=section.pk).title == "Thời sự"


def test_a_reporter_cannot_open_a_section_with_a_forged_form(reporter: User, client: Client) -> None:
    section = make_section()
    client.force_login(reporter)
    client.post(reverse("wagtailadmin_pages:edit", args=[section.pk]), form(section, **{"action-open-section": "1"}))
    assert SectionPage.objects.get(pk=section.pk).title == "Thời sự"
