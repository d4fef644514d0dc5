"""The index of words, by the database in use."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from publishing.archive.engines import postgresql, sqlite


def make(apps: Any, schema_editor: Any) -> None:
    """Make the table of words."""
    for statement in postgresql.CREATE if schema_editor.connection.vendor == "postgresql" else (sqlite.CREATE,):
        schema_editor.execute(statement)


def unmake(apps: Any, schema_editor: Any) -> None:
    """Drop it."""
    schema_editor.execute(postgresql.DROP if schema_editor.connection.vendor == "postgresql" else sqlite.DROP)


class Migration(migrations.Migration):
    dependencies = [("publishing_archive", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
