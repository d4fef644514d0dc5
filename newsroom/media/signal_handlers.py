"""Listeners of the media app."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete

from newsroom.media.models import NewsVideo
from newsroom.media.videos import files


def forget_files(sender: type[NewsVideo], instance: NewsVideo, **_kwargs: Any) -> None:
    """A deleted video takes its files with it, once the deletion is committed."""
    transaction.on_commit(lambda: files.remove_all(instance.key))


def connect() -> None:
    """Called by AppConfig.ready()."""
    post_delete.connect(forget_files, sender=NewsVideo, dispatch_uid="newsroom_media_video_files")
