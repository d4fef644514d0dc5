"""Lưu chiểu on screen and as a zip: who may open it, what they find, what they take away."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.deposit import exports, services
from publishing.deposit.canonical import canonical
from publishing.deposit.enums import ExportState
from publishing.deposit.models import Export, Record
from publishing.events.enums import EventKind
from publishing.events.services import record_event
from publishing.workflow.setup import ensure_rights
from tests.cast import person
from tests.factories.newsroom import make_image, make_story


@pytest.fixture
def story(guarded: None, now: datetime) -> ArticlePage:
    """Two states, sealed: the first with a picture."""
    story = make_story(live=True, main_image=make_image())
    for kind, at in ((EventKind.PUBLISHED, now), (EventKind.WITHDRAWN, now + timedelta(days=2))):
        with transaction.atomic():
            services.hand_in(event=record_event(story=story, kind=kind, revision=story.live_revision, actor=None, now=at), now=at)
    services.append_waiting(now=now + timedelta(days=3))
    ensure_rights()
    return story


@pytest.fixture
def inspector(db: None) -> User:
    """Whom the authority sends."""
    return person("kiemtra", Role.DEPOSIT_INSPECTOR, name="Người kiểm tra")


def test_who_may_open_it(story: ArticlePage, secretary: User, editor_in_chief: User, admin: User, inspector: User, reporter: User, editor: User, client: Client) -> None:
    for user, status in ((secretary, 200), (editor_in_chief, 200), (admin, 200), (inspector, 200), (reporter, 302), (editor, 302)):
        client.force_login(user)
        for address in ("/admin/deposit/", "/admin/deposit/1/", "/admin/deposit/1/page/"):
            assert client.get(address).status_code == status, (user, address)
    with pytest.raises(NewsroomError):
        services.ask_export(first_day=date(2026, 11, 1), last_day=date(2026, 11, 2), actor=reporter, now=clock.now())


def test_the_inspector_sees_the_deposit_and_nothing_else(story: ArticlePage, inspector: User, client: Client) -> None:
    client.force_login(inspector)
    assert b"/admin/deposit/" in client.get("/admin/").content
    for address in ("/admin/desk/", "/admin/deliveries/", "/admin/users/", f"/admin/pages/{story.pk}/edit/"):
        assert client.get(address).status_code in (302, 403, 404), address


@pytest.mark.parametrize(("query", "numbers"), [
    ("", [2, 1]), ("q=đưa", [2, 1]), ("q=khong-co", []), ("from=2026-11-24", [2]), ("to=2026-11-23", [1]), ("from=2026-11-23&to=2026-11-23", [1]), ("from=hôm+qua&q=%00", [2, 1]),
    ("q=99999999999999999999999999", []), ("p=-3", [2, 1]),
])  # fmt: skip
def test_records_are_found_by_headline_and_day(story: ArticlePage, admin: User, client: Client, query: str, numbers: list[int]) -> None:
    client.force_login(admin)
    assert [record.pk for record in client.get(f"/admin/deposit/?{query}").context["page"]] == numbers
    assert [record.pk for record in client.get(f"/admin/deposit/?q={story.pk}").context["page"]] == [2, 1]


def test_a_records_page_shows_all_states_and_says_whether_it_is_intact(story: ArticlePage, admin: User, client: Client) -> None:
    client.force_login(admin)
    answer = client.get("/admin/deposit/1/").content.decode()
    assert "Nguyên vẹn" in answer and "Gỡ bài" in answer and "23/11/2027" in answer and Record.objects.get(pk=1).hash in answer
    page = client.get("/admin/deposit/1/page/")
    assert story.title in page.content.decode() and "sandbox" in page.headers["Content-Security-Policy"] and "script-src" not in page.headers["Content-Security-Policy"]
    assert client.get("/admin/deposit/2/page/").status_code == 404 and client.get("/admin/deposit/9/").status_code == 404


def test_an_export_is_asked_made_watched_and_taken(story: ArticlePage, inspector: User, client: Client) -> None:
    client.force_login(inspector)
    client.post("/admin/deposit/export/", {"from": "2026-11-20", "to": "2026-11-30"})
    export = Export.objects.get()
    state = f"/admin/deposit/export/{export.pk}/state/"
    assert client.get(state).json()["state"] == "waiting" and client.get(f"/admin/deposit/export/{export.pk}/").status_code == 404
    assert f'data-export="{state}"' in client.get("/admin/deposit/").content.decode()
    exports.make_asked(export_id=export.pk, clock=clock.now)
    exports.make_asked(export_id=export.pk, clock=clock.now)
    assert client.get(state).json() | {"label": ""} == {"state": "done", "label": "", "done": 2, "total": 2}
    taken = b"".join(client.get(f"/admin/deposit/export/{export.pk}/").streaming_content)  # type: ignore[attr-defined]
    export.refresh_from_db()
    assert hashlib.sha256(taken).hexdigest() == export.sha256 and len(taken) == export.size
    check_zip(io.BytesIO(taken), [1, 2])


def check_zip(file: Any, numbers: list[int]) -> None:
    """As somebody without our program would: the recipe alone proves every record and every link."""
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        records = [json.loads(archive.read(name)) for name in sorted(archive.namelist()) if name.startswith("records/") and name.endswith(".json")]
        assert [record["sequence"] for record in records] == numbers
        for before, record in zip([None, *records], records, strict=False):
            digest = record.pop("hash")
            assert hashlib.sha256(canonical(record).encode()).hexdigest() == digest
            assert before is None or record["previous"] == before["digest"]
            record["digest"] = digest
        chain = json.loads(archive.read("chain.json"))
        assert chain["hash_of_last"] == records[-1]["digest"] and chain["end_of_chain"]["sequence"] == 2 and chain["records"] == len(numbers)
        index = archive.read("index.html").decode()
        assert "Lưu chiểu" in index and "Xuất bản bài" in index and records[0]["digest"] in index
        (medium,) = csv.DictReader(io.StringIO(archive.read("media.csv").decode()))
        assert medium["sha256"] == json.loads(records[0]["content"])["media"][0]["sha256"]


def test_the_command_writes_the_same_zip_of_a_part(story: ArticlePage, tmp_path: Path) -> None:
    out = tmp_path / "ra" / "luu-chieu.zip"
    call_command("deposit", "export", "--from", "2026-11-23", "--to", "2026-11-23", "--out", str(out), stdout=io.StringIO())
    check_zip(out, [1])
    for wrong in ([], ["--from", "2026-11-23", "--to", "2026-11-22", "--out", str(out)], ["--from", "hôm qua", "--out", str(out)]):
        with pytest.raises(CommandError):
            call_command("deposit", "export", *wrong, stdout=io.StringIO())


def test_bad_days_are_refused_in_a_sentence(story: ArticlePage, admin: User, client: Client) -> None:
    client.force_login(admin)
    for days in ({"from": "2026-11-30", "to": "2026-11-20"}, {"from": "", "to": "x"}, {}):
        assert "message" in client.post("/admin/deposit/export/", days, follow=True).content.decode()
    assert not Export.objects.exists()


def test_an_export_whose_worker_died_or_failed_says_so(story: ArticlePage, admin: User, tmp_path: Path) -> None:
    now = clock.now()
    export = services.ask_export(first_day=date(2026, 11, 1), last_day=date(2026, 11, 30), actor=admin, now=now)
    Export.objects.update(state=ExportState.RUNNING)
    assert exports.sweep(now=now + timedelta(minutes=1)) == 0 and exports.sweep(now=now + timedelta(minutes=6)) == 1
    export.refresh_from_db()
    assert export.state == ExportState.FAILED and export.error
    again = services.ask_export(first_day=date(2026, 11, 1), last_day=date(2026, 11, 30), actor=admin, now=now)
    (exports.path_of(again).parent).parent.mkdir(parents=True, exist_ok=True)
    exports.path_of(again).parent.write_text("không phải thư mục")
    exports.make_asked(export_id=again.pk, clock=clock.now)
    again.refresh_from_db()
    assert again.state == ExportState.FAILED and again.error
