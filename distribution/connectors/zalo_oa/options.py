"""What a person may set on an account."""

from __future__ import annotations

from distribution.connectors.options import Option, Type, gap
from distribution.connectors.zalo_oa.config import BROADCAST_HOURS, STUCK_SECONDS


def _(sentence: str) -> str:
    """Mark for translation; connectors know no Django."""
    return sentence


FIRST, LAST = BROADCAST_HOURS
OPTIONS = (
    Option("comments", Type.YES_NO, _("Readers may comment under articles"), True),
    Option("cover", Type.ADDRESS, _("Cover of stories without a picture"), "", _("Address of a picture. Empty: stories without a picture cannot go to Zalo.")),
    Option("broadcast_hours.0", Type.NUMBER, _("Messages to followers from"), FIRST, _("Zalo sends none before 6."), _("o'clock"), FIRST, LAST - 1, whole=BROADCAST_HOURS),
    Option("broadcast_hours.1", Type.NUMBER, _("Messages to followers until"), LAST, _("Zalo sends none from 22 on."), _("o'clock"), FIRST + 1, LAST, whole=BROADCAST_HOURS, above="broadcast_hours.0"),
    Option("stuck_seconds", Type.NUMBER, _("Wait for Zalo's work on an article or a video at most"), int(STUCK_SECONDS), _("Then it counts as failed."), _("seconds"), 60, 86_400),
    gap(0),
)
