"""A seeded share of the long proof (`make prove`): clocks and workers killed with -9, answers lost, on every platform; nothing doubled, nothing lost."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def test_a_newsroom_killed_at_random_doubles_nothing_and_loses_nothing_on_any_platform_on_both_databases() -> None:
    environment = {**os.environ, "ONLY": "kill9", "SCALE": "0.04", "SEED": "26"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-m", "benchmarks.run", "prove"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    wanted = {"sqlite"} if "PostgreSQL is not installed" in done.stdout else {"sqlite", "postgresql"}
    assert wanted <= set(re.findall(r"kill9, every platform, (\w+): kills +[1-9]", done.stdout)), done.stdout[-3000:]
