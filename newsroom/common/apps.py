from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Things with no newsroom meaning: clock, registries, guarded HTTP, heartbeats, the demo command."""

    name = "newsroom.common"
    label = "newsroom_common"
