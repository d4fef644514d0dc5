"""Closed lists of the story."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AiUse(models.TextChoices):
    """How far a machine wrote the text (Law 134/2025 art. 11; knowledge/vietnam.md 3.8)."""

    NONE = "none", _("No AI in the text")
    ASSISTED = "assisted", _("AI assisted, checked by people")
    GENERATED = "generated", _("Written by AI, checked by people")


class ChannelPrivacy(models.TextChoices):
    """Who sees a video on its channel; empty: as the channel is set up."""

    AS_CHANNEL = "", pgettext_lazy("channel", "As the channel is set up")
    PUBLIC = "public", pgettext_lazy("channel", "Public")
    UNLISTED = "unlisted", pgettext_lazy("channel", "Unlisted: only with the link")
    PRIVATE = "private", pgettext_lazy("channel", "Private")


class BylineRole(models.TextChoices):
    """What a person in the byline did."""

    TEXT = "text", _("Text")
    PHOTO = "photo", _("Photo")
    ILLUSTRATION = "illustration", _("Illustration")
    VIDEO = "video", _("Video")
    TRANSLATION = "translation", _("Translation")
