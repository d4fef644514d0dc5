"""Kinds and states of corrections, deadlines and requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class NoticeKind(models.TextChoices):
    """How grave it is: a slip mended, a clarification, a correction with an apology as the Press Law wants it."""

    FIX = "fix", _("Mend an error")
    CLARIFY = "clarify", _("Clarify")
    CORRECT = "correct", _("Correct and apologise")


SHOWN = (NoticeKind.CLARIFY, NoticeKind.CORRECT)


class NoticeState(models.TextChoices):
    """Where a notice stands."""

    WAITING = "waiting", _("Waits for sign-off and publication")
    PUBLISHED = "published", pgettext_lazy("notice state", "Published")
    DROPPED = "dropped", pgettext_lazy("notice state", "Dropped")


class Trigger(models.TextChoices):
    """What made the newsroom correct."""

    FOUND = "found", _("The newsroom found the error")
    COMPLAINT = "complaint", _("A complaint")
    CONCLUSION = "conclusion", _("A written conclusion of an authority")


class TermKind(models.TextChoices):
    """Duties that have a deadline."""

    CORRECTION = "correction", _("Correction and apology")
    AUTHORITY = "authority", _("Take-down on request of an authority")
    COMPLAINT = "complaint", _("Take-down on complaint of a person")
    URGENT = "urgent", _("Urgent take-down on request of an authority")


class RequestKind(models.TextChoices):
    """Who asks for a take-down, and how soon."""

    AUTHORITY = "authority", _("Authority")
    URGENT = "urgent", _("Authority, urgent")
    COMPLAINT = "complaint", _("Complaint of a person")


class Decision(models.TextChoices):
    """What was decided on a request."""

    OPEN = "open", _("Not decided")
    WITHDRAW = "withdraw", _("Withdrawn")
    KILL = "kill", _("Killed")
    CORRECT = "correct", _("To be corrected")
    REFUSE = "refuse", _("Refused")


class Means(models.TextChoices):
    """How somebody is told."""

    MAIL = "mail", _("mail")
    WEBHOOK = "webhook", _("webhook")  # of old rows: partners' machines are told by a channel now, signed
