"""Videos: what arrived, what readers get, and how far the way between them is gone."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.search import index

from newsroom.media.enums import CaptionLanguage, VideoState
from newsroom.media.videos import files
from newsroom.media.videos.webvtt import validate_webvtt

S = VideoState


class NewsVideo(index.Indexed, ClusterableModel):
    """A video. Caption, credit and source are required, as for a picture. `mp4`, `sha256`, `size`, `width`, `height` and `duration_seconds` are of what
    readers get; the original is kept apart, out of their reach.
    """

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=255)
    caption = models.TextField(_("caption"), max_length=500, help_text=_("Who, what, where, when."))
    credit = models.CharField(_("credit of the video"), max_length=160, help_text=_("As readers see it, for example “Video: Trần Hải Vân”."))
    source = models.CharField(_("source of the video"), max_length=200, help_text=_("Where the video comes from: own footage, agency, reader, with the agreement or link."))
    licence = models.CharField(pgettext_lazy("video", "licence"), max_length=200, blank=True, help_text=_("What we may do with it, and until when. Empty: everything."))
    state = models.CharField(pgettext_lazy("video", "state"), max_length=12, choices=VideoState, default=S.UPLOADING, editable=False)
    reason = models.TextField(pgettext_lazy("video", "reason"), blank=True, editable=False)
    progress = models.PositiveSmallIntegerField(default=0, editable=False)

    original = models.FileField(storage=files.private_storage, max_length=200, blank=True, editable=False)
    original_name = models.CharField(_("name of the file"), max_length=255, editable=False)
    original_size = models.PositiveBigIntegerField(default=0, editable=False)
    original_modified = models.PositiveBigIntegerField(default=0, editable=False)
    original_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    expected_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    received = models.PositiveBigIntegerField(default=0, editable=False)

    mp4 = models.FileField(upload_to=files.video_name, max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    duration_seconds = models.FloatField(_("length in seconds"), default=0, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    poster = models.FileField(upload_to=files.video_name, max_length=200, blank=True, editable=False)
    poster_second = models.FloatField(_("second of the poster"), default=0, editable=False)

    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=pgettext_lazy("video", "uploaded by"))
    created_at = models.DateTimeField(_("created at"), editable=False)
    changed_at = models.DateTimeField(editable=False)
    lease_key = models.CharField(max_length=32, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)

    search_fields = [
        index.SearchField("title"), index.AutocompleteField("title"), index.SearchField("caption"), index.SearchField("credit"), index.FilterField("state"),
    ]  # fmt: skip

    class Meta:
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "lease_until"], name="video_work")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=S.values), name="video_state_known"),
            models.CheckConstraint(condition=models.Q(received__lte=models.F("original_size")), name="video_not_more_than_announced"),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="video_progress_is_a_percentage"),
            models.CheckConstraint(
                condition=~models.Q(state=S.READY) | (models.Q(size__gt=0, width__gt=0, height__gt=0) & ~models.Q(mp4="") & ~models.Q(sha256="")), name="video_ready_has_a_file"
            ),
            models.CheckConstraint(condition=~models.Q(state__in=[S.REFUSED, S.FAILED]) | ~models.Q(reason=""), name="video_refused_says_why"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        """Whether readers can see it."""
        return self.state == S.READY

    @property
    def can_be_tried_again(self) -> bool:
        """Whether the original is still there for another attempt."""
        return self.state == S.FAILED


class VideoCaption(models.Model):
    """What is said and heard in a video, in one language, as WebVTT."""

    video = ParentalKey(NewsVideo, on_delete=models.CASCADE, related_name="captions")
    language = models.CharField(pgettext_lazy("video", "language"), max_length=8, choices=CaptionLanguage, default=CaptionLanguage.VIETNAMESE)
    file = models.FileField(_("WebVTT file"), upload_to=files.caption_name, max_length=200, validators=[validate_webvtt])

    class Meta:
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["video", "language"], name="one_caption_file_a_language"),
            models.CheckConstraint(condition=models.Q(language__in=CaptionLanguage.values), name="caption_language_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_language_display())
