import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("syncconfigs", "0011_statuses"),
    ]

    operations = [
        migrations.AddField(
            model_name="remoteserver",
            name="upgraded_from",
            field=models.CharField(
                blank=True,
                max_length=40,
                verbose_name="major version before an upgrade that nobody has answered yet",
            ),
        ),
        migrations.AddField(
            model_name="exclusion",
            name="config",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="exclusions",
                to="syncconfigs.syncconfig",
            ),
        ),
    ]
