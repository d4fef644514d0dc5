"""Blocks of pictures and of what lives elsewhere."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from newsroom.media.videos.viewsets import VideoChooserBlock


class ImageBlock(blocks.StructBlock):
    """A picture with its words. An own caption replaces the picture's."""

    image = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption in this story"), required=False, max_length=500)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "blocks/image.html"


class VideoBlock(blocks.StructBlock):
    """A video of the newsroom's own, played on the page."""

    video = VideoChooserBlock(label=_("Video"))
    caption = blocks.CharBlock(label=_("Caption in this story"), required=False, max_length=500)

    class Meta:
        icon = "media"
        label = _("Video")
        template = "blocks/video.html"


class EmbedBlock(blocks.StructBlock):
    """Something on another site: shown as a link card, never loaded before the reader asks."""

    url = blocks.URLBlock(label=_("Address"), validators=[URLValidator(schemes=["https"])])
    title = blocks.CharBlock(label=_("What it is"), max_length=200)

    class Meta:
        icon = "code"
        label = _("Link to a video or post")
        template = "blocks/embed.html"
