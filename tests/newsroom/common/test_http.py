"""The guarded client against real servers on this machine."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from newsroom.common import http
from newsroom.common.http import Answer, NoAnswer, call, guarded_session, scrub


@contextmanager
def server(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does to each connection what `speak` says."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    speak(connection)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    stopping.set()
    listener.close()


def says(answer: bytes) -> Callable[[socket.socket], None]:
    """Reads the request, then answers these bytes."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    return speak


def test_an_answer_comes_back_whole() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{\"a\": 1}")) as address:
        answer = call("GET", address, allowed_origins=[address])
    assert isinstance(answer, Answer) and answer.json() == {"a": 1}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "192.168.1.1", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_an_address_that_is_not_public_is_refused_before_anything_is_sent(host: str) -> None:
    answer = call("GET", f"http://{host}:80/")
    assert isinstance(answer, NoAnswer) and not answer.sent


def test_a_name_that_leads_inside_is_refused_on_the_address_really_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebinding name: whatever it said before, the address that is connected to is the one that was checked."""
    asked = []

    def resolve(host: str, port: int, **_kwargs: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(http.socket, "getaddrinfo", resolve)
    answer = call("GET", "http://harmless.example/")
    assert isinstance(answer, NoAnswer) and not answer.sent and asked


@pytest.mark.parametrize("address", ["ftp://example.org/", "file:///etc/passwd", "gopher://x/", "http://", "nonsense"])
def test_only_http_is_spoken(address: str) -> None:
    answer = call("GET", address)
    assert isinstance(answer, NoAnswer) and not answer.sent


def test_redirects_are_answers_and_not_followed() -> None:
    with server(says(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")) as address:
        answer = call("GET", address, allowed_origins=[address])
    assert isinstance(answer, Answer) and answer.status == 302


def test_an_answer_without_end_is_cut_off() -> None:
    def flood(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(200):
            connection.sendall(b"x" * 65536)

    with server(flood) as address:
        answer = call("GET", address, allowed_origins=[address], largest=500_000)
    assert isinstance(answer, NoAnswer) and answer.sent


def test_a_dripping_answer_ends_at_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"1\r\nx\r\n")
            time.sleep(0.05)

    with server(drip) as address:
        answer = call("GET", address, allowed_origins=[address], deadline_seconds=0.3)
    assert isinstance(answer, NoAnswer) and answer.sent


def test_a_cut_connection_says_that_the_request_may_have_left() -> None:
    with server(lambda connection: connection.recv(65536) and None) as address:
        answer = call("POST", address, data={"a": "b"}, allowed_origins=[address])
    assert isinstance(answer, NoAnswer) and answer.sent


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with a key and a certificate of this machine that nobody has signed."""
    key, today = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    path = tmp_path_factory.mktemp("tls") / "all.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return str(path)


def over_tls(certificate: str, heard: list[bytes]) -> Callable[[socket.socket], None]:
    """Shakes hands, hears the request, then breaks the connection with bytes that are no TLS."""

    def speak(connection: socket.socket) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        raw = connection.dup()
        with context.wrap_socket(connection, server_side=True) as secured:
            heard.append(secured.recv(65536))
            raw.sendall(b"HTTP/1.1 400 this is no TLS\r\n\r\n")
            raw.shutdown(socket.SHUT_RDWR)

    return speak


def test_tls_that_breaks_after_the_request_says_that_it_may_have_left(certificate: str, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []

    def trusting(**options: Any) -> requests.Session:
        session = guarded_session(**options)
        session.verify = certificate
        return session

    monkeypatch.setattr(http, "guarded_session", trusting)
    with server(over_tls(certificate, heard)) as address:
        secure = address.replace("http://", "https://")
        answer = call("POST", secure, data={"a": "b"}, allowed_origins=[secure])
    assert heard[0].startswith(b"POST / ")
    assert isinstance(answer, NoAnswer) and "SSLError" in answer.reason and answer.sent


def test_a_certificate_that_nobody_trusts_says_that_nothing_left(certificate: str) -> None:
    heard: list[bytes] = []
    with server(over_tls(certificate, heard)) as address:
        secure = address.replace("http://", "https://")
        answer = call("POST", secure, data={"a": "b"}, allowed_origins=[secure])
    assert heard == []
    assert isinstance(answer, NoAnswer) and not answer.sent


def test_nobody_there_says_that_nothing_left() -> None:
    answer = call("POST", "http://127.0.0.1:9/", data={"a": "b"}, allowed_origins=["http://127.0.0.1:9"])
    assert isinstance(answer, NoAnswer) and not answer.sent


def test_an_allowed_origin_allows_no_other_port() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as address:
        answer = call("GET", address, allowed_origins=[address[:-1]])
    assert isinstance(answer, NoAnswer) and not answer.sent


@pytest.mark.parametrize("text", ["access_token=EAAB123secret&x=1", '{"access_token":"EAAB123secret"}', "Authorization: EAAB123secret", "client_secret=EAAB123secret", "?code=EAAB123secret"])
def test_what_is_logged_holds_no_secret(text: str) -> None:
    assert "EAAB123secret" not in scrub(text)


BOT = "7402199801:AAF-xY9_kq3wZ0bTn5mLr8sVd2cHe7Jg4Qo"


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{BOT}/sendMessage", f"HTTPSConnectionPool(host='api.telegram.org'): Max retries exceeded with url: /bot{BOT}/sendPhoto (Caused by …)",
        f"/file/bot{BOT}/photos/1.jpg", f'{{"description":"{BOT}"}}', f"token {BOT}", BOT.replace(":", "%3A"), f"/bot{BOT}?x=1", f'"POST /bot{BOT}/getMe HTTP/1.1"',
        "/bot7402199801:AAF-xY9_kq3wZ0bTn5m/getMe", f"host 127.0.0.1:38635bot{BOT} is bad", f"Authorization: Bearer {BOT[11:]}",
    ],
)  # fmt: skip
def test_a_bot_s_token_is_in_no_log_wherever_it_stands(text: str) -> None:
    assert BOT[11:30] not in scrub(text) and BOT[11:] not in scrub(text)


def test_what_only_looks_a_little_like_a_token_stays() -> None:
    for text in ("2026-11-28 13:32:20,279 INFO", "http://127.0.0.1:8001/facebook/v26.0/me", "/robots.txt", "id=113500000000000101"):
        assert scrub(text) == text


def test_no_outcome_of_a_call_holds_the_token_of_its_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")) as address:
        assert isinstance(call("POST", f"{address}/bot{BOT}/getMe", allowed_origins=[address]), Answer)
        refused = call("POST", f"{address}/bot{BOT}/getMe")
    nobody = call("POST", f"http://127.0.0.1:9/bot{BOT}/getMe", allowed_origins=["http://127.0.0.1:9"])
    broken = call("POST", f"http://[bot{BOT}/getMe")
    for outcome in (refused, nobody, broken):
        assert isinstance(outcome, NoAnswer) and BOT[11:] not in outcome.reason
    assert BOT[11:] not in caplog.text


def test_error_codes_stay_readable() -> None:
    assert scrub('{"code":190,"error_subcode":463}') == '{"code":190,"error_subcode":463}'


def drips(before: bytes) -> Callable[[socket.socket], None]:
    """Reads the request, then lets a byte drip now and then, each in time for one read."""

    def speak(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(before)
        for _byte in range(40):
            time.sleep(0.2)
            connection.sendall(b"x")

    return speak


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"])
def test_an_answer_that_drips_ends_with_the_deadline(before: bytes) -> None:
    started = time.monotonic()
    with server(drips(before)) as address:
        answer = call("GET", address, allowed_origins=[address], read_seconds=0.5, deadline_seconds=1.0)
        took = time.monotonic() - started
    assert isinstance(answer, NoAnswer) and answer.sent and took < 3


def test_after_a_long_upload_there_is_still_time_for_the_answer() -> None:
    def slow(connection: socket.socket) -> None:
        connection.recv(65536)
        time.sleep(0.4)
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    with server(slow) as address:
        answer = call("GET", address, allowed_origins=[address], read_seconds=2.0, deadline_seconds=0.1)
    assert isinstance(answer, Answer) and answer.status == 204
