"""One row for every post, edit and take-down on a channel. The row is the truth; the queue only rings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from distribution.connectors.base import Payload
from distribution.deliveries.enums import DEAD, FINISHED, DeliveryState, Operation, Saw


class Delivery(models.Model):
    """A version of a story on its way to one account. Its id is a ULID and the marker in the post's link.

    The payload is composed once, when the row is written, from the version that the event names; what was approved is what is sent.
    """

    id = models.CharField(max_length=26, primary_key=True, editable=False)
    story = models.ForeignKey("newsroom_articles.ArticlePage", models.PROTECT, related_name="deliveries")
    event = models.ForeignKey("publishing_events.StoryEvent", models.PROTECT, related_name="deliveries")
    version = models.PositiveIntegerField(help_text="The event's version of the story.")
    account = models.ForeignKey("distribution_channels.Account", models.PROTECT, related_name="deliveries")
    operation = models.CharField(max_length=9, choices=Operation)
    original = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="followers", help_text="The post that an edit, a take-down, a comment is about.")

    repeat = models.PositiveSmallIntegerField(default=0, help_text="A take-down that did not hold is ordered anew: 1, 2, 3.")

    payload = models.JSONField(help_text="What is sent, exactly. Kept: it is the legal-deposit record.")
    payload_sha256 = models.CharField(max_length=64)

    state = models.CharField(max_length=20, choices=DeliveryState, default=DeliveryState.READY)
    state_at = models.DateTimeField(help_text="When it came into this state.")
    scheduled_at = models.DateTimeField(help_text="When it is due.")
    next_at = models.DateTimeField(help_text="Not touched before this moment.")
    expires_at = models.DateTimeField(null=True, blank=True, help_text="News goes stale: not posted after this moment.")
    priority = models.SmallIntegerField(default=0, help_text="Higher goes first: urgent posts and take-downs.")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    lease_until = models.DateTimeField(null=True, blank=True)
    lease_owner = models.CharField(max_length=32, blank=True)
    late_agreed_at = models.DateTimeField(null=True, blank=True, help_text="A person said: post it although it is late.")
    remind_at = models.DateTimeField(null=True, blank=True, help_text="A person is told of it (again) at this moment; empty: nobody has to act.")
    rung_until = models.DateTimeField(null=True, blank=True, help_text="A worker was called for it; not called again before.")

    attempts = models.PositiveSmallIntegerField(default=0, help_text="Failed tries. Waiting for a gate uses none up.")
    commits = models.PositiveSmallIntegerField(default=0, help_text="How often the one call that readers see was started.")
    commit_intent_at = models.DateTimeField(null=True, blank=True, help_text="Saved and committed before the call.")
    look_owed = models.BooleanField(default=False, help_text="A commit was started and nobody has looked since: no other commit before a look.")
    looks = models.PositiveSmallIntegerField(default=0, help_text="Questions asked since the last commit.")
    absent_looks = models.PositiveSmallIntegerField(default=0, help_text="Looks after the settling time that saw nothing.")
    handle = models.JSONField(default=dict, blank=True, help_text="What staging left: ids of uploaded pictures and the like.")

    remote_id = models.CharField(max_length=200, blank=True)
    remote_url = models.URLField(max_length=500, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, help_text="The post is no longer on the channel.")
    removed_outside = models.BooleanField(default=False, help_text="Somebody took it away on the platform itself.")

    failure_kind = models.CharField(max_length=20, blank=True)
    failure_code = models.CharField(max_length=60, blank=True)
    failure_message = models.CharField(max_length=300, blank=True, help_text="English source sentence; translated where it is shown.")
    failure_values = models.JSONField(default=dict, blank=True)
    failure_said = models.CharField(max_length=500, blank=True, help_text="What the platform said, in its words.")

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-scheduled_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(condition=Q(operation__in=Operation.values), name="delivery_operation_known"),
            models.UniqueConstraint(fields=["story", "account", "operation", "version", "repeat"], name="one_delivery_a_version", condition=~Q(operation="broadcast")),
            models.UniqueConstraint(fields=["original"], name="one_broadcast_a_post", condition=Q(operation="broadcast") & ~Q(state__in=sorted(str(state) for state in DEAD))),
            # Live: it is on the channel, may be, or still may come there. A failed one counts, for a person may send it again.
            models.UniqueConstraint(
                fields=["story", "account"], name="one_live_post", condition=Q(operation="publish", removed_at=None) & ~Q(state__in=sorted(str(state) for state in DEAD))
            ),
            models.UniqueConstraint(fields=["account"], name="one_commit_in_flight", condition=Q(state="committing")),
            models.CheckConstraint(condition=~Q(state="committing") | Q(commit_intent_at__isnull=False), name="no_commit_without_intent"),
            models.CheckConstraint(condition=Q(operation="publish") | Q(original__isnull=False), name="edit_names_its_post"),
            models.CheckConstraint(condition=Q(lease_until=None, lease_owner="") | Q(lease_until__isnull=False) & ~Q(lease_owner=""), name="lease_has_owner"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="delivery_open", condition=~Q(state__in=sorted(str(state) for state in FINISHED))),
            models.Index(fields=["account", "state"], name="delivery_line"),
            models.Index(fields=["-scheduled_at"], name="delivery_board"),
            models.Index(fields=["remind_at"], name="delivery_remind", condition=Q(remind_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.operation} v{self.version} {self.state}"

    @property
    def stored_payload(self) -> Payload:
        """The payload as it was composed."""
        return Payload(kind=self.payload["kind"], marker=self.payload["marker"], body=self.payload["body"])


class Attempt(models.Model):
    """One call to a platform: what for, how long, what came of it. Scrubbed of secrets; kept 90 days."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempt_log")
    phase = models.CharField(max_length=8)
    at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20, help_text="What came of it: a result, or the class of the failure.")
    code = models.CharField(max_length=60, blank=True)
    said = models.CharField(max_length=500, blank=True)
    raw = models.TextField(blank=True)
    worker = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["at"])]


class Act(models.Model):
    """What a person decided about a delivery."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=20)
    actor = models.ForeignKey("newsroom_accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]


class Sighting(models.Model):
    """When a post was last looked at in the night, and what was seen. `seen_by`: a person took note that it is gone."""

    delivery = models.OneToOneField(Delivery, models.CASCADE, primary_key=True, related_name="sighting")
    looked_at = models.DateTimeField()
    saw = models.CharField(max_length=8, choices=Saw, default=Saw.UNCLEAR)
    absent = models.PositiveSmallIntegerField(default=0, help_text="Looks in a row that saw nothing.")
    seen_by = models.ForeignKey("newsroom_accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(saw__in=Saw.values), name="sighting_known")]
        indexes = [models.Index(fields=["looked_at"])]


class Stray(models.Model):
    """A post with our mark that no delivery of ours has as its own: sent twice, or by somebody with our key."""

    account = models.ForeignKey("distribution_channels.Account", models.CASCADE, related_name="strays")
    remote_id = models.CharField(max_length=200)
    url = models.URLField(max_length=500, blank=True)
    marker = models.CharField(max_length=26)
    words = models.CharField(max_length=300, blank=True)
    delivery = models.ForeignKey(Delivery, models.SET_NULL, null=True, blank=True, related_name="strays", help_text="The delivery whose mark it bears.")
    found_at = models.DateTimeField()
    seen_by = models.ForeignKey("newsroom_accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-found_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["account", "remote_id"], name="one_stray_a_post")]


class Pause(models.Model):
    """A person stopped posting, everywhere or on one platform: who, when, why, and who let it go on. Scopes: `all`, `kind:<kind>`."""

    scope = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    actor = models.ForeignKey("newsroom_accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey("newsroom_accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["scope"], name="one_open_pause", condition=Q(ended_at=None))]

    def __str__(self) -> str:
        return self.scope


class Breaker(models.Model):
    """Failures of an account or of a whole platform, counted; open, nothing is sent there. Keys: `account:<id>`, `kind:<kind>`."""

    key = models.CharField(max_length=80, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    first_failure_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True, help_text="Past: half open, one delivery may try.")
    opened = models.PositiveSmallIntegerField(default=0, help_text="Openings in a row; each waits longer.")
    reason = models.CharField(max_length=300, blank=True)
