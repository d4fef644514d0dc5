"""A share of the proof in benchmarks/upload.py: real worker, real queue, kill -9 in the middle of the bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.machine import fresh_environment

pytestmark = [pytest.mark.slow, pytest.mark.processes]
ROOT = Path(__file__).resolve().parents[3]


def test_a_video_survives_workers_killed_in_the_middle_of_its_bytes() -> None:
    with fresh_environment(database_url="") as environment:
        environment |= {"SCALE": "0.05", "SEED": "4"}
        done = subprocess.run([sys.executable, "-m", "benchmarks.upload", "sqlite"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    found = {row["name"].split(": ")[1]: row["value"] for row in json.loads(next(line for line in done.stdout.splitlines() if line.startswith("[{")))}
    assert found["identical"] == 1 and found["kills"] >= 1 and found["uploads opened"] == 1
    assert found["sent twice"] < 5 and found["worker at most"] < 200
