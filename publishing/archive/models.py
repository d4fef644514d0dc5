"""What the database engines keep of each story."""

from __future__ import annotations

from django.db import models


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

    class Meta:
        indexes = [models.Index(fields=["audience", "-published_at"]), models.Index(fields=["story", "audience", "section", "year", "published_at"], name="archive_facets")]  # all that counting and ordering read, beside the long texts
