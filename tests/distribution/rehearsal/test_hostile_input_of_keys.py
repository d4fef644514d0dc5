"""Mastodon and Telegram: whatever arrives, the answer is a refusal in the platform's shape and the process lives on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.fakes.rehearsal import RehearsalServer

pytestmark = pytest.mark.processes
CHANNEL = "-1002026112301"
BODIES = [
    (b"{", "application/json"),
    (b"[" * 100_000, "application/json"),
    (b"[1]", "application/json"),
    (b"\xff\xfe\x00", "application/json"),
    (b"--x\r\nrubbish", "multipart/form-data; boundary=x"),
    (b"--x\r\nrubbish", "multipart/form-data"),
    (b"&&&===%%%", "application/x-www-form-urlencoded"),
    (b"x" * 1000, "text/r\xc3\xa1c"),
]
MASTODON = [
    b'{"status": "\\ud800"}',
    b'{"status": {"a": 1}, "media_ids": {"a": 1}}',
    b'{"status": "x", "media_ids": [[1], null, {"a": 1}]}',
    b'{"status": "x", "language": ["vi"], "visibility": [1]}',
    b'{"status": "x", "media_ids": "1"}',
]
TELEGRAM = [
    b'{"text": "\\ud800"}',
    b'{"text": {"a": 1}}',
    b'{"text": "x", "entities": "["}',
    b'{"text": "x", "entities": {"a": 1}}',
    b'{"text": "x", "entities": [{"type": "bold", "offset": "a", "length": 1}]}',
    b'{"text": "x", "link_preview_options": [1]}',
    b'{"media": [{"type": "video", "media": 1, "width": "a"}, {"type": "photo"}]}',
    b'{"media": {"type": "video", "media": {"a": 1}}, "message_id": 1}',
    b'{"message_id": "999999999999999999999999", "caption": "x"}',
    b'{"message_id": [1], "caption": [1], "caption_entities": 1}',
]
METHODS = ["sendMessage", "sendPhoto", "sendMediaGroup", "sendVideo", "editMessageText", "editMessageCaption", "editMessageMedia", "deleteMessage"]


@pytest.fixture(autouse=True)
def lives_on(rehearsal_server: RehearsalServer) -> Iterator[None]:
    yield
    assert rehearsal_server.process.poll() is None
    assert requests.get(f"{rehearsal_server.base_url}/_rehearsal/health", timeout=5).json()["status"] == "ok"


def refused(answer: requests.Response) -> bool:
    return 400 <= answer.status_code < 500 and "Traceback" not in answer.text


@pytest.mark.parametrize(("data", "kind"), [*BODIES, *((body, "application/json") for body in MASTODON)])
def test_mastodon_refuses_what_it_cannot_read(rehearsal_server: RehearsalServer, data: bytes, kind: str) -> None:
    card = rehearsal_server.card("mastodon")
    headers = {"Content-Type": kind, "Authorization": f"Bearer {card['fields']['token']}"}
    for method, path in (("POST", "v1/statuses"), ("PUT", "v1/statuses/1"), ("POST", "v2/media"), ("PUT", "v1/media/1")):
        answer = requests.request(method, f"{card['base_url']}/api/{path}", data=data, headers=headers, timeout=10)
        assert refused(answer) and answer.json()["error"], (path, answer.status_code)
    assert rehearsal_server.posts() == []


@pytest.mark.parametrize("path", ["api/", "api/v9/x", "api/v1/statuses/%00", "api/v1/accounts/1/statuses", "api/v1/media/%ff", "khong/co/..%2f..%2fetc", "film/x", "picture/%00"])
def test_mastodon_knows_no_other_path(rehearsal_server: RehearsalServer, path: str) -> None:
    card = rehearsal_server.card("mastodon")
    for method in ("GET", "POST", "DELETE", "PATCH"):
        assert refused(requests.request(method, f"{card['base_url']}/{path}", headers={"Authorization": f"Bearer {card['fields']['token']}"}, timeout=10)), method


def test_mastodon_s_pages_take_any_number(rehearsal_server: RehearsalServer) -> None:
    card = rehearsal_server.card("mastodon")
    for query in ("limit=" + "9" * 5000, "limit=a", "max_id=" + "9" * 60, "max_id=x", "limit=-1", "limit=0"):
        url = f"{card['base_url']}/api/v1/accounts/{card['account_id']}/statuses?{query}"
        assert requests.get(url, headers={"Authorization": f"Bearer {card['fields']['token']}"}, timeout=10).json() == []


@pytest.mark.parametrize(("data", "kind"), [*BODIES, *((body, "application/json") for body in TELEGRAM)])
def test_telegram_refuses_what_it_cannot_read(rehearsal_server: RehearsalServer, data: bytes, kind: str) -> None:
    card = rehearsal_server.card("telegram")
    for method in METHODS:
        url = f"{card['base_url']}/bot{card['fields']['token']}/{method}?chat_id={CHANNEL}"
        answer = requests.post(url, data=data, headers={"Content-Type": kind}, timeout=10)
        assert refused(answer) and answer.json()["ok"] is False, (method, answer.status_code, answer.text[:200])
    assert rehearsal_server.posts() == []


@pytest.mark.parametrize("path", ["bot", "botx/getMe", "bot1:2/getMe", "bot%00/getMe", "bot1:2/../getMe", "baosongba_chaythu/" + "9" * 60, "film/x", "picture/..%2f", "%ff"])
def test_telegram_knows_no_other_path(rehearsal_server: RehearsalServer, path: str) -> None:
    card = rehearsal_server.card("telegram")
    for method in ("GET", "POST"):
        assert refused(requests.request(method, f"{card['base_url']}/{path}", timeout=10)), method
    assert refused(requests.post(f"{card['base_url']}/bot{card['fields']['token']}/banChatMember", timeout=10))
