from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    """What became of posts: views, reactions, comments and shares, read back from the platforms."""

    name = "distribution.metrics"
    label = "distribution_metrics"
    verbose_name = _("Reach of posts")

    def ready(self) -> None:
        """Show the numbers beside the story."""
        from distribution.metrics.panels import desk_panel
        from publishing.workflow.registry import desk_panels

        desk_panels.add("metrics", desk_panel)
