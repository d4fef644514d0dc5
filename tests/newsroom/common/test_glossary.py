"""States and roles are called on the screen what docs/glossary.md calls them, whichever app says them."""

import re
from pathlib import Path

import pytest

from newsroom.common.catalogues import merge_parts

BASE = Path(__file__).resolve().parents[3]
KINDS = ("state", "role")


def letters(term: str) -> str:
    return re.sub("[^a-z]", "", term.lower())


def glossary() -> dict[str, str]:
    """Term (letters only) to label, of the rows of the kinds above."""
    found = {}
    for line in (BASE / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[0] in KINDS:
            found |= dict(zip(map(letters, cells[1].split("·")), (label.strip() for label in cells[2].split("·")), strict=True))
    return found


def test_the_glossary_is_read() -> None:
    assert glossary()["awaitingsignoff"] == "Chờ duyệt"
    assert glossary()["editorinchief"] == "Tổng Biên tập"


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    entries = merge_parts(BASE / "locale" / "vi").po
    return {letters(entry.msgid): entry.msgstr for entry in entries if not entry.msgctxt and not entry.msgid_plural}


@pytest.mark.parametrize(("term", "label"), sorted(glossary().items()))
def test_states_and_roles_carry_their_label(catalogue: dict[str, str], term: str, label: str) -> None:
    if term in catalogue:  # a term that no screen shows yet
        assert catalogue[term].casefold() == label.casefold()
