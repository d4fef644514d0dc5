"""Accounts of the paper on the platforms, and what happened to each."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distribution.channels.enums import AccountState, GateReason, LogKind, OfferState
from distribution.connectors.registry import connectors


class Unit(models.Model):
    """A commune, a department or another body that runs channels of its own. Where it has approvers, its channels take only what one of them accepts."""

    name = models.CharField(pgettext_lazy("channel", "unit"), max_length=120, unique=True)
    approvers = models.ManyToManyField(
        django_settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=pgettext_lazy("channel", "approvers"),
        help_text=_("They accept or decline each story that is offered to the unit's channels. Nobody: the newsroom decides."),
    )  # fmt: skip

    class Meta:
        verbose_name = pgettext_lazy("channel", "unit")
        verbose_name_plural = pgettext_lazy("channel", "units")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """One Page, channel or official account. Stories name it by its plain key, deliveries by its row."""

    key = models.SlugField(pgettext_lazy("channel", "key"), max_length=60, unique=True, help_text=_("Stories keep this word; it never changes."))
    kind = models.CharField(pgettext_lazy("channel", "platform"), max_length=40)
    name = models.CharField(pgettext_lazy("channel", "name"), max_length=120)
    remote_id = models.CharField(max_length=120, blank=True)
    address = models.URLField(max_length=300, blank=True, help_text=_("Base address of the platform's interface; empty: the platform's own."))
    settings = models.JSONField(default=dict, blank=True)
    sealed_token = models.TextField(blank=True)
    token_expires_at = models.DateTimeField(null=True, blank=True, help_text=_("Empty: no expiry by time."))
    connection_ends_at = models.DateTimeField(null=True, blank=True, help_text=_("When only a person can connect the channel again, whatever is renewed. Empty: the platform tells no such end."))
    token_stored_at = models.DateTimeField(null=True, blank=True)
    renewing_until = models.DateTimeField(null=True, blank=True, help_text=_("Somebody is fetching a new key; nobody else does before this moment."))
    generation = models.PositiveIntegerField(default=0, help_text=_("Grows with every stored key; an older one never overwrites a newer."))
    state = models.CharField(pgettext_lazy("channel", "state"), max_length=16, choices=AccountState, default=AccountState.NEEDS_RECONNECT)
    state_reason = models.CharField(max_length=500, blank=True)
    gate_until = models.DateTimeField(null=True, blank=True)
    gate_reason = models.CharField(max_length=8, choices=GateReason, default=GateReason.NONE, blank=True)
    rehearsal = models.BooleanField(default=False)
    person_responsible = models.ForeignKey(
        django_settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=pgettext_lazy("channel", "person responsible")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=pgettext_lazy("channel", "unit"), help_text=_("Empty: the newsroom's own channel."),
    )  # fmt: skip
    page_address = models.URLField(pgettext_lazy("channel", "address for readers"), max_length=300, blank=True)
    mark_text = models.CharField(pgettext_lazy("channel", "uniform mark, in words"), max_length=120, blank=True, help_text=_("As it stands on every channel of the newsroom."))
    mark_image = models.ForeignKey(
        "newsroom_media.NewsImage", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=pgettext_lazy("channel", "uniform mark, as a picture")
    )
    notice_number = models.CharField(pgettext_lazy("channel", "notice number"), max_length=60, blank=True, help_text=_("Of the notice by which the channel was told to the authority."))
    opened_on = models.DateField(pgettext_lazy("channel", "opened on"), null=True, blank=True)
    warnings = models.JSONField(default=list, blank=True, help_text=_("What the platform warned of at the last check."))
    checked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("channel", "channel")
        verbose_name_plural = pgettext_lazy("channel", "channels")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=AccountState.values), name="account_state_known"),
            models.CheckConstraint(condition=models.Q(gate_reason__in=GateReason.values), name="account_gate_known"),
            models.UniqueConstraint(fields=["kind", "address", "remote_id"], name="one_account_a_page", condition=~models.Q(remote_id="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def platform(self) -> str:
        """The platform's name for people."""
        return connectors.get(self.kind).label if self.kind in connectors else self.kind


class AccountLog(models.Model):
    """One line of an account's history. Never changed, never holds a key."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="log")
    kind = models.CharField(max_length=16, choices=LogKind)
    at = models.DateTimeField()
    actor = models.ForeignKey(django_settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    detail = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=LogKind.values), name="account_log_kind_known")]


class QuotaUse(models.Model):
    """What one of our applications has used of a platform's day. All accounts that were connected with it share it."""

    kind = models.CharField(max_length=40)
    app_id = models.CharField(max_length=120, blank=True)
    bucket = models.CharField(max_length=20)
    day = models.DateField(help_text="As the platform counts days.")
    units = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "app_id", "bucket", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.bucket} {self.day}: {self.units}"


class ChannelRight(models.Model):
    """What a group or a person may do with one channel. Where nobody is named for an act, everybody may who may today."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="rights", verbose_name=pgettext_lazy("channel", "channel"))
    group = models.ForeignKey("auth.Group", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("role"))
    user = models.ForeignKey(django_settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("person"))
    may_send = models.BooleanField(pgettext_lazy("channel", "may choose the channel"), default=False)
    may_approve = models.BooleanField(pgettext_lazy("channel", "may sign with the channel"), default=False)

    class Meta:
        verbose_name = pgettext_lazy("channel", "right on a channel")
        verbose_name_plural = pgettext_lazy("channel", "rights on channels")
        ordering = ["account", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(group__isnull=True, user__isnull=False) | models.Q(group__isnull=False, user__isnull=True), name="right_of_a_role_or_a_person",
                violation_error_message=_("Choose a role or a person, not both."),
            ),
            models.UniqueConstraint(fields=["account", "group"], condition=models.Q(group__isnull=False), name="one_right_a_role"),
            models.UniqueConstraint(fields=["account", "user"], condition=models.Q(user__isnull=False), name="one_right_a_person"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.account}: {self.group or self.user}"


class RoutingRule(models.Model):
    """Stories of a kind are meant for a channel, with a default text."""

    kind = models.CharField(pgettext_lazy("routing", "by"), max_length=20, default="section")
    value = models.CharField(pgettext_lazy("routing", "value"), max_length=120, help_text=_("For a section: the last part of its address; sections under it are meant too."))
    account = models.ForeignKey(Account, models.CASCADE, related_name="rules", verbose_name=pgettext_lazy("channel", "channel"))
    text = models.TextField(
        pgettext_lazy("routing", "default text"), blank=True, max_length=2000,
        help_text=_("Empty: the lead of the story. {headline}, {lead} and {section} stand for the story's own."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(pgettext_lazy("routing", "order"), default=100, help_text=_("The first rule that fits gives a channel its text."))
    active = models.BooleanField(pgettext_lazy("routing", "in use"), default=True)

    class Meta:
        verbose_name = pgettext_lazy("routing", "routing rule")
        verbose_name_plural = pgettext_lazy("routing", "routing rules")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "value", "account"], name="one_rule_a_channel")]

    def __str__(self) -> str:
        return f"{self.kind} {self.value} → {self.account}"


class Offer(models.Model):
    """A story that is offered to a unit's channel, in exact words. Accepted once, the channel also carries its corrections."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="offers")
    story = models.ForeignKey("newsroom_articles.ArticlePage", models.PROTECT, related_name="channel_offers")
    event = models.ForeignKey("publishing_events.StoryEvent", models.PROTECT, related_name="channel_offers", help_text="The version that is offered.")
    state = models.CharField(max_length=12, choices=OfferState, default=OfferState.OPEN)
    offered_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(django_settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "event"], name="one_offer_a_version"),
            models.UniqueConstraint(fields=["account", "story"], condition=models.Q(state="open"), name="one_open_offer"),
            models.CheckConstraint(condition=models.Q(state__in=OfferState.values), name="offer_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=["accepted", "declined"]) | models.Q(decided_at__isnull=False, decided_by__isnull=False), name="offer_decided_by_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.story_id} {self.state}"
