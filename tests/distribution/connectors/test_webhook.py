"""The webhook channel: every message is signed as Standard Webhooks wants it (their own library judges), and holds an item of ninjs (a schema judges)."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jsonschema
import pytest
import requests
from standardwebhooks import Webhook as Judge
from standardwebhooks.webhooks import WebhookVerificationError
from ulid import ULID

from distribution.connectors.base import (
    Credential,
    Done,
    Failure,
    FailureClass,
    Health,
    Job,
    Look,
    Phase,
    Picture,
    Published,
    Sight,
    Snapshot,
    Target,
)
from distribution.connectors.logins import App
from distribution.connectors.webhook.connector import Webhook
from distribution.connectors.webhook.errors import classify
from distribution.connectors.webhook.oauth import WebhookLogin, endpoint_of
from newsroom.common.http import Answer, NoAnswer, scrub
from newsroom.common.webhooks import secret_bytes, signed_headers
from tests.distribution.connectors.ninjs import SCHEMA
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["rehearsal_process", "rehearsal_server"]
CHANNEL = Webhook()
NOW = datetime(2026, 11, 28, 7, 0, tzinfo=UTC)
SNAPSHOT = Snapshot(
    7, 3, "Lũ về Sông Ba", "", "Nước lên nhanh.", "https://songba.example/thoi-su/lu-ve-a7.html", "Ba giờ sáng.", published_at="2026-11-28T06:00:00+07:00",
    pictures=(Picture("image-1", "Cầu ngập", "Ảnh: Hờ Linh", 1600, 900, "https://songba.example/media/cau.webp"), Picture("image-2", "", "", 10, 10)),
    byline="Nay Hưng", section="Thời sự", tags=("Thời sự",), hashtags=("Sông Ba",), story_key="https://songba.example/a7", body_html="<p>Nước lên.</p>", signed_at="2026-11-28T06:30:00+07:00",
)  # fmt: skip


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Partner(ThreadingHTTPServer):
    """A partner's server: keeps each request as it came, answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status, self.answer, self.headers = 200, b"{}", {}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def last(self, secret: str) -> Any:
        """The last message, if the library believes it."""
        head, body = self.got[-1]
        return Judge(secret).verify(body, head)


class _Receiver(BaseHTTPRequestHandler):
    server: Partner

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        for name, value in {**self.server.headers, "Content-Length": str(len(self.server.answer))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def partner() -> Iterator[Partner]:
    server = Partner()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def target(partner: Partner, secret: str, *, job: Job | None = None, **settings: Any) -> Target:
    return Target("bensu.example", f"{partner.origin}/hook", Credential(secret), {"allowed_origins": (partner.origin,), **settings}, job=job)


def payload(snapshot: Snapshot = SNAPSHOT, marker: str = "M") -> Any:
    return CHANNEL.compose(snapshot=snapshot, marker=marker, settings={})


def test_a_story_goes_as_a_signed_message_with_a_ninjs_item(partner: Partner) -> None:
    secret, job = new_secret(), Job(str(ULID()), 3)
    partner.answer = b'{"url": "https://bensu.example/tin/7"}'
    done = CHANNEL.commit(target=target(partner, secret, job=job), payload=payload(), handle={})
    message = partner.last(secret)
    item = message["data"]
    jsonschema.Draft202012Validator(SCHEMA).validate(item)
    assert done == Published("https://songba.example/a7", "https://bensu.example/tin/7")
    assert (message["type"], partner.got[-1][0]["webhook-id"]) == ("story.published", job.id)
    assert (item["uri"], item["pubStatus"], item["version"], item["language"], item["by"]) == ("https://songba.example/a7", "usable", "3", "vi", "Nay Hưng")
    assert item["versionCreated"] == "2026-11-28T06:30:00+07:00"
    assert item["subjects"] == [{"name": "Thời sự"}]
    assert [row["renditions"][0]["href"] for row in item["associations"]] == ["https://songba.example/media/cau.webp"]
    assert "utm_id=M" in item["renditions"][0]["href"] and item["bodies"][0]["value"] == "<p>Nước lên.</p>"


def test_a_correction_tells_its_notice_to_the_desk_and_to_readers_and_changes_the_version(partner: Partner) -> None:
    secret = new_secret()
    corrected = replace(SNAPSHOT, version=4, notice="Đính chính: cầu dài <40 m>.")
    job = Job(str(ULID()), 4, "corrected")
    assert CHANNEL.update(target=target(partner, secret, job=job), remote_id="https://songba.example/a7", payload=payload(corrected)) == Done()
    message = partner.last(secret)
    jsonschema.Draft202012Validator(SCHEMA).validate(message["data"])
    assert (message["type"], message["data"]["version"], message["data"]["edNote"]) == ("story.corrected", "4", "Đính chính: cầu dài <40 m>.")
    assert message["data"]["bodies"][0]["value"].startswith("<p><strong>Đính chính: cầu dài &lt;40 m&gt;.</strong></p>")
    CHANNEL.update(target=target(partner, secret, job=replace(job, event="updated")), remote_id="x", payload=payload())
    assert partner.last(secret)["type"] == "story.updated"


@pytest.mark.parametrize(("event", "kind"), [("withdrawn", "story.withdrawn"), ("killed", "story.killed")])
def test_a_story_that_is_taken_away_is_canceled_by_its_key_alone(partner: Partner, event: str, kind: str) -> None:
    secret, job = new_secret(), Job(str(ULID()), 5, event)
    assert CHANNEL.delete(target=target(partner, secret, job=job), remote_id="https://songba.example/a7") == Done()
    message = partner.last(secret)
    jsonschema.Draft202012Validator(SCHEMA).validate(message["data"])
    assert message["type"] == kind
    assert {**message["data"], "versionCreated": "", "standard": ""} == {
        "uri": "https://songba.example/a7", "type": "text", "pubStatus": "canceled", "version": "5", "versionCreated": "", "standard": "",
    }  # fmt: skip


def test_every_try_has_the_same_id_and_the_same_bytes_and_a_lookup_is_one_more_try(partner: Partner) -> None:
    secret, job = new_secret(), Job(str(ULID()), 3)
    for _try in range(2):
        CHANNEL.commit(target=target(partner, secret, job=job), payload=payload(marker=job.id), handle={})
    found = CHANNEL.lookup(target=target(partner, secret, job=job), payload=payload(marker=job.id), since=NOW, handle={})
    assert found == Look(Sight.FOUND, "https://songba.example/a7")
    assert len({(head["webhook-id"], body) for head, body in partner.got}) == 1 and len(partner.got) == 3


def test_a_story_that_was_withdrawn_meanwhile_is_not_told_again_to_find_out(partner: Partner) -> None:
    job = Job(str(ULID()), 3, wanted=False)
    assert CHANNEL.lookup(target=target(partner, new_secret(), job=job), payload=payload(), since=NOW, handle={}) == Look(Sight.FOUND, "https://songba.example/a7")
    assert partner.got == []


def test_while_a_secret_is_changed_old_and_new_are_both_believed_and_afterwards_only_the_new(partner: Partner) -> None:
    old, new = new_secret(), new_secret()
    CHANNEL.health(target=target(partner, f"{new} {old}"))
    assert partner.last(old)["type"] == partner.last(new)["type"] == "ping"
    assert CHANNEL.health(target=target(partner, new)) == Health("", "bensu.example")
    with pytest.raises(WebhookVerificationError):
        partner.last(old)


def test_a_changed_byte_or_an_old_message_is_not_believed(partner: Partner) -> None:
    secret = new_secret()
    CHANNEL.health(target=target(partner, secret))
    head, body = partner.got[-1]
    with pytest.raises(WebhookVerificationError):
        Judge(secret).verify(body.replace(b"ping", b"pong"), head)
    stale = signed_headers(secrets=[secret], message_id="M", body=b"{}", now=datetime.now(UTC) - timedelta(minutes=6))
    with pytest.raises(WebhookVerificationError):
        Judge(secret).verify(b"{}", stale)


F = FailureClass


@pytest.mark.parametrize(
    ("status", "phase", "kind", "code"),
    [
        (410, Phase.COMMIT, F.AUTH_DEAD, "webhook_gone"), (404, Phase.COMMIT, F.AUTH_DEAD, "webhook_gone"), (301, Phase.COMMIT, F.AUTH_DEAD, "webhook_gone"),
        (401, Phase.STAGE, F.AUTH_DEAD, "webhook_signature"), (429, Phase.COMMIT, F.RATE, "throttled"), (503, Phase.READ, F.RATE, "throttled"),
        (400, Phase.COMMIT, F.CONTENT, "webhook_refused"), (413, Phase.COMMIT, F.CONTENT, "webhook_refused"), (500, Phase.COMMIT, F.AMBIGUOUS, "lost_answer"),
        (500, Phase.STAGE, F.TRANSIENT_SAFE, "platform_down"), (502, Phase.READ, F.TRANSIENT_SAFE, "platform_down"), (408, Phase.COMMIT, F.AMBIGUOUS, "lost_answer"),
    ],
)  # fmt: skip
def test_what_an_answer_means(partner: Partner, status: int, phase: Phase, kind: FailureClass, code: str) -> None:
    partner.status = status
    failure = {Phase.COMMIT: lambda to: CHANNEL.commit(target=to, payload=payload(), handle={}), Phase.READ: lambda to: CHANNEL.health(target=to)}.get(
        phase, lambda to: CHANNEL.delete(target=to, remote_id="x")
    )(target(partner, new_secret()))
    assert isinstance(failure, Failure) and (failure.kind, failure.code) == (kind, code)
    assert failure.platform_message.startswith(f"HTTP {status}")


def test_a_pause_is_as_long_as_the_partner_says_and_a_minute_where_it_does_not() -> None:
    assert classify(Answer(429, b"", {"retry-after": "120"}), phase=Phase.COMMIT).retry_after == 120
    assert classify(Answer(503, b"", {"Retry-After": "Sat, 28 Nov 2026"}), phase=Phase.COMMIT).retry_after == 60
    assert classify(NoAnswer(True, "reset"), phase=Phase.COMMIT).kind == F.AMBIGUOUS
    assert classify(NoAnswer(False, "refused"), phase=Phase.COMMIT).kind == F.TRANSIENT_SAFE


def test_an_address_inside_our_own_network_is_never_called(partner: Partner) -> None:
    guarded = replace(target(partner, new_secret()), settings={})
    failure = CHANNEL.commit(target=guarded, payload=payload(), handle={})
    assert isinstance(failure, Failure) and (failure.kind, failure.code, partner.got) == (F.TRANSIENT_SAFE, "no_connection", [])


@pytest.mark.parametrize("address", ["http://bensu.example/hook", "https://bensu.example/hook?key=1", "https://a:b@bensu.example/", "https://bensu.example/#x", "https://be nsu.example/", "bensu", "https://[::1"])
def test_an_address_with_a_key_in_it_or_without_https_is_refused(address: str) -> None:
    assert endpoint_of(address, allowed_origins=()) is None
    assert endpoint_of("https://bensu.example/hook", allowed_origins=()) == "https://bensu.example/hook"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_YWJj", "whsec_@@@@", "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "whsec_" + base64.b64encode(b"x" * 65).decode()])
def test_what_is_no_secret_is_refused_before_anything_is_sent(partner: Partner, secret: str) -> None:
    assert secret_bytes(secret) is None
    app = App("", "", "", "", allowed_origins=(partner.origin,))
    found = WebhookLogin().choices(app, {"name": "Bến Sứ", "address": f"{partner.origin}/hook", "secret": secret or "x"})
    assert isinstance(found, Failure) and found.code == "webhook_secret" and partner.got == []


def test_connecting_proves_the_secret_by_a_ping_and_keeps_both_while_it_is_changed(partner: Partner) -> None:
    app, old, new = App("", "", "", "", allowed_origins=(partner.origin,)), new_secret(), new_secret()
    found = WebhookLogin().choices(app, {"name": "Bến Sứ", "address": f"{partner.origin}/hook", "secret": new, "old_secret": old})
    assert isinstance(found, list) and (found[0].name, found[0].token, found[0].address) == ("Bến Sứ", f"{new} {old}", f"{partner.origin}/hook")
    assert partner.last(old)["type"] == "ping"
    partner.status = 401
    refused = WebhookLogin().choices(app, {"name": "Bến Sứ", "address": f"{partner.origin}/hook", "secret": new})
    assert isinstance(refused, Failure) and refused.code == "webhook_signature"


def test_a_secret_that_a_partner_says_back_is_not_kept(partner: Partner) -> None:
    secret = new_secret()
    partner.status, partner.answer = 400, f"signed with {secret}?".encode()
    failure = CHANNEL.commit(target=target(partner, secret), payload=payload(), handle={})
    assert isinstance(failure, Failure) and "whsec_…" in failure.raw
    assert secret not in failure.raw + failure.platform_message + scrub(f"x {secret} y")


# The rehearsal partner, driven by the official library
def told(server: RehearsalServer, kind: str, data: Any, *, secret: str = "", message_id: str = "", at: datetime | None = None) -> requests.Response:
    """A message as the library signs it."""
    fields, body = server.card("webhook")["fields"], json.dumps({"type": kind, "timestamp": NOW.isoformat(), "data": data})
    moment, name = at or datetime.now(UTC), message_id or str(ULID())
    head = {"webhook-id": name, "webhook-timestamp": str(int(moment.timestamp())), "webhook-signature": Judge(secret or fields["secret"]).sign(name, moment, body)}
    return requests.post(fields["address"], data=body.encode(), headers=head, timeout=10)


@pytest.mark.processes
def test_the_rehearsal_partner_believes_the_library_and_nobody_else(rehearsal_server: RehearsalServer) -> None:
    assert told(rehearsal_server, "ping", {}).status_code == 200
    assert told(rehearsal_server, "ping", {}, secret=new_secret()).status_code == 401
    assert told(rehearsal_server, "ping", {}, at=datetime.now(UTC) - timedelta(minutes=6)).status_code == 400
    assert told(rehearsal_server, "story.published", {"uri": ""}).status_code == 422
    assert told(rehearsal_server, "story.published", {"uri": "https://a.example/1", "pubStatus": "cancelled"}).status_code == 422
    assert requests.post(rehearsal_server.card("webhook")["fields"]["address"], data=b"{}", timeout=10).status_code == 400


@pytest.mark.processes
def test_the_rehearsal_partner_drops_what_it_has_and_what_is_older(rehearsal_server: RehearsalServer) -> None:
    item = {"uri": "https://songba.example/a7", "version": "2", "headlines": [{"value": "Hai"}]}
    for _time in range(2):
        told(rehearsal_server, "story.published", item, message_id="one")
    told(rehearsal_server, "story.updated", {**item, "version": "1", "headlines": [{"value": "Một"}]})
    (post,) = rehearsal_server.posts(state="published")
    assert post["text"] == "Hai"
    told(rehearsal_server, "story.withdrawn", {"uri": item["uri"], "version": "3", "pubStatus": "canceled"})
    told(rehearsal_server, "story.published", item)
    assert rehearsal_server.posts(state="published") == []
    shown = requests.get(f"{rehearsal_server.base_url}/webhook/messages", timeout=10).text
    assert "nhận 2 lần" in shown and "story.withdrawn" in shown and "whsec_" not in shown
