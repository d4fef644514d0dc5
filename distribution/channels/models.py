"""Accounts of the paper on the platforms, and what happened to each."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from distribution.channels.enums import AccountState, GateReason, LogKind


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
    unit = models.CharField(pgettext_lazy("channel", "unit"), max_length=120, blank=True)
    opened_on = models.DateField(pgettext_lazy("channel", "opened on"), null=True, blank=True)
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
