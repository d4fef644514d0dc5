"""The Vietnamese catalogue: many parts written by hand, one merged .po, one compiled .mo, without GNU gettext.

Every app keeps `locale/vi/parts/<app>.po`, so that parallel work never meets in one file. `make messages` merges and compiles them; both
results are committed, so nothing has to be compiled to run the paper. Our words for Wagtail and Django are parts too, named
`wagtail_*.po` and `django_*.po`; where one of them and a part of our own say different things for the same string, ours wins.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib

DOMAINS = ("django", "djangojs")
GIVES_WAY = ("wagtail_", "django_")
HEADER = {
    "Project-Id-Version": "newsroom",
    "Language": "vi",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
Key = tuple[str, str]  # context, msgid

# %(name)s, %s, %d, %% of Python and JavaScript; {name} of str.format. Wagtail's JavaScript uses %(name)s.
_PLACEHOLDER = re.compile(r"%\([^)]+\)[#0\- +]*[0-9.]*[a-zA-Z]|%[0-9.]*[sdifr]|\{[a-zA-Z0-9_.]*\}")


class BadParts(ValueError):
    """The parts cannot be merged; `problems` says why, one sentence each, naming file and string."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Catalogue:
    """One domain of one language, merged: what the .po and the .mo must hold."""

    domain: str
    po: polib.POFile

    def text(self) -> str:
        """The .po file."""
        return str(self.po) + "\n"

    def binary(self) -> bytes:
        """The .mo file."""
        compiled: bytes = self.po.to_binary()
        return compiled

    def keys(self) -> set[Key]:
        """Every string that has a translation."""
        return {(entry.msgctxt or "", entry.msgid) for entry in self.po}


def merge_parts(language_folder: Path, domain: str = "django") -> Catalogue:
    """Merge `parts/*.po` (djangojs: `parts/djangojs/*.po`) of a language. Raises BadParts naming every problem found."""
    merged: dict[Key, tuple[str, polib.POEntry]] = {}
    problems: list[str] = []
    for path in _parts(language_folder, domain):
        for entry in _read(path, problems):
            key = (entry.msgctxt or "", entry.msgid)
            problems += [f"{path.name}: {entry.msgid!r}: {problem}" for problem in entry_problems(entry)]
            if key not in merged:
                merged[key] = (path.name, entry)
            elif not _agrees(merged, key, entry, path.name):
                problems.append(f"{path.name}: {entry.msgid!r} is {_said(entry)!r} here and {_said(merged[key][1])!r} in {merged[key][0]}")
    if problems:
        raise BadParts(problems)
    return Catalogue(domain, _assemble(merged))


def write_catalogue(language_folder: Path, catalogue: Catalogue) -> bool:
    """Write .po and .mo of a catalogue. True where the files on disk were different."""
    po, mo = catalogue_files(language_folder, catalogue.domain)
    changed = not is_current(language_folder, catalogue)
    if changed:
        po.parent.mkdir(parents=True, exist_ok=True)
        po.write_text(catalogue.text(), encoding="utf-8")
        mo.write_bytes(catalogue.binary())
    return changed


def is_current(language_folder: Path, catalogue: Catalogue) -> bool:
    """Do the files on disk hold exactly this catalogue?"""
    po, mo = catalogue_files(language_folder, catalogue.domain)
    if not (po.exists() and mo.exists()):
        return False
    return po.read_text(encoding="utf-8") == catalogue.text() and mo.read_bytes() == catalogue.binary()


def catalogue_files(language_folder: Path, domain: str) -> tuple[Path, Path]:
    """Where the merged .po and .mo of a domain are."""
    folder = language_folder / "LC_MESSAGES"
    return folder / f"{domain}.po", folder / f"{domain}.mo"


def entry_problems(entry: polib.POEntry) -> Iterator[str]:
    """What is wrong with one translation: missing, fuzzy, more than one plural form, other placeholders than the English."""
    if entry.fuzzy:
        yield "fuzzy"
    if entry.msgid_plural and list(entry.msgstr_plural) != [0]:
        yield "Vietnamese has one plural form, msgstr[0]"
        return
    said = _said(entry)
    if not said.strip():
        yield "no translation"
        return
    # A plural's one Vietnamese form must say the number wherever one of the two English forms does.
    wanted = [placeholders(english) for english in (entry.msgid, entry.msgid_plural) if english]
    if placeholders(said) not in wanted:
        yield f"placeholders differ: {_listed(wanted[-1])} became {_listed(placeholders(said))}"
    if entry.msgid.startswith("\n") != said.startswith("\n") or entry.msgid.endswith("\n") != said.endswith("\n"):
        yield "line ends at the edges differ"


def placeholders(text: str) -> Counter[str]:
    """The placeholders of a message and how often each stands in it."""
    return Counter(_PLACEHOLDER.findall(text.replace("%%", "")))


def _parts(language_folder: Path, domain: str) -> list[Path]:
    folder = language_folder / "parts"
    paths = sorted((folder if domain == "django" else folder / domain).glob("*.po"))
    return [path for path in paths if not path.name.startswith(GIVES_WAY)] + [path for path in paths if path.name.startswith(GIVES_WAY)]


def _read(path: Path, problems: list[str]) -> list[polib.POEntry]:
    try:
        return [entry for entry in polib.pofile(str(path), encoding="utf-8") if not entry.obsolete]
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: {error}")
        return []


def _agrees(merged: dict[Key, tuple[str, polib.POEntry]], key: Key, entry: polib.POEntry, name: str) -> bool:
    first_name, first = merged[key]
    if entry.msgid_plural and not first.msgid_plural and _said(first) == _said(entry):
        merged[key] = (first_name, entry)  # the entry with a plural serves both calls
    gives_way = name.startswith(GIVES_WAY) and not first_name.startswith(GIVES_WAY)
    return gives_way or _said(first) == _said(entry)


def _said(entry: polib.POEntry) -> str:
    said: str = entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
    return said


def _assemble(merged: dict[Key, tuple[str, polib.POEntry]]) -> polib.POFile:
    po = polib.POFile(wrapwidth=140)
    po.metadata = dict(HEADER)
    po.header = "Merged from locale/vi/parts by `make messages`. Edit the parts, not this file."
    for key in sorted(merged):
        name, entry = merged[key]
        po.append(
            polib.POEntry(
                msgctxt=entry.msgctxt,
                msgid=entry.msgid,
                msgstr=entry.msgstr,
                msgid_plural=entry.msgid_plural,
                msgstr_plural=dict(entry.msgstr_plural),
                occurrences=[(f"parts/{name}", "")],
            )
        )
    return po


def _listed(found: Counter[str]) -> str:
    return ", ".join(sorted(found.elements())) or "none"
