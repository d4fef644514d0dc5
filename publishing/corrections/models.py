"""Rows of corrections: notices, removals, deadlines in force, requests, partners, and who was told of what when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from publishing.corrections.enums import Decision, Means, NoticeKind, NoticeState, RequestKind, TermKind, Trigger

PERSON = settings.AUTH_USER_MODEL
STORY = "newsroom_articles.ArticlePage"


class LegalTerm(models.Model):
    """How long the newsroom has for a duty, from a day on. The newest row that is in force counts; old rows stay for what came in under them."""

    kind = models.CharField(_("duty"), max_length=12, choices=TermKind)
    in_force_from = models.DateTimeField(_("in force from"))
    minutes = models.PositiveIntegerField(_("minutes allowed"))
    basis = models.CharField(_("legal basis"), max_length=300)

    class Meta:
        verbose_name = _("legal deadline")
        verbose_name_plural = _("legal deadlines")
        ordering = ["kind", "-in_force_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "in_force_from"], name="one_term_a_moment"),
            models.CheckConstraint(condition=Q(kind__in=TermKind.values), name="term_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.minutes}"


class Notice(models.Model):
    """What a correction says. While it waits it belongs to every version after `after_revision`, and is signed with it; then to the one published."""

    story = models.ForeignKey(STORY, models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    state = models.CharField(max_length=10, choices=NoticeState, default=NoticeState.WAITING)
    text = models.TextField(_("notice"), max_length=2000, blank=True, help_text="What was mended (kept inside), or what readers read under the lead.")
    trigger = models.CharField(_("reason for the correction"), max_length=12, choices=Trigger, blank=True)
    authority_document = models.CharField(_("number of the document"), max_length=120, blank=True)
    authority_date = models.DateField(_("date of the document"), null=True, blank=True)
    false_text = models.TextField(_("what was wrong"), max_length=4000, blank=True)
    corrected_text = models.TextField(_("what is right"), max_length=4000, blank=True)
    apology = models.TextField(_("apology"), max_length=2000, blank=True)
    party = models.CharField(_("party concerned"), max_length=200, blank=True)
    party_mail = models.EmailField(_("mail of the party"), blank=True)
    tells_partners = models.BooleanField(_("tell the partners who republish"), default=True)
    received_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    after_revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, related_name="+")
    revision = models.ForeignKey("wagtailcore.Revision", models.PROTECT, null=True, blank=True, related_name="+")
    event = models.OneToOneField("publishing_events.StoryEvent", models.PROTECT, null=True, blank=True, related_name="notice")
    signer = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what was signed, hex.")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notice of correction")
        verbose_name_plural = _("notices of correction")
        ordering = ["-published_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["story"], condition=Q(state="waiting"), name="one_waiting_notice"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="notice_kind_known"),
            models.CheckConstraint(condition=Q(state__in=NoticeState.values), name="notice_state_known"),
            models.CheckConstraint(condition=~Q(state="published") | Q(published_at__isnull=False, signer__isnull=False), name="notice_published_is_signed"),
            models.CheckConstraint(condition=~Q(state="published", kind__in=["clarify", "correct"], signer=models.F("author")), name="notice_signer_is_another"),
        ]
        indexes = [models.Index(fields=["story", "-published_at"], name="notice_of_story"), models.Index(fields=["kind", "-published_at"], name="notice_column")]

    def __str__(self) -> str:
        return f"{self.story_id} {self.kind} {self.state}"


class Removal(models.Model):
    """A story that was taken from readers: the sealed trace of what was live, and what its address says since."""

    event = models.OneToOneField("publishing_events.StoryEvent", models.PROTECT, related_name="removal")
    story = models.ForeignKey(STORY, models.PROTECT, related_name="removals")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the words that readers saw, hex.")
    public_reason = models.CharField(_("reason for readers"), max_length=500, blank=True)
    request = models.ForeignKey("TakedownRequest", models.PROTECT, null=True, blank=True, related_name="removals")

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")

    def __str__(self) -> str:
        return f"{self.story_id} {self.event.kind}"


class TakedownRequest(models.Model):
    """Somebody asks that a story be taken down. The deadline runs from receipt; one person decides."""

    story = models.ForeignKey(STORY, models.PROTECT, related_name="takedown_requests")
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    requester = models.CharField(_("who asks"), max_length=200)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=500)
    document = models.ForeignKey("newsroom_media.NewsDocument", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document"))
    received_at = models.DateTimeField(_("received at"))
    due_at = models.DateTimeField(_("deadline"))
    entered_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, default=Decision.OPEN)
    decided_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("take-down request")
        verbose_name_plural = _("take-down requests")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RequestKind.values), name="request_kind_known"),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="request_decision_known"),
            models.CheckConstraint(condition=Q(decision="open") | Q(decided_by__isnull=False, decided_at__isnull=False), name="request_decided_by_somebody"),
        ]
        indexes = [models.Index(fields=["due_at"], name="request_open", condition=Q(decision="open"))]

    def __str__(self) -> str:
        return f"{self.requester}: {self.story_id}"

    def is_overdue(self, now: datetime) -> bool:
        """Whether the deadline passed without a decision."""
        return self.decision == Decision.OPEN and self.due_at < now


class Partner(models.Model):
    """Who republishes the paper's stories by agreement, and is told when one is corrected or taken away. A partner whose machine
    takes stories is connected as a channel beside (docs/webhook.md)."""

    name = models.CharField(_("name"), max_length=160, unique=True)
    mail = models.EmailField(_("mail"))
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("republishing partner")
        verbose_name_plural = _("republishing partners")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Told(models.Model):
    """One message to one recipient about one event: written with the event's run, sent later, kept as proof."""

    event = models.ForeignKey("publishing_events.StoryEvent", models.PROTECT, related_name="told")
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, blank=True, related_name="told")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="told")
    user = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    means = models.CharField(max_length=8, choices=Means, default=Means.MAIL)
    address = models.CharField(max_length=500)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)
    by_hand_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+", help_text="Who told the recipient otherwise: by telephone, in person.")
    by_hand_at = models.DateTimeField(null=True, blank=True)
    by_hand_note = models.CharField(max_length=300, blank=True, help_text="With whom they spoke.")

    class Meta:
        verbose_name = _("message about a correction")
        verbose_name_plural = _("messages about corrections")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "means", "address"], condition=Q(notice=None), name="told_once"),
            models.UniqueConstraint(fields=["notice", "means", "address"], name="told_once_of_a_notice"),
            models.CheckConstraint(condition=Q(means__in=Means.values), name="told_means_known"),
            models.CheckConstraint(condition=Q(by_hand_at=None) | Q(by_hand_by__isnull=False), name="told_by_hand_by_somebody"),
        ]
        indexes = [models.Index(fields=["next_at"], name="told_waiting", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return f"{self.address}: {self.event_id}"

    @property
    def who(self) -> str:
        """Whom it is for, by name where one is known."""
        if self.user is not None:
            return self.user.display_name
        return self.partner.name if self.partner else (self.notice.party if self.notice else "") or self.address

    @property
    def is_open(self) -> bool:
        """A mail that neither went out nor was told otherwise."""
        return self.means == Means.MAIL and self.sent_at is None and self.by_hand_at is None


@register_setting(icon="doc-full-inverse")
class CorrectionSettings(BaseGenericSetting):
    """How corrections stand on the front, and how early a deadline alarms."""

    front_days = models.PositiveSmallIntegerField(_("days on the front page"), default=30, help_text=_("So long a correction stands in its column on the front page. It stays on /cai-chinh/ for good."))
    alarm_minutes = models.PositiveIntegerField(_("minutes before a deadline at which the alarm comes"), default=60)

    panels: Any = [FieldPanel("front_days"), FieldPanel("alarm_minutes")]

    class Meta:
        verbose_name = _("Corrections")
