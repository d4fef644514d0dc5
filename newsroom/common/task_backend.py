"""A real backend for Wagtail's background tasks (django_tasks ships only one that runs inside the request).

A task is handed to Celery after commit, by dotted path and JSON arguments; the worker imports the function and calls it.
"""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus

RUN_TASK = "newsroom.common.tasks.run_django_task"


class CeleryBackend(BaseTaskBackend):
    """Queue on Celery's `index` queue; results are not kept (Wagtail asks for none)."""

    supports_async_task = False
    supports_get_result = False
    supports_defer = False

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Send the task after the present transaction; a rolled-back one sends nothing."""
        self.validate_task(task)
        message = {"path": task.module_path, "args": list(args), "kwargs": dict(kwargs)}
        transaction.on_commit(lambda: current_app.send_task(RUN_TASK, kwargs=message, queue="index"), robust=True)
        return TaskResult(
            task=task, id=get_random_string(32), status=TaskResultStatus.READY, enqueued_at=timezone.now(), started_at=None, finished_at=None, last_attempted_at=None,
            args=list(args), kwargs=dict(kwargs), backend=self.alias, errors=[], worker_ids=[],
        )
