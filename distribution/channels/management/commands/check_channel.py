"""`manage.py check_channel <key> [--story N]`: is the key good, what may the account do, and how would a story's post be. Nothing is sent."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from distribution.channels.health import check_health
from distribution.channels.models import Account
from distribution.channels.selectors import capabilities_of, composed, connector_of, in_words, problems
from distribution.connectors.base import Failure
from newsroom.articles.models import ArticlePage
from newsroom.common import clock


class Command(BaseCommand):
    """A rehearsal on the real account, without a post."""

    help = "Ask a channel's platform whether the key is good and what the account may do; with --story also compose that story's post. Sends nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The channel's key; a story's number."""
        parser.add_argument("key")
        parser.add_argument("--story", type=int)

    def handle(self, *args: Any, key: str, story: int | None, **options: Any) -> None:
        """Print what is known; fail where the channel or its key is not good."""
        account = Account.objects.filter(key=key).first()
        if account is None:
            raise CommandError(_("There is no channel with the key “%(key)s”.") % {"key": key})
        outcome = check_health(account=account, clock=clock.now)
        if outcome is None or isinstance(outcome, Failure):
            reason = f"{_(outcome.message)} {outcome.platform_message}".strip() if outcome else _("The channel has no key. Connect it first.")
            raise CommandError(f"{account.name}: {reason}")
        account.refresh_from_db()
        can = capabilities_of(account)
        self.stdout.write(f"{account.name} · {outcome.name} · {account.get_state_display()}")
        self.stdout.write(f"kinds={','.join(can.kinds)} edit={can.can_edit} delete={can.can_delete} lookup={can.can_lookup} draft={can.finishes_in_app}")
        for line in (*outcome.warnings, *(f"{name}={value}" for name, value in outcome.settings.items())):
            self.stdout.write(line)
        if story is not None:
            self._compose(account, story)

    def _compose(self, account: Account, number: int) -> None:
        story = ArticlePage.objects.filter(pk=number).first()
        if story is None:
            raise CommandError(_("There is no story with the number %(number)d.") % {"number": number})
        payload = composed(account=account, story=story)
        self.stdout.write(f"\n{payload.kind}\n{connector_of(account).preview(payload=payload)['text']}\n")
        found = problems(account=account, payload=payload)
        for problem in found:
            self.stdout.write(f"{'✗' if problem.blocking else '!'} {in_words(problem)}")
        if any(problem.blocking for problem in found):
            raise CommandError(_("The post cannot go out like this."))
        self.stdout.write(_("Nothing was sent."))
