"""From what a reader types to a query. Takes anything; engine syntax never passes through, because only words do."""

from __future__ import annotations

import re
from functools import lru_cache

from newsroom.common.text import has_marks, search_exact, search_folded
from publishing.archive.base import Term

LONGEST = 200
MOST_TERMS = 24
LONGEST_KNOWN = 40  # characters of a piece whose key is remembered
PHRASES = re.compile(r'(-?)["“”„]([^"“”„]*)["“”„]|(\S+)')
WORD = re.compile(r"\w+")


def parse(text: str) -> tuple[Term, ...]:
    """Words, "phrases" and -words of a text; at most 24 of its first 200 characters."""
    found: list[Term] = []
    for minus, phrase, word in PHRASES.findall(text[:LONGEST].replace("\x00", " ")):
        raw = word or phrase
        negated = bool(minus) or (bool(word) and word.startswith("-") and len(word) > 1)
        term = term_of(raw, negated=negated)
        if term and term not in found:
            found.append(term)
    return tuple(found[:MOST_TERMS])


def term_of(raw: str, *, negated: bool = False) -> Term | None:
    """One term, or None where there is no word in it."""
    exact = has_marks(search_exact(raw))
    words = words_of(search_exact(raw) if exact else search_folded(raw))
    return Term(words, exact, negated) if words else None


def words_of(key: str) -> tuple[str, ...]:
    """The words of a search key; signs between them do not count."""
    return tuple(WORD.findall(key.replace("_", " ")))


def folded(term: Term) -> Term:
    """The same term without its marks."""
    return Term(words_of(search_folded(" ".join(term.words))), exact=False, negated=term.negated)


def index_key(text: str, *, exact: bool) -> str:
    """The text as its words in one line: what engines index, so that all of them see the same words."""
    return " ".join(words for piece in text.split() if (words := _known(piece, exact)[1]))


def key_of(piece: str, *, exact: bool) -> str:
    """The search key of a piece of text without spaces."""
    return _known(piece, exact)[0]


def _known(piece: str, exact: bool) -> tuple[str, str]:
    return _remembered(piece, exact) if len(piece) <= LONGEST_KNOWN else _made(piece, exact)


def _made(piece: str, exact: bool) -> tuple[str, str]:
    key = search_exact(piece) if exact else search_folded(piece)
    return key, " ".join(words_of(key))


# A language has few words: making their keys anew for each text was most of the time of indexing and of marking.
_remembered = lru_cache(maxsize=40_000)(_made)
