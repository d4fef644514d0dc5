"""A check of a real account before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from distribution.channels.models import Account
from distribution.channels.services import connect_account
from distribution.connectors.base import Credential, FailureClass, Health
from tests.factories.newsroom import make_story
from tests.fakes.connector import KIND, ScriptedPlatform, failure, scripted_platform


@pytest.fixture
def platform() -> Iterator[ScriptedPlatform]:
    with scripted_platform() as made:
        yield made


@pytest.fixture
def account(db: Any, platform: ScriptedPlatform, now: datetime) -> Account:
    return connect_account(kind=KIND, name="Kênh", remote_id="r", address="https://social.example", credential=Credential("t"), rehearsal=False, actor=None, now=now, key="kenh")


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("check_channel", *arguments, stdout=out)
    return out.getvalue()


def test_it_tells_what_the_account_may_do_keeps_it_and_sends_nothing(account: Account, platform: ScriptedPlatform) -> None:
    platform.will("health", Health("Báo Sông Ba", "r", settings={"privacy_options": ["SELF_ONLY"]}))
    story = make_story(channels={"kenh": "Nước lên nhanh."}, live=True)
    told = said("kenh", "--story", str(story.pk))
    assert "Báo Sông Ba" in told and "SELF_ONLY" in told and "Nước lên nhanh." in told
    assert [call for call, _marker in platform.calls] == ["health"]
    account.refresh_from_db()
    assert account.settings["privacy_options"] == ["SELF_ONLY"]


def test_a_dead_key_an_unknown_channel_and_words_that_cannot_go_out_fail_with_a_sentence(account: Account, platform: ScriptedPlatform) -> None:
    with pytest.raises(CommandError, match="nothing-here"):
        said("nothing-here")
    story = make_story(channels={"kenh": "x" * 600}, live=True)
    platform.text_limit = 500
    with pytest.raises(CommandError):
        said("kenh", "--story", str(story.pk))
    with pytest.raises(CommandError, match="999999"):
        said("kenh", "--story", "999999")
    platform.will("health", failure(FailureClass.AUTH_DEAD, code="token_dead"))
    with pytest.raises(CommandError, match="Kênh"):
        said("kenh")
