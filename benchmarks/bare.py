"""A WSGI answer without anything behind it: the same bytes, and where they are told the same headers, as a story's page."""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["NEWSROOM_VAR"], "bare.html").read_bytes()
_told = Path(os.environ["NEWSROOM_VAR"], "bare.json")
HEADERS = [(name, value) for name, value in json.loads(_told.read_text())] if _told.exists() else [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Always the same."""
    start_response("200 OK", HEADERS)
    return [BODY]
