"""The story's corrections on its desk page: what waits, with its clock, what came out, how it was taken away, who was told."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from newsroom.accounts.models import User
from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from publishing.corrections.models import Notice, TakedownRequest, Told
from publishing.corrections.requests import may_see
from publishing.corrections.selectors import removal_of, title_of
from publishing.workflow.selectors import authors_of


def desk_panel(story: ArticlePage, user: User) -> Any:
    """For the desk in full; the story's writers see notices, not requests and recipients. None where there is nothing."""
    inside = may_see(user)
    notices = list(Notice.objects.filter(story_id=story.pk).select_related("author", "signer").order_by("-pk"))
    removal = None if story.live else removal_of(story.pk)
    requests = list(TakedownRequest.objects.filter(story_id=story.pk).order_by("-pk")) if inside else []
    told = list(Told.objects.filter(event__story_id=story.pk).select_related("partner", "user", "notice", "by_hand_by")[:60]) if inside else []
    if not (notices or removal or requests) or not (inside or user.pk in authors_of(story)):
        return None
    rows = [(notice, title_of(notice)) for notice in notices]
    context = {"notices": rows, "removal": removal, "requests": requests, "told": told, "inside": inside, "now": clock.now()}
    return render_to_string("publishing/corrections/desk_panel.html", context)
