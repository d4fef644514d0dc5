from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EpaperConfig(AppConfig):
    """The e-newspaper's own copy: looked at as readers get it after each change, then told to hubs and search engines."""

    name = "distribution.epaper"
    label = "distribution_epaper"
    verbose_name = _("E-newspaper")

    def ready(self) -> None:
        """Take events; show on the desk whether readers have the version."""
        from distribution.epaper.panels import desk_panel, marks_of
        from distribution.epaper.services import SUBSCRIBER
        from publishing.events.registry import subscribers
        from publishing.workflow.registry import desk_panels, job_marks

        subscribers.add(SUBSCRIBER.name, SUBSCRIBER)
        desk_panels.add("epaper", desk_panel)
        job_marks.add("epaper", marks_of)
