"""docs/configuration.md says what the code reads, and nothing else reads the environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "configuration.md"
# Before Django, or apart from it: the bootstrap, the supervisor, the rehearsal process. docs/configuration.md names what they read too.
MAY_READ = {
    "newsroom/config/env.py", "newsroom/config/celery.py", "newsroom/config/wsgi.py", "newsroom/common/serve.py", "newsroom/common/supervisor.py",
    "distribution/rehearsal/settings.py", "manage.py",
    "newsroom/config/settings/test.py",  # which of two test processes it is
}  # fmt: skip
PRINT = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.config.settings.base"
from django.conf import settings
settings.VAR
from newsroom.config.env import VARIABLES
print(json.dumps([[v.name, v.kind, v.default.replace(str(settings.VAR), "$NEWSROOM_VAR"), "yes" if v.secret else "", v.doc] for v in VARIABLES.values()]))
"""


def rows_of_the_code() -> list[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    printed = subprocess.run([sys.executable, "-c", PRINT], cwd=ROOT, env=clean, capture_output=True, text=True, check=True).stdout
    return ["| `{}` | {} | {} | {} | {} |".format(name, kind, f"`{default}`" if default else "", secret, doc) for name, kind, default, secret, doc in json.loads(printed)]


def test_the_page_lists_every_variable_as_the_code_reads_it() -> None:
    section = PAGE.read_text().partition("## Read by the newsroom")[2].partition("\n## ")[0]
    written = [line for line in section.splitlines() if line.startswith("| `")]
    assert written == rows_of_the_code()


def test_every_variable_says_what_it_is_for() -> None:
    assert not [row for row in rows_of_the_code() if not re.search(r"\| [A-Z].{10,}\. \|$", row)]


def test_nothing_else_reads_the_environment() -> None:
    readers = set()
    for package in ("newsroom", "publishing", "distribution"):
        for path in (ROOT / package).rglob("*.py"):
            if re.search(r"\bos\.(environ|getenv)\b", path.read_text()):
                readers.add(str(path.relative_to(ROOT)))
    assert readers <= MAY_READ


def test_the_page_names_what_is_read_outside_the_settings() -> None:
    page = PAGE.read_text()
    for file in ("distribution/rehearsal/settings.py", "newsroom/common/serve.py"):
        names = re.findall(r"(?:environ\.get|_seconds)\(\"([A-Z_]+)\"", (ROOT / file).read_text())
        assert names
        assert [name for name in names if f"`{name}`" not in page] == []
