"""The index is made anew beside the live one: readers notice nothing, changes meanwhile are in it, an interrupted one leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pytest

from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.archive.engines.elasticsearch import Change, ElasticsearchEngine
from publishing.archive.mirror import Drift, push_all, sweep
from publishing.archive.mirror_rebuild import rebuild
from publishing.archive.services import engine
from tests.publishing.archive.papers import document, found

pytestmark = [pytest.mark.django_db, pytest.mark.elasticsearch]
STORIES = 1200


@pytest.fixture
def paper(mirror: ElasticsearchEngine) -> ElasticsearchEngine:
    """A paper of three batches."""
    engine().index([document(pk, f"Giá cà phê ngày {pk}") for pk in range(1, STORIES + 1)])
    push_all(mirror=mirror)
    mirror.refresh()
    return mirror


def meanwhile(act: Callable[[], None], *, after: int) -> Callable[[Iterator[Change]], Iterable[Change]]:
    """A progress that does something after so many stories."""

    def progress(changes: Iterator[Change]) -> Iterator[Change]:
        for number, change in enumerate(changes, start=1):
            yield change
            if number == after:
                act()

    return progress


@pytest.mark.parametrize("after", [1, 600, STORIES])
def test_changes_meanwhile_reach_both_indices_and_are_not_undone(paper: ElasticsearchEngine, after: int) -> None:
    def change() -> None:
        engine().index([document(2, "Giá hồ tiêu", version=2), document(1199, "Giá hồ tiêu", version=2), document(5000, "Giá hồ tiêu")])
        engine().remove([3, 1198])
        push_all(mirror=paper)
        paper.refresh()
        assert sorted(found("ho tieu")) == [2, 1199, 5000]  # in the live index, at once

    rebuild(mirror=paper, now=clock.now(), progress=meanwhile(change, after=after))
    kept = dict(paper.scan())
    assert len(kept) == STORIES - 1
    assert (kept[2], kept[1199], kept[5000]) == (2, 2, 1)
    assert 3 not in kept and 1198 not in kept
    assert sorted(found("ho tieu")) == [2, 1199, 5000]
    assert sweep(mirror=paper, heal=False) == Drift()


def test_readers_are_answered_by_the_old_index_until_the_new_one_is_whole(paper: ElasticsearchEngine) -> None:
    old = set(paper.indices())

    def look() -> None:
        assert len(found("ca phe")) == 20
        assert paper.count() == STORIES

    made = rebuild(mirror=paper, now=clock.now(), progress=meanwhile(look, after=1000))
    assert made.written == STORIES and made.dropped == 1
    assert set(paper.indices()) == {made.index} and made.index not in old
    assert paper.indices()[made.index] == {paper.live}


def test_a_rebuild_that_was_cut_off_changes_nothing_and_is_simply_started_again(paper: ElasticsearchEngine) -> None:
    def cut() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(mirror=paper, now=clock.now(), progress=meanwhile(cut, after=700))
    assert paper.count() == STORIES
    assert len(paper.indices()) == 2
    engine().index([document(1, "Giá hồ tiêu", version=2)])
    push_all(mirror=paper)  # reaches the one that was left as well, and does not mind
    rebuild(mirror=paper, now=clock.now())
    assert len(paper.indices()) == 1
    assert sweep(mirror=paper, heal=False) == Drift()


def test_two_at_a_time_are_refused_with_a_reason(paper: ElasticsearchEngine) -> None:
    def another() -> None:
        with pytest.raises(NewsroomError, match="dựng lại"):
            rebuild(mirror=paper, now=clock.now())

    rebuild(mirror=paper, now=clock.now(), progress=meanwhile(another, after=10))
    assert sweep(mirror=paper, heal=False) == Drift()
