from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DepositConfig(AppConfig):
    """The legal deposit: every published state of a story and every post, sealed in a chain."""

    name = "publishing.deposit"
    label = "publishing_deposit"
    verbose_name = _("Legal deposit")

    def ready(self) -> None:
        """Take events, and bulk arrivals in the writer's own transaction."""
        from newsroom.articles.registry import bulk_steps
        from publishing.deposit.subscribers import SUBSCRIBER, hand_in_batch
        from publishing.events.registry import subscribers

        subscribers.add(SUBSCRIBER.name, SUBSCRIBER)
        bulk_steps.add(SUBSCRIBER.name, hand_in_batch)
