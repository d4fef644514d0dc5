from django.apps import AppConfig


class PagesConfig(AppConfig):
    """What every page shares: the closed door, the autosave rule, the fields."""

    name = "newsroom.pages"
    label = "newsroom_pages"
