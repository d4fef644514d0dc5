"""A release: a story, its signature, and the time at which readers get it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishing.releases.enums import ReleaseState


class Release(models.Model):
    """One planned or carried-out publication. Due to the second; the row, not Wagtail's go-live fields, is the schedule."""

    story = models.ForeignKey("newsroom_articles.ArticlePage", models.PROTECT, related_name="releases")
    approval = models.ForeignKey("publishing_workflow.Approval", models.PROTECT, related_name="releases")
    due_at = models.DateTimeField(_("time"))
    state = models.CharField(_("state"), max_length=10, choices=ReleaseState, default=ReleaseState.SCHEDULED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(help_text="When it is tried: the due time, later after a failure.")
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            models.UniqueConstraint(fields=["story"], condition=models.Q(state="scheduled"), name="one_scheduled_release"),
            models.CheckConstraint(condition=models.Q(state__in=ReleaseState.values), name="release_state_known"),
            models.CheckConstraint(condition=models.Q(next_at__gte=models.F("due_at")), name="release_never_early"),
        ]
        indexes = [models.Index(fields=["next_at", "id"], name="release_due", condition=models.Q(state="scheduled"))]
