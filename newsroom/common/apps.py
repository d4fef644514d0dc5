from pathlib import Path

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Things with no newsroom meaning: clock, registries, guarded HTTP, heartbeats, the demo command."""

    name = "newsroom.common"
    label = "newsroom_common"

    def ready(self) -> None:
        """Make the folders of the file queues: kombu expects them."""
        from django.conf import settings

        for name in ("data_folder_in", "control_folder"):
            if folder := settings.CELERY_BROKER_TRANSPORT_OPTIONS.get(name):
                Path(str(folder)).mkdir(parents=True, exist_ok=True)
