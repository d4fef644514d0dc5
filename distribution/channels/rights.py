"""Who may choose a channel for a story, and who may sign with it. Rows say so; where no row names anybody for an act, everybody may as before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from distribution.channels.models import Account, ChannelRight
from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage


def _allowed(user: Any, accounts: Iterable[Account], act: str) -> set[str]:
    """Keys of the accounts on which a person may do one act, in two queries whatever their number."""
    known = {account.pk: account.key for account in accounts}
    rows = list(ChannelRight.objects.filter(account__in=known, **{act: True}).values_list("account_id", "group_id", "user_id"))
    if not rows:
        return set(known.values())
    groups = set(user.groups.values_list("pk", flat=True)) if user.is_active else set()
    named = {account_id for account_id, _group, _user in rows}
    mine = {account_id for account_id, group_id, user_id in rows if user.is_active and (user_id == user.pk or group_id in groups)}
    return {key for pk, key in known.items() if pk not in named or pk in mine}


def sendable(user: Any, accounts: Iterable[Account]) -> set[str]:
    """Keys of the accounts that a person may choose for a story."""
    return _allowed(user, accounts, "may_send")


def signable(user: Any, accounts: Iterable[Account]) -> set[str]:
    """Keys of the accounts with which a person may sign."""
    return _allowed(user, accounts, "may_approve")


def signer_problems(story: ArticlePage, signer: User) -> list[str]:
    """Sentences that keep a person from signing a version: channels that are wanted and not theirs to sign with."""
    keys = {row.account_key for row in story.channel_texts.all() if row.wanted}
    accounts = list(Account.objects.filter(key__in=keys).order_by("name"))
    mine = signable(signer, accounts)
    return [_("You do not sign for the channel “%(name)s”. Leave it out, or let somebody sign who may.") % {"name": account.name} for account in accounts if account.key not in mine]


def row_problems(*, before: dict[str, tuple[Any, ...]], after: dict[str, tuple[Any, ...]], user: Any) -> list[str]:
    """Rows that a person changed although the channel is not theirs to choose. `before` and `after`: `routing.plain_rows`, "wanted" first."""
    touched = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key) and (_wanted(before, key) or _wanted(after, key))}
    accounts = list(Account.objects.filter(key__in=touched).order_by("name"))
    mine = sendable(user, accounts)
    return [_("The channel “%(name)s” is not yours to choose. Leave its row as it was.") % {"name": account.name} for account in accounts if account.key not in mine]


def _wanted(rows: dict[str, tuple[Any, ...]], key: str) -> bool:
    return bool(rows[key][0]) if key in rows else False
