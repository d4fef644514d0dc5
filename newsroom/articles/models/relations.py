"""Rows that belong to a story and live in its revisions (knowledge/wagtail.md: point no foreign key at them)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from newsroom.articles.enums import BylineRole, ChannelLink, ChannelMedia, ChannelPrivacy, ChannelTiming
from newsroom.common.text import nfc

MOST_MINUTES = 7 * 24 * 60


class Byline(Orderable):
    """A pen name and what its bearer did."""

    article = ParentalKey("newsroom_articles.ArticlePage", on_delete=models.CASCADE, related_name="bylines")
    pen_name = models.ForeignKey("newsroom_contributors.PenName", models.PROTECT, related_name="bylines", verbose_name=_("pen name"))
    role = models.CharField(_("role"), max_length=20, choices=BylineRole, default=BylineRole.TEXT)

    class Meta(Orderable.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")


class ChannelText(models.Model):
    """What the story says on one channel. Keyed by the channel's plain key: primary keys change when published again.

    Title, tags and privacy are for channels of videos. All of it is part of the story's revision and is signed with it.
    """

    article = ParentalKey("newsroom_articles.ArticlePage", on_delete=models.CASCADE, related_name="channel_texts")
    account_key = models.SlugField(_("channel"), max_length=60)
    wanted = models.BooleanField(_("post to this channel"), default=True)
    text = models.TextField(_("channel text"), blank=True, max_length=63_206)
    title = models.CharField(_("title of the video"), max_length=100, blank=True, help_text=_("Empty: the social headline."))
    tags = models.CharField(pgettext_lazy("channel", "tags"), max_length=500, blank=True, help_text=_("By commas; empty: the names of the sections."))
    privacy = models.CharField(_("who sees the video"), max_length=10, choices=ChannelPrivacy, default=ChannelPrivacy.AS_CHANNEL, blank=True)
    hashtags = models.CharField(_("hashtags"), max_length=300, blank=True, help_text=_("By spaces or commas, with or without #."))
    first_comment = models.TextField(_("first comment"), blank=True, max_length=2000, help_text=_("A comment of our own, put under the post once it is there."))
    media = models.CharField(_("picture or video"), max_length=10, choices=ChannelMedia, default=ChannelMedia.AS_CHANNEL, blank=True)
    link_place = models.CharField(_("link"), max_length=10, choices=ChannelLink, default=ChannelLink.AS_CHANNEL, blank=True)
    timing = models.CharField(_("time of the post"), max_length=10, choices=ChannelTiming, default=ChannelTiming.WITH_STORY)
    after_minutes = models.PositiveSmallIntegerField(_("minutes after the story"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_MINUTES)])
    at = models.DateTimeField(_("at the time"), null=True, blank=True)

    class Meta:
        verbose_name = _("channel text")
        verbose_name_plural = _("channel texts")
        constraints = [
            models.UniqueConstraint(fields=["article", "account_key"], name="one_text_a_channel"),
            models.CheckConstraint(condition=models.Q(privacy__in=ChannelPrivacy.values), name="channel_privacy_known"),
            models.CheckConstraint(condition=models.Q(media__in=ChannelMedia.values), name="channel_media_known"),
            models.CheckConstraint(condition=models.Q(link_place__in=ChannelLink.values), name="channel_link_known"),
            models.CheckConstraint(condition=models.Q(timing__in=ChannelTiming.values), name="channel_timing_known"),
        ]

    def clean(self) -> None:
        """One Unicode form; a time where the choice wants one, none where it does not. Raises ValidationError."""
        super().clean()
        for name in ("text", "title", "tags", "hashtags", "first_comment"):
            setattr(self, name, nfc(getattr(self, name) or ""))
        wrong: dict[str, Any] = {}
        if self.timing == ChannelTiming.AFTER and not self.after_minutes:
            wrong["after_minutes"] = _("Say how many minutes after the story.")
        if self.timing == ChannelTiming.AT and self.at is None:
            wrong["at"] = _("Choose the day and the time.")
        if wrong:
            raise ValidationError(wrong)
        self.after_minutes = self.after_minutes if self.timing == ChannelTiming.AFTER else None
        self.at = self.at if self.timing == ChannelTiming.AT else None
