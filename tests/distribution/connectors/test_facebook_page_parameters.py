"""The parameter tables of facebook_business, Meta's own client, judge every request of the Facebook connector (channels.md 17.3)."""

from __future__ import annotations

import inspect
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost

from distribution.connectors.base import Done, Look, Published, Staged, Target
from distribution.connectors.facebook_page import graph
from tests.distribution.connectors.test_facebook_page import CONNECTOR, Pictures, payload_of, server, target
from tests.fakes.rehearsal import RehearsalServer

__all__ = ["server", "target"]
pytestmark = pytest.mark.processes
# What the client itself adds to any call: fields, pages, signature.
COMMON = {"fields", "limit", "after", "before", "since", "until", "appsecret_proof", "summary"}
METHODS = {
    ("POST", "page", "feed"): Page.create_feed, ("POST", "page", "photos"): Page.create_photo, ("GET", "page", "published_posts"): Page.get_published_posts,
    ("GET", "page", ""): Page.api_get, ("POST", "post", ""): PagePost.api_update, ("DELETE", "post", ""): PagePost.api_delete, ("GET", "post", ""): PagePost.api_get,
    ("POST", "post", "comments"): PagePost.create_comment, ("GET", "post", "comments"): PagePost.get_comments, ("GET", "post", "insights"): PagePost.get_insights,
}  # fmt: skip
FILES = {"photos": {"source"}}  # the client's add_file
NOT_IN_THE_CLIENT = ("debug_token",)  # an address of the log-in, described in Meta's pages only


def table_of(method: Any) -> dict[str, str]:
    """Names and types that the client takes."""
    found = re.search(r"param_types = \{(.*?)\n\s*\}", inspect.getsource(method), re.S)
    assert found
    return dict(re.findall(r"'(\w+)': '([^']+)'", found[1]))


def fits(value: Any, kind: str) -> bool:
    """Whether a value as it stands on the wire is of the type."""
    text = value if isinstance(value, str) else json.dumps(value)
    if kind == "bool":
        return text in ("true", "false", "1", "0")
    if kind == "unsigned int":
        return text.isdigit()
    if kind.startswith("list") and re.fullmatch(r"\w+(,\w+)*", text):
        return True  # names by commas, as Graph takes lists of names
    if kind.startswith("list") or kind in ("Object", "map"):
        return isinstance(json.loads(text), list if kind.startswith("list") else dict)
    return True


def problems_of(method: str, path: str, page_id: str, values: dict[str, Any], files: Any) -> list[str]:
    """What the client would not send."""
    node, _, edge = path.partition("/")
    call = METHODS.get((method, "page" if node in (page_id, "me") else "post", edge))
    if call is None:
        return [f"{method} {path} is no call of the client"]
    table = table_of(call)
    for name in [name for name in values if (item := re.fullmatch(r"(\w+)\[\d+\]", name)) and table.get(item[1], "").startswith("list<")]:
        table[name] = table[name.partition("[")[0]][5:-1]  # one item of a list, as Graph takes them in a form
    found = [f"{path}: {name} is not known" for name in values if name not in table and name not in COMMON]
    found += [f"{path}: {name}={value!r} is no {table[name]}" for name, value in values.items() if name in table and not fits(value, table[name])]
    return found + [f"{path}: file {name}" for name in files or {} if name not in FILES.get(edge, set())]


def stage(target: Target, payload: Any) -> dict[str, Any]:
    handle: dict[str, Any] = {}
    for _step in range(5):
        staged = CONNECTOR.stage(target=target, payload=payload, handle=handle, media=Pictures())  # type: ignore[arg-type]
        handle = staged.handle  # type: ignore[union-attr]
        if isinstance(staged, Staged):
            break
    return handle


def test_every_request_is_one_of_the_clients_own_tables(server: RehearsalServer, target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str, dict[str, Any], Any]] = []
    true_call = graph.call

    def watched(method: str, url: str, **more: Any) -> Any:
        path = url.split("/facebook/", 1)[1].partition("/")[2]
        seen.append((method, path, {**(more.get("params") or {}), **(more.get("data") or {})}, more.get("files")))
        return true_call(method, url, **more)

    monkeypatch.setattr(graph, "call", watched)
    photos, link = payload_of("M1", mode="photos", pictures=2), payload_of("M2")
    assert isinstance(CONNECTOR.commit(target=target, payload=photos, handle=stage(target, photos)), Published)
    post = CONNECTOR.commit(target=target, payload=link, handle={})
    assert isinstance(post, Published)
    assert isinstance(CONNECTOR.check(target=target, handle={}, remote_id=post.remote_id), Look)
    assert isinstance(CONNECTOR.lookup(target=target, payload=link, since=datetime.now(UTC), handle={}), Look)
    assert isinstance(CONNECTOR.comment(target=target, remote_id=post.remote_id, text="Bình luận"), Published)
    CONNECTOR.find_comment(target=target, remote_id=post.remote_id, text="Bình luận")
    CONNECTOR.metrics(target=target, remote_ids=(post.remote_id,))
    CONNECTOR.health(target=target)
    assert CONNECTOR.update(target=target, remote_id=post.remote_id, payload=payload_of("M2", text="Sửa")) == Done()
    assert CONNECTOR.delete(target=target, remote_id=post.remote_id) == Done()
    assert len({(method, path.partition("/")[2]) for method, path, *_more in seen}) >= 8
    judged = [row for row in seen if row[1] not in NOT_IN_THE_CLIENT]
    assert [problem for method, path, values, files in judged for problem in problems_of(method, path, target.remote_id, values, files)] == []


def test_the_judge_sees_what_is_wrong() -> None:
    assert problems_of("POST", "1/feed", "1", {"mesage": "x"}, None) == ["1/feed: mesage is not known"]
    assert problems_of("POST", "1/feed", "1", {"published": "vâng"}, None) == ["1/feed: published='vâng' is no bool"]
    assert problems_of("POST", "1/feeds", "1", {}, None) == ["POST 1/feeds is no call of the client"]
    assert problems_of("POST", "1/photos", "1", {}, {"bild": b""}) == ["1/photos: file bild"]
