"""Glue: the desk in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.workflow import menus, panels, services, views
from publishing.workflow.enums import StepKind, StoryState
from publishing.workflow.selectors import last_step, state_of


@hooks.register("register_admin_urls")
def desk_urls() -> list[Any]:
    """Addresses of the desk."""
    return [
        path("desk/", views.board, name="desk_board"),
        path("desk/new/", views.new_story, name="desk_new_story"),
        path("desk/story/<int:story_id>/", views.story_desk, name="story_desk"),
        path("desk/story/<int:story_id>/<slug:key>/", views.act, name="story_act"),
    ]


@hooks.register("register_admin_menu_item")
def board_menu_item() -> MenuItem:
    """The board, first in the menu."""
    return menus.NewsroomMenuItem(_("Desk board"), reverse("desk_board"), icon_name="list-ul", order=10)


@hooks.register("register_admin_menu_item")
def new_story_menu_item() -> MenuItem:
    """A new story, second."""
    return menus.NewsroomMenuItem(_("Write a story"), reverse("desk_new_story"), icon_name="edit", order=20)


@hooks.register("construct_page_action_menu")
def desk_instead_of_publish(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Saving, and the way to the desk page; nothing of Wagtail's own publication."""
    page = context.get("page")
    if isinstance(page, ArticlePage) or (context.get("view") == "create" and "articlepage" in request.path):
        menu_items[:] = [item for item in menu_items if item.name in ("action-save-draft", "action-page-locked", None, "")][:1] or menu_items[:1]
        if not context.get("locked_for_user"):
            menu_items.insert(0, menus.ToDeskItem(order=0))  # the first is the button, the rest its menu


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def go_to_desk(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Saved with “save and go to the desk page”: go there."""
    if isinstance(page, ArticlePage):
        services.open_desk(story=page, now=clock.now())
        if request.POST.get("action-desk"):
            return redirect("story_desk", story_id=page.pk)
    return None


@hooks.register("before_edit_page")
def say_why_it_came_back(request: HttpRequest, page: Any) -> None:
    """The reason of a return, above the form, until it is sent again."""
    if request.method == "GET" and isinstance(page, ArticlePage) and state_of(page) == StoryState.RETURNED:
        step = last_step(page, StepKind.RETURN)
        if step:
            messages.warning(request, _("Returned by %(name)s: %(reason)s") % {"name": step.actor.display_name, "reason": step.reason})


@hooks.register("before_edit_page")
def keep_what_a_person_saved(request: HttpRequest, page: Any) -> None:
    """A person's own save is a version of its own: an autosave that was on its way when they pressed the button may only overwrite autosaves, so it comes too late."""
    if request.method == "POST" and request.accepts("text/html") and "overwrite_revision_id" in request.POST:
        data = request.POST.copy()
        del data["overwrite_revision_id"]
        request.POST = data  # type: ignore[assignment]


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, found: list[Any]) -> None:
    """What waits for this person, instead of Wagtail's summary."""
    found[:] = [panels.AlarmPanel(), panels.MyWorkPanel()]


@hooks.register("construct_main_menu")
def tidy_menu(request: HttpRequest, items: list[Any]) -> None:
    """The newsroom's words for Wagtail's menu; the page tree is for administrators."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in ("explorer", "reports", "help")]


@hooks.register("insert_global_admin_css")
def desk_css() -> str:
    """The frame in the paper's hand, and the desk's own style."""
    return format_html('<link rel="stylesheet" href="{}"><link rel="stylesheet" href="{}">', static("desk/frame.css"), static("desk/desk.css"))


@hooks.register("insert_global_admin_js")
def names_js() -> str:
    """Names for screen readers where Wagtail's widgets have none."""
    return format_html('<script src="{}" defer></script>', static("desk/names.js"))


@hooks.register("register_admin_viewset")
def delegations() -> Any:
    """Delegations of signing."""
    return menus.DelegationViewSet("delegations")


