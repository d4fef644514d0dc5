"""What all tests share: the cast, a paper to stand on, and an honest word on what this machine cannot run.

The suite runs on SQLite. Tests marked `postgres` or `database` run again in a pass of their own, with `DATABASE_URL` naming PostgreSQL and
`REDIS_URL` a Redis (tools/test.sh starts both). With `NEWSROOM_REQUIRE_SERVICES=1` nothing may be skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from django.conf import settings

from tests import services

BLOCKER: pytest.StashKey[Any] = pytest.StashKey()
pytest_plugins = [name for name in ("tests.cast", "tests.chromium", "tests.elasticsearch_node") if find_spec(name)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to each pass what belongs to it; skip, with the reason and the cure, what this machine lacks."""
    on_postgres = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
    own_pass = bool(os.environ.get("NEWSROOM_POSTGRES_PASS"))
    kept, left = [], []
    for item in items:
        if item.get_closest_marker("postgres") and not on_postgres:
            if own_pass:
                left.append(item)  # it runs in the PostgreSQL pass
                continue
            item.add_marker(pytest.mark.skip(reason=services.NO_POSTGRES))
        if item.get_closest_marker("browser") and not services.chromium():
            item.add_marker(pytest.mark.skip(reason=services.NO_CHROMIUM))
        if item.get_closest_marker("elasticsearch") and not services.elasticsearch_start():
            item.add_marker(pytest.mark.skip(reason=services.NO_ELASTICSEARCH))
        kept.append(item)
    if left:
        config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where the services are required, a skipped test is a failed run."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if services.required() and reporter and reporter.stats.get("skipped") and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was skipped and how to have it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    reasons: dict[str, int] = {}
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] = reasons.get(reason.removeprefix("Skipped: "), 0) + 1
    terminalreporter.section("not run on this machine")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} skipped: {reason}")
    if services.required():
        terminalreporter.line("NEWSROOM_REQUIRE_SERVICES=1: a skipped test fails the run.", red=True)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any) -> None:
    """Databases of tests are emptied between tests: the deposit's triggers, which forbid just that, stand only in the tests that are about them."""
    from django.db import connection

    from publishing.deposit import guards

    request.config.stash[BLOCKER] = django_db_blocker
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        guards.unmake(cursor, connection.vendor)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test that really commits leaves an empty database: the next one finds the roots that migrations make, whatever the order of tests is."""
    result = yield
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in getattr(item, "fixturenames", ()) or bool(marker and marker.kwargs.get("transaction"))
    if commits and nextitem is not None and BLOCKER in item.config.stash:  # after the last one the database is gone
        from tests.factories.newsroom import make_roots

        with item.config.stash[BLOCKER].unblock():
            make_roots()
    return result


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Tests talk to this machine only, never through a proxy of the machine they run on."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield


@pytest.fixture(autouse=True)
def forgotten_cards() -> Iterator[None]:
    """Ids come again after a test is rolled back: no card, no size of a picture and nothing else kept of one test is shown in the next."""
    from django.core.cache import cache

    from publishing.reader import memory

    memory.forget()
    cache.clear()
    yield
