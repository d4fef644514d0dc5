from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArchiveConfig(AppConfig):
    """Everything ever published, found again."""

    name = "publishing.archive"
    label = "publishing_archive"
    verbose_name = _("Archive")

    def ready(self) -> None:
        """Take events, and bulk arrivals in the writer's own transaction."""
        from newsroom.articles.registry import bulk_steps
        from publishing.archive import checks  # noqa: F401  (registers itself)
        from publishing.archive.indexing import ARCHIVE, index_batch
        from publishing.events.registry import subscribers

        subscribers.add("archive", ARCHIVE)
        bulk_steps.add("archive", index_batch)
