"""A small strict WebSub hub with its subscriber, and a small strict IndexNow engine, on a real port.

The hub follows the W3C recommendation: it verifies the intent of a subscriber with a challenge, takes `hub.mode=publish` for topics whose feed
names it as hub and themselves as self, fetches them, and hands them on with links and a signature. The engine fetches the key's file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import threading
import xml.etree.ElementTree as ET
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

ATOM = "{http://www.w3.org/2005/Atom}link"


def links(feed: bytes) -> dict[str, set[str]]:
    """rel → addresses of a feed's links."""
    found: dict[str, set[str]] = {}
    for node in ET.fromstring(feed).iter(ATOM):
        found.setdefault(node.get("rel", ""), set()).add(node.get("href", ""))
    return found


class Listeners:
    """Hub at /hub, subscriber at /subscriber, engine at /indexnow. `refuse`: statuses that the next calls get instead."""

    def __init__(self) -> None:
        self.subscriptions: dict[str, tuple[str, str]] = {}
        self.received: list[bytes] = []
        self.published: list[str] = []
        self.indexed: list[str] = []
        self.wrong: list[str] = []
        self.refuse: list[tuple[int, dict[str, str]]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def hub(self) -> str:
        return f"{self.address}/hub"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def subscribe(self, topic: str) -> None:
        """As a subscriber does: find the hub in the feed, ask it, answer its challenge."""
        found = links(requests.get(topic, timeout=10).content)
        assert found["self"] == {topic}
        [hub] = found["hub"]
        form = {"hub.mode": "subscribe", "hub.topic": topic, "hub.callback": f"{self.address}/subscriber", "hub.secret": "bi-mat"}
        assert requests.post(hub, data=form, timeout=10).status_code == 202

    def publish(self, form: dict[str, str]) -> int:
        topic = form.get("hub.url", "")
        if form.get("hub.mode") == "subscribe":
            return self._verify(form)
        if form.get("hub.mode") != "publish" or not topic or form.get("hub.topic") != topic:
            return self._no(400, f"not a publish call: {form}")
        feed = requests.get(topic, timeout=10)
        if feed.status_code != 200 or links(feed.content).get("self") != {topic} or self.hub not in links(feed.content).get("hub", set()):
            return self._no(400, f"{topic} does not name this hub and itself")
        self.published.append(topic)
        if topic in self.subscriptions:
            callback, secret = self.subscriptions[topic]
            signature = hmac.new(secret.encode(), feed.content, hashlib.sha256).hexdigest()
            headers = {"Content-Type": feed.headers["Content-Type"], "Link": f'<{self.hub}>; rel="hub", <{topic}>; rel="self"', "X-Hub-Signature": f"sha256={signature}"}
            requests.post(callback, data=feed.content, headers=headers, timeout=10)
        return 204

    def _verify(self, form: dict[str, str]) -> int:
        query = urlencode({"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "thu-thach", "hub.lease_seconds": "864000"})
        if requests.get(f"{form['hub.callback']}?{query}", timeout=10).text != "thu-thach":
            return self._no(404, "the subscriber did not repeat the challenge")
        self.subscriptions[form["hub.topic"]] = (form["hub.callback"], form["hub.secret"])
        return 202

    def index(self, content_type: str, raw: bytes) -> int:
        body = json.loads(raw)
        if content_type != "application/json; charset=utf-8" or set(body) != {"host", "key", "keyLocation", "urlList"} or not 0 < len(body["urlList"]) <= 10_000:
            return self._no(400, f"not an IndexNow call: {body}")
        key = requests.get(body["keyLocation"], timeout=10)
        if not re.fullmatch(r"[A-Za-z0-9-]{8,128}", body["key"]) or key.status_code != 200 or key.text.strip() != body["key"]:
            return self._no(403, "the key's file does not hold the key")
        hosts = {urlsplit(address).netloc for address in [*body["urlList"], body["keyLocation"]]}
        if hosts != {body["host"]}:
            return self._no(422, f"addresses of other hosts: {hosts}")
        self.indexed += body["urlList"]
        return 202

    def _no(self, status: int, why: str) -> int:
        self.wrong.append(why)
        return status

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        listeners = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None: ...

            def do_GET(self) -> None:
                query = parse_qs(urlsplit(self.path).query)
                self._answer(200, query["hub.challenge"][0].encode())

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == "/subscriber":
                    expected = hmac.new(b"bi-mat", raw, hashlib.sha256).hexdigest()
                    assert self.headers["X-Hub-Signature"] == f"sha256={expected}"
                    listeners.received.append(raw)
                    return self._answer(204)
                if listeners.refuse:
                    status, headers = listeners.refuse.pop(0)
                    return self._answer(status, b"", headers)
                if self.path == "/indexnow":
                    return self._answer(listeners.index(self.headers["Content-Type"], raw))
                return self._answer(listeners.publish({name: values[0] for name, values in parse_qs(raw.decode()).items()}))

            def _answer(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        return Handler


class FixedPage:
    """A paper that answers what a test says."""

    def __init__(self) -> None:
        self.status, self.body, self.hosts = 200, b"", list[str]()
        page = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_args: Any) -> None: ...

            def do_GET(self) -> None:
                page.hosts.append(self.headers["Host"])
                self.send_response(page.status)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
