"""What was public is sealed once, in order, and nobody changes it afterwards without being found."""

from __future__ import annotations

import io
import json
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, transaction

from newsroom.accounts.models import User
from newsroom.articles.bulk import BulkStory, write_stories
from publishing.deposit import files, guards, services
from publishing.deposit.enums import RecordKind
from publishing.deposit.models import ChainEnd, Record, Sealed, Waiting
from publishing.deposit.verify import Walk
from publishing.events.enums import EventKind
from publishing.events.models import Alarm, StoryEvent
from publishing.events.services import record_event, take_event
from publishing.releases.services import withdraw_story
from tests.factories.desk import change, make_draft, make_pen_name, publish, publish_again
from tests.factories.newsroom import make_image, make_section, make_story

pytestmark = [pytest.mark.database]


def take(event: StoryEvent, now: datetime) -> None:
    assert take_event(event_id=event.pk, subscriber="deposit", now=now)


def seal(now: datetime) -> list[Record]:
    services.append_waiting(now=now + timedelta(days=1))
    return list(Record.objects.order_by("sequence"))


def sealed_events(now: datetime, count: int) -> list[Record]:
    story = make_story(live=True)
    for number in range(count):
        with transaction.atomic():
            event = record_event(story=story, kind=EventKind.UPDATED if number else EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now)
        take(event, now)
    return seal(now)


def codes(now: datetime, **options: Any) -> list[tuple[str, int]]:
    return [(found.code, found.sequence) for found in Walk(**options).run(now=now)]


def raw(sql: str, *values: Any) -> None:
    """As somebody with the database's password would: the guards taken off, and put back."""
    with connection.cursor() as cursor:
        guards.unmake(cursor, connection.vendor)
        cursor.execute(sql, values)
        guards.make(cursor, connection.vendor)


def test_a_story_is_sealed_with_words_people_and_files(guarded: None, reporter: User, editor: User, editor_in_chief: User, now: datetime) -> None:
    image = make_image()
    story = make_draft(owner=reporter, now=now, main_image=image, pen_names=[make_pen_name("Hải Vân", user=reporter)])
    take(publish(story, writer=reporter, editor=editor, signer=editor_in_chief, now=now), now)
    (record,) = seal(now)
    content = json.loads(record.content)
    assert (record.sequence, record.kind, record.story_id, record.version) == (1, RecordKind.STORY_PUBLISHED, story.pk, 1)
    assert record.permalink == f"http://testserver/thoi-su/ngu-dan-hai-thanh-dua-tau-vao-bo-a{story.pk}.html"
    assert content["people"]["owner"]["name"] == "Trần Hải Vân"
    assert content["people"]["published_by"]["name"] == content["people"]["desk"]["approved_by"]["name"] == "Nguyễn Văn Mẫu"
    assert [step["kind"] for step in content["people"]["desk"]["steps"]] == ["submit", "claim", "escalate", "approve", "publish"]
    assert content["story"]["bylines"] == [{"pen_name": "Hải Vân", "role": "text"}]
    assert "loa của đồn biên phòng" in record.html and "Ngư dân Hải Thanh" in record.html and image.credit in record.html
    (medium,) = content["media"]
    with image.file.open("rb") as file:
        data = file.read()
    assert files.kept_path(medium["sha256"]).read_bytes() == data and medium["size"] == len(data) and medium["credit"] == image.credit


def test_every_later_state_has_a_record_of_its_own(guarded: None, reporter: User, editor: User, editor_in_chief: User, now: datetime) -> None:
    story = make_draft(owner=reporter, now=now)
    take(publish(story, writer=reporter, editor=editor, signer=editor_in_chief, now=now), now)
    change(story, by=reporter, lead="Sapo mới của bài.")
    take(publish_again(story, editor=editor, signer=editor_in_chief, now=now + timedelta(hours=1)), now)
    take(withdraw_story(story=story, actor=editor_in_chief, reason="Sai tên người", now=now + timedelta(hours=2)), now)
    records = seal(now)
    assert [record.kind for record in records] == ["story_published", "story_updated", "story_withdrawn"]
    assert "Sapo mới" in records[1].html and "Sapo mới" not in records[0].html
    assert json.loads(records[2].content)["event"]["reason"] == "Sai tên người"
    assert codes(now + timedelta(hours=3)) == []


def test_a_repeated_event_is_sealed_once(guarded: None, now: datetime) -> None:
    sealed_events(now, 1)
    services.hand_in(event=StoryEvent.objects.get(), now=now)
    assert len(seal(now)) == 1 and not Waiting.objects.exists()


def test_events_of_before_the_deposit_are_found_and_sealed(guarded: None, now: datetime) -> None:
    story = make_story(live=True)
    with transaction.atomic():
        record_event(story=story, kind=EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now)
    later = now + timedelta(hours=1)
    assert codes(later) == [("unrecorded", 0)]
    assert services.hand_in_missing(now=later) == 1 and services.hand_in_missing(now=later) == 0
    assert len(seal(later)) == 1 and codes(later) == []


def test_what_was_sealed_already_and_waits_again_is_dropped_and_keeps_nobody_out(guarded: None, now: datetime) -> None:
    sealed_events(now, 1)
    record = Record.objects.get()
    again = Waiting.objects.create(reference=record.reference, event_id=record.event_id, at=now, next_at=now)  # found missing in the moment before it was sealed
    story = make_story(live=True)
    with transaction.atomic():
        take(record_event(story=story, kind=EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now), now)
    assert len(seal(now)) == 2 and codes(now) == []
    assert not Waiting.objects.filter(pk=again.pk).exists()


def test_what_cannot_be_read_waits_and_alarms_and_keeps_nobody_out(guarded: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for _number in range(2):
        story = make_story(live=True)
        with transaction.atomic():
            take(record_event(story=story, kind=EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now), now)
    first = Waiting.objects.order_by("pk").first()
    assert first is not None
    from wagtail.models import Revision

    kept = first.event.revision.content
    Revision.objects.filter(pk=first.event.revision_id).update(content=[])
    assert len(seal(now)) == 1
    first.refresh_from_db()
    assert first.attempts == 1 and first.error
    Revision.objects.filter(pk=first.event.revision_id).update(content=kept)
    assert len(seal(now + timedelta(days=1))) == 2 and codes(now) == []


def handed_in(now: datetime, count: int) -> list[Waiting]:
    for _number in range(count):
        story = make_story(live=True)
        with transaction.atomic():
            take(record_event(story=story, kind=EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now), now)
    return list(Waiting.objects.order_by("pk"))


def test_a_row_that_cannot_be_inserted_is_counted_and_told_and_keeps_nobody_out(guarded: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, _good, _too = handed_in(now, 3)
    true = services.record_for

    def broken(row: Waiting, *, seen: Any) -> Record:
        record = true(row, seen=seen)
        if row.pk == bad.pk:
            record.kind = "unheard_of"  # the database's own check refuses it
        return record

    monkeypatch.setattr(services, "record_for", broken)
    for number in range(1, 4):
        assert [record.sequence for record in seal(now + timedelta(days=number))] == [1, 2]
        bad.refresh_from_db()
        assert bad.attempts == number and "IntegrityError" in bad.error
        assert Alarm.objects.filter(code="deposit_stuck", subject=bad.reference, cleared_at=None).exists() is (number == 3)
    monkeypatch.setattr(services, "record_for", true)
    assert len(seal(now + timedelta(days=5))) == 3 and codes(now + timedelta(days=5)) == []
    assert not Alarm.objects.filter(code="deposit_stuck", cleared_at=None).exists()


def test_a_database_that_does_not_answer_is_no_rows_fault(guarded: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    handed_in(now, 2)

    def locked(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(services.ChainEnd.objects, "get_or_create", locked)
    with pytest.raises(OperationalError):
        services.append_waiting(now=now)
    assert list(Waiting.objects.values_list("attempts", flat=True)) == [0, 0]


def test_python_refuses_to_change_or_delete(guarded: None, now: datetime) -> None:
    (record,) = sealed_events(now, 1)
    record.title = "khác"
    for act in (record.save, record.delete, Record.objects.all().delete, lambda: Record.objects.update(title="khác"), lambda: Record.objects.bulk_update([record], ["title"])):
        with pytest.raises(Sealed):
            act()


@pytest.mark.parametrize("sql", [
    "UPDATE publishing_deposit_record SET title = 'x'", "DELETE FROM publishing_deposit_record", "DELETE FROM publishing_deposit_chainend",
    "UPDATE publishing_deposit_chainend SET sequence = 1", "UPDATE publishing_deposit_chainend SET hash = 'x'",
])  # fmt: skip
def test_the_database_refuses_too(guarded: None, now: datetime, sql: str) -> None:
    sealed_events(now, 2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert codes(now) == []


@pytest.mark.parametrize(("sequence", "previous"), [(4, None), (2, None), (3, "0" * 64)])
def test_the_database_takes_the_next_link_only(guarded: None, now: datetime, sequence: int, previous: str | None) -> None:
    last = sealed_events(now, 2)[-1]
    forged = Record(**{field.attname: getattr(last, field.attname) for field in Record._meta.fields} | {"sequence": sequence, "reference": "x", "hash": "y", "previous": previous or last.hash})
    with pytest.raises(DatabaseError, match="next link"), transaction.atomic():
        forged.save()


@pytest.mark.parametrize("column", ["content", "html", "title", "permalink", "at", "kind", "reference"])
def test_a_changed_byte_is_found_with_its_number(guarded: None, now: datetime, column: str) -> None:
    sealed_events(now, 3)
    value = {"at": now + timedelta(microseconds=1), "kind": "story_killed"}.get(column, "khác")
    raw(f"UPDATE publishing_deposit_record SET {column} = %s WHERE sequence = 2", value)
    assert ("content", 2) in codes(now)


def test_a_deleted_last_record_is_found_by_both_ends(guarded: None, now: datetime) -> None:
    sealed_events(now, 3)
    raw("DELETE FROM publishing_deposit_record WHERE sequence = 3")
    assert codes(now) == [("end", 2), ("journal", 3), ("unrecorded", 0)] or codes(now) == [("end", 2), ("journal", 3)]


def test_a_deleted_last_record_is_found_also_where_the_end_was_forged(guarded: None, now: datetime) -> None:
    records = sealed_events(now, 3)
    raw("DELETE FROM publishing_deposit_record WHERE sequence = 3")
    raw("UPDATE publishing_deposit_chainend SET sequence = 2, hash = %s", records[1].hash)
    assert ("journal", 3) in codes(now)


def test_a_gap_in_the_middle_is_found(guarded: None, now: datetime) -> None:
    sealed_events(now, 3)
    raw("DELETE FROM publishing_deposit_record WHERE sequence = 2")
    assert ("gap", 3) in codes(now)


def test_a_record_sealed_anew_with_a_right_hash_breaks_the_link_after_it(guarded: None, now: datetime) -> None:
    record = sealed_events(now, 3)[1]
    record.title = "khác"
    raw("UPDATE publishing_deposit_record SET title = 'khác', hash = %s WHERE sequence = 2", record.computed_hash())
    assert codes(now) == [("link", 3)]


def test_a_missing_guard_is_told(guarded: None, now: datetime) -> None:
    sealed_events(now, 1)
    with connection.cursor() as cursor:
        on = " ON publishing_deposit_record" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER deposit_record_no_update{on}")
    assert codes(now) == [("guard", 0)]


def test_changed_and_missing_files_are_found_and_an_editor_cannot_take_them_away(guarded: None, now: datetime) -> None:
    image = make_image()
    story = make_story(live=True, main_image=image)
    with transaction.atomic():
        take(record_event(story=story, kind=EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now), now)
    (record,) = seal(now)
    image.file.storage.delete(image.file.name)
    assert codes(now) == []
    path = files.kept_path(json.loads(record.content)["media"][0]["sha256"])
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert codes(now) == [("file", 1)] and codes(now, with_files=False) == []
    path.unlink()
    assert codes(now) == [("file", 1)]


def test_a_file_that_was_gone_before_it_could_be_kept_is_said_in_the_record(guarded: None, now: datetime) -> None:
    image = make_image()
    story = make_story(live=True, main_image=image)
    image.file.storage.delete(image.file.name)
    with transaction.atomic():
        take(record_event(story=story, kind=EventKind.PUBLISHED, revision=story.live_revision, actor=None, now=now), now)
    (record,) = seal(now)
    assert json.loads(record.content)["media"][0]["missing"]


def bulk_stories(now: datetime, count: int, *, days: int = 10) -> list[BulkStory]:
    make_section()
    body = [{"type": "paragraph", "value": "<p>Một đoạn.</p>", "id": "1"}]
    return [BulkStory(f"cu-{days}-{number}", f"Bài cũ số {number}", "thoi-su", "Sapo.", body, now - timedelta(days=days)) for number in range(count)]


def test_bulk_arrivals_within_the_term_are_sealed_and_older_ones_are_not(guarded: None, now: datetime) -> None:
    make_story()
    write_stories(bulk_stories(now, 3), now=now)
    write_stories(bulk_stories(now, 2, days=800), now=now)
    records = seal(now)
    assert [record.title for record in records] == ["Bài cũ số 0", "Bài cũ số 1", "Bài cũ số 2"]
    assert json.loads(records[0].content)["event"]["imported"] is True
    assert codes(now + timedelta(hours=1)) == []


def test_verify_says_what_is_broken_and_ends_with_a_failure(guarded: None, now: datetime) -> None:
    sealed_events(now, 3)
    out = io.StringIO()
    call_command("deposit", "verify", stdout=out)
    assert "3" in out.getvalue()
    raw("UPDATE publishing_deposit_record SET title = 'khác' WHERE sequence = 2")
    told = io.StringIO()
    with pytest.raises(CommandError):
        call_command("deposit", "verify", stdout=told)
    assert "2" in told.getvalue()


@pytest.mark.processes
@pytest.mark.alone  # it empties the database behind it: nothing runs beside or after it on the same one
@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain_without_gaps(now: datetime, settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "private"
    story = make_story(live=True)
    for number in range(40):
        with transaction.atomic():
            event = record_event(story=story, kind=EventKind.UPDATED, revision=story.live_revision, actor=None, now=now + timedelta(seconds=number))
            services.hand_in(event=event, now=now)
    faults: list[BaseException] = []

    def writer() -> None:
        try:
            while services.append_waiting(now=now + timedelta(days=1), limit=7):
                pass
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=writer) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
    assert not faults
    assert list(Record.objects.order_by("sequence").values_list("sequence", flat=True)) == list(range(1, 41))
    assert ChainEnd.objects.get().sequence == 40
    assert [code for code in codes(now) if code[0] != "guard"] == []
