"""What the database engines keep of each story, and what Elasticsearch has not heard of yet."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class SearchDocument(models.Model):
    """A story in the archive. The words are indexed beside it by the engine of the database (migration 0002)."""

    story = models.OneToOneField(
        "newsroom_articles.ArticlePage", models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )  # an index, not the truth: the sweep heals it
    version = models.PositiveIntegerField()
    audience = models.CharField(max_length=10)
    section = models.CharField(max_length=255)
    year = models.PositiveSmallIntegerField()
    published_at = models.DateTimeField()
    path = models.CharField(max_length=500)
    title = models.CharField(max_length=255)
    lead = models.TextField()
    body = models.TextField()
    kicker = models.CharField(max_length=255, default="")
    author = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [models.Index(fields=["audience", "-published_at"]), models.Index(fields=["story", "audience", "section", "year", "published_at"], name="archive_facets")]  # all that counting and ordering read, beside the long texts


class PendingChange(models.Model):
    """A story that changed in the database's archive and that Elasticsearch must hear of. Written with the change, gone once the node has it.

    Its id is the stamp of the write: whatever the order in which writes arrive, the one of the latest change stays.
    """

    story_id = models.BigIntegerField(db_index=True)
    since = models.DateTimeField(db_default=Now())
