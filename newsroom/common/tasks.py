"""Doorbells that belong to no newsroom app."""

from __future__ import annotations

import logging
from typing import Any

from celery import shared_task
from django.utils.module_loading import import_string

from newsroom.common import clock
from newsroom.common.services import beat

log = logging.getLogger(__name__)


@shared_task(queue="index")
def run_django_task(*, path: str, args: list[Any], kwargs: dict[str, Any], **_later: Any) -> None:
    """Run one of Wagtail's background tasks by the dotted path of its function."""
    task = import_string(path)
    task.func(*args, **kwargs)


@shared_task(queue="urgent")
def pulse(*, name: str = "worker", **_later: Any) -> None:
    """Sent by beat every few seconds to each worker's queue: a fresh row says that this worker lives."""
    beat(name=name, now=clock.now())
