"""The desk's rows: a story's state, its steps, confirmations and approvals, delegations of signing, who is on call."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from publishing.workflow.enums import StepKind, StoryState

PERSON = settings.AUTH_USER_MODEL


class StoryDesk(models.Model):
    """Where a story's words stand and who has them. Changed by `publishing.workflow.services` only."""

    story = models.OneToOneField("newsroom_articles.ArticlePage", models.CASCADE, related_name="desk")
    state = models.CharField(_("state"), max_length=16, choices=StoryState, default=StoryState.DRAFT)
    holder = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("in the hands of"))
    changed_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("story on the desk")
        constraints = [models.CheckConstraint(condition=models.Q(state__in=StoryState.values), name="story_state_known")]
        indexes = [models.Index(fields=["state", "changed_at"])]


class Step(models.Model):
    """One act of one person on one version: the trace that is never edited."""

    story = models.ForeignKey("newsroom_articles.ArticlePage", models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)
    from_state = models.CharField(max_length=16, choices=StoryState)
    to_state = models.CharField(max_length=16, choices=StoryState)
    actor = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=StepKind.values), name="step_kind_known")]
        indexes = [models.Index(fields=["story", "-id"])]


class Delegation(models.Model):
    """The right to sign, handed on for a time (roster and delegation by section come later)."""

    delegator = models.ForeignKey(PERSON, models.PROTECT, related_name="delegations_given", verbose_name=_("given by"))
    delegate = models.ForeignKey(PERSON, models.PROTECT, related_name="delegations_held", verbose_name=_("given to"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    document = models.CharField(_("document"), max_length=200, blank=True, help_text=_("Number and date of the paper that says so."))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation of signing")
        verbose_name_plural = _("delegations of signing")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="delegation_ends_after_start"),
            models.CheckConstraint(condition=~models.Q(delegate=models.F("delegator")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.delegator} → {self.delegate}"

    def clean(self) -> None:
        """Say in words what the constraints demand."""
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": _("The delegation must end after it starts.")})
        if self.delegator_id and self.delegator_id == self.delegate_id:
            raise ValidationError({"delegate": _("Nobody delegates to themselves.")})


class Approval(models.Model):
    """A signature under exact words: the canonical snapshot of a revision and its SHA-256. It outlives the signer's account."""

    story = models.ForeignKey("newsroom_articles.ArticlePage", models.PROTECT, related_name="approvals")
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    pictures = models.JSONField(default=dict, blank=True, help_text="Number of each picture → SHA-256 of its file when it was signed.")
    approver = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    delegation = models.ForeignKey(Delegation, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [models.UniqueConstraint(fields=["story"], condition=models.Q(revoked_at=None, used_at=None), name="one_open_approval")]

    used_at = models.DateTimeField(null=True, blank=True, help_text="When it was published; an approval is good for one publication.")


class Confirmation(models.Model):
    """A second reader's name under exact words."""

    story = models.ForeignKey("newsroom_articles.ArticlePage", models.PROTECT, related_name="confirmations")
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    reader = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["story", "digest", "reader"], name="one_confirmation_a_reader")]


@register_setting(icon="user")
class DutySettings(BaseGenericSetting):
    """Who is on call now: alarms go to them."""

    duty_editor = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("duty editor"))
    duty_secretary = models.ForeignKey(PERSON, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("duty secretary"))

    panels = [FieldPanel("duty_editor"), FieldPanel("duty_secretary")]

    class Meta:
        verbose_name = _("On call")
