from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    """Pictures, documents and videos with their credits and rights."""

    name = "newsroom.media"
    label = "newsroom_media"
    verbose_name = _("Media")

    def ready(self) -> None:
        """Say who may do what with videos; remove the files of deleted ones; join `manage.py demo`."""
        from wagtail.permissions import register_permission_policy

        from newsroom.media import checks, demo, demo_videos, signal_handlers  # noqa: F401  (checks register themselves)
        from newsroom.media.models import NewsVideo
        from newsroom.media.videos.permissions import policy

        register_permission_policy(NewsVideo, policy)
        signal_handlers.connect()
        demo.register()
        demo_videos.register()
