"""Numbers of posts: the latest of each, every reading, and how each account's reading goes. A number that is not told is empty, never 0."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Counted(models.Model):
    """The four numbers that platforms tell of a post."""

    views = models.PositiveBigIntegerField(null=True, blank=True)
    reactions = models.PositiveBigIntegerField(null=True, blank=True)
    comments = models.PositiveBigIntegerField(null=True, blank=True)
    shares = models.PositiveBigIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class Copy(Counted):
    """A post whose numbers are read: what was told last, and when it is asked again."""

    delivery = models.OneToOneField("distribution_deliveries.Delivery", models.PROTECT, primary_key=True, related_name="reach")
    account = models.ForeignKey("distribution_channels.Account", models.PROTECT, related_name="+")
    posted_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the platform last told anything of it.")
    asked_at = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True, help_text="None: it is not asked any more.")

    class Meta:
        verbose_name = _("reach of a post")
        verbose_name_plural = _("reach of posts")
        indexes = [
            models.Index(fields=["account", "next_at"], name="copy_due", condition=models.Q(next_at__isnull=False)), models.Index(fields=["posted_at"], name="copy_posted"),
        ]  # fmt: skip


class CopyCount(Counted):
    """One reading of one post."""

    delivery = models.ForeignKey("distribution_deliveries.Delivery", models.PROTECT, related_name="counts")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["delivery", "at"], name="one_count_a_moment")]


class AccountReading(models.Model):
    """How reading goes for an account: who is at it, and why it waits."""

    account = models.OneToOneField("distribution_channels.Account", models.CASCADE, primary_key=True, related_name="+")
    lease_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failure_code = models.CharField(max_length=60, blank=True)
    failure_message = models.CharField(max_length=300, blank=True, help_text="English source sentence; translated where it is shown.")
    read_at = models.DateTimeField(null=True, blank=True)
