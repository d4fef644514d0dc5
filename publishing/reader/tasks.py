"""Doorbells: ids in, reload, one service call."""

from __future__ import annotations

from celery import shared_task

from newsroom.common import clock
from publishing.reader import collected, pictures
from publishing.reader.pages import generations, services


@shared_task(name="publishing.reader.tasks.make_pictures", ignore_result=True)
def make_pictures(image_ids: list[int]) -> None:
    """Cut the sizes that readers get of these pictures. Pages show one size until then: they follow after what a change concerns."""
    pictures.make(image_ids)
    services.touch_late([collected.image(pk) for pk in image_ids], now=clock.now())
    services.ring()


@shared_task(name="publishing.reader.tasks.render_pages", ignore_result=True)
def render_pages() -> None:
    """Render the stored pages that a change concerns."""
    if services.enabled():
        services.render_for_a_while()


@shared_task(name="publishing.reader.tasks.renew_pages", ignore_result=True)
def renew_pages() -> None:
    """Open a new generation where masthead, menu or code have changed since the last."""
    generations.renew_if_changed(now=clock.now())


@shared_task(name="publishing.reader.tasks.age_pages", ignore_result=True)
def age_pages() -> None:
    """Let context grow old in order, and keep the store within its size."""
    if services.enabled():
        services.grow_old(now=clock.now())
