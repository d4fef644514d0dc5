from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveriesConfig(AppConfig):
    """Every post, edit and take-down on a channel: one row each, sent once, whatever breaks."""

    name = "distribution.deliveries"
    label = "distribution_deliveries"
    verbose_name = _("Deliveries")

    def ready(self) -> None:
        """Take events; show on the desk where a story went."""
        from distribution.channels.registry import acceptance_listeners
        from distribution.deliveries.copies import copies_of
        from distribution.deliveries.panels import desk_panel, marks_of
        from distribution.deliveries.subscribers import SUBSCRIBER, take_accepted
        from publishing.corrections.registry import copies
        from publishing.events.registry import subscribers
        from publishing.workflow.registry import desk_panels, job_marks

        acceptance_listeners.add("deliveries", take_accepted)
        subscribers.add(SUBSCRIBER.name, SUBSCRIBER)
        desk_panels.add("deliveries", desk_panel)
        copies.add("deliveries", copies_of)
        job_marks.add("deliveries", marks_of)
