"""The real node is killed while readers search through a real server: answers throughout, and no drift when it is back."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import requests

from newsroom.common import clock
from publishing.archive import breaker, tasks
from publishing.archive.engines.elasticsearch import ElasticsearchEngine
from publishing.archive.mirror import ALARM, Drift, push_all, sweep, watch
from publishing.archive.models import PendingChange
from publishing.archive.services import engine
from publishing.events.alarms import raise_alarm
from publishing.events.models import Alarm
from tests.elasticsearch_node import Node
from tests.publishing.archive.papers import document, found

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.elasticsearch]


class Readers:
    """Four readers who search one after the other; every answer is kept."""

    def __init__(self, address: str) -> None:
        self.address, self.over, self.answers, self.wrong = address, threading.Event(), 0, []
        self.threads = [threading.Thread(target=self._read, daemon=True) for _number in range(4)]

    wrong: list[str]

    def __enter__(self) -> Readers:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def _read(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while not self.over.is_set():
            try:
                answer = session.get(f"{self.address}/tim-kiem/", params={"q": "gia ca phe"}, timeout=20)
                if answer.status_code != 200 or "<mark>Giá</mark>" not in answer.text and "<mark>Giá cà phê</mark>" not in answer.text:
                    self.wrong.append(f"{answer.status_code} {answer.text[:200]}")
            except requests.RequestException as error:
                self.wrong.append(repr(error))
            self.answers += 1

    def wait_for(self, more: int) -> None:
        """Until so many more answers have come."""
        target, until = self.answers + more, time.monotonic() + 60
        while self.answers < target:
            assert time.monotonic() < until, "the readers are not answered"
            time.sleep(0.05)


def test_killed_under_load_and_started_again(mirror: ElasticsearchEngine, elasticsearch_node: Node, live_server: Any, settings: Any) -> None:
    settings.ELASTICSEARCH_TIMEOUT_MS = 800
    engine().index([document(pk, f"Giá cà phê ngày {pk}") for pk in range(1, 301)])
    push_all(mirror=mirror)
    mirror.refresh()
    try:
        with Readers(live_server.url) as readers:
            readers.wait_for(40)
            assert breaker.trouble() is None
            elasticsearch_node.kill()
            engine().index([document(1, "Giá hồ tiêu", version=2), document(900, "Giá hồ tiêu")])  # the paper goes on
            engine().remove([2])
            tasks.push_changes()
            tasks.watch_mirror()
            readers.wait_for(60)
            assert breaker.trouble() is not None
            assert sorted(found("ho tieu")) == [1, 900]
            assert PendingChange.objects.exists()
            raise_alarm(code=ALARM, subject="elasticsearch", message="…", now=clock.now())
            elasticsearch_node.start()
            readers.wait_for(20)
            assert watch(mirror=mirror, now=clock.now())
            tasks.sweep_mirror()
            readers.wait_for(20)
        assert readers.wrong == []
        assert not Alarm.objects.filter(code=ALARM, cleared_at=None).exists()
        assert not PendingChange.objects.exists()
        assert sweep(mirror=mirror, heal=False) == Drift()
        assert breaker.trouble() is None
        assert sorted(found("ho tieu")) == [1, 900]
        assert breaker.trouble() is None
    finally:
        if elasticsearch_node.process is None:
            elasticsearch_node.start()
