"""A newsroom whose clock somebody moves: `python -m benchmarks.jumping <module> …` is `python -m <module> …` on such a clock.

The file that NEWSROOM_CLOCK_FILE names says by how many seconds the newsroom's clock is off; all its processes read it, as they would share a machine's clock.
The platforms keep their own, true one.
"""

from __future__ import annotations

import os
import runpy
import sys
from datetime import datetime, timedelta
from pathlib import Path

from newsroom.common import clock

true_now = clock.now


def offset() -> float:
    """Seconds that the newsroom's clock is ahead."""
    return float(Path(os.environ["NEWSROOM_CLOCK_FILE"]).read_text())


def jump(seconds: float) -> None:
    """Move the clock of every process; whoever reads it meanwhile reads the old or the new one, never half a number."""
    path = Path(os.environ["NEWSROOM_CLOCK_FILE"])
    new = path.with_suffix(".new")
    new.write_text(str((offset() if path.exists() else 0.0) + seconds))
    new.replace(path)


def now() -> datetime:
    """The present moment on the moved clock."""
    return true_now() + timedelta(seconds=offset())


def install() -> None:
    """This process lives by the moved clock from now on. Before anything else of the newsroom is imported."""
    clock.now = now


if __name__ == "__main__":
    install()
    del sys.argv[0]
    sys.path.insert(0, os.getcwd())
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
