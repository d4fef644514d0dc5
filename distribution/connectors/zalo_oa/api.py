"""One call of the OA API: signed, through the guarded client; and what its answers hold. Names of fields differ between samples: read tolerantly (3.2)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from distribution.connectors.base import JSON, Credential, Failure, FailureClass, Payload, Phase, Target
from distribution.connectors.listings import Listed
from distribution.connectors.messages import sentence
from distribution.connectors.zalo_oa import config
from distribution.connectors.zalo_oa.errors import classify, code_of
from newsroom.common.http import NoAnswer, call

F = FailureClass
MARKER = re.compile(r"\butm_id=([0-9A-HJKMNP-TV-Z]{26})\b")
ABSENT = frozenset({-201, -210})  # what a question about an article answers that is not there; Zalo has no number of its own for it


def zalo(
    target: Target, method: str, path: str, *, phase: Phase, params: Mapping[str, Any] | None = None, body: JSON | None = None, raw: Any = None,
    headers: Mapping[str, str] | None = None, read_seconds: float = 30.0,
) -> JSON | Failure:  # fmt: skip
    """Call `path` of the target's address: the `data` of a success, else the failure. Success is `error` 0, whatever the status says. `raw`: a body that is no JSON."""
    said = {**signed(target.credential), **({"Content-Type": "application/json"} if body is not None else {}), **(headers or {})}
    outcome = call(
        method, f"{target.address.rstrip('/')}/v2.0/{path}", params=params, data=json.dumps(body, ensure_ascii=False).encode() if body is not None else raw,
        headers=said, allowed_origins=target.settings.get("allowed_origins", ()), read_seconds=float(target.settings.get("read_seconds", read_seconds)),
    )  # fmt: skip
    if isinstance(outcome, NoAnswer):
        return classify(outcome, phase=phase)
    answer = outcome.json()
    if outcome.status == 200 and isinstance(answer, dict) and ("error" in answer or "data" in answer) and not code_of(outcome)[0]:
        found = answer.get("data")
        return found if isinstance(found, dict) else {}
    return classify(outcome, phase=phase)


def signed(credential: Credential) -> dict[str, str]:
    """The headers of a call: the token, and the proof that we hold our application's secret (3.1)."""
    if not credential.app_secret:
        return {"access_token": credential.token}
    return {"access_token": credential.token, "appsecret_proof": hmac.new(credential.app_secret.encode(), credential.token.encode(), hashlib.sha256).hexdigest()}


def job(target: Target, token: str, *, phase: Phase = Phase.READ) -> str | Failure:
    """The article's id, once Zalo has worked through the job; while it works, a failure of class PROCESSING."""
    data = zalo(target, "POST", "article/verify", phase=phase, body={"token": token})
    if isinstance(data, Failure):
        return data
    found = str(data.get("id") or "")
    return found or Failure(F.TRANSIENT_SAFE, "unreadable", sentence("unreadable"), platform_message="article/verify: no id")


def article(target: Target, article_id: str) -> JSON | Failure | None:
    """An article as it stands there; None where there is none."""
    data = zalo(target, "GET", "article/getdetail", phase=Phase.READ, params={"id": article_id})
    if isinstance(data, Failure):
        return None if data.kind == F.CONTENT and _number(data) in ABSENT else data
    return next((data[name] for name in ("media", "article") if isinstance(data.get(name), dict)), data)


def _number(failure: Failure) -> int:
    text = failure.platform_message.partition(":")[0]
    return int(text) if text.removeprefix("-").isdigit() else 0


def slices(target: Target, *, pages: int) -> Iterator[list[JSON] | Failure]:
    """The account's articles, newest first, a page at a time; ends with a page that is not full, or with a failure."""
    for page in range(pages):
        params = {"offset": page * config.LIST_LIMIT, "limit": config.LIST_LIMIT, "type": "normal"}
        data = zalo(target, "GET", "article/getslice", phase=Phase.READ, params=params)
        if isinstance(data, Failure):
            yield data
            return
        rows: list[JSON] = next((data[name] for name in ("medias", "articles") if isinstance(data.get(name), list)), [])
        yield [row for row in rows if isinstance(row, dict)]
        if len(rows) < config.LIST_LIMIT:
            return


def ours(target: Target, payload: Payload) -> str | Failure:
    """The id of the article that carries this delivery's marker, among the newest ten; empty where none does (3.3)."""
    for rows in slices(target, pages=1):
        if isinstance(rows, Failure):
            return rows
        for row in rows:
            if bare(str(row.get("title") or "")) != bare(payload.body["article"]["title"]):
                continue
            found = article(target, str(row.get("id") or ""))
            if isinstance(found, Failure):
                return found
            if found is not None and holds(found, payload.marker):
                return str(row["id"])
    return ""


def listed(target: Target, *, since: datetime) -> tuple[Listed, ...] | Failure:
    """Shown articles since a moment, newest first, with the markers in their links; a list tells none, so each is asked for."""
    found: list[Listed] = []
    for rows in slices(target, pages=config.METRIC_PAGES):
        if isinstance(rows, Failure):
            return rows
        fresh = [row for row in rows if (_moment(row) or since) >= since]
        for row in filter(is_shown, fresh):
            one = article(target, str(row.get("id") or ""))
            if isinstance(one, Failure):
                return one
            markers = tuple(sorted(set(MARKER.findall(json.dumps(one, ensure_ascii=False))))) if one is not None else ()
            found.append(Listed(str(row.get("id") or ""), address_of(one or row), bare(str(row.get("title") or ""))[:200], markers))
        if len(fresh) < len(rows):
            break
    return tuple(found)


def _moment(row: JSON) -> datetime | None:
    """When an article was made: seconds or milliseconds, by their size."""
    value = next((row[name] for name in ("create_date", "create_time", "created_time") if isinstance(row.get(name), int)), None)
    return None if value is None or not 0 < value < 10**14 else datetime.fromtimestamp(value / (1000 if value > 10**11 else 1), tz=UTC)


def holds(found: JSON, words: str) -> bool:
    """Whether an article has these words in any of its fields: a marker, or the print of its content."""
    return words in json.dumps(found, ensure_ascii=False)


def bare(text: str) -> str:
    """A title as two samples of it can be compared."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def video_in(found: JSON) -> str:
    """The id of the video that an article has in its body; an edit, which overwrites the article, says it again."""
    blocks = found.get("body")
    ids = [str(block.get("video_id") or "") for block in blocks if isinstance(block, dict) and block.get("type") == "video"] if isinstance(blocks, list) else []
    return ids[0] if ids else ""


def is_shown(found: JSON) -> bool:
    """Whether readers see the article."""
    return str(found.get("status") or "").lower() == "show"


def address_of(found: JSON) -> str:
    """Where readers see it, if Zalo tells."""
    return next((str(found[name]) for name in ("link_view", "link", "url") if str(found.get(name) or "").startswith("http")), "")
