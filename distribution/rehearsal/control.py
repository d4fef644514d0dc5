"""The operator's side: posts.json, calls.json, demo.json, faults, reset, health. Answers are JSON, mistakes are told in a sentence."""

import json
import math
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import calls, faults, guard, posts, readers
from distribution.rehearsal.platforms.base import Context, Platform

OPTIONS = {"seconds": (0.0, 600.0), "minutes": (0, 1440), "subcode": (0, 9_999_999)}


class BadRequest(Exception):
    """What is wrong with the operator's request, in one sentence."""


def handle(context: Context, platforms: dict[str, Platform], request: Request, name: str) -> Response:
    """Answer a request below /_rehearsal/."""
    reads = {"posts.json": _posts, "calls.json": _calls, "demo.json": _demo, "health": _health, "faults": _faults, "uploads.json": _uploads}
    writes = {"faults": _set_fault, "reset": _reset}
    table = writes if request.method == "POST" else reads
    if request.method == "POST" and (reason := guard.refusal(request, context.settings)):
        return _json({"error": reason}, status=403)
    if request.method not in ("GET", "HEAD", "POST"):
        return _json({"error": "Chỉ dùng GET hoặc POST."}, status=405)
    if name not in table:
        status = 405 if name in reads or name in writes else 404
        return _json({"error": f"Không có địa chỉ này cho {request.method}."}, status=status)
    try:
        return _json(table[name](context, platforms, request))
    except BadRequest as error:
        return _json({"error": str(error)}, status=400)
    except HTTPException as error:
        return _json({"error": "Yêu cầu quá lớn hoặc không đọc được."}, status=error.code or 400)


def _posts(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    with context.store.write() as db:
        for platform in platforms.values():
            platform.settle(db)
        return [{**row, "comments": [said["text"] for said in readers.said_under(db, platforms[row["platform"]], row["id"])]} for row in posts.listing(db)]


def _uploads(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    with context.store.read() as db:
        return [row for platform in platforms.values() for row in platform.uploads(db)]


def _calls(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    with context.store.read() as db:
        return calls.listing(db)


def _faults(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    with context.store.read() as db:
        return faults.listing(db)


def _demo(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    """Everything a script needs to connect a demo newsroom, so that it imports nothing of ours."""
    base = request.host_url.rstrip("/")
    return {kind: _card(platform, f"{base}/{kind}") for kind, platform in platforms.items()}


def _card(platform: Platform, base_url: str) -> dict[str, Any]:
    """A platform's card; the values of a form may name its own address."""
    card = platform.card()
    fields = {name: value.replace("{base_url}", base_url) for name, value in card.get("fields", {}).items()}
    return {"base_url": base_url, **card, **({"fields": fields} if fields else {})}


def _health(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    with context.store.read() as db:
        count = db.execute("SELECT COUNT(*) FROM posts WHERE state = 'published'").fetchone()[0]
    return {"status": "ok", "platforms": sorted(platforms), "posts": count}


def _reset(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    with context.store.write() as db:
        posts.reset(db)
        for platform in platforms.values():
            platform.reset(db)
    return {"status": "ok"}


def _set_fault(context: Context, platforms: dict[str, Platform], request: Request) -> Any:
    put_fault(context, platforms, _body(request))
    with context.store.read() as db:
        return {"status": "ok", "faults": faults.listing(db)}


def put_fault(context: Context, platforms: dict[str, Platform], body: dict[str, Any]) -> None:
    """Set a switch as JSON or the page of switches asks for it. Raises BadRequest."""
    unknown = set(body) - {"platform", "fault", "times", "account", "call", *OPTIONS}
    if unknown:
        raise BadRequest(f"Không biết trường: {', '.join(sorted(unknown))[:200]}.")
    platform = platforms.get(body["platform"]) if isinstance(body.get("platform"), str) else None
    if platform is None:
        raise BadRequest(f"Không có nền tảng {body.get('platform')!r:.100}. Đang có: {', '.join(sorted(platforms))}.")
    fault = body.get("fault")
    if not isinstance(fault, str) or fault not in platform.known_faults:
        known = ", ".join(name for name in faults.NAMES if name in platform.known_faults)
        raise BadRequest(f"{platform.label} không có lỗi {fault!r:.100}. Các lỗi đặt được: {known}.")
    times = body.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int) or not 0 <= times <= faults.MAX_TIMES:
        raise BadRequest(f"times phải là số nguyên từ 0 đến {faults.MAX_TIMES}.")
    account = _one_of(body, "account", [item.id for item in platform.accounts])
    call = _one_of(body, "call", list(platform.known_calls))
    options = _options(body, platform)
    with context.store.write() as db:
        faults.put(db, platform=platform.kind, fault=fault, times=times, account=account, call=call, options=options)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise BadRequest("Nội dung không phải JSON hợp lệ.") from error
    if not isinstance(body, dict):
        raise BadRequest("Nội dung phải là một đối tượng JSON: {platform, fault, times}.")
    return body


def _one_of(body: dict[str, Any], name: str, known: list[str]) -> str:
    value = body.get(name) or ""
    if value and value not in known:
        raise BadRequest(f"{name} phải là một trong: {', '.join(known)}.")
    return str(value)


def _options(body: dict[str, Any], platform: Platform) -> dict[str, float | int]:
    options: dict[str, float | int] = {}
    for name, (least, most) in OPTIONS.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or not least <= value <= most:
            raise BadRequest(f"{name} phải là số từ {least} đến {most}.")
        if name == "subcode" and value not in platform.known_subcodes:
            raise BadRequest(f"subcode phải là một trong: {', '.join(map(str, sorted(platform.known_subcodes)))}.")
        options[name] = value
    return options


def _json(body: Any, *, status: int = 200) -> Response:
    response = Response(json.dumps(body, ensure_ascii=False, indent=1), status=status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
