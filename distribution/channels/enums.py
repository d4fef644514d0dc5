"""States of an account and what its log records (docs/glossary.md has the labels)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AccountState(models.TextChoices):
    """Whether anything may be sent to an account."""

    READY = "ready", pgettext_lazy("channel state", "Ready to post")
    NEEDS_RECONNECT = "needs_reconnect", pgettext_lazy("channel state", "Connect again")
    HELD = "held", pgettext_lazy("channel state", "Needs a look")
    PAUSED = "paused", pgettext_lazy("channel state", "Paused")


class GateReason(models.TextChoices):
    """Why an account that is ready must wait for a time."""

    NONE = "", "–"
    RATE = "rate", _("The platform asks for a pause")
    QUOTA = "quota", _("The platform's daily quota is used up")
    HOLD = "hold", _("The platform holds the account")


class LogKind(models.TextChoices):
    """What happened to an account."""

    CONNECTED = "connected", _("Connected")
    RECONNECTED = "reconnected", _("Connected again")
    TOKEN_STORED = "token_stored", _("New key stored")
    NEEDS_RECONNECT = "needs_reconnect", _("Connection lost")
    HELD = "held", _("Held by the platform")
    GATED = "gated", _("Asked to pause by the platform")
    PAUSED = "paused", _("Paused by a person")
    RESUMED = "resumed", _("Open again")
    CHECKED = "checked", _("Checked")
    EDITED = "edited", _("Details changed")
    RESEALED = "resealed", _("Sealed with the newest key")
    DYING = "dying", _("Its key ends soon")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Story accepted")
    DECLINED = "declined", pgettext_lazy("offer", "Story declined")


class OfferState(models.TextChoices):
    """What became of a story that was offered to a unit's channel."""

    OPEN = "open", pgettext_lazy("offer", "Waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("offer", "Accepted")
    DECLINED = "declined", pgettext_lazy("offer", "Declined")
    CLOSED = "closed", pgettext_lazy("offer", "No longer offered")
