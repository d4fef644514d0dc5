import django.db.models.deletion
from django.db import migrations, models


def units_from_names(apps, schema_editor):
    Account, Unit = apps.get_model("distribution_channels", "Account"), apps.get_model("distribution_channels", "Unit")
    for account in Account.objects.exclude(unit_name=""):
        account.unit = Unit.objects.get_or_create(name=account.unit_name)[0]
        account.save(update_fields=["unit"])


class Migration(migrations.Migration):

    dependencies = [
        ("distribution_channels", "0002_youtube"),
    ]

    operations = [
        migrations.RenameField("account", "unit", "unit_name"),
        migrations.CreateModel(
            name="Unit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="unit")),
            ],
            options={"verbose_name": "unit", "verbose_name_plural": "units", "ordering": ["name"]},
        ),
        migrations.AddField(
            "account", "unit",
            models.ForeignKey(blank=True, help_text="Empty: the newsroom's own channel.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="accounts", to="distribution_channels.unit", verbose_name="unit"),
        ),
        migrations.RunPython(units_from_names, migrations.RunPython.noop, elidable=True),
    ]
