"""The configuration says where the real platforms are, and each connector really calls there."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from distribution.channels import connecting, demo, health
from distribution.channels.models import Account
from distribution.channels.platforms import app_of, rehearsal_card
from distribution.channels.renewals import renewed_target
from distribution.channels.selectors import target_of
from distribution.connectors.base import Failure, FailureClass, Health
from distribution.connectors.facebook_page.videos import at_video_host
from distribution.connectors.logins import KeyLogin
from distribution.connectors.registry import connectors, logins
from newsroom.config import env, platforms
from tests.fakes.rehearsal import RehearsalServer

VARIABLES = {"facebook_page": "FACEBOOK_ADDRESS", "youtube": "YOUTUBE_ADDRESS", "tiktok": "TIKTOK_ADDRESS", "zalo_oa": "ZALO_ADDRESS", "telegram_channel": "TELEGRAM_ADDRESS"}
KINDS = tuple(VARIABLES)


@pytest.fixture
def moved(rehearsal: RehearsalServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> RehearsalServer:
    """Every real platform is where the rehearsal platforms are, by one variable each; nothing here is a rehearsal account."""
    values = {name: f"{rehearsal.base_url}/{logins.get(kind).rehearsal}" for kind, name in VARIABLES.items()}
    monkeypatch.setattr(env, "_source", values)
    monkeypatch.setattr(env, "VARIABLES", dict(env.VARIABLES))
    settings.PLATFORM_ADDRESSES = platforms.addresses()
    settings.PLATFORM_ORIGINS = platforms.origins(settings.PLATFORM_ADDRESSES)
    settings.PLATFORM_APPS = dict.fromkeys(KINDS, (rehearsal.app_id, rehearsal.app_secret))
    settings.PLATFORM_SETTINGS = {**settings.PLATFORM_SETTINGS, "telegram_channel": {"enabled": True}}
    return rehearsal


def connect(kind: str, now: datetime) -> Account:
    """The whole way in of a real account."""
    card, expected = rehearsal_card(kind), next(channel for channel in demo.CHANNELS if channel.kind == kind)
    if isinstance(logins.get(kind), KeyLogin):
        found = connecting.key_choices(kind=kind, values=card["fields"], rehearsal=False)
    else:
        way = {"kind": kind, "redirect_uri": "http://127.0.0.1:8000/admin/channels/back/", "verifier": secrets.token_urlsafe(48)}
        told = demo._consent(connecting.start(**way, state=demo.STATE, rehearsal=False), email=card["email"], password=card["password"])
        found = connecting.choices(**way, code=told["code"], rehearsal=False, told=told)
    choice = next(choice for choice in found if choice.remote_id == str(card[expected.card]))
    return connecting.finish(kind=kind, choice=choice, actor=None, now=now, key=expected.key, rehearsal=False)


@pytest.mark.parametrize("kind", KINDS)
def test_a_real_account_is_connected_checked_and_renewed_where_the_setting_says(moved: RehearsalServer, kind: str) -> None:
    account = connect(kind, timezone.now())
    assert not account.rehearsal and account.address == logins.get(kind).address  # it stays the same account wherever the platform is
    assert target_of(account).address == f"{moved.base_url}/{logins.get(kind).rehearsal}"
    assert isinstance(health.check_health(account=account, clock=timezone.now), Health)
    if target_of(account).credential.refresh_token:
        assert not isinstance(renewed_target(account=account, clock=timezone.now), Failure)


def test_videos_go_where_the_setting_says(moved: RehearsalServer) -> None:
    assert at_video_host(target_of(connect("facebook_page", timezone.now()))).address == f"{moved.base_url}/facebook"


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_origin_passes_the_guard(moved: RehearsalServer, settings: Any, kind: str) -> None:
    account = connect(kind, timezone.now())
    settings.PLATFORM_ORIGINS = {**settings.PLATFORM_ORIGINS, kind: ("http://127.0.0.1:1",)}
    outcome = connectors.get(kind).health(target=target_of(account))
    assert isinstance(outcome, Failure) and outcome.kind == FailureClass.TRANSIENT_SAFE


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_setting_everything_is_as_the_platforms_have_it(db: Any, settings: Any, kind: str) -> None:
    settings.PLATFORM_APPS = dict.fromkeys(KINDS, ("id", "secret"))
    settings.PLATFORM_SETTINGS = {}
    app = app_of(kind=kind, rehearsal=False)
    assert (app.address, app.dialog, app.allowed_origins) == (logins.get(kind).address, getattr(logins.get(kind), "dialog", ""), ())


def test_an_account_with_a_server_of_its_own_stays_there(db: Any, now: datetime) -> None:
    account = Account(kind="telegram_channel", address="https://bots.songba.example", created_at=now)
    assert target_of(account).address == "https://bots.songba.example"
