"""The process itself: starts, keeps its state, ends quickly, stands apart from the rest of the project."""

import ast
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from tests.fakes.rehearsal import ROOT, RehearsalServer


@pytest.fixture
def own_server(tmp_path):
    servers = [RehearsalServer.start(tmp_path)]
    yield servers
    for server in servers:
        server.kill()


def feed(server: RehearsalServer, token: str, message: str) -> requests.Response:
    return requests.post(f"{server.graph}/{server.page_id}/feed", data={"message": message, "access_token": token}, timeout=10)


def _feed_in_vain(server: RehearsalServer, token: str) -> None:
    with contextlib.suppress(requests.RequestException):
        feed(server, token, "x")


def run(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "distribution.rehearsal", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_two_seconds_even_while_it_holds_an_answer_back(own_server, number):
    server = own_server[0]
    token = server.page_token()
    server.fault("late_commit", seconds=60)
    threading.Thread(target=_feed_in_vain, args=(server, token), daemon=True).start()
    while not server.calls("feed"):
        time.sleep(0.02)
    server.process.send_signal(number)
    assert server.process.wait(timeout=2) == 0


def test_posts_faults_and_connections_survive_a_kill(own_server):
    server = own_server[0]
    token = server.page_token()
    assert feed(server, token, "Trước khi tắt").ok
    server.fault("error_before", 2)
    server.kill()
    again = server.restarted()
    own_server.append(again)
    assert [post["text"] for post in again.posts()] == ["Trước khi tắt"]
    assert [fault["times"] for fault in again.faults()] == [2]
    assert feed(again, token, "Sau").status_code == 503
    assert feed(again, token, "Sau").status_code == 503
    assert feed(again, token, "Sau").ok


def test_everything_it_writes_is_under_its_own_folder(own_server, tmp_path):
    feed(own_server[0], own_server[0].page_token(), "a")
    assert {path.name for path in tmp_path.iterdir()} == {"rehearsal"}


def test_the_app_and_the_delay_come_from_the_environment(tmp_path):
    env = {"REHEARSAL_APP_ID": "42424242", "REHEARSAL_APP_SECRET": "khac", "REHEARSAL_LATE_SECONDS": "0.1"}
    server = RehearsalServer.start(tmp_path, env=env)
    try:
        assert (server.app_id, server.app_secret) == ("42424242", "khac")
        server.fault("late_commit")
        assert feed(server, server.page_token(), "a").ok
    finally:
        server.kill()


def test_a_taken_port_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("--port", str(taken.getsockname()[1]), "--var", str(tmp_path))
    assert ended.returncode == 1 and "Không mở được cổng" in ended.stderr and len(ended.stderr.strip().splitlines()) == 1


def test_an_unusable_folder_is_one_sentence(tmp_path):
    (tmp_path / "rehearsal").write_text("a file where the folder should be")
    ended = run("--port", "0", "--var", str(tmp_path))
    assert ended.returncode == 1 and "Không ghi được" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize("env", [{"PORT": "abc"}, {"PORT": "65535"}, {"REHEARSAL_LATE_SECONDS": "lâu"}])
def test_a_bad_setting_is_one_sentence(tmp_path, env):
    ended = run("--var", str(tmp_path), **env)
    assert ended.returncode == 1 and next(iter(env)) in ended.stderr and "Traceback" not in ended.stderr


def test_it_imports_nothing_of_ours():
    ours = ("newsroom", "publishing", "distribution", "django", "wagtail", "celery")
    for path in sorted((ROOT / "distribution" / "rehearsal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [f"{'.' * node.level}{node.module or ''}"] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.startswith("distribution.rehearsal") or name.split(".")[0] not in (*ours, ""), f"{path}: {name}"


def test_loading_it_loads_no_django():
    code = "import sys, distribution.rehearsal.server; print([n for n in ('django', 'wagtail', 'celery', 'newsroom') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.strip() == "[]"


def test_every_setting_is_told_in_the_docs():
    told = (ROOT / "docs" / "rehearsal.md").read_text()
    source = (ROOT / "distribution" / "rehearsal" / "settings.py").read_text()
    for name in ("REHEARSAL_APP_ID", "REHEARSAL_APP_SECRET", "REHEARSAL_HOSTS", "REHEARSAL_LATE_SECONDS"):
        assert name in source and name in told
    from distribution.rehearsal.platforms.facebook import FacebookPlatform

    assert all(fault in told for fault in FacebookPlatform.known_faults)
    assert Path(ROOT / "distribution" / "rehearsal" / "static" / "rehearsal.css").exists()
