"""Mail from the desk to people."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _

from newsroom.accounts.models import User
from publishing.workflow.models import Step
from publishing.workflow.selectors import authors_of


def mail_return(*, step_id: int) -> int:
    """Mail the reason of a return to the story's writers; returns how many mails went out."""
    step = Step.objects.select_related("story", "actor").filter(pk=step_id).first()
    if step is None or step.revision is None:
        return 0
    version = step.revision.as_object()
    people = User.objects.filter(pk__in=authors_of(version), is_active=True).exclude(email="").values_list("email", flat=True)
    if not people:
        return 0
    link = settings.PAPER_ADDRESS + reverse("story_desk", args=[step.story_id])
    body = _("%(editor)s returned “%(headline)s”:\n\n%(reason)s\n\n%(link)s") % {
        "editor": step.actor.display_name, "headline": version.title, "reason": step.reason, "link": link,
    }  # fmt: skip
    return send_mail(_("Returned: %(headline)s") % {"headline": version.title}, body, None, list(people))
