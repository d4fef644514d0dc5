"""Doorbells that belong to no newsroom app."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)


@shared_task(queue="index")
def run_django_task(*, path: str, args: list[Any], kwargs: dict[str, Any], **_later: Any) -> None:
    """Run one of Wagtail's background tasks by the dotted path of its function."""
    task = import_string(path)
    task.func(*args, **kwargs)
