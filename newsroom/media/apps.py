from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    """Pictures and documents with their credits and rights."""

    name = "newsroom.media"
    label = "newsroom_media"
    verbose_name = _("Media")

    def ready(self) -> None:
        """Join `manage.py demo`."""
        from newsroom.media import demo

        demo.register()
