"""Wagtail's own ways to finish a workflow, shut. Imports models inside functions: Wagtail loads this while models load."""

from __future__ import annotations

from typing import Any

from newsroom.common.errors import NewsroomError


def refuse_to_finish(workflow_state: Any, user: Any = None) -> None:
    """Wagtail's stock finish publishes the latest revision, whatever was approved; ours publishes nothing (docs/decisions/0005)."""
    raise NewsroomError("closed_door", "Wagtail's workflow does not publish here; the story's desk page does.")
