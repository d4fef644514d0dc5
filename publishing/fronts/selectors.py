"""What the front shows, without a story twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from publishing.fronts.models import PLACES, FrontPick


def picked_story_ids(*, now: datetime) -> list[int]:
    """Ids of the live stories chosen for the front at `now`, in their places; of two with one place the later choice comes first. One query."""
    picks = FrontPick.objects.filter(Q(until__isnull=True) | Q(until__gt=now), story__live=True)
    return list(picks.order_by("position", "-picked_at").values_list("story_id", flat=True)[:PLACES])


def front_order(*, picked: Sequence[int], newest: Sequence[int]) -> list[int]:
    """The chosen stories in their places, then the newest, each story once."""
    return list(dict.fromkeys([*picked, *newest]))
