"""States of a video and languages of its captions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class VideoState(models.TextChoices):
    """From the first byte to readers."""

    UPLOADING = "uploading", pgettext_lazy("video", "Uploading")
    CHECKING = "checking", pgettext_lazy("video", "Being checked")
    CONVERTING = "converting", pgettext_lazy("video", "Being converted")
    READY = "ready", pgettext_lazy("video", "Ready")
    REFUSED = "refused", pgettext_lazy("video", "Refused")
    FAILED = "failed", pgettext_lazy("video", "Not converted")


# Where a worker has something to do.
WORKABLE = (VideoState.CHECKING, VideoState.CONVERTING)


class CaptionLanguage(models.TextChoices):
    """Languages in which the paper captions; the value is the tag that browsers read."""

    VIETNAMESE = "vi", pgettext_lazy("language", "Vietnamese")
    ENGLISH = "en", pgettext_lazy("language", "English")
    EDE = "rad", pgettext_lazy("language", "Ê Đê")
    JRAI = "jra", pgettext_lazy("language", "Gia Rai")
    BAHNAR = "bdq", pgettext_lazy("language", "Ba Na")
    CHAM = "cjm", pgettext_lazy("language", "Chăm")
    KHMER = "km", pgettext_lazy("language", "Khmer")
    CHINESE = "zh", pgettext_lazy("language", "Chinese")
