from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EpaperConfig(AppConfig):
    """The e-newspaper's own copy: looked at as readers get it after each change, then told to hubs and search engines."""

    name = "distribution.epaper"
    label = "distribution_epaper"
    verbose_name = _("E-newspaper")

    def ready(self) -> None:
        """Take events; tell on the desk whether readers have the version."""
        from distribution.epaper.copies import copies_of
        from distribution.epaper.panels import marks_of
        from distribution.epaper.services import SUBSCRIBER
        from publishing.corrections.registry import copies
        from publishing.events.registry import subscribers
        from publishing.workflow.registry import job_marks

        subscribers.add(SUBSCRIBER.name, SUBSCRIBER)
        copies.add("epaper", copies_of)
        job_marks.add("epaper", marks_of)
