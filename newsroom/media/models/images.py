"""Pictures and documents. Who made a picture, where it comes from and what it shows are asked before it is saved."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition
from wagtail.search import index


class NewsImage(AbstractImage):
    """A picture. Alt text, caption, credit and source are required: no picture goes to readers without them."""

    alt_text = models.CharField(
        _("alternative text"), max_length=255, help_text=_("What the picture shows, for readers who cannot see it. Do not repeat the caption.")
    )
    caption = models.TextField(_("caption"), max_length=500, help_text=_("Who, what, where, when."))
    credit = models.CharField(_("credit"), max_length=160, help_text=_("As readers see it, for example “Photo: Trần Hải Vân”."))
    source = models.CharField(_("source of the picture"), max_length=200, help_text=_("Where the file comes from: own work, agency, reader, with the agreement or link."))

    admin_form_fields = ("title", "file", "alt_text", "caption", "credit", "source", "collection", "tags", "focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")
    search_fields = [*AbstractImage.search_fields, index.SearchField("alt_text"), index.SearchField("caption"), index.SearchField("credit"), index.FilterField("source")]

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    @property
    def default_alt_text(self) -> str:
        """The text that stands for the picture where it cannot be seen."""
        return self.alt_text or self.title


class NewsRendition(AbstractRendition):
    """One size and format of a picture, made once."""

    image = models.ForeignKey(NewsImage, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class NewsDocument(AbstractDocument):
    """A file that readers may download."""

    source = models.CharField(_("source of the document"), max_length=200, blank=True)
    admin_form_fields = ("title", "file", "source", "collection", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
