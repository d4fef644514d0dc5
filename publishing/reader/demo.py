"""The demo paper's masthead. Nothing in it exists; every page says so."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.models import Site

from newsroom.common.demo import DemoRun, register_step
from publishing.reader.models import PaperSettings
from publishing.reader.pages import services

MASTHEAD: dict[str, Any] = {
    "name": "Báo Sông Ba",
    "governing_line": "Cơ quan của Đảng bộ tỉnh Sông Ba, tiếng nói của Đảng bộ, chính quyền và nhân dân trong tỉnh",
    "governing_body": "Tỉnh ủy Sông Ba",
    "licence_number": "000/GP-MẪU",
    "licence_date": date(2026, 7, 1),
    "licence_issuer": "Cục Báo chí (mẫu)",
    "editor_in_chief": "Nguyễn Văn Mẫu",
    "address": "01 đường Bờ Kè, phường Bến Sứ, tỉnh Sông Ba",
    "phone": "0200 000 000",
    "hotline": "0900 000 000",
    "email": "toasoan@songba.example",
    "domain": "songba.example",
    "sample_data": True,
}


def fill_masthead() -> None:
    """Give the default site the demo's masthead, unless somebody has already given it one."""
    site = Site.objects.get(is_default_site=True)
    masthead = PaperSettings.for_site(site)
    if masthead.name:
        return
    for name, value in MASTHEAD.items():
        setattr(masthead, name, value)
    masthead.save()


def register() -> None:
    """Join `manage.py demo`."""
    register_step("reader", order=60, title=_("Masthead"), run=_step)
    register_step("pages", order=99, title=_("first pages for readers"), run=_want_first_pages)


def _step(run: DemoRun) -> None:
    fill_masthead()


def _want_first_pages(run: DemoRun) -> None:
    """The pages that readers ask for first lie ready, as they would after a day of readers."""
    if services.enabled():
        services.want(services.first_addresses(), now=run.now, late=True)
        services.ring()
