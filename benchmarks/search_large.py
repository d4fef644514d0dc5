"""Search at 100,000 stories; see benchmarks/search.py."""

from __future__ import annotations

import sys

from benchmarks.search import main

if __name__ == "__main__":
    main(sys.argv[1], stories=100_000)
