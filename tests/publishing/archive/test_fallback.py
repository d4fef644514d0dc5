"""Elasticsearch dead, deaf, broken or another program: readers are answered by the database, tasks end well, nobody waits twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from newsroom.common import clock
from publishing.archive import breaker, tasks
from publishing.archive.breaker import Turn
from publishing.archive.mirror import ALARM
from publishing.archive.models import PendingChange
from publishing.archive.services import engine
from publishing.events.models import Alarm
from tests.publishing.archive.papers import document, found

pytestmark = [pytest.mark.django_db]
SILENT, BROKEN, OTHER, GARBAGE = None, b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello", b"what?\r\n\r\n"


class Server:
    """A TCP server that takes every connection and says the same, or nothing at all."""

    def __init__(self, answer: bytes | None) -> None:
        self.answer, self.connections, self.kept = answer, 0, []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    kept: list[socket.socket]

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.kept.append(connection)
            if self.answer is not None:
                connection.recv(65536)
                connection.sendall(self.answer)
                connection.close()


@pytest.fixture(params=[SILENT, BROKEN, OTHER, GARBAGE], ids=["silent", "broken", "another program", "garbage"])
def server(request: pytest.FixtureRequest, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Something that is no Elasticsearch in good health, where the newsroom expects one."""
    made = Server(request.param)
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_TIMEOUT_MS = made.url, 200
    monkeypatch.setattr("publishing.archive.engines.elasticsearch.WRITE_SECONDS", 0.5)
    monkeypatch.setattr("publishing.archive.engines.elasticsearch.BULK_SECONDS", 0.5)
    monkeypatch.setattr(breaker, "FIRST_PAUSE", 3600.0)
    monkeypatch.setattr(breaker, "LONGEST_PAUSE", 3600.0)
    cache.clear()
    breaker.close()
    engine().index([document(1, "Ngư dân Hải Thanh đưa tàu vào bờ")])
    yield made
    breaker.close()
    made.socket.close()


def test_readers_are_answered_by_the_database_and_only_the_first_one_waits(server: Server, client: Client) -> None:
    for _number in range(5):
        answer = client.get("/tim-kiem/", {"q": "ngu dan"})
        assert answer.status_code == 200 and "<mark>Ngư</mark>" in answer.content.decode()
    assert server.connections == 1


def test_no_task_fails_and_what_waits_goes_on_waiting(server: Server) -> None:
    for _number in range(2):
        tasks.push_changes(story_ids=[1])
        tasks.push_changes()
        tasks.watch_mirror()
        tasks.sweep_mirror()
        tasks.rebuild_mirror()
    assert PendingChange.objects.filter(story_id=1).exists()
    assert found("ngu dan") == [1]


def test_commands_say_in_one_sentence_what_is_wrong(server: Server) -> None:
    for action in ("status", "rebuild", "sweep"):
        with pytest.raises(CommandError, match="Elasticsearch không trả lời"):
            call_command("archive", action, only="elasticsearch")


def test_an_alarm_is_raised_once_after_twenty_seconds(settings: Any) -> None:
    from publishing.archive.engines.elasticsearch import present_elasticsearch
    from publishing.archive.mirror import watch

    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    cache.clear()
    breaker.close()
    mirror, now = present_elasticsearch(), clock.now()
    assert mirror
    for seconds, alarms in ((0, 0), (10, 0), (20, 1), (30, 1), (400, 1)):
        watch(mirror=mirror, now=now + timedelta(seconds=seconds))
        assert Alarm.objects.filter(code=ALARM).count() == alarms
    assert "Độc giả vẫn tìm được" in Alarm.objects.get(code=ALARM).message
    breaker.close()


def test_after_a_pause_one_tries_and_the_others_do_not_wait_for_it() -> None:
    cache.clear()
    breaker.close()
    now = clock.now()
    assert breaker.take_turn(now=now) is Turn.ASK
    breaker.record_failure(reason="gone", now=now)
    assert breaker.take_turn(now=now + timedelta(seconds=4)) is Turn.LEAVE
    later = now + timedelta(seconds=6)
    assert [breaker.take_turn(now=later) for _n in range(3)] == [Turn.TRY, Turn.LEAVE, Turn.LEAVE]
    breaker.record_failure(reason="still gone", now=later)
    assert breaker.take_turn(now=later + timedelta(seconds=9)) is Turn.LEAVE
    assert breaker.take_turn(now=later + timedelta(seconds=11)) is Turn.TRY
    breaker.close()
    assert breaker.take_turn(now=later) is Turn.ASK


def test_many_that_failed_together_are_one_failure() -> None:
    cache.clear()
    breaker.close()
    now = clock.now()
    for _number in range(8):
        breaker.record_failure(reason="gone", now=now)
    known = breaker.trouble()
    assert known and known.openings == 1 and known.until == pytest.approx(now.timestamp() + 5)
    breaker.close()


def test_a_dead_cache_beside_a_dead_elasticsearch_is_no_error_either(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    engine().index([document(1, "Ngư dân Hải Thanh")])
    server = Server(SILENT)
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_TIMEOUT_MS = server.url, 200
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}}
    monkeypatch.setattr(breaker, "FIRST_PAUSE", 3600.0)
    breaker.close()
    assert [found("ngu dan") for _number in range(4)] == [[1]] * 4
    assert server.connections == 1
    breaker.close()
    server.socket.close()
