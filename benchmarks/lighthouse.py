"""Lighthouse (mobile) of front, section, story and search, on the newsroom as `make run` starts it. Lighthouse comes from npm, Chromium from Debian."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from benchmarks.machine import ROOT, Processes, report, row, wait_for

PACKAGE = "lighthouse@12"  # 13 wants a newer Node than Debian and the usual CI images have
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


def main(_database: str) -> None:
    """Start the demo newsroom and let Lighthouse judge four pages."""
    chromium, program = shutil.which("chromium"), _lighthouse()
    if not chromium or not program:
        print("lighthouse: not run, it needs npm and Chromium: apt-get install npm chromium")
        sys.exit(1 if os.environ.get("NEWSROOM_REQUIRE_SERVICES") else 0)
    address = f"http://127.0.0.1:{os.environ['PORT']}"
    processes = Processes()
    processes.start("newsroom", [sys.executable, "-m", "newsroom.common.serve"])
    try:
        wait_for("the newsroom", lambda: _ready(address), seconds=400)
        story = re.search(r'href="(/[\w-]+/[\w-]+-a\d+\.html)"', requests.get(address, timeout=30).text)
        assert story, "the front shows no story"
        pages = {"front": "/", "section": "/thoi-su/", "story": story[1], "search": "/tim-kiem/?q=ban+do+song+ba"}
        report([one for name, path in pages.items() for one in _judge(name, address + path, program, chromium)])
    finally:
        processes.stop()


def _lighthouse() -> str:
    """Lighthouse's program, installed once under var/."""
    if not shutil.which("npm"):
        return ""
    folder = ROOT / "var" / "lighthouse"
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", str(folder), "--no-save", "--no-audit", "--no-fund", PACKAGE], check=True, stdout=subprocess.DEVNULL)
    return str(program)


def _ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/health/ready", timeout=10).status_code == 200
    except requests.RequestException:
        return False


def _judge(name: str, address: str, program: str, chromium: str) -> list[dict[str, Any]]:
    out = Path(os.environ["NEWSROOM_VAR"]) / f"lighthouse-{name}.json"
    flags = ["--quiet", "--output=json", f"--output-path={out}", "--chrome-flags=--headless=new --no-sandbox --disable-gpu", f"--only-categories={','.join(CATEGORIES)}"]
    subprocess.run([program, address, *flags], check=True, env={**os.environ, "CHROME_PATH": chromium}, stdout=subprocess.DEVNULL, timeout=300)
    found = json.loads(out.read_text())
    for one in found["audits"].values():
        if one.get("score") is not None and one["score"] < 0.9 and one["scoreDisplayMode"] in ("binary", "metricSavings", "numeric"):
            print(f"{name}: {one['id']}: {one['title']} {one.get('displayValue', '')}")
    return [row(f"lighthouse mobile, {name}: {category}", round(100 * found["categories"][category]["score"]), "of 100") for category in CATEGORIES]


if __name__ == "__main__":
    main(sys.argv[1])
