"""States of a release."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReleaseState(models.TextChoices):
    """What became of a time."""

    SCHEDULED = "scheduled", pgettext_lazy("release state", "Scheduled")
    DONE = "done", pgettext_lazy("release state", "Published")
    FAILED = "failed", _("Not published")
    CANCELLED = "cancelled", _("Cancelled")
