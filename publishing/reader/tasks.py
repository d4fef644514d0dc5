"""Doorbells: ids in, reload, one service call."""

from __future__ import annotations

from celery import shared_task

from publishing.reader import pictures


@shared_task(name="publishing.reader.tasks.make_pictures", ignore_result=True)
def make_pictures(image_ids: list[int]) -> None:
    """Cut the sizes that readers get of these pictures."""
    pictures.make(image_ids)
