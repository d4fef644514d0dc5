"""The contract of the archive's engines: the same on every database, and on Elasticsearch before it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publishing.archive import breaker
from publishing.archive.base import STAFF, Document, Engine, Query, Result
from publishing.archive.engines.elasticsearch import ElasticsearchEngine
from publishing.archive.mirror import push_all
from publishing.archive.queries import parse
from publishing.archive.services import engine as present_engine

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOON = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def document(story_id: int, title: str, *, lead: str = "", body: str = "", **more: Any) -> Document:
    """A document with everything a test does not care about filled in."""
    rest = {"version": 1, "kicker": "", "author": "", "section": "thoi-su", "path": f"/thoi-su/bai-a{story_id}.html", "published_at": NOON} | more
    return Document(story_id=story_id, title=title, lead=lead, body=body, **rest)


class Settled:
    """The archive with Elasticsearch, as the paper runs it, each write heard of at once; what the database answers in its place is a failure."""

    def __init__(self, mirror: ElasticsearchEngine) -> None:
        self.made, self.mirror = present_engine(), mirror
        self.search, self.count, self.versions = self._search, mirror.count, lambda: dict(mirror.scan())

    def index(self, documents: Iterable[Document]) -> int:
        written = self.made.index(documents)
        self._settle()
        return written

    def remove(self, story_ids: Iterable[int]) -> None:
        self.made.remove(story_ids)
        self._settle()

    def clear(self) -> None:
        self.made.clear()
        self._settle()

    def _settle(self) -> None:
        push_all(mirror=self.mirror)
        self.mirror.refresh()

    def _search(self, query: Query) -> Result:
        result = self.made.search(query)
        assert breaker.trouble() is None
        return result


@pytest.fixture(params=["database", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The engine of the database under test, or Elasticsearch before it, with a small paper in it."""
    made = Settled(request.getfixturevalue("mirror")) if request.param == "elasticsearch" else present_engine()
    made.index([
        document(1, "Ngư dân Hải Thanh đưa tàu vào bờ", lead="Bộ đội biên phòng gọi từng chiếc tàu.", body="Đến năm giờ, chiếc cuối cùng đã buộc dây."),
        document(2, "Đak Lak và Đắk Lắk là hai cách viết", section="van-hoa"),
        document(3, "Công bố quyết định chuyển đổi số", body="Chuyển đổi số ở xã.", published_at=datetime(2025, 5, 1, tzinfo=UTC)),
        document(4, "Nhà máy thủy điện trên sông Hòa Bình", section="kinh-te"),
        document(5, "H’Lan Niê ở buôn Čư̆ Mlan", body="Cô giáo Ea H'leo."),
        document(6, "Ma trơi trên đồng", body="Chuyện kể."),
        document(7, "Má trồng lúa", body="Chuyện khác."),
    ])  # fmt: skip
    return made


def found(engine: Engine, text: str, **filters: Any) -> list[int]:
    """Ids in the order in which they are shown."""
    return [hit.story_id for hit in engine.search(Query(terms=parse(text), **filters)).hits]


@pytest.mark.parametrize(
    ("typed", "story"),
    [
        ("ngu dan hai thanh", 1), ("Ngư dân Hải Thanh", 1), ("NGƯ DÂN", 1), ("dak lak", 2), ("đắk lắk", 2), ("chuyen doi so", 3), ("thuỷ điện", 4), ("thủy điện", 4),
        ("thuy dien hoa binh", 4), ("sông Hoà Bình", 4), ("hlan nie", 5), ("H'Lan Niê", 5), ("ea h’leo", 5), ("cu mlan", 5),
    ],
)  # fmt: skip
def test_a_story_is_found_however_its_words_are_typed(engine: Engine, typed: str, story: int) -> None:
    assert story in found(engine, typed)
    assert story in found(engine, unicodedata.normalize("NFD", typed))


def test_text_that_came_decomposed_is_found_by_composed_words(engine: Engine) -> None:
    engine.index([document(8, unicodedata.normalize("NFD", "Lễ hội cầu ngư ở Vũng Trầu"))])
    assert found(engine, "lễ hội cầu ngư") == [8]


def test_the_exact_spelling_comes_first(engine: Engine) -> None:
    assert found(engine, "ma")[0] == 6
    assert set(found(engine, "ma")) >= {6, 7}


def test_marks_that_were_typed_count(engine: Engine) -> None:
    assert found(engine, "má") == [7]


def test_marks_that_match_nothing_are_left_away_and_the_answer_says_so(engine: Engine) -> None:
    result = engine.search(Query(terms=parse("ngữ dãn hải thanh")))
    assert [hit.story_id for hit in result.hits] == [1]
    assert result.folded


def test_a_phrase_wants_its_words_together_and_in_order(engine: Engine) -> None:
    assert found(engine, '"chuyển đổi số"') == [3]
    assert found(engine, '"đổi chuyển"') == []


def test_all_words_must_be_there(engine: Engine) -> None:
    assert found(engine, "ngư dân chuyển đổi") == []


def test_a_minus_leaves_stories_out(engine: Engine) -> None:
    assert found(engine, "chuyen -so") == [6, 7] or set(found(engine, "chuyen -so")) == {6, 7}


def test_found_words_are_marked_as_they_were_written_and_the_rest_is_escaped(engine: Engine) -> None:
    engine.index([document(9, "Chợ <b>đêm</b> & phố cổ", lead='Người bán "hàng" <script>alert(1)</script> chợ phiên')])
    hit = next(hit for hit in engine.search(Query(terms=parse("cho dem"))).hits if hit.story_id == 9)
    assert "<mark>Chợ</mark>" in hit.title and "&lt;b&gt;<mark>đêm</mark>" in hit.title
    assert "<script>" not in hit.snippet and "&lt;script&gt;" in hit.snippet


def test_sections_and_years_are_counted_and_narrow_the_answer(engine: Engine) -> None:
    engine.index([document(10, "Chuyển đổi số ở chợ", section="kinh-te")])
    result = engine.search(Query(terms=parse("chuyen doi so")))
    assert {(facet.value, facet.count) for facet in result.sections} == {("thoi-su", 1), ("kinh-te", 1)}
    assert {(facet.value, facet.count) for facet in result.years} == {("2026", 1), ("2025", 1)}
    assert found(engine, "chuyen doi so", section="kinh-te") == [10]
    assert found(engine, "chuyen doi so", year=2025) == [3]


def test_a_newer_version_replaces_and_an_older_one_does_not(engine: Engine) -> None:
    engine.index([document(1, "Tàu đã vào bờ an toàn", version=3)])
    engine.index([document(1, "Ngư dân Hải Thanh", version=2)])
    assert found(engine, "an toan") == [1]
    assert found(engine, "hai thanh") == []


def test_a_removed_story_is_not_found(engine: Engine) -> None:
    engine.remove([1])
    assert found(engine, "hai thanh") == []
    assert engine.count() == 6


def test_readers_do_not_find_what_is_for_staff(engine: Engine) -> None:
    engine.index([document(11, "Bản thảo tuyệt mật", audience=STAFF)])
    assert found(engine, "tuyet mat") == []
    assert found(engine, "tuyet mat", audience=STAFF) == [11]


def test_pages_follow_each_other_without_a_gap(engine: Engine) -> None:
    engine.index([document(100 + n, f"Giá cà phê ngày {n}") for n in range(45)])
    pages = [found(engine, "ca phe", page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 5, 0]
    assert len({pk for page in pages for pk in page}) == 45


@pytest.mark.parametrize("typed", ["", "   ", '"', '""', "-", "--", "()", "* OR *", "NEAR(a b)", "a\x00b", "exact:ngu", "'; DROP TABLE x; --", "%s %(a)s", "{exact} : x", "🙂", "a" * 10_000, "&|!:*<->"])
def test_hostile_input_is_only_words(engine: Engine, typed: str) -> None:
    engine.search(Query(terms=parse(typed)))
    assert engine.count() == 7


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_text_can_be_searched_for(engine: Engine, typed: str) -> None:
    engine.search(Query(terms=parse(typed)))


def test_the_number_of_queries_does_not_grow_with_the_archive(engine: Engine) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            engine.search(Query(terms=parse("gia ca phe")))
        return len(captured)

    engine.index([document(1000 + n, f"Giá cà phê {n}") for n in range(30)])
    few = queries()
    engine.index([document(5000 + n, f"Giá cà phê lần {n}") for n in range(3000)])
    assert queries() == few
