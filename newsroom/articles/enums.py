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


class ChannelTiming(models.TextChoices):
    """When a story goes to one channel; never before readers see it in the paper."""

    WITH_STORY = "with_story", pgettext_lazy("channel", "With the story")
    AFTER = "after", pgettext_lazy("channel", "Some minutes after the story")
    AT = "at", pgettext_lazy("channel", "At a time of its own")


class ChannelMedia(models.TextChoices):
    """What a post shows; empty: as the channel is set up."""

    AS_CHANNEL = "", pgettext_lazy("channel", "As the channel is set up")
    PICTURE = "picture", pgettext_lazy("channel", "The main picture only")
    PICTURES = "pictures", pgettext_lazy("channel", "All pictures")
    VIDEO = "video", pgettext_lazy("channel", "The video")
    NONE = "none", pgettext_lazy("channel", "No picture and no video")


class ChannelLink(models.TextChoices):
    """Where a post carries the story's link; empty: as the channel is set up."""

    AS_CHANNEL = "", pgettext_lazy("channel", "As the channel is set up")
    CARD = "card", pgettext_lazy("channel", "As a link card")
    TEXT = "text", pgettext_lazy("channel", "In the text")
    COMMENT = "comment", pgettext_lazy("channel", "In the first comment")


class BylineRole(models.TextChoices):
    """What a person in the byline did."""

    TEXT = "text", _("Text")
    PHOTO = "photo", _("Photo")
    ILLUSTRATION = "illustration", _("Illustration")
    VIDEO = "video", _("Video")
    TRANSLATION = "translation", _("Translation")
