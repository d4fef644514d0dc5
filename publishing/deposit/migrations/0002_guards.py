"""Triggers: records are append-only also for whoever speaks to the database directly."""

from typing import Any

from django.db import migrations

from publishing.deposit import guards


def make(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        guards.make(cursor, schema_editor.connection.vendor)


def unmake(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        guards.unmake(cursor, schema_editor.connection.vendor)


class Migration(migrations.Migration):
    dependencies = [("publishing_deposit", "0001_initial")]
    operations = [migrations.RunPython(make, unmake)]
