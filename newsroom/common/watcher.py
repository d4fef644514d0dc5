"""Holds the read end of the supervisor's pipe. End of file means that the supervisor is gone: kill every group it named.

Run as a plain script: imports nothing of ours, ignores Ctrl-C (the supervisor hears it).
"""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Read `+pid` and `-pid` lines until end of file, then kill what is left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    leaders: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            leaders.add(pid)
        else:
            leaders.discard(pid)
    for pid in leaders:
        try:
            os.killpg(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


if __name__ == "__main__":
    main()
