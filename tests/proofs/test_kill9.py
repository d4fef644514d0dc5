"""A seeded share of the long proof (`make prove`): clocks and workers killed with -9, answers lost, nothing doubled, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def test_killed_clocks_and_workers_double_nothing_and_lose_nothing_on_both_databases() -> None:
    environment = {**os.environ, "ONLY": "kill9", "SCALE": "0.04", "SEED": "26", "DELIVERY_LEASE_SECONDS": "20"}  # longer than the longest call of these faults
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-m", "benchmarks.run", "prove"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "live once with one event" in done.stdout
