"""What became of a story's posts, on its desk page."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from distribution.metrics.selectors import NAMES, column_names, copies_of, totals_of
from newsroom.articles.models import ArticlePage


def desk_panel(story: ArticlePage, user: Any) -> SafeString | None:
    """Numbers of each post and their sums; nothing where no post is watched."""
    copies = copies_of(story)
    if not copies:
        return None
    rows = [(copy, [getattr(copy, name) for name in NAMES]) for copy in copies]
    return render_to_string("distribution/metrics/story_panel.html", {"rows": rows, "names": column_names(), "totals": totals_of(copies), "many": len(copies) > 1})
