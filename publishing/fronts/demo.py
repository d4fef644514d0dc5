"""The demo's front: the day's main story stands first, until somebody lays out the front otherwise."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from newsroom.articles.models import ArticlePage
from newsroom.common.demo import DemoRun, register_step
from newsroom.common.models import Heartbeat
from newsroom.common.services import beat
from publishing.fronts.models import FrontPick

LEAD = "Ngư dân Hải Thanh"
DONE = "demo_front"


def pick_lead(run: DemoRun) -> None:
    """Place the lead once; a later run leaves the front to its editors."""
    story = ArticlePage.objects.filter(live=True, title__startswith=LEAD).order_by("pk").first()
    if story is None or Heartbeat.objects.filter(name=DONE).exists():
        return
    beat(name=DONE, now=run.now)
    FrontPick.objects.get_or_create(story=story, defaults={"position": 1})


def register() -> None:
    """Join `manage.py demo`, after the stories."""
    register_step("fronts", order=85, title=_("chosen stories"), run=pick_lead)
