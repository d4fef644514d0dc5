from typing import Any

from django.db import migrations

GAVE_UP, MOST = 8, 30


def leave_given_up(apps: Any, schema_editor: Any) -> None:
    """What was given up under the old rule is not mailed out of the blue months later; a person may still try it, or say that it was told."""
    del schema_editor
    apps.get_model("publishing_corrections", "Told").objects.filter(sent_at=None, attempts__gte=GAVE_UP).update(attempts=MOST)


class Migration(migrations.Migration):

    dependencies = [
        ('publishing_corrections', '0003_told_by_hand'),
    ]

    operations = [
        migrations.RunPython(leave_given_up, migrations.RunPython.noop),
    ]
