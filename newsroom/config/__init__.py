"""The composition root: names apps by dotted strings, imports none."""

from newsroom.config.celery import app as celery_app

__all__ = ["celery_app"]
