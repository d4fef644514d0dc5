"""Times of the rehearsal platforms: aware UTC inside, ISO 8601 text in the store, Vietnam's time on the page for readers."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """The moment as the store and posts.json write it (sorts as text): 2026-11-23T16:00:00.123456Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(text: str) -> datetime:
    """A moment written by `stamp`."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def for_people(text: str) -> str:
    """A stored moment as readers see it: 23/11/2026 lúc 06:15."""
    return read(text).astimezone(LOCAL).strftime("%d/%m/%Y lúc %H:%M")
