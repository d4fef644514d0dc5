"""Changes that the kept frame and the stored pictures must follow."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Site
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from newsroom.articles.models import SectionPage
from newsroom.media.models import NewsImage
from publishing.reader import frame, pictures
from publishing.reader.models import PaperSettings

for _model in (PaperSettings, SectionPage, Site):
    post_save.connect(frame.forget, sender=_model, dispatch_uid=f"paper-frame-saved-{_model.__name__}")
    post_delete.connect(frame.forget, sender=_model, dispatch_uid=f"paper-frame-deleted-{_model.__name__}")
for _signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
    _signal.connect(frame.forget, sender=SectionPage, dispatch_uid="paper-frame-page")


@receiver(post_save, sender=NewsImage)
def prepare_new_picture(instance: NewsImage, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """Cut the sizes of a new picture in the background, so that no reader waits for them."""
    if created and not raw:
        transaction.on_commit(lambda: pictures.ask_for([instance.pk]))
