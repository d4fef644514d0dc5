"""The copies of a story on the channels, for whoever corrects it or decides on a take-down."""

from __future__ import annotations

from django.urls import reverse

from distribution.deliveries import selectors
from newsroom.articles.models import ArticlePage
from publishing.corrections.registry import Copy


def copies_of(story: ArticlePage) -> list[Copy]:
    """One of each account: the state of the post, and in the note what is on its way there or could not be undone."""
    return [_in_words(copy) for copy in selectors.copies_of(story)]


def _in_words(copy: selectors.Copy) -> Copy:
    troubles = [f"{line.delivery.get_operation_display()}: {line.state}. {line.reason}".strip() for line in (*copy.undone, *copy.pending)]
    tone = "late" if copy.undone else "soon" if copy.pending else copy.post.tone
    note = " ".join([copy.post.reason, *troubles]).strip()
    return Copy(copy.account.name, copy.state, copy.permalink, tone, note, reverse("delivery_detail", args=[copy.post.delivery.pk]))
