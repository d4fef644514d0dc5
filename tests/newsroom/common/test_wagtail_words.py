"""Wagtail's admin speaks Vietnamese: its own catalogue covers a fifth, ours the rest, and an upgrade that adds strings fails here."""

import re
from collections import Counter
from pathlib import Path

import polib
import pytest
import wagtail
from django.utils import translation
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation.trans_real import DjangoTranslation

from newsroom.common.catalogues import entry_problems

WAGTAIL = Path(wagtail.__file__).parent
PARTS = Path(__file__).resolve().parents[3] / "locale" / "vi" / "parts"
APPS = ("admin", ".", "images", "documents", "users", "snippets", "search", "sites", "embeds", "locales", "contrib/settings")
SAME_IN_BOTH = {"URL", "Email", "ID", "Wagtail API v2", "Wagtail API v3", "Wagtail routablepage", "Wagtail sitemaps"}
PLAIN = {"django": PARTS / "wagtail_overrides.po", "djangojs": PARTS / "djangojs" / "wagtail_overrides.po"}


def english(domain: str) -> dict[tuple[str | None, str], polib.POEntry]:
    paths = [WAGTAIL / app / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po" for app in APPS]
    return {(e.msgctxt, e.msgid): e for path in paths if path.exists() for e in polib.pofile(str(path)) if not e.obsolete}


def ours(domain: str) -> dict[tuple[str | None, str], polib.POEntry]:
    return {(e.msgctxt, e.msgid): e for e in polib.pofile(str(PLAIN[domain]))}


def said(entry: polib.POEntry) -> str:
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_every_string_of_the_admin_is_on_our_list(domain: str) -> None:
    missing = english(domain).keys() - ours(domain).keys()
    assert not missing, f"Wagtail has strings that {PLAIN[domain]} lacks: {sorted(map(str, missing))}"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_nothing_on_our_list_is_left_in_english(domain: str) -> None:
    left = [
        e.msgid
        for e in ours(domain).values()
        if said(e).strip() == e.msgid.strip() and e.msgid not in SAME_IN_BOTH and re.search("[a-z]", words_of(e.msgid))
    ]
    assert not left


def words_of(msgid: str) -> str:
    return re.sub(r"%\(\w+\)\w|\{\w+\}|<[^>]*>", "", msgid)


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_placeholders_are_those_of_the_english(domain: str) -> None:
    problems = {e.msgid: list(entry_problems(e)) for e in ours(domain).values()}
    assert not {msgid: found for msgid, found in problems.items() if found}


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_markup_is_that_of_the_english(domain: str) -> None:
    def tags(text: str) -> Counter[str]:
        return Counter(re.findall(r"<[^>]+>", text))

    broken = [e.msgid for e in ours(domain).values() if tags(said(e)) not in (tags(e.msgid), tags(e.msgid_plural))]
    assert not broken


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_plurals_are_where_wagtail_has_plurals(domain: str) -> None:
    wagtail_says, we_say = english(domain), ours(domain)
    assert not [
        key for key, entry in we_say.items() if key in wagtail_says and bool(wagtail_says[key].msgid_plural) != bool(entry.msgid_plural)
    ]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("Save draft", "Lưu nháp"),
        ("Draft", "Bản thảo"),
        ("Preview", "Xem trước"),
        ("Choose an image", "Chọn ảnh"),
        ("Approve", "Duyệt"),
        ("Sign in", "Đăng nhập"),
        ("This field is required.", "Cần điền ô này."),
    ],
)
def test_the_admin_uses_the_words_of_the_newsroom(source: str, shown: str) -> None:
    with translation.override("vi"):
        assert gettext(source) == shown


def test_the_words_reach_wagtails_scripts() -> None:
    """Wagtail builds its JavaScript catalogue of its own package only; Django adds LOCALE_PATHS to it."""
    catalogue = DjangoTranslation("vi", domain="djangojs", localedirs=[str(WAGTAIL / "admin" / "locale")])
    assert catalogue.gettext("Insert a block") == "Chèn khối"
    assert catalogue.ngettext("%(num)s error", "%(num)s errors", 3) == "%(num)s lỗi"


def test_ages_are_told_in_vietnamese() -> None:
    from datetime import UTC, datetime, timedelta

    now = datetime(2026, 11, 23, tzinfo=UTC)
    with translation.override("vi"):
        assert timesince(now - timedelta(hours=3, minutes=12), now) == "3\u00a0giờ, 12\u00a0phút"
