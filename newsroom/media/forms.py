"""Wagtail's forms of pictures and documents, with what a newsroom adds: a file that is here stays what it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm

STAYS = _(
    "The file cannot be replaced: stories that somebody has signed, posts on channels and the legal deposit name it. Upload the other file as a new one and choose it in the story."
)


class _FileStays:
    """Words may change, bytes may not: a signature is for what was seen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields:  # type: ignore[attr-defined]
            self.fields["file"].disabled = True  # type: ignore[attr-defined]
            self.fields["file"].help_text = STAYS  # type: ignore[attr-defined]


class NewsImageForm(_FileStays, BaseImageForm):
    """A picture's form."""


class NewsDocumentForm(_FileStays, BaseDocumentForm):
    """A document's form."""
