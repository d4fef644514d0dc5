"""Four eyes: nobody signs alone what is theirs (DESIGN 3). Pure questions; the answers are reasons a person can read."""

from __future__ import annotations

from django.utils.translation import gettext as _
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.accounts.roles import Role, has_role
from newsroom.articles.models import ArticlePage
from publishing.workflow import words
from publishing.workflow.enums import StepKind
from publishing.workflow.models import Confirmation
from publishing.workflow.registry import signer_checks
from publishing.workflow.selectors import authors_of, last_step


def reasons_not_to_sign(*, story: ArticlePage, revision: Revision, signer: User) -> list[str]:
    """Why `signer` may not sign these words; empty when they may. `story` is the version of `revision`."""
    if refused := [reason for _name, check in signer_checks.items() for reason in check(story, signer)]:
        return refused
    own_work, step_before = _own_work(story=story, signer=signer), _took_step_before(story=story, signer=signer)
    if own_work or step_before:
        if not has_role(signer, Role.EDITOR_IN_CHIEF):
            return [_("Nobody signs their own story.") if own_work else _("Whoever sent the story for sign-off does not sign it as well.")]
        if not confirmed_by_another(story=story, revision=revision, signer=signer):
            return [_("To sign your own work, one named second reader must confirm these words first.")]
    changed = changed_while_signing(story=story, revision=revision, signer=signer)
    if changed and not confirmed_by_another(story=story, revision=revision, signer=signer):
        fields = ", ".join(str(words.LABELS[name]) for name in changed)
        return [_("You changed %(fields)s while signing: one more named person must confirm these words.") % {"fields": fields}]
    return []


def _own_work(*, story: ArticlePage, signer: User) -> bool:
    return signer.pk in authors_of(story)


def _took_step_before(*, story: ArticlePage, signer: User) -> bool:
    step = last_step(story, StepKind.ESCALATE, StepKind.SUBMIT)
    return step is not None and step.actor_id == signer.pk


def changed_while_signing(*, story: ArticlePage, revision: Revision, signer: User) -> list[str]:
    """The sensitive fields that differ from the version sent for sign-off, where the signer saved any version since."""
    sent = last_step(story, StepKind.ESCALATE)
    if sent is None or sent.revision is None or sent.revision_id == revision.pk:
        return []
    since = Revision.page_revisions.filter(object_id=str(story.pk), id__gt=sent.revision_id, id__lte=revision.pk)
    if not since.filter(user=signer).exists():
        return []
    changed = words.changed_fields(words.snapshot(sent.revision), words.snapshot(revision))
    return [name for name in changed if name in words.SENSITIVE]


def confirmed_by_another(*, story: ArticlePage, revision: Revision, signer: User) -> bool:
    """Whether an active colleague who is neither the signer nor an author confirmed exactly these words."""
    readers = Confirmation.objects.filter(story=story, digest=words.digest_of(revision), reader__is_active=True)
    return readers.exclude(reader=signer).exclude(reader__in=authors_of(story)).exists()
