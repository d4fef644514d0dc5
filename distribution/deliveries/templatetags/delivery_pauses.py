"""The banner over the admin while posting is stopped."""

from __future__ import annotations

from django import template

from distribution.deliveries.pauses import label_of, open_pauses

register = template.Library()


@register.inclusion_tag("distribution/deliveries/pause_banner.html")
def pause_banner() -> dict[str, object]:
    """What is stopped, by whom and since when."""
    return {"stopped": [(row, label_of(row.scope)) for row in open_pauses()]}
