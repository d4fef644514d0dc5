from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    """Stories and sections."""

    name = "newsroom.articles"
    label = "newsroom_articles"
    verbose_name = _("Stories")

    def ready(self) -> None:
        """Join `manage.py demo`."""
        from newsroom.articles import demo

        demo.register()
