"""One page as an anonymous reader gets it: through Django's own handler, without a cookie, with the keys of what it shows."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from publishing.reader.collected import Keys, collect
from publishing.reader.pages.addresses import media_type

# Set anew for each answer, or made by whoever serves the file.
OWN_HEADERS = {"content-type", "content-length", "etag", "last-modified", "cache-control", "vary", "date", "expires", "content-language"}


@dataclass(frozen=True)
class Rendered:
    """A page: its answer, and what it shows."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    keys: Keys = field(default_factory=Keys)
    refusal: str = ""

    @property
    def may_be_stored(self) -> bool:
        """A whole page for everybody."""
        return self.status == 200 and not self.refusal


@cache
def _handler() -> WSGIHandler:
    return WSGIHandler()


def render(address: str) -> Rendered:
    """Render a storable address now. Faults of the page come back as its 500, as a reader would get it."""
    with collect() as keys:
        response: HttpResponseBase = _handler().get_response(_request(address))
    body = response.content if isinstance(response, HttpResponse) else b""
    headers = {name: value for name, value in response.headers.items() if name.lower() not in OWN_HEADERS}
    return Rendered(response.status_code, body, headers, keys, _refusal(address, response))


def _refusal(address: str, response: HttpResponseBase) -> str:
    """Why this answer is not for everybody. Nothing personal may enter the store, whatever a view does."""
    if response.cookies or response.has_header("Set-Cookie"):
        return "it sets a cookie"
    if {"cookie", "authorization", "*"} & {name.strip().lower() for name in response.get("Vary", "").split(",")}:
        return "it differs from reader to reader"
    if response.streaming:
        return "it has no end that is known"
    if "private" in response.get("Cache-Control", "") or "no-store" in response.get("Cache-Control", ""):
        return "it is private"
    if response.status_code == 200 and response.get("Content-Type", "") != media_type(address):
        return f"it is {response.get('Content-Type', '')}"
    return ""


def _request(address: str) -> WSGIRequest:
    paper = urlsplit(settings.PAPER_ADDRESS)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "", "SCRIPT_NAME": "", "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": paper.hostname or "localhost", "SERVER_PORT": str(paper.port or (443 if paper.scheme == "https" else 80)), "HTTP_HOST": paper.netloc,
        "REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": paper.scheme, "wsgi.url_scheme": paper.scheme, "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0), "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
    }  # fmt: skip
    return WSGIRequest(environ)
