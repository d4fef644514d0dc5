"""What a rehearsal platform is: a kind, the faults and calls it knows, its accounts, and a handler for everything below /<kind>/."""

import socket
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from werkzeug.wrappers import Request, Response

from distribution.rehearsal import faults
from distribution.rehearsal.calls import Call
from distribution.rehearsal.previews import Looker
from distribution.rehearsal.settings import MAX_BODY, MAX_FORM_TEXT, Settings
from distribution.rehearsal.store import Store
from distribution.rehearsal.world import Account


class LimitedRequest(Request):
    """A request whose body may not be larger than platforms take."""

    max_content_length = MAX_BODY
    max_form_memory_size = MAX_FORM_TEXT
    max_form_parts = 500


@dataclass(frozen=True)
class Context:
    """What every platform is given."""

    settings: Settings
    store: Store
    looker: Looker


class Platform(Protocol):
    """One rehearsal platform. A new kind is a module here and a line in `platforms.KINDS`."""

    kind: str
    label: str
    known_faults: frozenset[str]
    known_calls: tuple[str, ...]
    known_subcodes: frozenset[int]  # of dead tokens, for the fault option of that name
    accounts: tuple[Account, ...]

    def handle(self, request: Request, path: str) -> Response:
        """Answer a request below /<kind>/; `path` comes without that prefix and without a leading slash."""

    def film(self, db: sqlite3.Connection, post_id: str) -> dict[str, Any] | None:
        """What the player of a post needs; None for a post without a video."""

    def settle(self, db: sqlite3.Connection) -> None:
        """Carry out what only time has brought about, before posts are listed."""

    def uploads(self, db: sqlite3.Connection) -> list[dict[str, Any]]:
        """What each resumable upload brought over the line, oldest first."""

    def reset(self, db: sqlite3.Connection) -> None:
        """Wipe what this platform keeps beside the shared rows."""

    def card(self) -> dict[str, Any]:
        """What a script needs to connect to this platform in a demo (addresses, app, person)."""


class ConnectionCut(ConnectionAbortedError):
    """Ends the request without an answer; the server below takes it for a client that went away."""


def cut(request: Request) -> ConnectionCut:
    """Shut the connection so that the client gets nothing at all; raise what this returns."""
    connection = request.environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the client went away first, which is as good
    return ConnectionCut("cut by a fault")


def slowly(response: Response, seconds: float) -> Response:
    """The same answer: head at once, then the body in drops over `seconds`."""
    body = response.get_data()
    pieces = [body[index : index + max(1, len(body) // 20)] for index in range(0, len(body), max(1, len(body) // 20))]

    def drops() -> Iterator[bytes]:
        yield b""  # the head, at once
        for piece in pieces:
            time.sleep(seconds / max(1, len(pieces)))
            yield piece

    slow = Response(drops(), status=response.status_code, headers=response.headers, direct_passthrough=True)
    slow.headers["Content-Length"] = str(len(body))
    return slow


def seconds_of(fault: faults.Fault, settings: Settings) -> float:
    """How long this fault holds things up."""
    return float(fault.options.get("seconds", settings.late_seconds))


def take_fault(
    context: Context, call: Call | None, *, platform: str, account: str, name: str, commits: bool, only: Mapping[str, str] | None = None, unfit: frozenset[str] = frozenset()
) -> faults.Fault | None:
    """The next fault that is set for the call `name`, written beside the call. `only`: faults that one call alone knows; `unfit`: what this call does not
    know either. Both leave the switch where it is."""
    elsewhere = frozenset(fault for fault, one in (only or {}).items() if one != name)
    with context.store.write() as db:
        fault = faults.take(db, platform=platform, account=account, call=name, commits=commits, unfit=unfit | elsewhere)
    if fault and call:
        call.fault = fault.name
    return fault


def through_commit_fault(
    request: Request, settings: Settings, fault: faults.Fault | None, *, commit: Callable[[], Response], broken: Callable[[], Response]
) -> Response:
    """Run the irreversible call as the fault wants it. `broken` makes the platform's own 5xx answer. Raises ConnectionCut."""
    name = fault.name if fault else ""
    if fault and name == "late_commit":
        time.sleep(seconds_of(fault, settings))
    response = commit()
    if name == "lost_answer":
        raise cut(request)
    if name == "error_after":
        return broken()
    if fault and name == "slow_body":
        return slowly(response, seconds_of(fault, settings))
    return response
