"""The demo's rights, its delegation of signing and who is on call."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.common.demo import DemoRun, register_step
from publishing.workflow.models import Delegation, DutySettings
from publishing.workflow.setup import ensure_rights

CHIEF, SECRETARY = "tongbientap", "thuky"
DOCUMENT = "Số 00/UQ-MẪU"


@transaction.atomic
def make_desk(run: DemoRun) -> None:
    """The editor-in-chief lets the secretary sign, from before the oldest demo story on; both are on call. What is there stays."""
    ensure_rights()
    chief, secretary = User.objects.get(username=CHIEF), User.objects.get(username=SECRETARY)
    if not Delegation.objects.filter(delegate=secretary).exists():
        Delegation.objects.create(
            delegator=chief, delegate=secretary, starts_at=run.now - timedelta(days=800), ends_at=run.now + timedelta(days=365), document=DOCUMENT
        )
    duty = DutySettings.load()
    if duty.duty_editor is None and duty.duty_secretary is None:
        duty.duty_editor, duty.duty_secretary = chief, secretary
        duty.save()


def register() -> None:
    """Join `manage.py demo`."""
    register_step("workflow", order=50, title=_("Rights, delegation, who is on call"), run=make_desk)
