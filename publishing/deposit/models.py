"""The sealed chain, where it ends, what waits to be sealed, and exports. Database triggers refuse what these classes refuse (`guards`)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsroom.common.errors import NewsroomError
from publishing.deposit.canonical import canonical, moment, sha256
from publishing.deposit.enums import ExportState, RecordKind


class Sealed(NewsroomError):
    """A record of the deposit is neither changed nor deleted."""

    def __init__(self) -> None:
        super().__init__("sealed", _("Records of the legal deposit are never changed or deleted."))


class SealedRows(models.QuerySet["Record"]):
    """Reads and appends; nothing else."""

    def update(self, **kwargs: Any) -> int:
        """Refused."""
        raise Sealed

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise Sealed

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        """Refused."""
        raise Sealed


class Record(models.Model):
    """One state that the public saw. `sequence` has no gaps; `hash` covers every other field and the hash before it.

    Names and ids are written out, never pointed at: a record says the same when people, channels and pictures are gone.
    """

    sequence = models.BigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    reference = models.CharField(max_length=60, unique=True, help_text="What it is of, once: event:12, delivery:01J….")
    kind = models.CharField(max_length=16, choices=RecordKind)
    event_id = models.BigIntegerField()
    story_id = models.BigIntegerField()
    version = models.PositiveIntegerField()
    at = models.DateTimeField(help_text="When the public saw it.")
    recorded_at = models.DateTimeField()
    title = models.CharField(max_length=255)
    channel = models.CharField(max_length=120, blank=True, help_text="Name of the channel; empty: the paper itself.")
    permalink = models.CharField(max_length=500, blank=True)
    content = models.TextField(help_text="Canonical JSON: words, people, files with their hashes.")
    html = models.TextField(blank=True, help_text="The story as a page.")
    hash = models.CharField(max_length=64, unique=True)

    objects = SealedRows.as_manager()

    class Meta:
        verbose_name = _("deposit record")
        verbose_name_plural = _("deposit records")
        ordering = ["-sequence"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=RecordKind.values), name="deposit_kind_known"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="deposit_begins_at_one"),
        ]
        indexes = [
            models.Index(fields=["story_id", "sequence"], name="deposit_story"), models.Index(fields=["at"], name="deposit_at"),
            models.Index(fields=["event_id"], name="deposit_event"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.title}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Append only. Raises Sealed."""
        if not self._state.adding:
            raise Sealed
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise Sealed

    def sealed_words(self) -> dict[str, Any]:
        """Everything that the hash covers."""
        return {
            "sequence": self.sequence, "previous": self.previous, "reference": self.reference, "kind": str(self.kind), "event": self.event_id, "story": self.story_id,
            "version": self.version, "at": moment(self.at), "recorded_at": moment(self.recorded_at), "title": self.title, "channel": self.channel,
            "permalink": self.permalink, "content": self.content, "html": self.html,
        }  # fmt: skip

    def computed_hash(self) -> str:
        """What the hash must be."""
        return sha256(canonical(self.sealed_words()))


class ChainEnd(models.Model):
    """The one row that says where the chain ends, and the lock of whoever appends. It only goes forward."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="deposit_one_end")]


class Waiting(models.Model):
    """Something to be sealed: written in the transaction that makes it public, taken away in the one that seals it."""

    reference = models.CharField(max_length=60, unique=True)
    event = models.ForeignKey("publishing_events.StoryEvent", models.PROTECT, related_name="+")
    post = models.JSONField(null=True, blank=True, help_text="A post on a channel as plain facts; none: the story itself.")
    at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["next_at", "id"], name="deposit_waiting")]


class Export(models.Model):
    """A zip for a period, made by a worker. The row stays: it says who took what and when."""

    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("deposit export")
        verbose_name_plural = _("deposit exports")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ExportState.values), name="deposit_export_state_known"),
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="deposit_export_days_in_order"),
        ]
