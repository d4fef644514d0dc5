"""A WSGI answer without anything behind it: the same bytes as a story's page."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["NEWSROOM_VAR"], "bare.html").read_bytes()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Always the same."""
    start_response("200 OK", HEADERS)
    return [BODY]
