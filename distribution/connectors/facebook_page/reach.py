"""What Facebook tells of posts: counts that are fields of the post, views that are an insight and need a right of their own."""

from __future__ import annotations

from urllib.parse import quote

from distribution.connectors.base import JSON, Counts, Failure, FailureClass, Phase, Target
from distribution.connectors.facebook_page.config import VIEWS_METRIC
from distribution.connectors.facebook_page.graph import graph

COUNT_FIELDS = "shares,comments.limit(0).summary(true),reactions.limit(0).summary(true)"
STOP = frozenset({FailureClass.RATE, FailureClass.HOLD})


def metrics(target: Target, remote_ids: tuple[str, ...]) -> dict[str, Counts] | Failure:
    """Counts by post. Views are None where Facebook does not tell them: the right is missing, the metric was taken away. None of that loses the other numbers."""
    found: dict[str, Counts] = {}
    tells_views = True
    for remote_id in remote_ids:
        answer = graph(target, "GET", quote(remote_id, safe="_"), phase=Phase.READ, params={"fields": COUNT_FIELDS})
        if isinstance(answer, Failure):
            if answer.kind == FailureClass.GONE:
                continue
            return answer
        views = _views(target, remote_id) if tells_views else None
        if isinstance(views, Failure):
            if views.kind in STOP or views.code == "token_dead":
                return views
            tells_views, views = False, None
        found[remote_id] = Counts(views=views, reactions=_total(answer, "reactions"), comments=_total(answer, "comments"), shares=_shares(answer))
    return found


def _views(target: Target, remote_id: str) -> int | None | Failure:
    """Asked alone: one unknown metric fails a whole call (channels.md 1.5)."""
    answer = graph(target, "GET", f"{quote(remote_id, safe='_')}/insights", phase=Phase.READ, params={"metric": VIEWS_METRIC})
    if isinstance(answer, Failure):
        return answer
    rows = answer.get("data")
    values = next((row.get("values") for row in rows if isinstance(row, dict) and row.get("name") == VIEWS_METRIC), None) if isinstance(rows, list) else None
    last = values[-1] if isinstance(values, list) and values else None
    value = last.get("value") if isinstance(last, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _total(answer: JSON, edge: str) -> int | None:
    """The total of an edge's summary; None where the platform does not tell it."""
    rows = answer.get(edge)
    summary = rows.get("summary") if isinstance(rows, dict) else None
    total = summary.get("total_count") if isinstance(summary, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _shares(answer: JSON) -> int | None:
    """Facebook leaves the field out while nobody has shared, and where it does not tell: both are None."""
    shares = answer.get("shares")
    count = shares.get("count") if isinstance(shares, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None
