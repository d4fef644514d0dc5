"""Rows that belong to a story and live in its revisions (knowledge/wagtail.md: point no foreign key at them)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.models import Orderable

from newsroom.articles.enums import BylineRole, ChannelPrivacy


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

    Title, tags and privacy are for channels of videos.
    """

    article = ParentalKey("newsroom_articles.ArticlePage", on_delete=models.CASCADE, related_name="channel_texts")
    account_key = models.SlugField(_("channel"), max_length=60)
    wanted = models.BooleanField(_("post to this channel"), default=True)
    text = models.TextField(_("channel text"), blank=True, max_length=63_206)
    title = models.CharField(_("title of the video"), max_length=100, blank=True, help_text=_("Empty: the social headline."))
    tags = models.CharField(pgettext_lazy("channel", "tags"), max_length=500, blank=True, help_text=_("By commas; empty: the names of the sections."))
    privacy = models.CharField(_("who sees the video"), max_length=10, choices=ChannelPrivacy, default=ChannelPrivacy.AS_CHANNEL, blank=True)

    class Meta:
        verbose_name = _("channel text")
        verbose_name_plural = _("channel texts")
        constraints = [
            models.UniqueConstraint(fields=["article", "account_key"], name="one_text_a_channel"),
            models.CheckConstraint(condition=models.Q(privacy__in=ChannelPrivacy.values), name="channel_privacy_known"),
        ]
