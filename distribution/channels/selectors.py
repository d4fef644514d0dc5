"""Reads about accounts: for the editor, for deliveries, for the approval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from wagtail.models import Revision

from distribution.channels.addresses import interface_of, real_settings
from distribution.channels.enums import AccountState
from distribution.channels.keys import open_key
from distribution.channels.meters import DayMeter
from distribution.channels.models import Account
from distribution.connectors.base import Capabilities, Connector, Credential, Payload, Problem, Target
from distribution.connectors.registry import connectors
from distribution.renditions.snapshots import snapshot_of_story, story_of
from newsroom.articles.models import ArticlePage

MARKER_IN_PREVIEW = "0" * 26
REHEARSAL_QUOTA = {"units": 1_000_000, "uploads": 10_000}


def connector_of(account: Account) -> Connector:
    """The connector of the account's platform. Raises LookupError."""
    return connectors.get(account.kind)


def settings_of(account: Account) -> dict[str, Any]:
    """The account's settings as connectors read them; a rehearsal account has no pause between posts and plenty of quota."""
    base: dict[str, Any] = {**real_settings(account.kind), **settings.PLATFORM_SETTINGS.get(account.kind, {})}
    if account.rehearsal:
        base = {"minimum_gap": 0, "allowed_origins": [settings.REHEARSAL_ADDRESS], "quota": REHEARSAL_QUOTA}
    found = {**base, **(account.settings or {})}
    if isinstance(found.get("photos"), dict):  # pictures that the platform fetches from us: nobody else guesses where
        found["photos"] = {"key": salted_hmac("distribution.channels.pictures", account.key, algorithm="sha256").hexdigest(), **found["photos"]}
    return found


def capabilities_of(account: Account) -> Capabilities:
    """What the account can do."""
    return connector_of(account).capabilities(settings_of(account))


def target_of(account: Account) -> Target:
    """Where a call goes, with the opened key. Raises CannotOpen where the key was sealed with a lost one."""
    app_id, app_secret = settings.PLATFORM_APPS.get("rehearsal" if account.rehearsal else account.kind, ("", ""))
    token, refresh_token = open_key(account.sealed_token)
    credential = Credential(token, app_id, app_secret, account.token_expires_at, refresh_token)
    meter = DayMeter(kind=account.kind, app_id=app_id)
    return Target(remote_id=account.remote_id, address=interface_of(account), credential=credential, settings=settings_of(account), meter=meter)


def accounts_for_editor() -> QuerySet[Account]:
    """Every account a story can name, ready ones and those that will be."""
    return Account.objects.order_by("name")


def ready_accounts() -> QuerySet[Account]:
    """Accounts that a new story is meant for unless somebody says otherwise."""
    return Account.objects.filter(state=AccountState.READY).order_by("name")


def wanted_keys(story: ArticlePage) -> set[str]:
    """Keys of the channels that a version of a story is meant for."""
    return {row.account_key for row in story.channel_texts.all() if row.wanted}


def wanted_accounts(story: ArticlePage) -> list[Account]:
    """Accounts that a version of a story is meant for, whatever their state: what cannot go out now waits."""
    return list(Account.objects.filter(key__in=wanted_keys(story)).order_by("key"))


def composed(*, account: Account, story: ArticlePage) -> Payload:
    """The post as it would be sent, for previews and checks; it is composed again, once, when the delivery is written."""
    snapshot = snapshot_of_story(story=story, account_key=account.key, version=0)
    return connector_of(account).compose(snapshot=snapshot, marker=MARKER_IN_PREVIEW, settings=settings_of(account))


def problems(*, account: Account, payload: Payload) -> list[Problem]:
    """What is wrong with a post, found without the network."""
    return connector_of(account).validate(payload=payload, settings=settings_of(account))


def in_words(problem: Problem) -> str:
    """A problem as a sentence on the screen."""
    return _(problem.message) % problem.values if problem.values else _(problem.message)


def blocking_problems(revision: Revision) -> list[str]:
    """Sentences that keep a revision from being approved; empty when every wanted channel can carry it."""
    return approval_problems(story_of(revision))


def approval_problems(story: ArticlePage) -> list[str]:
    """The same for a story in memory, as of the version that is to be approved."""
    return list(_blocking(story, wanted_accounts(story)))


def _blocking(story: ArticlePage, accounts: Iterable[Account]) -> Iterable[str]:
    for account in accounts:
        if account.kind not in connectors:
            yield f"{account.name}: " + _("this platform is not known here.")
            continue
        for problem in problems(account=account, payload=composed(account=account, story=story)):
            if problem.blocking:
                yield f"{account.name}: {in_words(problem)}"
