from django.apps import AppConfig


class PublishingFrontsConfig(AppConfig):
    """What stands on the front, and where."""

    name = "publishing.fronts"
    label = "publishing_fronts"
