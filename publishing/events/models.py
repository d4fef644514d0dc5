"""The outbox. A row is written in the transaction that changes the story; subscribers take it after commit, each recorded."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from publishing.events.enums import EventKind, RunState


class StoryEvent(models.Model):
    """One change of what readers see. Rows protect their story and revision: what was published is never erased."""

    story = models.ForeignKey("newsroom_articles.ArticlePage", models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind)
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(help_text="1, 2, 3… for each story; a later version wins everywhere.")
    happened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="The time it was scheduled for; none when a person published by hand.")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the approved words, hex.")
    imported = models.BooleanField(default=False, help_text="Arrived in bulk: the archive takes it, distribution does not.")
    taken_at = models.DateTimeField(null=True, blank=True, help_text="When every subscriber had taken it.")

    class Meta:
        verbose_name = _("story event")
        verbose_name_plural = _("story events")
        constraints = [
            models.UniqueConstraint(fields=["story", "version"], name="one_event_a_version"),
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="event_kind_known"),
        ]
        indexes = [models.Index(fields=["happened_at"]), models.Index(fields=["id"], name="event_untaken", condition=models.Q(taken_at=None))]

    def __str__(self) -> str:
        return f"{self.story_id} v{self.version} {self.kind}"


class SubscriberRun(models.Model):
    """One subscriber's work on one event. Marked done in the same transaction as what the subscriber wrote."""

    event = models.ForeignKey(StoryEvent, models.CASCADE, related_name="runs")
    subscriber = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="one_run_a_subscriber"),
            models.CheckConstraint(condition=models.Q(state__in=RunState.values), name="run_state_known"),
        ]
        indexes = [models.Index(fields=["next_at"], name="run_open", condition=~models.Q(state="done"))]


class Alarm(models.Model):
    """Something that a person must look at now: a banner in the admin and one mail."""

    code = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    message = models.CharField(max_length=600)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-raised_at"]
        constraints = [models.UniqueConstraint(fields=["code", "subject"], name="one_open_alarm", condition=models.Q(cleared_at=None))]
