"""The process: command line, one listening socket, a thread for each request, a quick end on SIGTERM and SIGINT."""

import argparse
import os
import signal
import socket
import sqlite3
import sys
import threading
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from distribution.rehearsal.app import Application
from distribution.rehearsal.settings import (
    BadSettings,
    default_port,
    default_var,
    from_environment,
)

UNDERSCORED = ("access_token", "secret_key", "appsecret_proof", "file_size")


class Handler(WSGIRequestHandler):
    """Quiet, and with an end to waiting for clients that stop talking."""

    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds without a byte

    def make_environ(self) -> dict[str, Any]:
        """With the few headers that have an underscore in their names by a platform's own rule (Zalo's token and secret, the size of a reel); the server leaves out all others."""
        environ: dict[str, Any] = super().make_environ()
        for name in UNDERSCORED:
            if (value := self.headers.get(name)) is not None:
                environ[f"HTTP_{name.upper()}"] = value
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Calls are in calls.json; the terminal belongs to the newsroom."""

    def log_error(self, format: str, *args: Any) -> None:
        """A client that stops talking is no error of ours."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit code: 0 for a normal end, 1 with one sentence on stderr otherwise."""
    try:
        options = _options(arguments)
        settings = from_environment(options.var)
        listening = _listen(options.host, options.port)
        application = Application(settings)
    except BadSettings as error:
        return _refuse(str(error))
    except (OSError, sqlite3.Error) as error:
        return _refuse(f"Không ghi được vào thư mục {options.var}: {error}.")
    with listening:
        server = make_server(options.host, options.port, application, threaded=True, request_handler=Handler, fd=listening.fileno())
    _stop_on_signals(server)
    print(f"Nền tảng chạy thử: http://{options.host}:{server.server_address[1]}/", flush=True)
    server.serve_forever(poll_interval=0.1)
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m distribution.rehearsal", description="Các nền tảng chạy thử.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=None, help="mặc định: PORT + 1")
    parser.add_argument("--var", default=default_var(), help="thư mục dữ liệu của tòa soạn (NEWSROOM_VAR); dùng thư mục con rehearsal/")
    options = parser.parse_args(arguments)
    options.port = default_port() if options.port is None else options.port
    if not 0 <= options.port <= 65535:
        raise BadSettings(f"Cổng {options.port} không hợp lệ.")
    return options


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise BadSettings(f"Không mở được cổng {port} trên {host}: {getattr(error, 'strerror', None) or error}.") from error


def _stop_on_signals(server: Any) -> None:
    def stop(number: int, frame: Any) -> None:
        # shutdown() waits for the loop that this very thread runs: it needs another thread.
        threading.Thread(target=server.shutdown, daemon=True).start()
        # A request that is held back by a fault must not hold the process: one second, then out.
        killer = threading.Timer(1.0, os._exit, (0,))
        killer.daemon = True
        killer.start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1
