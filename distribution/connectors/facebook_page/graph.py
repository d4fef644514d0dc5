"""One call of the Graph API: signed, versioned, through the guarded client."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from distribution.connectors.base import JSON, Failure, Phase, Target
from distribution.connectors.facebook_page.config import VERSION
from distribution.connectors.facebook_page.errors import classify, graph_error
from newsroom.common.http import Answer, NoAnswer, call


def proof(token: str, secret: str) -> str:
    """appsecret_proof: hex HMAC-SHA256 of the token with the application's secret."""
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def graph(
    target: Target, method: str, path: str, *, phase: Phase, params: Mapping[str, Any] | None = None, data: Mapping[str, Any] | None = None,
    files: Mapping[str, Any] | None = None,
) -> JSON | Failure:  # fmt: skip
    """Call `path` of the target's address; the JSON object of a success, else the failure. Addresses come from the target only."""
    return read(send(target, method, path, params=params, data=data, files=files), phase=phase)


def send(
    target: Target, method: str, path: str, *, params: Mapping[str, Any] | None = None, data: Any = None, files: Mapping[str, Any] | None = None,
    mime: str = "", read_seconds: float = 30.0,
) -> Answer | NoAnswer:  # fmt: skip
    """One signed request. `data` with `mime`: a body that is sent as it is, read while it is sent."""
    credential = target.credential
    query = dict(params or {})
    if credential.app_secret:
        query["appsecret_proof"] = proof(credential.token, credential.app_secret)
    return call(
        method, f"{target.address.rstrip('/')}/{VERSION}/{path.lstrip('/')}", params=query, data=data, files=files,
        headers={"Authorization": f"OAuth {credential.token}", **({"Content-Type": mime} if mime else {})}, allowed_origins=target.settings.get("allowed_origins", ()),
        read_seconds=float(target.settings.get("read_seconds", read_seconds)), deadline_seconds=180.0 if mime else 90.0,
    )  # fmt: skip


def read(outcome: Answer | NoAnswer, *, phase: Phase) -> JSON | Failure:
    """The JSON object of a success, else the failure."""
    if isinstance(outcome, NoAnswer):
        return classify(outcome, phase=phase)
    body = outcome.json()
    if outcome.status < 400 and isinstance(body, dict) and graph_error(outcome) is None:
        return body
    return classify(outcome, phase=phase)
