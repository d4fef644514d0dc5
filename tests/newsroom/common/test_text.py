"""The Vietnamese text module: what each function promises, the traps of real text, and properties over any text at all."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsroom.common.text import NBSP, fold, has_marks, nfc, no_break, old_style, search_exact, search_folded, slugify_vi, sort_key

SYLLABLES = ["Đắk", "Lắk", "Čư̆", "M'gar", "H’Lan", "Ea", "H'leo", "Krông", "Păč", "Buôn", "Ƀuôr", "hoà", "thuỷ", "Tuy", "Hòa", "quý", "toàn", "hoặc", "khoẻ", "ngoẻo", "Nguyễn", "đổi", "số", "12", "1.240", "tàu", "ông", "Thạnh", "giấy", "tờ", "hai", "mươi", "kỳ", "họp", "thứ", "0905", "123", "456", "(0257)", "+84", "cấp", "11", "20", "°C", "TP.", "Y", "Nguyên", "Ŏ", "ŏ", "Ĭ", "ĭ", "Ŭ", "ñ", "č", "ƀ"]
vietnamese = st.lists(st.sampled_from(SYLLABLES), max_size=14).map(" ".join)
anything = st.one_of(
    st.text(max_size=60), vietnamese, st.lists(st.one_of(st.text(max_size=6), st.sampled_from(SYLLABLES)), max_size=10).map(" ".join)
)


def decomposed(s: str) -> str:
    return unicodedata.normalize("NFD", s)


def shown(s: str) -> str:
    """No-break spaces made visible."""
    return no_break(s).replace(NBSP, "·")


# --- one form ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("hoà", "hòa"),
        ("HOÀ", "HÒA"),
        ("Hoà", "Hòa"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("loè", "lòe"),
        ("hoạ sĩ", "họa sĩ"),
        ("Thuý", "Thúy"),
    ],
)
def test_the_tone_goes_where_the_papers_put_it(typed: str, canonical: str) -> None:
    assert old_style(typed) == canonical
    assert old_style(decomposed(typed)) == canonical


@pytest.mark.parametrize(
    "word", ["quý", "quỳ", "toàn", "hoặc", "hoằng", "huỳnh", "ngoẻo", "Ná Miẻo", "khuya", "quà", "Huế", "của", "thuyền"]
)
def test_words_without_the_question_are_left_alone(word: str) -> None:
    assert old_style(word) == nfc(word)


# --- without marks -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đắk Lắk", "dak lak"),
        ("đẩy mạnh chuyển đổi số", "day manh chuyen doi so"),
        ("NGUYỄN THỊ ƯỚC", "nguyen thi uoc"),
        ("Čư̆ M'gar", "cu m'gar"),
        ("Ƀuôn Ƀuôr", "buon buor"),
        ("ƀ ĕ ĭ ŏ ŭ č ñ ơ̆ ê̆ ô̆", "b e i o u c n o e o"),
        ("Ðà Nẵng", "da nang"),  # typed with the Icelandic letter
    ],
)
def test_folding_takes_off_every_mark(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(decomposed(text)) == folded


@pytest.mark.parametrize(
    ("text", "marked"),
    [("dak lak", False), ("DAK LAK 12%", False), ("Đak Lak", True), ("dắk", True), ("M'gar", False), ("ƀuon", True), ("", False)],
)
def test_a_query_with_marks_is_told_from_one_without(text: str, marked: bool) -> None:
    assert has_marks(text) is marked
    assert has_marks(decomposed(text)) is marked


# --- addresses -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headline", "slug"),
    [
        ("Đắk Lắk đẩy mạnh chuyển đổi số", "dak-lak-day-manh-chuyen-doi-so"),
        ("Ngư dân Hải Thanh đưa 1.240 tàu vào bờ", "ngu-dan-hai-thanh-dua-1240-tau-vao-bo"),
        ("Ea H'leo, Ea H’leo và Čư̆ M'gar", "ea-hleo-ea-hleo-va-cu-mgar"),
        ("  “Giá cà phê” tăng 5,2%?! ", "gia-ca-phe-tang-5-2"),
        ("20/11/2026: 500 m² đất", "20-11-2026-500-m2-dat"),
        ("bão\u00a0số\u00a012\u200b", "bao-so-12"),
        ("…?!", ""),
        ("", ""),
    ],
)
def test_a_headline_becomes_an_ascii_address(headline: str, slug: str) -> None:
    assert slugify_vi(headline) == slug
    assert slugify_vi(decomposed(headline)) == slug


def test_a_long_address_is_cut_between_words() -> None:
    slug = slugify_vi("Người dân ba xã miền núi " * 10, max_length=40)
    assert slug == "nguoi-dan-ba-xa-mien-nui-nguoi-dan-ba-xa"
    assert slugify_vi("một hai ba", max_length=8) == "mot-hai"
    assert slugify_vi("một hai ba", max_length=7) == "mot-hai"


def test_a_single_endless_word_is_cut_hard() -> None:
    assert slugify_vi("đ" * 200) == "d" * 90


def test_a_headline_without_latin_letters_gets_the_default() -> None:
    assert slugify_vi("新聞", default="tin") == "tin"


# --- search keys ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa", "hoà"),
        ("Thủy điện", "thuỷ điện"),
        ("Ea H'leo", "ea h’leo"),
        ("Ea H'leo", "Ea Hleo"),
        ("Đắk\u00a0Lắk", "đắk  lắk "),
        ("bão\u00adsố", "bãosố"),
    ],
)
def test_spellings_of_one_word_share_the_exact_key(one: str, other: str) -> None:
    assert search_exact(one) == search_exact(other) == search_exact(decomposed(one))


def test_the_exact_key_keeps_the_marks_and_the_folded_key_does_not() -> None:
    assert search_exact("Tuy HOÀ") == "tuy hòa"
    assert search_folded("Tuy HOÀ") == "tuy hoa"
    assert search_folded("Chuyển đổi số ở Čư̆ M'gar") == "chuyen doi so o cu mgar"


# --- order ---------------------------------------------------------------------------------------------------------------------------

IN_ORDER = [
    ["An", "Ăn", "Ân", "Bình", "Cường", "Dũng", "Đà Nẵng", "Em", "Êm", "Oanh", "Ông", "Ơn", "Uyên", "Ưng", "Xuân", "Yến"],
    ["ma", "mà", "mả", "mã", "má", "mạ"],
    ["An Bình", "An Khê", "Anh", "Ánh", "Ban"],
    ["bao", "Bao", "bão", "báo", "bạo"],
    ["12 xã", "a", "z"],
    ["Buôn", "ƀuôn", "Ca", "Ča", "Cư", "Čư̆", "Da"],
    ["o", "ŏ", "oa", "ô", "ơ", "p"],
    ["na", "ña", "ô"],
    ["Ea Drăng", "Ea H'leo", "Ea Hiao", "Ea Kar"],
]


@pytest.mark.parametrize("words", IN_ORDER)
def test_words_come_in_the_order_of_the_alphabet(words: list[str]) -> None:
    assert sorted(words[::-1], key=sort_key) == words
    assert sorted(map(decomposed, words[::-1]), key=sort_key) == [decomposed(word) for word in words]


def test_the_key_can_stand_in_a_column() -> None:
    assert re.fullmatch("[0-9a-f]+", sort_key("Čư̆ M’gar 😀"))
    assert sort_key("") < sort_key("a")


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_order_is_that_of_postgresql() -> None:
    from django.db import connection

    words = sorted({word for group in IN_ORDER for word in group})
    with connection.cursor() as cursor:
        cursor.execute('SELECT word FROM unnest(%s::text[]) AS word ORDER BY word COLLATE "vi-x-icu"', [words])
        assert [word for (word,) in cursor.fetchall()] == sorted(words, key=sort_key)


# --- line breaks ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ngư dân đưa 1.240 tàu vào bờ", "Ngư·dân đưa 1.240·tàu vào bờ"),
        ("trước bão số 12: gió cấp 11, cấp 8.", "trước bão·số·12: gió·cấp·11, cấp·8."),
        ("Kỳ họp thứ 12 HĐND tỉnh", "Kỳ·họp·thứ·12 HĐND tỉnh"),
        ("Theo ông Thạnh, bà Huỳnh nói", "Theo ông·Thạnh, bà·Huỳnh nói"),
        ("ông bà nói với anh em", "ông bà nói với anh em"),
        ("dài 180 km, nóng 35 °C, giảm 5,2 %", "dài 180·km, nóng 35·°C, giảm 5,2·%"),
        ("gọi 0905 123 456 ngay", "gọi 0905·123·456 ngay"),
        ("gọi +84 905 123 456 hoặc (0257) 3 123 456", "gọi +84·905·123·456 hoặc (0257)·3·123·456"),
        ("tổng đài 1900 1234", "tổng đài 1900·1234"),
        ("làm lại giấy tờ cho hai mươi lăm hộ", "làm lại giấy·tờ cho hai·mươi·lăm hộ"),
        ("98.000 đồng/kg, 1,5 triệu đồng", "98.000·đồng/kg, 1,5·triệu·đồng"),
        ("“71 tuổi”, ông Đặng", "“71·tuổi”, ông·Đặng"),
        ("từ 12 và 13", "từ 12 và 13"),
        ("năm 2025, 12 người", "năm·2025, 12·người"),
        ("ở Ea Đrông và TP. Bến Sứ", "ở Ea·Đrông và TP.·Bến·Sứ"),
        ("Y Nguyên ở buôn", "Y·Nguyên ở buôn"),
        ("hai  mươi\n12\ntàu", "hai  mươi\n12\ntàu"),
        ("", ""),
        (" ", " "),
    ],
)
def test_lines_do_not_break_inside_what_belongs_together(text: str, expected: str) -> None:
    assert shown(text) == expected
    assert no_break(decomposed(text)) == decomposed(no_break(text))


def test_a_chain_of_joins_stays_short_enough_for_a_narrow_column() -> None:
    joined = no_break("ngày 23 tháng 11 năm 2026 lúc 5 giờ 30 phút sáng 1 2 3 4 5 6 7 8 9")
    assert max(map(len, joined.split(" "))) <= 24


@pytest.mark.parametrize("piece", ["12 ", "oà", "1.240", "ở̆", "' ", "-. ", "ông A", "0905 ", "\u0300"])
def test_a_long_stretch_of_nasty_text_comes_back(piece: str) -> None:
    """A pattern that backtracks would not finish this within the patience of any test run."""
    text = piece * (60_000 // len(piece))
    assert len(no_break(text)) == len(text)
    for function in (fold, old_style, slugify_vi, search_exact, sort_key):
        function(text)


# --- properties over any text --------------------------------------------------------------------------------------------------------


@given(anything)
def test_doing_it_twice_changes_nothing(s: str) -> None:
    for function in (nfc, old_style, fold, search_exact, search_folded, slugify_vi, no_break):
        once = function(s)
        assert function(once) == once, function.__name__


@given(anything)
def test_composed_and_decomposed_input_agree(s: str) -> None:
    for function in (nfc, old_style, fold, search_exact, search_folded, slugify_vi, sort_key, has_marks):
        assert function(decomposed(s)) == function(nfc(s)) == function(s), function.__name__


@given(anything, st.integers(min_value=1, max_value=120))
def test_a_slug_is_short_clean_ascii(s: str, limit: int) -> None:
    slug = slugify_vi(s, max_length=limit)
    assert re.fullmatch("(?:[a-z0-9]+(?:-[a-z0-9]+)*)?", slug, re.ASCII)
    assert len(slug) <= limit


@given(anything)
def test_tone_style_does_not_matter_without_marks(s: str) -> None:
    assert fold(old_style(s)) == fold(s)
    assert slugify_vi(old_style(s)) == slugify_vi(s)
    assert search_folded(old_style(s)) == search_folded(s)


@given(anything)
def test_folded_text_has_no_marks(s: str) -> None:
    assert not has_marks(fold(s))


@given(anything)
def test_joining_touches_nothing_but_spaces(s: str) -> None:
    joined = no_break(s)
    assert len(joined) == len(s)
    assert all(after == before or (before == " " and after == NBSP) for before, after in zip(s, joined, strict=True))
    assert fold(joined).replace(NBSP, " ") == fold(s).replace(NBSP, " ")


@settings(max_examples=50)
@given(st.lists(vietnamese, max_size=8))
def test_sorting_by_key_is_stable_against_the_form(words: list[str]) -> None:
    assert [nfc(w) for w in sorted(map(decomposed, words), key=sort_key)] == sorted(map(nfc, words), key=sort_key)
