"""Blocks of words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

INLINE = ["bold", "italic", "link", "superscript", "subscript"]


class HeadingBlock(blocks.CharBlock):
    """A heading inside the story."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    """Running text."""

    class Meta:
        icon = "pilcrow"
        label = _("Paragraph")
        template = "blocks/paragraph.html"


class QuoteBlock(blocks.StructBlock):
    """Words of a person, set large."""

    text = blocks.TextBlock(label=_("Quote"), max_length=600)
    speaker = blocks.CharBlock(label=_("Who said it"), required=False, max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "blocks/quote.html"


class BoxBlock(blocks.StructBlock):
    """Facts beside the story: numbers, addresses, a short explanation."""

    heading = blocks.CharBlock(label=_("Heading"), required=False, max_length=160)
    text = blocks.RichTextBlock(label=_("Text"), features=[*INLINE, "ul", "ol"])

    class Meta:
        icon = "form"
        label = _("Box")
        template = "blocks/box.html"
