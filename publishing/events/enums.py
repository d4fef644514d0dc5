"""Kinds and states of events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """What happened to what readers see."""

    PUBLISHED = "published", _("Published")
    UPDATED = "updated", _("Updated")
    CORRECTED = "corrected", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    KILLED = "killed", _("Killed")
    NOTICE = "notice", _("Corrected after it was taken away")


SHOWS = (EventKind.PUBLISHED, EventKind.UPDATED, EventKind.CORRECTED)
REMOVES = (EventKind.WITHDRAWN, EventKind.KILLED)
HIDDEN = (*REMOVES, EventKind.NOTICE)  # readers do not see the story after it


class RunState(models.TextChoices):
    """Whether a subscriber has taken an event."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
