"""Looks at the archive, makes it anew, heals it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from newsroom.articles.models import ArticlePage
from newsroom.common import clock
from newsroom.common.errors import NewsroomError
from publishing.archive import indexing, mirror, mirror_rebuild
from publishing.archive.base import EngineUnavailable, IndexMissing
from publishing.archive.engines.elasticsearch import ElasticsearchEngine, present_elasticsearch
from publishing.archive.services import database_engine

DATABASE, ELASTICSEARCH = "database", "elasticsearch"


class Command(BaseCommand):
    """All of it is safe to repeat, and to interrupt."""

    help = "The archive: `status`, `rebuild` (everything anew) or `sweep` (compare and heal), in the database and in Elasticsearch where one is set."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, where, and whether only to look."""
        parser.add_argument("action", choices=("status", "rebuild", "sweep"))
        parser.add_argument("--only", choices=(DATABASE, ELASTICSEARCH), help="leave the other one alone")
        parser.add_argument("--check", action="store_true", help="sweep: only tell, with exit code 1 where something differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it. Trouble of the node is one sentence."""
        search_engine = present_elasticsearch() if options["only"] != DATABASE else None
        if options["only"] == ELASTICSEARCH and search_engine is None:
            raise CommandError(_("No Elasticsearch is set: ELASTICSEARCH_URL is empty."))
        in_database = options["only"] != ELASTICSEARCH
        try:
            if options["action"] == "status":
                self._status(search_engine)
            elif options["action"] == "rebuild":
                self._rebuild(search_engine, in_database=in_database)
            else:
                self._sweep(search_engine, in_database=in_database, heal=not options["check"])
        except NewsroomError as error:
            raise CommandError(str(error)) from error
        except IndexMissing as error:
            raise CommandError(_("Elasticsearch has no index of the archive yet.")) from error
        except EngineUnavailable as error:
            raise CommandError(_("Elasticsearch does not answer: %s") % error) from error

    def _status(self, search_engine: ElasticsearchEngine | None) -> None:
        self._line(_("Database: %d stories") % database_engine().count())
        if search_engine:
            for line in mirror.status(mirror=search_engine, now=clock.now()):
                self._line(line)

    def _rebuild(self, search_engine: ElasticsearchEngine | None, *, in_database: bool) -> None:
        if in_database:
            total = ArticlePage.objects.filter(live=True).count()
            written = indexing.rebuild(progress=lambda documents: tqdm(documents, total=total, unit=_("stories"), desc=_("Archive")))
            self._line(_("Database: %d stories") % written)
        if search_engine:
            total = database_engine().count()
            made = mirror_rebuild.rebuild(mirror=search_engine, now=clock.now(), progress=lambda changes: tqdm(changes, total=total, unit=_("stories"), desc="Elasticsearch"))
            self._line(_("Elasticsearch: %(written)d stories in %(index)s, old indices deleted: %(dropped)d") % {"written": made.written, "index": made.index, "dropped": made.dropped})

    def _sweep(self, search_engine: ElasticsearchEngine | None, *, in_database: bool, heal: bool) -> None:
        differs = False
        if in_database:
            found = indexing.sweep(heal=heal)
            self._line(_("Database: ") + ", ".join(f"{name}: {number}" for name, number in found.items()))
            differs = any(found.values())
        if search_engine:
            drift = mirror.sweep(mirror=search_engine, heal=heal)
            self._line(f"Elasticsearch: missing: {drift.missing}, stale: {drift.stale}, surplus: {drift.surplus}, left: {drift.left}")
            differs = differs or drift.total > 0
            if drift.left and heal:
                raise CommandError(_("%d stories could not be healed; see the log for what Elasticsearch says of them.") % drift.left)
        if differs and not heal:
            raise CommandError(_("The archives differ. Heal with: manage.py archive sweep"))

    def _line(self, text: str) -> None:
        self.stdout.write(text)
