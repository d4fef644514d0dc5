"""Partners' machines are told by the channel of webhooks, signed: the unsigned way ends. What waited for it says why it does not go out."""

from django.db import migrations


def end_unsigned(apps, schema_editor):
    """Rows that wait are closed, with the reason; what was sent stays as proof."""
    Told = apps.get_model("publishing_corrections", "Told")
    Told.objects.filter(means="webhook", sent_at=None).update(attempts=8, error="unsigned messages are not sent any more; connect the partner as a channel")


class Migration(migrations.Migration):
    """Partner.webhook goes."""

    dependencies = [("publishing_corrections", "0001_corrections")]

    operations = [
        migrations.RunPython(end_unsigned, migrations.RunPython.noop),
        migrations.RemoveField(model_name="partner", name="webhook"),
    ]
