"""Reads of the numbers: of a story, of the channels over a period, line by line for a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from distribution.channels.models import Account
from distribution.metrics.models import AccountReading, Copy
from newsroom.articles.models import ArticlePage
from newsroom.common.clock import LOCAL

NAMES = ("views", "reactions", "comments", "shares")


@dataclass(frozen=True)
class Total:
    """A sum over posts. None: no post told it. `partly`: some did not."""

    value: int | None
    partly: bool


@dataclass(frozen=True)
class ChannelLine:
    """A channel over a period: how many posts are watched, their sums in the order of NAMES, and why reading waits, where it does."""

    account: Account
    posts: int
    totals: tuple[Total, ...]
    trouble: str


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the first moment of the first day to the first moment after the last, on the newsroom's clock."""
    return datetime.combine(first, time.min, LOCAL), datetime.combine(last, time.min, LOCAL) + timedelta(days=1)


def posted_in(first: date, last: date) -> QuerySet[Copy]:
    """Posts that went out in these days, with what stands beside them in a table."""
    start, end = day_span(first, last)
    return Copy.objects.filter(posted_at__gte=start, posted_at__lt=end)


def channel_lines(first: date, last: date) -> list[ChannelLine]:
    """Every channel that posted in these days, by name."""
    sums = {f"{name}_{what}": function(name) for name in NAMES for what, function in (("sum", Sum), ("told", Count))}
    rows = {row["account"]: row for row in posted_in(first, last).order_by().values("account").annotate(posts=Count("pk"), **sums)}
    troubles = dict(AccountReading.objects.filter(failures__gt=0).values_list("pk", "failure_message"))
    lines = []
    for account in Account.objects.filter(pk__in=list(rows)).order_by("name"):
        row: dict[str, Any] = dict(rows[account.pk])
        totals = tuple(Total(row[f"{name}_sum"], row[f"{name}_told"] < row["posts"]) for name in NAMES)
        lines.append(ChannelLine(account, row["posts"], totals, _(troubles[account.pk]) if troubles.get(account.pk) else ""))
    return lines


def copies_of(story: ArticlePage) -> list[Copy]:
    """The watched posts of a story, by channel."""
    return list(Copy.objects.filter(delivery__story_id=story.pk).select_related("account", "delivery").order_by("account__name", "posted_at"))


def totals_of(copies: Iterable[Copy]) -> tuple[Total, ...]:
    """Sums over posts in memory, in the order of NAMES."""
    rows = list(copies)
    told = [[value for row in rows if (value := getattr(row, name)) is not None] for name in NAMES]
    return tuple(Total(sum(values) if values else None, len(values) < len(rows)) for values in told)


def table(first: date, last: date) -> Iterator[list[str]]:
    """A line a post, the oldest first, as text; a number that was not told is an empty cell."""
    yield [
        _("Channel"), _("Story"), _("Headline"), _("Posted at"), _("Address of the post"), *column_names(), _("Told at"),
    ]  # fmt: skip
    for row in posted_in(first, last).select_related("account", "delivery__story").order_by("posted_at", "pk").iterator(chunk_size=500):
        numbers = ["" if (value := getattr(row, name)) is None else str(value) for name in NAMES]
        yield [
            _plain(row.account.name), str(row.delivery.story_id), _plain(row.delivery.story.title), _moment(row.posted_at), _plain(row.delivery.remote_url), *numbers, _moment(row.told_at),
        ]  # fmt: skip


def column_names() -> list[str]:
    """The four numbers in the reader's language, in the order of NAMES."""
    return [pgettext("metrics", "Views"), pgettext("metrics", "Reactions"), pgettext("metrics", "Comments"), pgettext("metrics", "Shares")]


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}" if at else ""


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
