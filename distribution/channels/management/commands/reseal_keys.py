"""`manage.py reseal_keys`: every channel's key sealed with the newest of NEWSROOM_SECRETS_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from distribution.channels.rotation import reseal_keys
from newsroom.common import clock


class Command(BaseCommand):
    """Run it after a new key was put first in NEWSROOM_SECRETS_KEYS; then the old one can go."""

    help = "Seal every channel's key again with the newest of NEWSROOM_SECRETS_KEYS. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done; fail where a key cannot be opened."""
        result = reseal_keys(now=clock.now())
        self.stdout.write(_("%(done)d keys sealed anew, %(fresh)d were new already.") % {"done": result.done, "fresh": result.fresh})
        if result.lost:
            raise CommandError(_("These channels cannot be opened with any key of ours; connect them again: %(names)s") % {"names": ", ".join(result.lost)})
