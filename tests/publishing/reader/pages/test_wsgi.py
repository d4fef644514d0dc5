"""The layer in front of Django: the stored page without Django, one rendering at a miss, the last state when Django is broken."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import brotli
import pytest

from publishing.reader.pages.render import Rendered
from publishing.reader.pages.store import PageStore
from publishing.reader.pages.wsgi import StoreFirst

BODY = "Tàu vào bờ trước bão. ".encode() * 40


class Asked:
    """The layer with a Django that counts, and what came out."""

    def __init__(self, root: Path, *, status: str = "200 OK") -> None:
        self.store = PageStore(root)
        self.store.open_generation("first")
        self.django, self.made, self.status = 0, 0, status
        self.answer: Rendered | None = None
        self.layer = StoreFirst(self._django, root, self._make)

    def _django(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        self.django += 1
        start(self.status, [("X-From", "django")])
        return [b"django"]

    def _make(self, address: str) -> Rendered | None:
        self.made += 1
        if self.answer is None:
            self.store.write(address, BODY)
        return self.answer

    def get(self, address: str, **more: str) -> tuple[str, dict[str, str], bytes]:
        told: list[Any] = []
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": address, "QUERY_STRING": "", **more}
        body = b"".join(self.layer(environ, lambda status, headers, *_: told.extend([status, dict(headers)])))
        return told[0], told[1], body


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    return Asked(tmp_path / "pages")


def test_a_miss_is_rendered_once_and_served_from_then_on(asked: Asked) -> None:
    for _ in range(3):
        assert asked.get("/thoi-su/")[2] == BODY
    assert (asked.made, asked.django) == (1, 0)


def test_every_query_of_an_address_is_the_same_page(asked: Asked) -> None:
    for query in ("", "utm_id=01J", "fbclid=x&utm_source=zalo", "a" * 4000):
        assert asked.get("/thoi-su/", QUERY_STRING=query)[2] == BODY
    assert (asked.made, asked.django) == (1, 0)


@pytest.mark.parametrize("more", [{"HTTP_COOKIE": "a=1; sessionid=xyz"}, {"REQUEST_METHOD": "POST"}, {"REQUEST_METHOD": "PUT"}])
def test_staff_and_writing_requests_go_to_django(more: dict[str, str], asked: Asked) -> None:
    asked.get("/")
    assert asked.get("/", **more)[2] == b"django"


@pytest.mark.parametrize("address", ["/admin/", "/tim-kiem/", "/health/live", "/.headers.json", "/../x", "/media/a.jpg", "/thoi-s\xc3\xaa/"])
def test_what_is_no_page_of_the_paper_is_djangos(address: str, asked: Asked) -> None:
    assert asked.get(address)[2] == b"django"
    assert asked.made == 0


def test_each_reader_gets_the_encoding_that_it_takes(asked: Asked) -> None:
    _status, headers, body = asked.get("/", HTTP_ACCEPT_ENCODING="gzip, deflate, br")
    assert headers["Content-Encoding"] == "br" and brotli.decompress(body) == BODY and int(headers["Content-Length"]) == len(body)
    _status, headers, body = asked.get("/", HTTP_ACCEPT_ENCODING="gzip")
    assert headers["Content-Encoding"] == "gzip" and gzip.decompress(body) == BODY
    _status, headers, body = asked.get("/", HTTP_ACCEPT_ENCODING="br;q=0, identity")
    assert "Content-Encoding" not in headers and body == BODY
    assert asked.get("/", HTTP_ACCEPT_ENCODING="gzip;q=0.8, *;q=0.1")[1]["Content-Encoding"] == "gzip"
    assert all(asked.get("/", HTTP_ACCEPT_ENCODING=accepted)[1]["Vary"] == "Accept-Encoding" for accepted in ("", "br", "gzip"))


def test_conditional_requests_and_head(asked: Asked) -> None:
    status, headers, body = asked.get("/")
    again = asked.get("/", HTTP_IF_NONE_MATCH=headers["ETag"])
    assert (again[0], again[2]) == ("304 Not Modified", b"") and again[1]["ETag"] == headers["ETag"]
    assert asked.get("/", HTTP_IF_NONE_MATCH='"another"')[0] == "200 OK"
    assert asked.get("/", HTTP_IF_MODIFIED_SINCE=headers["Last-Modified"])[0] == "304 Not Modified"
    assert asked.get("/", HTTP_IF_MODIFIED_SINCE="not a date")[0] == "200 OK"
    head = asked.get("/", REQUEST_METHOD="HEAD")
    assert head[1]["Content-Length"] == str(len(body)) and head[2] == b""


def test_a_page_replaced_by_another_process_is_new_at_the_next_request_and_its_old_tag_is_not_believed(asked: Asked) -> None:
    tag = asked.get("/")[1]["ETag"]
    asked.store.write("/", b"Dinh chinh")
    assert asked.get("/", HTTP_IF_NONE_MATCH=tag)[2] == b"Dinh chinh"


def test_a_removed_page_is_not_remembered(asked: Asked) -> None:
    asked.get("/thoi-su/x-a1.html")
    asked.store.remove("/thoi-su/x-a1.html")
    asked.answer = Rendered(410, b"Da go")
    assert asked.get("/thoi-su/x-a1.html")[0] == "410 Gone"
    assert asked.get("/thoi-su/x-a1.html")[2] == b"Da go"


def test_a_new_generation_is_seen(asked: Asked) -> None:
    asked.get("/")
    asked.store.open_generation("second")
    asked.get("/")
    assert asked.made == 2


def test_a_broken_django_shows_the_page_as_it_was_last(tmp_path: Path) -> None:
    asked = Asked(tmp_path / "pages", status="500 Internal Server Error")
    asked.store.write("/", BODY)
    asked.store.keep("/")

    def fails(address: str) -> None:
        raise ConnectionError("no database")

    asked.layer.make = fails
    assert asked.get("/")[::2] == ("200 OK", BODY)
    assert asked.get("/thoi-su/")[::2] == ("500 Internal Server Error", b"django")


def test_the_memory_stays_within_its_size(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publishing.reader.pages.wsgi.MEMORY_BYTES", 3 * len(BODY))
    for number in range(20):
        asked.get(f"/thoi-su/x-a{number}.html")
    assert asked.layer._bytes <= 3 * len(BODY)
    assert asked.get("/thoi-su/x-a0.html")[2] == BODY
