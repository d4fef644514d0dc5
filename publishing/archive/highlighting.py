"""Marks found words in the text as it was typed: the same for every engine, whatever it stores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from publishing.archive.base import Term
from publishing.archive.queries import key_of

TOKEN = re.compile(r"[\w\u0300-\u036f’'ʼ]+")
AROUND = 150


def marked(text: str, terms: Sequence[Term]) -> str:
    """Safe HTML of the whole text with <mark> round what was found."""
    return _render(text, spans(text, terms), 0, len(text))


def snippet(text: str, terms: Sequence[Term], *, around: int = AROUND) -> str:
    """Safe HTML of the stretch round the first find; the beginning where nothing was found."""
    found = spans(text, terms)
    first = found[0][0] if found else 0
    begin = _word_edge(text, max(0, first - around), forward=True) if first > around else 0
    end = _word_edge(text, min(len(text), begin + 2 * around), forward=False)
    return ("… " if begin else "") + _render(text, found, begin, end) + (" …" if end < len(text) else "")


def spans(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand, in order, without overlaps."""
    tokens = [(match.start(), match.end()) for match in TOKEN.finditer(text)]
    keys = {exact: [key_of(text[a:b], exact=exact) for a, b in tokens] for exact in {term.exact for term in terms}}
    found: list[tuple[int, int]] = []
    for term in terms:
        length = len(term.words)
        row = keys[term.exact]
        starts = [i for i in range(len(row) - length + 1) if row[i] == term.words[0] and tuple(row[i : i + length]) == term.words]
        found += [(tokens[i][0], tokens[i + length - 1][1]) for i in starts]
    return _without_overlaps(sorted(found))


def _without_overlaps(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for begin, end in found:
        if kept and begin < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(kept[-1][1], end))
        else:
            kept.append((begin, end))
    return kept


def _render(text: str, found: list[tuple[int, int]], begin: int, end: int) -> str:
    parts, at = [], begin
    for a, b in found:
        if a >= begin and b <= end:
            parts += [escape(text[at:a]), "<mark>", escape(text[a:b]), "</mark>"]
            at = b
    return "".join([*parts, escape(text[at:end])])


def _word_edge(text: str, at: int, *, forward: bool) -> int:
    while 0 < at < len(text) and not text[at].isspace():
        at += 1 if forward else -1
    return at
