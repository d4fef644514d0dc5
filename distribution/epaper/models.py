"""One row for each change that readers must see on the paper, and one for each machine that is told of it."""

from __future__ import annotations

from django.db import models

from distribution.epaper.enums import OPEN, CopyState, PingKind, PingState


class CopyCheck(models.Model):
    """That the page of a story shows a version, or says that the story is gone: seen over HTTP, as readers get it."""

    event = models.OneToOneField("publishing_events.StoryEvent", models.CASCADE, related_name="copy_check")
    story = models.ForeignKey("newsroom_articles.ArticlePage", models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    shows = models.BooleanField(help_text="False: the page must answer 410.")
    state = models.CharField(max_length=12, choices=CopyState, default=CopyState.WAITING)
    saw = models.CharField(max_length=20, blank=True, help_text="What the last look saw, a key of `sentences.SAW`.")
    saw_value = models.CharField(max_length=60, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(state__in=CopyState.values), name="copy_state_known")]
        indexes = [
            models.Index(fields=["next_at"], name="copy_open", condition=models.Q(state__in=OPEN)),
            models.Index(fields=["story", "version"], name="copy_of_story"),
        ]

    def __str__(self) -> str:
        return f"{self.story_id} v{self.version}: {self.state}"


class Ping(models.Model):
    """One hub or search engine that is told of one confirmed copy. May be repeated without harm."""

    check_of = models.ForeignKey(CopyCheck, models.CASCADE, related_name="pings")
    kind = models.CharField(max_length=8, choices=PingKind)
    target = models.URLField(max_length=300)
    addresses = models.JSONField(default=list, help_text="Paths: feeds for a hub, the story for a search engine.")
    state = models.CharField(max_length=8, choices=PingState, default=PingState.WAITING)
    said = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["check_of", "kind", "target"], name="one_ping_a_target"),
            models.CheckConstraint(condition=models.Q(state__in=PingState.values), name="ping_state_known"),
            models.CheckConstraint(condition=models.Q(kind__in=PingKind.values), name="ping_kind_known"),
        ]
        indexes = [models.Index(fields=["next_at"], name="ping_open", condition=models.Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}: {self.state}"
