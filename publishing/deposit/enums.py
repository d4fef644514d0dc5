"""What a record is of, and where an export stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordKind(models.TextChoices):
    """What happened to what the public sees."""

    STORY_PUBLISHED = "story_published", _("Story published")
    STORY_UPDATED = "story_updated", _("Story updated")
    STORY_CORRECTED = "story_corrected", _("Story corrected")
    STORY_WITHDRAWN = "story_withdrawn", _("Story withdrawn")
    STORY_KILLED = "story_killed", _("Story killed")
    POST_PUBLISHED = "post_published", _("Post on a channel")
    POST_EDITED = "post_edited", _("Post edited")
    POST_REMOVED = "post_removed", _("Post taken down")


class ExportState(models.TextChoices):
    """Where an export stands."""

    WAITING = "waiting", pgettext_lazy("export", "Waiting")
    RUNNING = "running", pgettext_lazy("export", "Being made")
    DONE = "done", pgettext_lazy("export", "Ready")
    FAILED = "failed", pgettext_lazy("export", "Failed")
