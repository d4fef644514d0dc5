from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """The outbox: one row for every published, corrected or withdrawn state of a story."""

    name = "publishing.events"
    label = "publishing_events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Listen for live changes that have no row, hold named revisions, join the bulk writer."""
        from newsroom.articles.registry import bulk_steps
        from newsroom.pages.registry import revision_holders
        from publishing.events import signal_handlers
        from publishing.events.bulk import write_events
        from publishing.events.selectors import names_revision

        revision_holders.add("events", names_revision)
        bulk_steps.add("events", write_events)
        signal_handlers.connect()
