"""What every page of the paper shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from newsroom.common import clock, dates
from publishing.reader import frame


def paper(request: HttpRequest) -> dict[str, Any]:
    """`paper` (masthead, imprint, sections), today's date and the present moment. Nothing is read before a template asks: the admin asks for none of it."""
    now = clock.now()
    return {"paper": SimpleLazyObject(frame.current_or_last_known), "today": dates.weekday_date(now), "now": now, "sample_data": settings.NEWSROOM_DEMO}
