"""A section, a story with a picture and a byline, as Wagtail's documentation would write them."""

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page


class StockSection(Page):
    """A section."""

    template = "section.html"


class StockAuthor(models.Model):
    """Who writes."""

    name = models.CharField(max_length=100)

    objects: models.Manager["StockAuthor"] = models.Manager()


class StockStory(Page):
    """A story."""

    lead = models.TextField(blank=True)
    main_image = models.ForeignKey("wagtailimages.Image", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    body = StreamField([("paragraph", blocks.RichTextBlock()), ("heading", blocks.CharBlock())], blank=True)
    template = "story.html"

    def latest(self) -> models.QuerySet["StockStory"]:
        """The paper's newest, beside the story."""
        return StockStory.objects.live().exclude(pk=self.pk).select_related("main_image").order_by("-first_published_at")[:6]

    def related(self) -> models.QuerySet["StockStory"]:
        """The section's newest, under the story."""
        return StockStory.objects.live().sibling_of(self, inclusive=False).select_related("main_image").order_by("-first_published_at")[:3]


class StockByline(Orderable):
    """A name of a story."""

    page = ParentalKey(StockStory, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(StockAuthor, on_delete=models.CASCADE, related_name="+")
