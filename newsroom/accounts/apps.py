from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People who sign in, and their roles. Imports nothing of Wagtail: its migrations depend on the user model."""

    name = "newsroom.accounts"
    label = "newsroom_accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Join `manage.py demo`."""
        from newsroom.accounts import demo

        demo.register()
