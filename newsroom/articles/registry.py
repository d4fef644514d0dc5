"""What higher layers plug in to stories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from newsroom.common.registry import Registry

# Panels that higher layers add to the story editor, by tab heading order: name → function that returns a Wagtail panel.
editor_tabs: Registry[Callable[[], Any]] = Registry("editor tab")



@dataclass(frozen=True)
class StoryFormStep:
    """A higher layer's part in saving a story from the editor.

    `start` (story, user): before the form of a story is made. `check` (before, form, user): sentences that refuse it; `before` is the story as
    it was. `finish` (story, before, user): the story as the form says, not saved yet.
    """

    start: Callable[[Any, Any], None]
    check: Callable[[Any, Any, Any], list[str]]
    finish: Callable[[Any, Any, Any], None]


story_form_steps: Registry[StoryFormStep] = Registry("story form step")

# The lock that the workflow puts on a story: function (article) → wagtail Lock or None.
story_locks: Registry[Callable[[Any], Any]] = Registry("story lock")

# Steps of the bulk writer: each receives one batch and writes its rows in the batch's transaction.
bulk_steps: Registry[Callable[..., None]] = Registry("bulk step")
