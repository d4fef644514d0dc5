"""The story's desk page, the board, and the way to a new story."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from newsroom.accounts.models import User
from newsroom.accounts.roles import DESK, NEWSROOM, Role, has_role
from newsroom.articles.models import ArticlePage
from newsroom.articles.selectors import menu_sections
from newsroom.articles.services import year_container
from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.workflow import diffs, selectors, words
from publishing.workflow.board import lanes_for
from publishing.workflow.enums import StepKind, StoryState
from publishing.workflow.forms import ActForm
from publishing.workflow.models import Step
from publishing.workflow.registry import desk_actions, desk_panels


def _story_for(request: HttpRequest, story_id: int) -> ArticlePage:
    """The story, for people who may read it on the desk: the desk, its writers, administrators. Others are refused."""
    story = get_object_or_404(ArticlePage.objects.select_related("owner", "main_section"), pk=story_id)
    user: Any = request.user
    if has_role(user, *DESK, Role.MULTIMEDIA, Role.ADMINISTRATOR) or user.is_superuser or selectors.is_writer_of(user, story):
        return story
    raise PermissionDenied


def _forms(request: HttpRequest, *, story: ArticlePage, state: StoryState, initial: dict[str, Any], now: datetime) -> list[ActForm]:
    offered = [act for _key, act in desk_actions.items() if act.may(story=story, state=state, user=request.user, now=now)]
    return [ActForm(initial=initial, action=act) for act in offered]


@require_http_methods(["GET", "HEAD"])
def story_desk(request: HttpRequest, story_id: int) -> HttpResponse:
    """The words as they stand, what happened to them, and what the person may do next."""
    return _desk_page(request, _story_for(request, story_id))


def _desk_page(request: HttpRequest, story: ArticlePage, *, bound: ActForm | None = None, status: int = 200) -> HttpResponse:
    now, person = clock.now(), cast(User, request.user)
    revision = selectors.latest_revision(story)
    state = selectors.state_of(story)
    snapshot = words.snapshot(revision) if revision else {}
    initial: dict[str, Any] = {"revision_id": revision.pk if revision else 0, "digest": words.digest(snapshot)}
    forms = _forms(request, story=story, state=state, initial=initial, now=now) if revision else []
    if bound is not None:
        forms = [bound if form.action.key == bound.action.key else form for form in forms]
    sent = selectors.last_step(story, StepKind.ESCALATE, StepKind.SUBMIT)
    context = {
        "story": story, "version": revision.as_object() if revision else story, "revision": revision, "state": state, "digest": initial["digest"],
        "forms": forms, "steps": Step.objects.filter(story=story).select_related("actor")[:60], "approval": selectors.open_approval(story),
        "changes": diffs.between(sent.revision, revision) if sent and sent.revision and revision and sent.revision_id != revision.pk else [],
        "panels": [panel for _name, make in desk_panels.items() if (panel := make(story, person))],
        "may_edit": story.permissions_for_user(request.user).can_edit() and not story.permissions_for_user(request.user).page_locked(),
        "confirmations": selectors.confirmations_of(story, digest=initial["digest"]),
    }  # fmt: skip
    return render(request, "publishing/workflow/story_desk.html", context, status=status)


@require_POST
def act(request: HttpRequest, story_id: int, key: str) -> HttpResponse:
    """Carry out one act; whatever is wrong is said on the same page, and nothing typed is lost."""
    story = _story_for(request, story_id)
    if key not in desk_actions:
        raise PermissionDenied
    action = desk_actions.get(key)
    form = ActForm(request.POST, action=action)
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return _desk_page(request, story, bound=form, status=422)
    try:
        action.perform(story=story, actor=request.user, data=form.act_data(), now=clock.now())
    except NewsroomError as error:
        messages.error(request, str(error))
        return _desk_page(request, story, bound=form, status=409)
    messages.success(request, str(action.done))
    return redirect("story_desk", story_id=story.pk)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Điều phối tin bài: where every story stands, what is late, what waits for whom."""
    user: Any = request.user
    if not (has_role(user, *NEWSROOM, Role.ADMINISTRATOR) or user.is_superuser):
        raise PermissionDenied
    return render(request, "publishing/workflow/board.html", {"lanes": lanes_for(user, now=clock.now(), section=request.GET.get("section", "")), **_board_filters(request)})


def _board_filters(request: HttpRequest) -> dict[str, Any]:
    return {"sections": menu_sections(), "chosen": request.GET.get("section", "")}


@require_GET
def new_story(request: HttpRequest) -> HttpResponse:
    """Open the editor of a new story in this year's container."""
    if not has_role(request.user, *NEWSROOM):
        messages.error(request, _("Your role does not write stories."))
        return redirect("wagtailadmin_home")
    container = year_container(now=clock.now())
    return redirect(reverse("wagtailadmin_pages:add", args=["newsroom_articles", "articlepage", container.pk]))
