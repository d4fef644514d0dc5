"""The one client for calls to other machines: guarded against ourselves (SSRF), bounded in time and size, never surprised.

Only http and https. Addresses that are not public are refused at connect time, on the address really connected to, so a
name that resolves differently a second time gains nothing. Origins that the caller allows (the rehearsal platforms on this
machine) pass. Redirects are not followed and nothing is sent twice. What may be logged is cut and scrubbed of secrets.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import json
import re
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError, NewConnectionError

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
DEADLINE_SECONDS = 90.0
NAME_SECONDS = 30.0  # the system's own patience with a name: three servers, asked twice, five seconds each
# Nothing of a call with the usual times lasts longer, whatever the other machine does: a name, a connection and TLS, then the deadline (at least one whole read).
LONGEST_CALL = NAME_SECONDS + 2 * CONNECT_SECONDS + max(DEADLINE_SECONDS, READ_SECONDS)
LARGEST_ANSWER = 5 * 1024 * 1024
KEPT = 4096
SECRETS = re.compile(
    r"((?:access_token|client_secret|refresh_token|fb_exchange_token|input_token|appsecret_proof|secret_key|upload_id|upload_token|code|authorization)[\"']?\s*[=:]\s*[\"']?)(?!\d{1,7}\b)[^&\s\"',}]+", re.I
)
# Keys that stand in no field of their own: a bot's token (also in an address' path, where Telegram wants it), whatever follows Bearer.
BARE_SECRETS = re.compile(r"(/bot)\d[^/\s\"'<>?)]*|(?<!\d)\d{5,16}(?::|%3A)[\w-]{20,}|(\bBearer\s+)[^\s\"',]+", re.I)
SIGNING = re.compile(r"whsec_[\w+/=-]+")  # secrets of webhooks


@dataclass(frozen=True)
class Answer:
    """What the other machine said."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body as JSON, or None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def kept(self) -> str:
        """The first 4 kB, scrubbed, for the log of attempts."""
        return scrub(self.body[:KEPT].decode(errors="replace"))


@dataclass(frozen=True)
class NoAnswer:
    """No usable answer. `sent`: whether the request's bytes may have left, which decides if a write may be repeated."""

    sent: bool
    reason: str


class ForbiddenAddress(OSError):
    """The name leads to an address that is not public."""


def scrub(text: str) -> str:
    """The text without tokens and secrets."""
    return SIGNING.sub("whsec_…", SECRETS.sub(r"\1…", BARE_SECRETS.sub(lambda found: f"{found[1] or found[2] or ''}…", text)))


def _public_address(host: str, port: int) -> str:
    for *_rest, sockaddr in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        address = str(sockaddr[0]).split("%")[0]
        if ipaddress.ip_address(address).is_global:
            return address
    raise ForbiddenAddress(f"{host} is not a public address")


class _Guard:
    """Connects only to a public address, the very one that was checked."""

    def _new_conn(self) -> socket.socket:
        host, port = self._dns_host, self.port  # type: ignore[attr-defined]
        try:
            address = _public_address(host, port)
            return socket.create_connection((address, port), timeout=self.timeout)  # type: ignore[attr-defined]
        except socket.gaierror as error:
            raise NameResolutionError(host, self, error) from error  # type: ignore[arg-type]
        except OSError as error:
            raise NewConnectionError(self, str(error)) from error  # type: ignore[arg-type]


_UNTIL: ContextVar[float | None] = ContextVar("until", default=None)  # of the call that this thread makes, by the monotonic clock


class _Until(io.RawIOBase):
    """Reads from a socket, each time no longer than is left: one that lets a byte drip now and then would keep us for ever."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, until: float) -> None:
        self.raw, self.sock, self.until, self.patience = raw, sock, until, sock.gettimeout()

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What has come."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        self.sock.settimeout(left if self.patience is None else min(self.patience, left))
        return self.raw.readinto(buffer)

    def close(self) -> None:
        """Let go of the socket too."""
        self.raw.close()
        super().close()


class _Bounded(http.client.HTTPResponse):
    """An answer, headers and body, that ends with the call's deadline. After a long upload there is still time for one whole read."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        if (until := _UNTIL.get()) is not None:
            least = time.monotonic() + (sock.gettimeout() or 0)
            self.fp = io.BufferedReader(_Until(self.fp.detach(), sock, max(until, least)))  # type: ignore[attr-defined]


class _PlainHTTP(HTTPConnection):
    response_class = _Bounded


class _PlainHTTPS(HTTPSConnection):
    response_class = _Bounded


class _GuardedHTTP(_Guard, _PlainHTTP):
    pass


class _GuardedHTTPS(_Guard, _PlainHTTPS):
    pass


class _PlainHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PlainHTTP


class _PlainHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PlainHTTPS


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class BoundedAdapter(HTTPAdapter):
    """An adapter of requests whose every answer ends with the call's deadline. It connects to where it is told."""

    pools: Mapping[str, type[HTTPConnectionPool]] = {"http": _PlainHTTPPool, "https": _PlainHTTPSPool}

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use pools of our own."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = dict(self.pools)


class GuardedAdapter(BoundedAdapter):
    """The same, and every connection is guarded."""

    pools = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}


def guarded_session(*, allowed_origins: Iterable[str] = ()) -> requests.Session:
    """A session for libraries that bring their own calls (requests-oauthlib is one). No retries, no proxies from outside."""
    session = requests.Session()
    protect(session, allowed_origins=allowed_origins)
    return session


def protect(session: requests.Session, *, allowed_origins: Iterable[str] = ()) -> None:
    """Put the guard under an existing session."""
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, GuardedAdapter(max_retries=0))
    for origin in allowed_origins:
        session.mount(origin.rstrip("/") + "/", BoundedAdapter(max_retries=0))


def call(
    method: str, url: str, *, allowed_origins: Iterable[str] = (), params: Mapping[str, Any] | None = None, data: Any = None,
    files: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None, read_seconds: float = READ_SECONDS,
    deadline_seconds: float = DEADLINE_SECONDS, largest: int = LARGEST_ANSWER,
) -> Answer | NoAnswer:  # fmt: skip
    """Make one request. Never raises for the network: the outcome is an Answer or a NoAnswer that says whether bytes may have left."""
    until = time.monotonic() + deadline_seconds
    sent = False
    with guarded_session(allowed_origins=allowed_origins) as session, _ends_at(until):
        try:
            response = session.request(
                method, url, params=params, data=data, files=files, headers=headers, timeout=(CONNECT_SECONDS, read_seconds), allow_redirects=False, stream=True
            )
            sent = True
            body = _read(response, until=until, largest=largest)
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, requests.exceptions.MissingSchema) as error:
            return NoAnswer(False, scrub(f"address: {error}")[:500])
        except requests.RequestException as error:
            return NoAnswer(sent or not _before_sending(error), scrub(f"{type(error).__name__}: {error}")[:500])
    if body is None:
        return NoAnswer(True, "the answer was too large or too slow")
    return Answer(response.status_code, body, dict(response.headers))


@contextmanager
def _ends_at(until: float) -> Iterator[None]:
    """The deadline of what this thread asks for meanwhile."""
    token = _UNTIL.set(until)
    try:
        yield
    finally:
        _UNTIL.reset(token)


def _read(response: requests.Response, *, until: float, largest: int) -> bytes | None:
    parts, size = [], 0
    for chunk in response.iter_content(65536):
        parts.append(chunk)
        size += len(chunk)
        if size > largest or time.monotonic() > until:
            return None
    return b"".join(parts)


def _before_sending(error: requests.RequestException) -> bool:
    """Whether the failure came before any byte of the request left: no connection, no name, a certificate that we do not trust.

    Any other failure of TLS may come after the request: a server can break the connection with an alert at any moment.
    """
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    reason = getattr(error.args[0], "reason", error.args[0]) if error.args else None
    if isinstance(error, requests.exceptions.SSLError):
        return isinstance(reason.args[0] if isinstance(reason, Exception) and reason.args else None, ssl.CertificateError)
    return isinstance(reason, NewConnectionError | NameResolutionError)
