"""The usage headers that Graph puts on its answers: percent of what an hour allows, for the app and for the Page."""

import json
import threading
import time
from collections import defaultdict, deque

PER_HOUR = 20_000  # calls; generous, because throttling is a fault switch here, not a surprise


class Usage:
    """Counts calls of the last hour by subject (app or Page id)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def count(self, subject: str) -> int:
        """One more call; the percentage reached."""
        moment = time.monotonic()
        with self._lock:
            calls = self._calls[subject]
            calls.append(moment)
            while calls and calls[0] < moment - 3600:
                calls.popleft()
            return min(100, 100 * len(calls) // PER_HOUR)


def app_header(percent: int) -> str:
    """X-App-Usage."""
    return json.dumps({"call_count": percent, "total_cputime": percent // 2, "total_time": percent // 2})


def page_header(page: str, percent: int, *, minutes: int = 0) -> str:
    """X-Business-Use-Case-Usage; `minutes` until the Page may be called again, 0 when it is not throttled."""
    return json.dumps(
        {
            page: [
                {
                    "type": "pages",
                    "call_count": percent,
                    "total_cputime": percent // 2,
                    "total_time": percent // 2,
                    "estimated_time_to_regain_access": minutes,
                }
            ]
        }
    )
