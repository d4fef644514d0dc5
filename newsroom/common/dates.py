"""Dates and times as the paper shows them, always in local time (Asia/Ho_Chi_Minh), whatever zone the row or the server has."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from newsroom.common.clock import LOCAL

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def local(moment: datetime) -> datetime:
    """The moment on the newsroom's clock. Raises ValueError for a naive datetime: nobody knows what it means."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(LOCAL)


def weekday_date(moment: datetime | date) -> str:
    """Thứ Hai, 23/11/2026. Of a plain date, that date."""
    day = _day(moment)
    return f"{_weekday(day.weekday())}, {day:%d/%m/%Y}"


def short_date(moment: datetime | date) -> str:
    """23/11/2026."""
    return f"{_day(moment):%d/%m/%Y}"


def clock_time(moment: datetime) -> str:
    """06:15."""
    return f"{local(moment):%H:%M}"


def clock_and_date(moment: datetime) -> str:
    """06:15, 23/11/2026."""
    return f"{local(moment):%H:%M, %d/%m/%Y}"


def full_line(moment: datetime) -> str:
    """Thứ Hai, 23/11/2026, 06:15 (GMT+7): the line under a headline."""
    return f"{weekday_date(moment)}, {clock_time(moment)} (GMT+7)"


def relative(moment: datetime, *, now: datetime) -> str:
    """12 phút trước, 3 giờ trước, Hôm qua, 15:40; from the day before yesterday on, and for the future, the date itself."""
    age = now - moment
    if abs(age) < MINUTE:
        return _("Just now")
    if MINUTE <= age < HOUR:
        minutes = age // MINUTE
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    then, today = local(moment), local(now).date()
    if age >= HOUR and then.date() == today:
        hours = age // HOUR
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    if then.date() == today - timedelta(days=1):
        return _("Yesterday, %(time)s") % {"time": clock_time(moment)}
    return clock_and_date(moment)


def _day(moment: datetime | date) -> date:
    return local(moment).date() if isinstance(moment, datetime) else moment


def _weekday(index: int) -> str:
    """Thứ Hai, not the "Thứ 2" of Django's own catalogue, which the paper does not print; hence the context."""
    return (
        pgettext("weekday in a date line", "Monday"),
        pgettext("weekday in a date line", "Tuesday"),
        pgettext("weekday in a date line", "Wednesday"),
        pgettext("weekday in a date line", "Thursday"),
        pgettext("weekday in a date line", "Friday"),
        pgettext("weekday in a date line", "Saturday"),
        pgettext("weekday in a date line", "Sunday"),
    )[index]
