"""What higher layers plug in to stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from newsroom.common.registry import Registry

# Panels that higher layers add to the story editor, by tab heading order: name → function that returns a Wagtail panel.
editor_tabs: Registry[Callable[[], Any]] = Registry("editor tab")

# The lock that the workflow puts on a story: function (article) → wagtail Lock or None.
story_locks: Registry[Callable[[Any], Any]] = Registry("story lock")

# Steps of the bulk writer: each receives one batch and writes its rows in the batch's transaction.
bulk_steps: Registry[Callable[..., None]] = Registry("bulk step")
