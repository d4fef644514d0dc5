from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContributorsConfig(AppConfig):
    """People who are credited or paid."""

    name = "newsroom.contributors"
    label = "newsroom_contributors"
    verbose_name = _("Contributors")

    def ready(self) -> None:
        """Join `manage.py demo`."""
        from newsroom.contributors import demo

        demo.register()
