"""What our applications have used of the platforms' daily quotas, in the database, so that all workers count together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F

from distribution.channels.models import QuotaUse

KEEP = timedelta(days=7)


@dataclass(frozen=True)
class DayMeter:
    """The meter of one application."""

    kind: str
    app_id: str

    def spend(self, *, bucket: str, day: str, units: int, limit: int) -> bool:
        """Take units out of the bucket; False, and nothing taken, where too little is left. `day`: ISO date, as the platform counts days."""
        that_day = date.fromisoformat(day)
        row, made = QuotaUse.objects.get_or_create(kind=self.kind, app_id=self.app_id[:120], bucket=bucket, day=that_day)
        if made:
            QuotaUse.objects.filter(day__lt=that_day - KEEP).delete()
        return bool(QuotaUse.objects.filter(pk=row.pk, units__lte=limit - units).update(units=F("units") + units))
