"""docs/configuration.md lists every variable that the code reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from newsroom.config import env

ROOT = Path(__file__).resolve().parents[2]
# Read outside of the newsroom's settings: by the rehearsal process and by the checks of a machine.
OTHERS = {"REHEARSAL_HOSTS", "REHEARSAL_LATE_SECONDS", "NEWSROOM_REQUIRE_SERVICES", "NEWSROOM_TEST_DATABASE_URL", "NEWSROOM_TEST_REDIS_URL"}


def listed() -> dict[str, str]:
    """Variables of the page and their lines."""
    rows = {}
    for line in (ROOT / "docs/configuration.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("| `"):
            for name in re.findall(r"`([A-Z_]+)`", line.split("|")[1]):
                rows[name] = line
    return rows


def test_every_variable_is_listed_and_every_listed_variable_is_read() -> None:
    assert set(listed()) == set(env.VARIABLES) | OTHERS


def test_each_line_says_what_the_code_says() -> None:
    rows = listed()
    for name, variable in env.VARIABLES.items():
        assert variable.doc in rows[name], name
        assert f"| {variable.kind}" in rows[name], name
        assert ("secret" in rows[name].split("|")[2]) == variable.secret, name


def test_nothing_else_reads_the_environment() -> None:
    """Settings come from one place; what starts before Django (bootstrap, serve, the rehearsal process) is named here."""
    allowed = {"newsroom/config/env.py", "newsroom/config/celery.py", "newsroom/config/wsgi.py", "newsroom/common/serve.py", "newsroom/common/supervisor.py", "distribution/rehearsal/settings.py"}
    readers = set()
    for package in ("newsroom", "publishing", "distribution"):
        for path in (ROOT / package).rglob("*.py"):
            if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8")):
                readers.add(str(path.relative_to(ROOT)))
    assert readers <= allowed, readers - allowed
