"""Elasticsearch is kept in step with the database's archive, whatever order writes arrive in and whatever was lost on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsroom.common import clock
from publishing.archive import breaker, tasks
from publishing.archive.base import IndexMissing, Query
from publishing.archive.checks import elasticsearch_is_usable
from publishing.archive.engines.elasticsearch import Change, ElasticsearchEngine
from publishing.archive.mirror import ALARM, Drift, push_all, status, sweep, watch
from publishing.archive.models import PendingChange
from publishing.archive.queries import parse
from publishing.archive.services import database_engine, engine, search
from publishing.events.models import Alarm
from tests.publishing.archive.papers import NOON, document, found

pytestmark = [pytest.mark.django_db, pytest.mark.elasticsearch]
LATE = 10**9  # above every stamp of the run: PostgreSQL counts on from test to test


@pytest.fixture
def paper(mirror: ElasticsearchEngine) -> ElasticsearchEngine:
    """Three stories that both archives know."""
    engine().index([document(pk, f"Giá cà phê ngày {pk}") for pk in (1, 2, 3)])
    push_all(mirror=mirror)
    mirror.refresh()
    return mirror


def versions(mirror: ElasticsearchEngine) -> dict[int, int]:
    return dict(mirror.scan())


def test_the_bell_of_a_change_tells_elasticsearch_of_it(paper: ElasticsearchEngine) -> None:
    engine().index([document(1, "Giá hồ tiêu", version=2)])
    engine().remove([2])
    assert PendingChange.objects.count() == 2
    tasks.push_changes(story_ids=[1, 2])
    assert versions(paper) == {1: 2, 3: 1}
    assert not PendingChange.objects.exists()
    assert found("ho tieu") == [1]


def test_a_bell_for_one_story_leaves_the_others_to_theirs(paper: ElasticsearchEngine) -> None:
    engine().index([document(pk, "Giá hồ tiêu", version=2) for pk in (1, 2)])
    tasks.push_changes(story_ids=[2])
    assert list(PendingChange.objects.values_list("story_id", flat=True)) == [1]
    tasks.push_changes()
    assert versions(paper) == {1: 2, 2: 2, 3: 1}


def test_after_the_pause_a_bell_tries_by_itself(paper: ElasticsearchEngine) -> None:
    engine().index([document(1, "Giá hồ tiêu", version=2)])
    breaker.record_failure(reason="gone", now=clock.now())
    tasks.push_changes(story_ids=[1])
    assert versions(paper)[1] == 1 and breaker.trouble() is not None
    breaker.close()
    breaker.record_failure(reason="gone", now=clock.now() - timedelta(seconds=10))
    tasks.push_changes(story_ids=[1])
    assert versions(paper)[1] == 2 and breaker.trouble() is None


def test_a_write_that_arrives_late_does_not_replace_a_later_one(paper: ElasticsearchEngine) -> None:
    written = paper.write([Change(1, LATE, document(1, "Bản mới", version=3)), Change(1, LATE - 1, document(1, "Bản cũ", version=2))], targets=[paper.live])
    assert written.overtaken == {1}
    assert versions(paper)[1] == 3


def test_a_write_that_arrives_late_does_not_bring_a_removed_story_back(paper: ElasticsearchEngine) -> None:
    paper.write([Change(1, LATE, None)], targets=[paper.live])
    paper.write([Change(1, LATE - 1, document(1, "Bản cũ"))], targets=[paper.live])
    assert 1 not in versions(paper)


def test_what_was_changed_behind_its_back_is_found_told_and_healed(paper: ElasticsearchEngine) -> None:
    database_engine().index([document(4, "Bài mới")])
    database_engine().index([document(2, "Bài sửa", version=2)])
    database_engine().remove([3])
    assert sweep(mirror=paper, heal=False) == Drift(missing=1, stale=1, surplus=1, left=3)
    assert versions(paper) == {1: 1, 2: 1, 3: 1}
    assert sweep(mirror=paper) == Drift(missing=1, stale=1, surplus=1, left=0)
    assert versions(paper) == {1: 1, 2: 2, 4: 1}
    assert sweep(mirror=paper) == Drift()


def test_what_is_on_its_way_is_no_drift(paper: ElasticsearchEngine) -> None:
    engine().index([document(4, "Bài mới")])
    assert sweep(mirror=paper, heal=False) == Drift()
    assert sweep(mirror=paper) == Drift()
    assert versions(paper)[4] == 1


def test_stamps_that_began_again_after_a_restored_backup_do_not_hold_stories_back(paper: ElasticsearchEngine) -> None:
    paper.write([Change(1, 10**12, document(1, "Trước khi khôi phục"))], targets=[paper.live])
    engine().index([document(1, "Sau khi khôi phục", version=2)])
    push_all(mirror=paper)
    assert versions(paper)[1] == 2
    assert sweep(mirror=paper) == Drift()


def test_a_thousand_lost_stories_come_back_in_one_sweep(paper: ElasticsearchEngine) -> None:
    database_engine().index([document(1000 + n, f"Tin {n}") for n in range(1100)])
    assert sweep(mirror=paper) == Drift(missing=1100)
    assert paper.count() == 1103


def test_an_index_that_is_gone_is_not_made_by_a_write_and_comes_back_by_itself(paper: ElasticsearchEngine) -> None:
    for name in paper.indices():
        paper.bulk.indices.delete(index=name)
    engine().index([document(4, "Bài mới")])
    tasks.push_changes(story_ids=[4])
    assert paper.indices() == {}
    breaker.close()
    with pytest.raises(IndexMissing):
        watch(mirror=paper, now=clock.now())
    assert found("ca phe") == [3, 2, 1]  # by the database
    tasks.rebuild_mirror()
    assert watch(mirror=paper, now=clock.now())
    assert versions(paper) == {1: 1, 2: 1, 3: 1, 4: 1}
    assert breaker.trouble() is None


def test_staff_are_told_in_their_language_while_it_is_gone_and_no_longer_when_it_is_back(paper: ElasticsearchEngine) -> None:
    name, now = next(iter(paper.indices())), clock.now()
    paper.bulk.indices.close(index=name)
    for seconds in (0, 30, 60):
        try:
            assert not watch(mirror=paper, now=now + timedelta(seconds=seconds))
        except IndexMissing:
            pass
    alarm = Alarm.objects.get(code=ALARM)
    assert alarm.cleared_at is None and "Elasticsearch" in alarm.message and "cơ sở dữ liệu" in alarm.message
    paper.bulk.indices.open(index=name, wait_for_active_shards=1)
    assert watch(mirror=paper, now=now + timedelta(seconds=90))
    alarm.refresh_from_db()
    assert alarm.cleared_at is not None
    assert not watch(mirror=paper, now=now + timedelta(seconds=100))


def test_the_command_shows_sweeps_and_rebuilds(paper: ElasticsearchEngine, capsys: pytest.CaptureFixture[str]) -> None:
    engine().index([document(4, "Bài mới")])
    call_command("archive", "status")
    shown = capsys.readouterr().out
    assert "Đang chờ đưa vào Elasticsearch: 1 tin, bài" in shown and "đang phục vụ độc giả" in shown and "Elasticsearch: 3 tin, bài" in shown
    call_command("archive", "sweep", only="elasticsearch")
    database_engine().index([document(5, "Bài lọt")])
    with pytest.raises(CommandError, match="lệch"):
        call_command("archive", "sweep", "--check", only="elasticsearch")
    before = set(paper.indices())
    call_command("archive", "rebuild", only="elasticsearch")
    assert "5 tin, bài" in capsys.readouterr().out
    assert len(paper.indices()) == 1 and set(paper.indices()) != before
    call_command("archive", "sweep", "--check", only="elasticsearch")


def test_status_says_since_when_something_waits(paper: ElasticsearchEngine) -> None:
    engine().index([document(4, "Bài mới")])
    line = next(status(mirror=paper, now=PendingChange.objects.get().since + timedelta(minutes=20)))
    assert "1 tin, bài" in line and "đã 1200 giây" in line


def test_check_says_what_is_wrong_and_what_to_do(paper: ElasticsearchEngine, settings: Any) -> None:
    def ids() -> list[str]:
        found = elasticsearch_is_usable(databases=["default"])
        assert all(one.hint for one in found)
        return [str(one.id) for one in found]

    assert ids() == []
    for name in paper.indices():
        paper.bulk.indices.delete(index=name)
    assert ids() == ["archive.W002"]
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    assert ids() == ["archive.W001"]
    assert elasticsearch_is_usable(databases=None) == []
    settings.ELASTICSEARCH_URL = ""
    assert ids() == []


def test_an_upgrade_that_changes_the_fields_makes_the_index_anew(paper: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.rebuild_mirror()
    before = set(paper.indices())
    assert not paper.is_outdated()
    monkeypatch.setattr("publishing.archive.engines.elasticsearch.FORM", 99)
    assert paper.is_outdated()
    tasks.rebuild_mirror()
    assert not paper.is_outdated() and not before & set(paper.indices())
    assert found("ca phe") == [3, 2, 1]
    assert breaker.trouble() is None


def test_a_page_beyond_what_elasticsearch_shows_is_empty(paper: ElasticsearchEngine) -> None:
    result = search(Query(terms=parse("ca phe"), page=9999))
    assert (result.hits, result.total) == ([], 3)
    assert breaker.trouble() is None


def test_of_two_that_fit_alike_the_newer_comes_first(paper: ElasticsearchEngine) -> None:
    engine().index([document(pk, "Chợ phiên vùng cao", published_at=NOON + timedelta(days=days)) for pk, days in ((11, 0), (12, 400), (13, -400))])
    push_all(mirror=paper)
    paper.refresh()
    assert found("cho phien") == [12, 11, 13]
