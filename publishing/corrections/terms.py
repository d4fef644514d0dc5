"""Deadlines in force: dated rows, never numbers in the code. A newsroom begins with those of the law as it was read, and changes them on the screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from publishing.corrections.enums import RequestKind, TermKind
from publishing.corrections.models import LegalTerm
from publishing.workflow.services import NotAllowed

OF_REQUEST = {RequestKind.AUTHORITY: TermKind.AUTHORITY, RequestKind.URGENT: TermKind.URGENT, RequestKind.COMPLAINT: TermKind.COMPLAINT}
FIRST_DAY = datetime(2016, 12, 31, 17, tzinfo=UTC)
# The first rows: (kind, in force from, minutes, basis). Read again by a lawyer of the paper before production (docs/corrections.md).
FIRST_ROWS = (
    (TermKind.CORRECTION, FIRST_DAY, 60, "Luật Báo chí 2016, Điều 42: báo điện tử cải chính ngay. Một giờ là mức tòa soạn tự đặt."),
    (TermKind.AUTHORITY, FIRST_DAY, 24 * 60, "Nghị định 147/2024/NĐ-CP: 24 giờ từ khi có yêu cầu của cơ quan có thẩm quyền."),
    (TermKind.COMPLAINT, FIRST_DAY, 48 * 60, "Nghị định 147/2024/NĐ-CP: 48 giờ từ khi có khiếu nại của người dùng."),
    (TermKind.URGENT, FIRST_DAY, 6 * 60, "Luật An ninh mạng 2025: 6 giờ trong trường hợp khẩn cấp."),
)


def due_at(kind: TermKind, *, received_at: datetime) -> datetime:
    """When a duty that began at `received_at` must be done, by the row then in force. Raises NotAllowed where there is none."""
    term = LegalTerm.objects.filter(kind=kind, in_force_from__lte=received_at).order_by("-in_force_from").first()
    if term is None:
        raise NotAllowed("no_term", _("No deadline is set for “%(duty)s” on that day. An administrator sets it under Legal deadlines.") % {"duty": kind.label})
    return received_at + timedelta(minutes=term.minutes)


def ensure_terms(**_kwargs: Any) -> None:
    """Write the first rows of each duty that has none; after migrations."""
    if LegalTerm._meta.db_table not in connection.introspection.table_names():
        return
    have = set(LegalTerm.objects.values_list("kind", flat=True))
    LegalTerm.objects.bulk_create(
        LegalTerm(kind=kind, in_force_from=since, minutes=minutes, basis=basis) for kind, since, minutes, basis in FIRST_ROWS if kind not in have
    )
