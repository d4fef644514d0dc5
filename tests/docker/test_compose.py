"""What docker/ promises, held against the code: no queue without a worker, no variable that nobody reads, no process as root."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from newsroom.config import env

DOCKER = Path(__file__).resolve().parents[2] / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yml").read_text())
OURS = {name: service for name, service in COMPOSE["services"].items() if str(service.get("image", "")).startswith("newsroom:")}


def test_every_queue_has_exactly_one_worker() -> None:
    served = [queue for service in OURS.values() if service["command"][0] == "worker" for queue in service["command"][1].split(",")]
    assert sorted(served) == sorted(settings.NEWSROOM_QUEUES)


def test_every_variable_is_one_that_the_newsroom_reads() -> None:
    given = {name.removesuffix("_FILE") for service in OURS.values() for name in service["environment"]}
    known = set(env.VARIABLES) | {"NEWSROOM_WEB"}  # read by docker/entrypoint.sh
    assert given <= known


def test_what_is_secret_comes_in_files_only() -> None:
    secret = {name for name, variable in env.VARIABLES.items() if variable.secret}
    for service in OURS.values():
        plain = {name: value for name, value in service["environment"].items() if not name.endswith("_FILE")}
        assert not (secret & set(plain)) - {"REDIS_URL", "ELASTICSEARCH_URL"}, "these two have no password on the inside network"
        for name, path in service["environment"].items():
            if name.endswith("_FILE"):
                assert Path(path).name in service["secrets"] and Path(path).name in COMPOSE["secrets"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_process_of_ours_is_least_privileged(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"] and "no-new-privileges:true" in service["security_opt"]
    assert "ports" not in service


def test_data_services_are_reached_from_inside_only() -> None:
    for name in ("postgres", "redis", "elasticsearch"):
        assert COMPOSE["services"][name]["networks"] == ["inside"]
        assert "ports" not in COMPOSE["services"][name]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_image_runs_as_a_user_and_copies_only_what_exists() -> None:
    lines = (DOCKER / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER 10001:10001"
    sources = [line.split()[-2] for line in lines if line.startswith("COPY ") and "--from" not in line]
    missing = [source for source in sources if not (DOCKER.parent / source).exists()]
    assert not missing


def test_every_command_is_one_of_the_entry_point(tmp_path: Path) -> None:
    text = (DOCKER / "entrypoint.sh").read_text()
    roles = set(re.findall(r"^  ([a-z_]+)\)", text, re.MULTILINE))
    assert {service["command"][0] for service in OURS.values()} <= roles
    assert subprocess.run(["sh", "-n", str(DOCKER / "entrypoint.sh")], check=False).returncode == 0
    refused = subprocess.run(["sh", str(DOCKER / "entrypoint.sh"), "nonsense"], capture_output=True, text=True, check=False)
    assert refused.returncode == 64 and "There is no process called nonsense" in refused.stderr
