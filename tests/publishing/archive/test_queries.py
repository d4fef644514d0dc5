"""Words are made piece by piece, from memory, and are the same as those made of the whole text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom.common.text import search_exact, search_folded
from publishing.archive.queries import index_key, words_of

LETTERS = "aạâđĐHhoòàủyThuyỷqQ’'ʼ´ \u0301\u0306\u0300\u200b\u00ad\u00a0\u2000\n\t-_.ΣσςİıßﬁǾ가힣각\u1100\u1161"


@pytest.mark.parametrize("exact", [True, False])
@given(text=st.one_of(st.text(max_size=60), st.text(alphabet=LETTERS, max_size=60)))
@settings(deadline=None, max_examples=400)
def test_words_made_piece_by_piece_are_those_of_the_whole_text(exact: bool, text: str) -> None:
    whole = search_exact(text) if exact else search_folded(text)
    assert index_key(text, exact=exact) == " ".join(words_of(whole))
