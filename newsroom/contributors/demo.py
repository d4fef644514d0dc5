"""The demo's writers and their pen names."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.common.demo import DemoRun, register_step
from newsroom.common.text import nfc
from newsroom.contributors.models import Contributor, PenName

CONTRIBUTORS = Path(__file__).parent / "demo_data" / "contributors.json"


@cache
def demo_contributors() -> tuple[dict[str, Any], ...]:
    """Real name, account (or none), pen names and a short bio of everybody who is credited in the demo."""
    return tuple(json.loads(CONTRIBUTORS.read_text(encoding="utf-8")))


@transaction.atomic
def make_contributors(run: DemoRun) -> None:
    """Make those whose pen names nobody has yet."""
    for row in demo_contributors():
        missing = [nfc(name) for name in row["pen_names"] if not PenName.objects.filter(name=nfc(name)).exists()]
        if not missing:
            continue
        user = User.objects.filter(username=row["user"]).first() if row["user"] else None
        person, _made = Contributor.objects.get_or_create(name=nfc(row["name"]), user=user, defaults={"bio": nfc(row["bio"])})
        PenName.objects.bulk_create([PenName(contributor=person, name=name) for name in missing])


def register() -> None:
    """Join `manage.py demo`."""
    register_step("contributors", order=20, title=_("Writers and pen names"), run=make_contributors)
