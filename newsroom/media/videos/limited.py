"""Runs another program under limits: `limited.py MEMORY CPU_SECONDS FILE_SIZE NICE PARENT PROGRAM …`. Standard library only, started with `-I -S`.

A launcher of its own instead of `preexec_fn`: the worker has threads, and code between fork and exec may then wait for a lock for ever.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1


def limit(kind: int, value: int) -> None:
    """Set a limit, not above what this process may have; a system that does not know it goes without."""
    try:
        _soft, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (value, value) if hard == resource.RLIM_INFINITY else (min(value, hard), hard))
    except (ValueError, OSError):
        pass


def main() -> None:
    """Set the limits, then become the program."""
    memory, seconds, size, niceness, parent = (int(word) for word in sys.argv[1:6])
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # a killed worker leaves no encoder behind
        if os.getppid() != parent:
            os._exit(1)
    limit(resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_FSIZE, size)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_NOFILE, 64)
    os.nice(niceness)
    os.execv(sys.argv[6], sys.argv[6:])  # noqa: S606  (no shell, a program and words of our own)


if __name__ == "__main__":
    main()
