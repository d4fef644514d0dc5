"""Every token, code and secret that the platforms ever gave out, looked for wherever people and logs can read: it must stand nowhere.

What was given out is read from the rehearsal platforms' own store, so that nothing has to be thought of here. Each platform also fails on the way, so that
error answers are among what is searched.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from pathlib import Path

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.test import Client
from django.urls import reverse

from distribution.channels.health import check_health
from distribution.channels.keys import open_key
from distribution.channels.models import Account
from distribution.connectors.registry import logins
from distribution.deliveries.models import Attempt, Delivery
from newsroom.accounts.models import User
from tests.distribution.channels.conftest import rehearsal
from tests.distribution.deliveries.stage import Newsroom
from tests.distribution.deliveries.test_everywhere import KINDS, everywhere, say, work
from tests.factories.desk import make_draft, publish
from tests.factories.newsroom import make_image
from tests.fakes.rehearsal import RehearsalServer, rehearsal_process, rehearsal_server

__all__ = ["everywhere", "rehearsal", "rehearsal_process", "rehearsal_server"]
pytestmark = [pytest.mark.database, pytest.mark.processes]
ROOT = Path(__file__).resolve().parents[3]
SHORTEST = 16  # what is shorter is no token and may stand anywhere by chance
# How real tokens look: none may lie in a file of ours. The long parts keep words like "whsec_…" out.
SHAPES = re.compile(
    r"\bEAA[A-Za-z0-9]{40,}|\bya29\.[\w-]{40,}|\b1//0[\w-]{40,}|\bGOCSPX-[\w-]{20,}|\bact\.[A-Za-z0-9]{40,}|\brft\.[A-Za-z0-9]{40,}|whsec_[A-Za-z0-9+/]{32,}=*|\b\d{8,10}:AA[\w-]{33}\b"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
INVENTED = "7402199801:"  # the bot of the rehearsal platform
TEXTS = {".py", ".md", ".po", ".json", ".html", ".js", ".css", ".txt", ".toml", ".yml", ".yaml", ".env", ".cfg", ".sql", ".csv", ".sh", ".conf"}


def given_out(rehearsal: RehearsalServer) -> set[str]:
    """All tokens, refresh tokens, secrets and codes of every platform, used up ones too; what our own accounts hold; the application's secret."""
    with sqlite3.connect(f"file:{rehearsal.folder / 'rehearsal' / 'rehearsal.sqlite3'}?mode=ro", uri=True) as store:
        found = {str(row[0]) for table, column in (("tokens", "token"), ("codes", "code"), ("sessions", "id")) for row in store.execute(f"SELECT {column} FROM {table}")}
    for account in Account.objects.exclude(sealed_token=""):
        found |= {part for key in open_key(account.sealed_token) for part in key.split()}
    return {text for text in (*found, rehearsal.app_secret) if len(text) >= SHORTEST}


def in_database() -> str:
    """Every row of every model as people, exports and backups have it."""
    rows = [list(model._base_manager.values()) for model in apps.get_models() if model._meta.managed]
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, default=str)


def pages(client: Client) -> dict[str, str]:
    """The screens of channels and deliveries, with all that an administrator sees."""
    addresses = [reverse(name) for name in ("delivery_board", "channel_list", "metrics_channels", "channel_offers")]
    addresses += [reverse("delivery_detail", args=[row.pk]) for row in Delivery.objects.all()]
    addresses += [reverse("channel_edit", args=[row.pk]) for row in Account.objects.filter(kind__in=KINDS)]
    addresses += [reverse("story_desk", args=[number]) for number in set(Delivery.objects.values_list("story_id", flat=True))]
    found = {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        found[address] = answer.content.decode()
    return found


def seen_in(text: str, secrets: set[str]) -> list[str]:
    """The beginnings of what stands there: a failing test prints no secret either."""
    return [secret[:6] + "…" for secret in secrets if secret in text]


def fail_everywhere(newsroom: Newsroom, rehearsal: RehearsalServer) -> None:
    """A dead key on every platform that knows the fault, met while the account is looked after: its words and ours are logged and kept."""
    for account in Account.objects.filter(kind__in=KINDS):
        platform = logins.get(account.kind).rehearsal
        known = rehearsal_faults(rehearsal, platform)
        for fault in ("error_before", "token_revoked"):
            if fault in known:
                rehearsal.fault(fault, platform=platform)
        check_health(account=account, clock=newsroom.clock)


def rehearsal_faults(rehearsal: RehearsalServer, platform: str) -> set[str]:
    from distribution.rehearsal.platforms import KINDS as PLATFORMS

    return set(PLATFORMS[platform].known_faults)  # type: ignore[attr-defined]


def test_no_token_code_or_secret_stands_in_a_log_an_error_a_row_or_a_page(
    everywhere: Newsroom, rehearsal: RehearsalServer, reporter: User, editor: User, editor_in_chief: User, admin: User, client: Client,
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    for kind in KINDS:
        platform = logins.get(kind).rehearsal
        if "error_before" in rehearsal_faults(rehearsal, platform):
            rehearsal.fault("error_before", platform=platform)
    draft = make_draft(owner=reporter, now=everywhere.clock(), title="Quỹ Ghềnh Đá cho vay mua máy cày", main_image=make_image(width=1600, height=1000))
    draft.channel_texts = say("Quỹ cho vay mua máy cày.")
    draft.save_revision(user=reporter)
    work(everywhere, rehearsal, publish(draft, writer=reporter, editor=editor, signer=editor_in_chief, now=everywhere.clock()))
    fail_everywhere(everywhere, rehearsal)
    assert set(Delivery.objects.values_list("account__kind", flat=True)) == set(KINDS)
    assert Attempt.objects.exclude(raw="").exists()

    secrets = given_out(rehearsal)
    assert len(secrets) >= 2 * len(KINDS) - 2
    client.force_login(admin)
    printed = capfd.readouterr()
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for when in ("setup", "call") for record in caplog.get_records(when))  # type: ignore[arg-type]
    places = {"database": in_database(), "logs": logged, "output": printed.out + printed.err, "calls.json": json.dumps(rehearsal.calls()), **pages(client)}
    assert {place: found for place, text in places.items() if (found := seen_in(text, secrets))} == {}


def test_the_search_finds_a_secret_that_is_there(everywhere: Newsroom, rehearsal: RehearsalServer) -> None:
    secrets = given_out(rehearsal)
    token = open_key(Account.objects.get(kind="webhook").sealed_token)[0]
    Account.objects.filter(kind="webhook").update(state_reason=f"refused {token}")
    assert seen_in(in_database(), secrets) == ["whsec_…"]


def test_no_file_of_ours_holds_what_looks_like_a_token() -> None:
    folders = ("newsroom", "publishing", "distribution", "tests", "docs", "docker", "templates", "locale", "tools", "benchmarks")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in TEXTS and path.is_file() and "node_modules" not in path.parts]
    assert len(files) > 500
    assert SHAPES.search("whsec_" + "A" * 40) and SHAPES.search("12345678:AA" + "b" * 33)
    found = {(str(path.relative_to(ROOT)), match[:12]) for path in files for match in SHAPES.findall(path.read_text(encoding="utf-8", errors="ignore")) if not match.startswith(INVENTED)}
    assert found == set()
