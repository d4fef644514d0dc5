"""Changes that the kept frame and the stored pictures must follow."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from newsroom.articles.models import SectionPage
from newsroom.common import clock
from newsroom.contributors.models import Contributor, PenName
from newsroom.media.models import NewsImage, NewsVideo, VideoCaption
from publishing.fronts.models import FrontPick
from publishing.reader import collected, frame, pictures
from publishing.reader.models import PaperSettings
from publishing.reader.pages import services


def renew_pages(*_args: Any, **_kwargs: Any) -> None:
    """Masthead, menu and section heads stand on every page."""
    if services.enabled():
        transaction.on_commit(lambda: current_app.send_task(services.RENEW_TASK, queue="render"), robust=True)


for _model in (PaperSettings, SectionPage, Site):
    post_save.connect(frame.forget, sender=_model, dispatch_uid=f"paper-frame-saved-{_model.__name__}")
    post_delete.connect(frame.forget, sender=_model, dispatch_uid=f"paper-frame-deleted-{_model.__name__}")
    post_save.connect(renew_pages, sender=_model, dispatch_uid=f"paper-pages-saved-{_model.__name__}")
    post_delete.connect(renew_pages, sender=_model, dispatch_uid=f"paper-pages-deleted-{_model.__name__}")
for _signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
    _signal.connect(frame.forget, sender=SectionPage, dispatch_uid="paper-frame-page")


@receiver(post_save, sender=NewsImage)
def prepare_new_picture(instance: NewsImage, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Cut the sizes of a new picture in the background, so that no reader waits for them."""
    if created and not raw:
        transaction.on_commit(lambda: pictures.ask_for([instance.pk]))


@receiver(post_save, sender=NewsImage)
def follow_picture(instance: NewsImage, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """The words of a picture stand on every page that shows it."""
    if not created and not raw:
        services.touch([collected.image(instance.pk)], now=clock.now())


@receiver(post_save, sender=NewsVideo)
def follow_video(instance: NewsVideo, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """A video's poster and words stand on every page that shows it."""
    if not created and not raw:
        services.touch([collected.video(instance.pk)], now=clock.now())


@receiver([post_save, post_delete], sender=VideoCaption)
def follow_captions(instance: VideoCaption, raw: bool = False, **_kwargs: Any) -> None:
    """So do its captions."""
    if not raw:
        services.touch([collected.video(instance.video_id)], now=clock.now())


@receiver([post_save, post_delete], sender=PenName)
def follow_pen_name(instance: PenName, raw: bool = False, **_kwargs: Any) -> None:
    """A name stands on every page that carries it."""
    if not raw:
        services.touch([collected.pen_name(instance.pk)], now=clock.now())


@receiver(post_save, sender=Contributor)
def follow_contributor(instance: Contributor, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """The few words about a person stand on the page of the pen name."""
    if not created and not raw:
        services.touch([collected.pen_name(pk) for pk in instance.pen_names.values_list("pk", flat=True)], now=clock.now())


@receiver([post_save, post_delete], sender=FrontPick)
def follow_front(raw: bool = False, **_kwargs: Any) -> None:
    """The front is laid out by hand."""
    if not raw:
        services.touch([collected.FRONT], now=clock.now())
