"""A stream field that keeps its block definitions out of migrations (docs/decisions/0004): a new block is no schema change."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField


class BodyField(StreamField):
    """StreamField whose migration holds no blocks. Data migrations on it work on the raw JSON."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Leave the blocks away; an empty list keeps the constructor's shape."""
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
