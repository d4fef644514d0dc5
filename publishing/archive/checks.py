"""Whether the Elasticsearch that is set is there, is one that we can use, and has the archive's index (`manage.py check --database default`)."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.translation import gettext as _

from publishing.archive.base import EngineUnavailable, IndexMissing
from publishing.archive.engines.elasticsearch import present_elasticsearch

MAJOR = 8


@register(Tags.database)
def elasticsearch_is_usable(databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Ask the node, only where services may be asked: a plain `check` needs nothing that runs."""
    mirror = present_elasticsearch() if databases else None
    if mirror is None:
        return []
    try:
        version = mirror.version()
        if not version.startswith(f"{MAJOR}."):
            hint = _("The newsroom speaks with Elasticsearch 8; set ELASTICSEARCH_URL to one, or empty it: then the database searches.")
            return [Error(_("ELASTICSEARCH_URL leads to version %s.") % version, hint=hint, id="archive.E001")]
        mirror.targets()
    except IndexMissing:
        hint = _("The workers make it by themselves within a minute; or run manage.py archive rebuild --only elasticsearch.")
        return [Warning(_("Elasticsearch has no index of the archive yet."), hint=hint, id="archive.W002")]
    except EngineUnavailable as error:
        hint = _("Start it, or mend or empty ELASTICSEARCH_URL. Until then the database answers readers.")
        return [Warning(_("Elasticsearch does not answer: %s") % error, hint=hint, id="archive.W001")]
    return []
