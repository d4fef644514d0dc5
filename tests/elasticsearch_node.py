"""A real Elasticsearch node for the suite: one for the whole run, built once under var/, its data thrown away at the start."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from elasticsearch import Elasticsearch

from publishing.archive import breaker
from publishing.archive.engines.elasticsearch import ElasticsearchEngine
from tests import services

FOLDER = services.ROOT / "var" / "elasticsearch-tests"


class Node:
    """The node as a process: started, killed, started again on the same port with the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.process = folder, _free_port(), None
        self.url = f"http://127.0.0.1:{self.port}"

    process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        """Start and wait until it answers; the first time it is built."""
        self.folder.mkdir(parents=True, exist_ok=True)
        script = services.elasticsearch_start()
        assert script, services.NO_ELASTICSEARCH
        log = (self.folder / "log").open("wb")
        environment = os.environ | {"ES_HEAP": os.environ.get("ES_HEAP", "384m")}
        self.process = subprocess.Popen([str(script), str(self.folder), str(self.port)], stdout=log, stderr=log, env=environment, start_new_session=True)
        self._wait(seconds=240)

    def kill(self) -> None:
        """kill -9."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _wait(self, *, seconds: float) -> None:
        until, client = time.monotonic() + seconds, Elasticsearch(self.url, request_timeout=5, max_retries=0)
        while time.monotonic() < until:
            assert self.process and self.process.poll() is None, f"Elasticsearch did not start: see {self.folder}/log"
            try:
                if not client.cluster.health(wait_for_status="yellow", timeout="2s")["timed_out"]:
                    return
            except Exception:
                pass
            time.sleep(0.3)
        raise TimeoutError(f"Elasticsearch does not answer: see {self.folder}/log")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def elasticsearch_node() -> Iterator[Node]:
    """One node for the whole run; two runs at a time have a folder each."""
    folder = FOLDER / os.environ.get("PYTEST_XDIST_WORKER", "main")
    shutil.rmtree(folder / "data", ignore_errors=True)
    node = Node(folder)
    node.start()
    yield node
    node.kill()


@pytest.fixture
def mirror(elasticsearch_node: Node, settings: Any) -> Iterator[ElasticsearchEngine]:
    """Elasticsearch as this installation's search, with indices of the test's own and an empty live index."""
    from newsroom.common import clock
    from publishing.archive.engines.elasticsearch import present_elasticsearch

    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_PREFIX, settings.ELASTICSEARCH_TIMEOUT_MS = elasticsearch_node.url, f"t{uuid.uuid4().hex[:12]}", 5000
    cache.clear()
    breaker.close()
    made = present_elasticsearch()
    assert made
    name = made.make_building(now=clock.now(), mark="test")
    made.switch_to(name)
    yield made
    breaker.close()
    if elasticsearch_node.process:
        for index in made.indices():
            made.bulk.indices.delete(index=index)
