"""Which channels a story is meant for unless somebody says otherwise, and what it says there.

Rules are of a kind of `registry.rule_kinds`; `matchers` has those that there are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from distribution.channels.models import Account, RoutingRule
from distribution.channels.registry import rule_kinds
from distribution.channels.rights import sendable
from distribution.channels.selectors import capabilities_of, ready_accounts
from distribution.connectors.registry import connectors
from newsroom.articles.enums import ChannelTiming
from newsroom.articles.models import ArticlePage, ChannelText

TOUCHED = ("wanted", "text", "title", "tags", "privacy", "hashtags", "first_comment", "media", "link_place", "timing", "after_minutes", "at")


def fitting(story: ArticlePage) -> list[RoutingRule]:
    """The rules in use that fit a story, in their order, the first of each channel."""
    kept: dict[int, RoutingRule] = {}
    for rule in RoutingRule.objects.filter(active=True).select_related("account"):
        if rule.account_id not in kept and rule.kind in rule_kinds and rule_kinds.get(rule.kind).fits(story, rule.value):
            kept[rule.account_id] = rule
    return list(kept.values())


def words_of(rule: RoutingRule, story: ArticlePage) -> str:
    """The rule's text with the story's own words in their places; empty stays empty and stands for the lead."""
    section = story.main_section.title if story.main_section_id and story.main_section else ""
    text = rule.text
    for name, value in (("headline", story.title), ("lead", story.lead), ("section", section)):
        text = text.replace(f"{{{name}}}", value or "")
    return text.strip()


def offered_rows(story: ArticlePage, user: Any = None) -> list[ChannelText]:
    """A row for each channel that is ready or that a rule names. Where rules fit, they alone say which are wanted; else every ready channel
    that needs no video. A channel that the person may not choose is not wanted."""
    rules = {rule.account.key: rule for rule in fitting(story)}
    accounts = {account.key: account for account in [*ready_accounts(), *(rule.account for rule in rules.values())]}
    allowed = sendable(user, accounts.values()) if user is not None else set(accounts)
    rows = []
    for account in sorted(accounts.values(), key=lambda account: (account.name, account.key)):
        rule = rules.get(account.key)
        wanted = rule is not None if rules else _by_itself(account)
        rows.append(ChannelText(account_key=account.key, wanted=wanted and account.key in allowed, text=words_of(rule, story) if rule else ""))
    return rows


def given_before(story_id: int | None, user: Any) -> set[str]:
    """Channels that the rules (or, where none fit, the newsroom's habit) chose for a story's newest version, or for one that is not saved yet."""
    saved = ArticlePage.objects.filter(pk=story_id).first() if story_id else None
    version = saved.get_latest_revision_as_object() if saved is not None else ArticlePage()
    return {row.account_key for row in offered_rows(version, user) if row.wanted}


def _by_itself(account: Account) -> bool:
    return account.kind in connectors and not capabilities_of(account).needs_video


def plain_rows(rows: Iterable[ChannelText]) -> dict[str, tuple[Any, ...]]:
    """Rows by channel, for comparing."""
    return {row.account_key: tuple(getattr(row, name) or (ChannelTiming.WITH_STORY if name == "timing" else None) for name in TOUCHED) for row in rows}


def follow(*, story: ArticlePage, before: ArticlePage, user: Any) -> bool:
    """Give a story the rows of its rules, where nobody has touched those that the rules gave it before. True: the rows are new ones."""
    mine = plain_rows(story.channel_texts.all())
    if mine != plain_rows(offered_rows(before, user)):
        return False
    offered = offered_rows(story, user)
    if plain_rows(offered) == mine:
        return False
    story.channel_texts = offered
    return True
