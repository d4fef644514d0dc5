"""A section and a story, as a Wagtail tutorial would write them."""

from django.db import models
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Page


class StockSection(Page):
    """A section."""

    template = "section.html"


class StockStory(Page):
    """A story."""

    lead = models.TextField(blank=True)
    body = StreamField([("paragraph", blocks.RichTextBlock()), ("heading", blocks.CharBlock())], blank=True)
    template = "story.html"
