"""The Vietnamese catalogue is whole: every string of ours is in it, the compiled file is what the parts make, nothing in it is broken."""

from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import trans_real

from newsroom.common import catalogues, source_strings

BASE = Path(__file__).resolve().parents[3]
VIETNAMESE = BASE / "locale" / "vi"


# --- the committed catalogue ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_the_committed_catalogue_is_what_the_parts_make(domain: str) -> None:
    catalogue = catalogues.merge_parts(VIETNAMESE, domain)
    assert catalogues.is_current(VIETNAMESE, catalogue), "run `make messages` and commit locale/vi"


@pytest.fixture(scope="module")
def known_in_vietnamese() -> Callable[[str, str], bool]:
    """By our parts, or by the Vietnamese catalogues of Django and Wagtail below them."""
    ours = catalogues.merge_parts(VIETNAMESE).keys()
    below = source_strings.known_below(trans_real.translation("vi"))
    return lambda context, msgid: (context, msgid) in ours or below(context, msgid)


def listed(strings: list[source_strings.SourceString]) -> str:
    return "\n".join(f"{string.place}: {string.context + ' | ' if string.context else ''}{string.msgid!r}" for string in strings)


def test_every_string_of_ours_has_its_vietnamese(known_in_vietnamese: Callable[[str, str], bool]) -> None:
    missing = source_strings.untranslated(source_strings.source_strings(BASE), known_in_vietnamese)
    assert not missing, f"{len(missing)} strings without Vietnamese (add them to locale/vi/parts):\n{listed(missing)}"


def test_every_string_of_our_scripts_has_its_vietnamese() -> None:
    known = catalogues.merge_parts(VIETNAMESE, "djangojs").keys()
    missing = source_strings.untranslated(source_strings.script_strings(BASE), lambda context, msgid: (context, msgid) in known)
    assert not missing, listed(missing)


def test_the_check_of_the_command_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("merge_messages", "--check")
    assert "django: " in capsys.readouterr().out


def test_the_command_lists_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "newsroom").mkdir()
    (tmp_path / "newsroom" / "a.py").write_text('gettext("a sentence nobody has said"); gettext("Draft")', encoding="utf-8")
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    call_command("merge_messages", "--missing")
    assert capsys.readouterr().out == "newsroom/a.py:1: 'a sentence nobody has said'\n"


# --- merging -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def language(tmp_path: Path) -> Path:
    (tmp_path / "vi" / "parts" / "djangojs").mkdir(parents=True)
    return tmp_path / "vi"


def write_part(language: Path, name: str, *entries: polib.POEntry) -> None:
    po = polib.POFile()
    po.metadata = dict(catalogues.HEADER)
    po.extend(entries)
    po.save(str(language / "parts" / f"{name}.po"))


def entry(msgid: str, msgstr: str = "", plural: tuple[str, str] | None = None, **more: object) -> polib.POEntry:
    if plural:
        return polib.POEntry(msgid=msgid, msgid_plural=plural[0], msgstr_plural={0: plural[1]}, **more)
    return polib.POEntry(msgid=msgid, msgstr=msgstr, **more)


def test_parts_are_merged_and_compiled_without_gettext_tools(language: Path) -> None:
    write_part(language, "a", entry("Draft", "Bản thảo"))
    write_part(language, "b", entry("%(n)s page", plural=("%(n)s pages", "%(n)s trang")), entry("May", "Tháng 5", msgctxt="month"))
    assert catalogues.write_catalogue(language, catalogues.merge_parts(language))
    compiled = {e.msgid: e for e in polib.mofile(str(language / "LC_MESSAGES" / "django.mo"))}
    assert compiled["Draft"].msgstr == "Bản thảo"
    assert compiled["%(n)s page"].msgstr_plural == {0: "%(n)s trang"}
    assert compiled["May"].msgctxt == "month"


def test_merging_twice_writes_once(language: Path) -> None:
    write_part(language, "a", entry("Draft", "Bản thảo"))
    assert catalogues.write_catalogue(language, catalogues.merge_parts(language)) is True
    assert catalogues.write_catalogue(language, catalogues.merge_parts(language)) is False


def test_two_parts_may_say_the_same_but_not_different_things(language: Path) -> None:
    write_part(language, "a", entry("Draft", "Bản thảo"))
    write_part(language, "b", entry("Draft", "Bản thảo"))
    assert catalogues.merge_parts(language).keys() == {("", "Draft")}
    write_part(language, "c", entry("Draft", "Nháp"))
    with pytest.raises(catalogues.BadParts) as refused:
        catalogues.merge_parts(language)
    assert refused.value.problems == ["c.po: 'Draft' is 'Nháp' here and 'Bản thảo' in a.po"]


def test_our_own_words_win_over_those_for_wagtail(language: Path) -> None:
    write_part(language, "wagtail_overrides", entry("Draft", "Bản nháp"))
    write_part(language, "zzz", entry("Draft", "Bản thảo"))
    assert [e.msgstr for e in catalogues.merge_parts(language).po] == ["Bản thảo"]


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (entry("Save", ""), "no translation"),
        (entry("Save", "Lưu", flags=["fuzzy"]), "fuzzy"),
        (entry("%(n)s left", "còn %(m)s"), "placeholders differ: %(n)s became %(m)s"),
        (entry("{name} left", "còn lại"), "placeholders differ: {name} became none"),
        (entry("page", plural=("%(n)s pages", "các trang %(k)s")), "placeholders differ"),
        (polib.POEntry(msgid="page", msgid_plural="pages", msgstr_plural={0: "trang", 1: "trang"}), "one plural form"),
    ],
)
def test_a_broken_translation_is_refused_by_name(language: Path, bad: polib.POEntry, problem: str) -> None:
    write_part(language, "a", bad)
    with pytest.raises(catalogues.BadParts, match="a.po: ") as refused:
        catalogues.merge_parts(language)
    assert problem in str(refused.value)


def test_the_command_says_which_part_is_wrong(language: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_part(language, "a", entry("Save", ""))
    monkeypatch.setattr(settings, "LOCALE_PATHS", [language.parent])
    with pytest.raises(CommandError, match="a.po: 'Save': no translation"):
        call_command("merge_messages")


def test_the_check_fails_for_a_stale_catalogue(language: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LOCALE_PATHS", [language.parent])
    write_part(language, "a", entry("Save", "Lưu"))
    call_command("merge_messages")
    write_part(language, "a", entry("Save", "Lưu lại"))
    with pytest.raises(CommandError, match="make messages"):
        call_command("merge_messages", "--check")


# --- finding strings -----------------------------------------------------------------------------------------------------------------


def found(strings) -> list[tuple[str, str]]:
    return [(string.context, string.msgid) for string in strings]


def test_strings_are_found_in_python_under_any_name() -> None:
    source = """
from django.utils.translation import gettext as _, gettext_lazy as later, ngettext, pgettext
from django.utils import translation
_("one"); later("two " "parts"); ngettext("page", "pages", 2);
pgettext("month", "May"); translation.gettext("six"); _(name)
"""
    strings = found(source_strings.from_python(source, "x.py"))
    assert strings == [("", "one"), ("", "two parts"), ("", "page"), ("month", "May"), ("", "six")]


def test_a_formatted_string_is_refused_because_nobody_can_translate_it() -> None:
    with pytest.raises(ValueError, match="x.py:1"):
        list(source_strings.from_python('gettext(f"{n} pages")', "x.py"))


def test_strings_are_found_in_templates() -> None:
    source = """{% load i18n %}{% translate "Send" %} {% trans 'Post' context "verb" as x %} {{ _("Search") }}
{% include "a.html" with label=_("Label") %}
{% blocktranslate count n=pages|length trimmed %}
  {{ n }} page
{% plural %}
  {{ n }} pages
{% endblocktranslate %}{% blocktranslate with name=user.name %}Hello {{ name }}, 100%{% endblocktranslate %}{# _("no") #}
{% comment %}{% translate "hidden" %}{% endcomment %}"""
    assert set(found(source_strings.from_template(source, "x.html"))) == {
        ("", "Send"), ("verb", "Post"), ("", "Search"), ("", "Label"), ("", "%(n)s page"), ("", "Hello %(name)s, 100%%"),
    }  # fmt: skip


def test_strings_are_found_in_scripts(tmp_path: Path) -> None:
    (tmp_path / "newsroom").mkdir()
    (tmp_path / "newsroom" / "a.js").write_text("""gettext('Sent'); ngettext("%s item", "%s items", n); _('not ours')""", encoding="utf-8")
    assert found(source_strings.script_strings(tmp_path)) == [("", "Sent"), ("", "%s item")]
