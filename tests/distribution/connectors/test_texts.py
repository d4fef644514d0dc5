"""Counting as X does (knowledge/channels.md 5), for a connector to come; the editor's counter agrees."""

from __future__ import annotations

import pytest

from distribution.connectors.texts import weighted_length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Song Ba", 7),
        ("á à ă đ ơ ư", 11),  # one mark: one
        ("ế ệ ạ ộ ữ", 14),  # U+1E00–U+1EFF: two
        ("e\u0302\u0301", 2),  # composed first
        ("“–”", 3),
        ("…", 2),
        ("漢字", 4),
        ("Đọc: https://bao.example.vn/thoi-su/lu-ve-a12.html?utm_id=01J", 6 + 23),
        ("https://a.vn. Hết", 23 + 1 + 1 + 4),  # the dot is not the link's
        ("😀", 2),
        ("🇻🇳", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("1️⃣", 2),
        ("©", 1),
        ("❤️", 2),
    ],
)
def test_each_letter_weighs_what_it_weighs_there(text: str, length: int) -> None:
    assert weighted_length(text) == length


def test_a_vietnamese_paragraph_is_over_the_limit_before_it_looks_so() -> None:
    text = "Nước trên các sông đang lên nhanh, người dân vùng trũng đã được đưa đến nơi an toàn trước khi trời tối. " * 2 + "Nhiều tuyến đường ngập sâu, học sinh được nghỉ học hết tuần này."
    assert len(text) < 280 < weighted_length(text)
