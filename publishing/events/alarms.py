"""Alarms: raised once for a code and a subject, shown as a banner, mailed once, cleared by the service that saw it mended."""

from __future__ import annotations

from datetime import datetime

from django.core.mail import send_mail
from django.utils.translation import gettext as _

from publishing.events.models import Alarm
from publishing.events.registry import alarm_recipients


def raise_alarm(*, code: str, subject: str, message: str, now: datetime) -> Alarm:
    """Raise an alarm, or find the open one of the same code and subject."""
    alarm, _made = Alarm.objects.get_or_create(code=code, subject=subject, cleared_at=None, defaults={"message": message[:600], "raised_at": now})
    return alarm


def clear_alarm(*, code: str, subject: str, now: datetime) -> None:
    """Clear the alarm, if it is open."""
    Alarm.objects.filter(code=code, subject=subject, cleared_at=None).update(cleared_at=now)


def mail_alarms(*, now: datetime) -> int:
    """Mail the open alarms that were not mailed yet to everybody on call; returns how many. A failed mail is tried again."""
    alarms = list(Alarm.objects.filter(cleared_at=None, mailed_at=None)[:50])
    people = {user.email for _name, find in alarm_recipients.items() for user in find() if user.email}
    if not alarms or not people:
        return 0
    body = "\n".join(f"- {alarm.message} ({alarm.code}, {alarm.raised_at:%d/%m/%Y %H:%M} UTC)" for alarm in alarms)
    send_mail(_("Newsroom alarm: %(count)d to look at") % {"count": len(alarms)}, body, None, sorted(people))
    return Alarm.objects.filter(pk__in=[alarm.pk for alarm in alarms]).update(mailed_at=now)
