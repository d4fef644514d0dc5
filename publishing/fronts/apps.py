from django.apps import AppConfig


class PublishingFrontsConfig(AppConfig):
    """What stands on the front, and where."""

    name = "publishing.fronts"
    label = "publishing_fronts"

    def ready(self) -> None:
        """Who may lay out the front; the demo's step."""
        from wagtail.permissions import register_permission_policy

        from publishing.fronts import demo
        from publishing.fronts.models import FrontPick
        from publishing.fronts.permissions import FrontPolicy

        register_permission_policy(FrontPick, FrontPolicy(FrontPick), exact_class=True)
        demo.register()
