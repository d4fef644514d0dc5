"""The page of fault switches: each platform's own, what is left of them, and the forms that set them and take them back."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from werkzeug.exceptions import HTTPException
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from distribution.rehearsal import control, faults, guard, words
from distribution.rehearsal.platforms.base import Context, Platform
from distribution.rehearsal.templating import page

ADDRESS = "/_rehearsal/switches"
NUMBER = re.compile(r"[0-9]{1,7}(?:[.,][0-9]{1,3})?")
LABELS = {"times": "Số lần", "seconds": "Số giây", "minutes": "Số phút"}


def handle(context: Context, platforms: dict[str, Platform], request: Request) -> Response:
    """Show the switches of a platform, or do what a form asks and come back to them."""
    chosen = platforms.get(request.args.get("platform", ""))
    if request.method not in ("GET", "HEAD", "POST"):
        return _show(context, platforms, chosen, wrong="Trang này chỉ có thể xem hoặc bấm nút.", status=405)
    if request.method != "POST":
        return redirect(ADDRESS, code=302) if chosen is None and request.args else _show(context, platforms, chosen)
    if reason := guard.refusal(request, context.settings):
        return _show(context, platforms, chosen, wrong=reason, status=403)
    try:
        form = request.form.to_dict()
        chosen = platforms.get(form.get("platform", ""), chosen)
        _act(context, platforms, form)
    except control.BadRequest as error:
        return _show(context, platforms, chosen, wrong=str(error), entered=form, status=400)
    except HTTPException as error:
        return _show(context, platforms, chosen, wrong="Yêu cầu quá lớn hoặc không đọc được.", status=error.code or 400)
    return redirect(_back(chosen, form), code=303)


def _act(context: Context, platforms: dict[str, Platform], form: Mapping[str, str]) -> None:
    """Set a switch, take one back, or all of them. Raises control.BadRequest."""
    act = form.get("act")
    if act == "clear":
        if (kind := form.get("platform", "")) and kind not in platforms:
            raise control.BadRequest("Không có nền tảng này.")
        with context.store.write() as db:
            faults.clear(db, platform=kind)
    elif act in ("set", "off"):
        names = ("platform", "fault", "account", "call")
        body: dict[str, Any] = {name: form[name] for name in names if form.get(name)} | {"times": 0}
        control.put_fault(context, platforms, body | _numbers(form) if act == "set" else body)
    else:
        raise control.BadRequest("Nút này không có. Hãy tải lại trang.")


def _numbers(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields with numbers, as the JSON interface takes them. Raises control.BadRequest."""
    times = _number("times", form.get("times", "").strip(), least=1, most=faults.MAX_TIMES)
    numbers: dict[str, Any] = {"times": int(times)}
    for name, (least, most) in control.OPTIONS.items():
        if not (text := form.get(name, "").strip()):
            continue
        if name == "subcode":
            numbers[name] = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else text
        else:
            numbers[name] = _number(name, text, least=least, most=most)
    return numbers


def _number(name: str, text: str, *, least: float, most: float) -> float:
    value = float(text.replace(",", ".")) if NUMBER.fullmatch(text) else -1.0
    if not least <= value <= most or (name != "seconds" and not value.is_integer()):
        kind = "số" if name == "seconds" else "số nguyên"
        raise control.BadRequest(f"{LABELS[name]} phải là {kind} từ {least:.0f} đến {most:.0f}.")
    return value


def _back(chosen: Platform | None, form: Mapping[str, str]) -> str:
    """Where the person was; at the switch itself."""
    if chosen is None:
        return ADDRESS
    anchor = f"#{form['fault']}" if form.get("act") != "clear" else ""
    return f"{ADDRESS}?{urlencode({'platform': chosen.kind})}{anchor}"


def _show(
    context: Context, platforms: dict[str, Platform], chosen: Platform | None, *, wrong: str = "", entered: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    platform = chosen or next(iter(platforms.values()))
    with context.store.read() as db:
        rows = faults.listing(db)
    tabs = [
        {"address": f"{ADDRESS}?{urlencode({'platform': kind})}", "name": item.label, "count": sum(row["platform"] == kind for row in rows), "here": item is platform}
        for kind, item in platforms.items()
    ]
    return page(
        "switches.html", status=status, platform=platform, tabs=tabs, wrong=wrong, all_on=len(rows), on=sum(row["platform"] == platform.kind for row in rows),
        switches=[_switch(platform, name, rows, entered or {}) for name in faults.NAMES if name in platform.known_faults],
        accounts=[(item.id, _short(item.name)) for item in platform.accounts], calls=[(name, _call(name)) for name in platform.known_calls],
        subcodes=sorted(platform.known_subcodes), late=f"{context.settings.late_seconds:g}".replace(".", ","), most=faults.MAX_TIMES,
    )  # fmt: skip


def _switch(platform: Platform, fault: str, rows: list[dict[str, Any]], entered: Mapping[str, str]) -> dict[str, Any]:
    """One fault: its words, its fields, and how it is set now. What a refused form held stays in its fields."""
    mine = [row for row in rows if (row["platform"], row["fault"]) == (platform.kind, fault)]
    return {
        "name": fault, "title": words.TITLES[fault], "sentence": words.sentence(platform.kind, fault), "fields": words.fields(platform.kind, fault),
        "set": [{**row, "where": _where(platform, row)} for row in mine], "entered": entered if entered.get("fault") == fault else {},
    }  # fmt: skip


def _where(platform: Platform, row: dict[str, Any]) -> str:
    """Whom a switch meets and how, in words."""
    names = {item.id: _short(item.name) for item in platform.accounts}
    options = {"seconds": "{} giây", "minutes": "{} phút", "subcode": "mã {}"}
    parts = [names.get(row["account"], row["account"]) or "mọi tài khoản", f"lời gọi {_call(row['call'])}" if row["call"] else ""]
    parts += [said.format(f"{row['options'][name]:g}".replace(".", ",")) for name, said in options.items() if name in row["options"]]
    return " · ".join(part for part in parts if part)


def _short(name: str) -> str:
    return name.removesuffix(" · chạy thử")


def _call(name: str) -> str:
    """A call in words, with the name that calls.json uses."""
    return f"{words.CALLS[name]} ({name})" if name in words.CALLS else name
