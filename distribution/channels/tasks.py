"""Doorbells of the channels."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from django.conf import settings

from distribution.channels import demo, health, renewals
from newsroom.common import clock


@shared_task(queue="poll")
def check_channels(**_later: Any) -> None:
    """Check every account."""
    health.check_channels(clock=clock.now)


@shared_task(queue="poll")
def renew_keys(**_later: Any) -> None:
    """Renew the keys that have lived most of their life."""
    renewals.renew_due(clock=clock.now)


@shared_task(queue="poll", bind=True, max_retries=30, default_retry_delay=5)
def connect_demo_channels(self: Any, **_later: Any) -> None:
    """Connect the demo's channels, again and again until the rehearsal platform answers."""
    if not settings.NEWSROOM_REHEARSAL or not demo.missing():
        return
    try:
        demo.connect_missing(now=clock.now())
    except demo.NotThereYet as error:
        raise self.retry(exc=error) from error
