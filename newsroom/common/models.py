"""Rows with no newsroom meaning."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """A process says that it lives. One row a process name; read by `/health/ready`."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
