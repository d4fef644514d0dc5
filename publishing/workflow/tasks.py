"""Doorbells of the desk."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from publishing.workflow import notices


@shared_task(queue="mail")
def mail_return(*, step_id: int, **_later: Any) -> None:
    """Tell the writer why the story came back."""
    notices.mail_return(step_id=step_id)
