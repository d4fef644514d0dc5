"""`/health/live` and `/health/ready`: 200 once every part answers, else 503 with a reason for each part."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from newsroom.common import clock, health
from newsroom.common.models import Heartbeat
from newsroom.common.selectors import somebody_lives
from newsroom.common.services import beat, forget_heartbeats

pytestmark = pytest.mark.database


class Platform:
    """A stand-in for the rehearsal platforms: what they have posted, and whether they are well."""

    def __init__(self) -> None:
        self.posts: list[dict[str, str]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = json.dumps(outer.posts if "posts" in self.path else {"status": "ok", "platforms": ["facebook", "youtube"]}).encode()
                self.send_response(outer.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def platform(settings: Any) -> Iterator[Platform]:
    platform = Platform()
    settings.NEWSROOM_REHEARSAL, settings.NEWSROOM_DEMO, settings.REHEARSAL_ADDRESS = True, True, platform.address
    yield platform
    platform.server.shutdown()
    platform.server.server_close()


@pytest.fixture
def all_beating(db: Any) -> None:
    for name in health.PROCESSES:
        beat(name=name, now=clock.now())


def ask(client: Client) -> tuple[int, dict[str, dict[str, Any]]]:
    answer = client.get("/health/ready")
    return answer.status_code, answer.json()["parts"]


def test_a_living_web_process_says_so_without_the_database(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


@pytest.mark.django_db
def test_nothing_is_ready_before_the_processes_have_answered(client: Client) -> None:
    status, parts = ask(client)
    assert status == 503
    assert parts["web"]["well"]
    assert parts["database"]["well"]
    assert parts["worker"] == {"well": False, "reason": "has not answered yet"}


@pytest.mark.usefixtures("all_beating")
def test_all_is_ready_once_every_process_has_answered(client: Client) -> None:
    status, parts = ask(client)
    assert status == 200
    assert {"web", "database", "worker", "beat", "publish_due"} <= set(parts)


@pytest.mark.usefixtures("all_beating")
@pytest.mark.parametrize("name", ["worker", "worker_commit", "beat", "publish_due"])
def test_a_silent_process_is_named_with_its_silence(client: Client, name: str) -> None:
    beat(name=name, now=clock.now() - timedelta(seconds=90))
    status, parts = ask(client)
    assert status == 503
    assert parts[name]["reason"] == "silent for 90 s"
    assert [part for part, state in parts.items() if not state["well"]] == [name]


@pytest.mark.usefixtures("all_beating")
def test_the_slow_worker_may_be_busy_for_minutes(client: Client) -> None:
    beat(name="worker_slow", now=clock.now() - timedelta(minutes=10))
    assert ask(client)[0] == 200


@pytest.mark.usefixtures("all_beating")
def test_a_first_run_is_ready_when_a_story_has_reached_every_rehearsal_platform(client: Client, platform: Platform) -> None:
    status, parts = ask(client)
    assert status == 503
    assert not parts["demo"]["well"]
    platform.posts = [{"id": "1", "platform": "facebook"}]
    assert ask(client)[1]["demo"]["reason"].endswith("youtube")
    platform.posts.append({"id": "2", "platform": "youtube"})
    assert ask(client)[0] == 200
    platform.posts = []  # somebody empties the platform: it was a first run once only
    assert ask(client)[0] == 200
    forget_heartbeats()
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["demo_post"]


@pytest.mark.usefixtures("all_beating")
def test_a_rehearsal_platform_that_is_down_is_not_ready(client: Client, platform: Platform) -> None:
    platform.posts = [{"id": "1", "platform": "facebook"}, {"id": "2", "platform": "youtube"}]
    platform.status = 500
    status, parts = ask(client)
    assert status == 503
    assert parts["rehearsal"]["reason"] == "answers 500"


@pytest.mark.usefixtures("all_beating")
def test_a_rehearsal_platform_that_is_away_is_a_reason_and_no_error(client: Client, settings: Any) -> None:
    settings.NEWSROOM_REHEARSAL, settings.REHEARSAL_ADDRESS = True, "http://127.0.0.1:1"
    status, parts = ask(client)
    assert status == 503
    assert parts["rehearsal"] == {"well": False, "reason": "cannot be reached"}


def test_a_database_that_is_away_is_a_reason_and_no_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", gone)
    status, parts = ask(client)
    assert status == 503
    assert parts == {"web": {"well": True, "reason": ""}, "database": {"well": False, "reason": "DatabaseError: gone"}}


@pytest.mark.usefixtures("all_beating")
def test_a_check_of_a_higher_layer_that_breaks_is_a_part_that_is_not_well(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: Any) -> health.Part:
        raise RuntimeError("no idea")

    monkeypatch.setattr(health.health_checks, "items", lambda: [("archive", broken)])
    status, parts = ask(client)
    assert status == 503
    assert parts["archive"]["reason"] == "RuntimeError: no idea"


@pytest.mark.django_db
def test_what_the_demo_did_once_is_remembered_over_starts_and_is_no_living_process() -> None:
    now = clock.now()
    beat(name="demo_front", now=now)
    assert not somebody_lives(now=now, within_seconds=30)
    beat(name="worker", now=now)
    assert somebody_lives(now=now, within_seconds=30)
    forget_heartbeats()
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["demo_front"]


def test_a_rehearsal_platform_that_the_demo_does_not_post_to_is_not_waited_for() -> None:
    from newsroom.common.health import demo_platforms

    assert {name for name, _key in demo_platforms.items()} == {"facebook", "youtube"}
