"""States of the paper's own copy, and of what others are told about it."""

from django.db import models
from django.utils.translation import pgettext_lazy


class CopyState(models.TextChoices):
    """Whether readers have what the event says."""

    WAITING = "waiting", pgettext_lazy("copy on the paper", "Being looked at")
    CONFIRMED = "confirmed", pgettext_lazy("copy on the paper", "Seen as readers see it")
    LATE = "late", pgettext_lazy("copy on the paper", "Not there yet")
    SUPERSEDED = "superseded", pgettext_lazy("copy on the paper", "A newer version took its place")


OPEN = (CopyState.WAITING, CopyState.LATE)


class PingKind(models.TextChoices):
    """Who is told."""

    WEBSUB = "websub", "WebSub"
    INDEXNOW = "indexnow", "IndexNow"


class PingState(models.TextChoices):
    """Whether they were told."""

    WAITING = "waiting", pgettext_lazy("ping", "Waiting")
    DONE = "done", pgettext_lazy("ping", "Told")
    FAILED = "failed", pgettext_lazy("ping", "Refused")
