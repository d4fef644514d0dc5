"""A host of pictures, for platforms that fetch them: a real HTTP server on this machine."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image


def jpeg(width: int = 600, height: int = 400) -> bytes:
    """A small picture."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), (40, 90, 120)).save(data, "JPEG")
    return data.getvalue()


def heavy_jpeg() -> bytes:
    """A picture of more than a million bytes."""
    data = io.BytesIO()
    Image.frombytes("RGB", (1200, 900), os.urandom(1200 * 900 * 3)).save(data, "JPEG", quality=95)
    return data.getvalue()


@contextmanager
def picture_host() -> Iterator[str]:
    """The host's address: every path is a JPEG, but for those that end in missing.jpg, heavy.jpg and webp."""
    small, heavy, modern = jpeg(), heavy_jpeg(), io.BytesIO()
    Image.new("RGB", (60, 40)).save(modern, "WEBP")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("missing.jpg"):
                self.send_error(404)
                return
            body = heavy if self.path.endswith("heavy.jpg") else modern.getvalue() if self.path.endswith("webp") else small
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
