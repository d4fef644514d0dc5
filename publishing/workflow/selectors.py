"""Reads about the desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from wagtail.models import Revision

from newsroom.accounts.models import User
from newsroom.accounts.roles import LEADERS, Role, has_role
from newsroom.articles.models import ArticlePage
from publishing.workflow.enums import StepKind, StoryState
from publishing.workflow.models import Approval, Confirmation, Delegation, DutySettings, Step, StoryDesk


def names_revision(revision_id: int) -> bool:
    """Whether a step, a confirmation or an approval names the revision."""
    return any(model.objects.filter(revision_id=revision_id).exists() for model in (Step, Approval, Confirmation))


def state_of(story: ArticlePage) -> StoryState:
    """The state of a story's words; a story nobody has sent anywhere is a draft."""
    state = StoryDesk.objects.filter(story_id=story.pk).values_list("state", flat=True).first()
    return StoryState(state) if state else StoryState.DRAFT


def latest_revision(story: ArticlePage) -> Revision | None:
    """The newest words of a story."""
    return Revision.page_revisions.filter(object_id=str(story.pk)).order_by("-created_at", "-id").first()


def open_approval(story: ArticlePage) -> Approval | None:
    """The signature that is neither revoked nor used."""
    return Approval.objects.filter(story=story, revoked_at=None, used_at=None).select_related("revision", "approver").first()


def last_step(story: ArticlePage, *kinds: StepKind) -> Step | None:
    """The newest step, of the kinds named if any."""
    steps = Step.objects.filter(story=story).select_related("actor", "revision")
    return (steps.filter(kind__in=kinds) if kinds else steps).first()


def valid_delegation(user: User, *, now: datetime) -> Delegation | None:
    """The delegation that lets a person sign now: not revoked, in its time, from an active editor-in-chief."""
    rows = Delegation.objects.filter(delegate=user, starts_at__lte=now, ends_at__gt=now, revoked_at=None, delegator__is_active=True)
    return next((row for row in rows.select_related("delegator") if has_role(row.delegator, Role.EDITOR_IN_CHIEF)), None)


def can_sign(user: User, *, now: datetime) -> bool:
    """Whether a person signs stories now: the editor-in-chief, the deputies, and whoever holds a valid delegation."""
    if has_role(user, Role.EDITOR_IN_CHIEF, Role.DEPUTY_EDITOR):
        return True
    return has_role(user, *LEADERS, Role.DEPARTMENT_HEAD) and valid_delegation(user, now=now) is not None


def authors_of(story: ArticlePage) -> set[int]:
    """User ids of those whose own work the story is: its owner, whoever stands behind a byline, its real author.

    `story` is the version in question: bylines are read from it, not from the table.
    """
    people = {story.owner_id, story.real_author.user_id if story.real_author else None}
    people |= {byline.pen_name.contributor.user_id for byline in story.bylines.all() if byline.pen_name_id}
    return {person for person in people if person}


def is_writer_of(user: User, story: ArticlePage) -> bool:
    """Whether the story is a person's own work."""
    return user.pk in authors_of(story)


def people_on_call() -> Iterable[User]:
    """The duty editor and the duty secretary; where nobody is named, every leader."""
    duty = DutySettings.load()
    named = [person for person in (duty.duty_editor, duty.duty_secretary) if person and person.is_active]
    return named or User.objects.filter(is_active=True, groups__name__in=LEADERS).distinct()


def desk_rows(*states: StoryState) -> QuerySet[StoryDesk]:
    """Stories in the given states, oldest wait first, with what a list shows."""
    rows = StoryDesk.objects.filter(state__in=states).select_related("story__main_section", "story__owner", "holder")
    return rows.order_by("changed_at")


def returned_to(user: User) -> QuerySet[StoryDesk]:
    """Stories that came back to a person."""
    mine = Q(story__owner=user) | Q(story__bylines__pen_name__contributor__user=user) | Q(story__real_author__user=user)
    return desk_rows(StoryState.RETURNED).filter(mine).distinct()


def confirmations_of(story: ArticlePage, *, digest: str) -> QuerySet[Confirmation]:
    """Who confirmed exactly these words."""
    return Confirmation.objects.filter(story=story, digest=digest).select_related("reader")
