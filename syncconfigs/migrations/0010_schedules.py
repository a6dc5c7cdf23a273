from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("syncconfigs", "0009_configs_used_projects"),
    ]

    operations = [
        migrations.AddField(
            model_name="syncconfig",
            name="blackouts",
            field=models.JSONField(blank=True, default=list, verbose_name="blackout windows"),
        ),
        migrations.AddField(
            model_name="syncconfig",
            name="cron",
            field=models.CharField(blank=True, max_length=200, verbose_name="cron expression"),
        ),
        migrations.AddField(
            model_name="syncconfig",
            name="every_minutes",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="interval, minutes"
            ),
        ),
        migrations.AddField(
            model_name="syncconfig",
            name="late_tags",
            field=models.BooleanField(
                default=True, verbose_name="tags put later on old revisions count"
            ),
        ),
        migrations.AddField(
            model_name="syncconfig",
            name="next_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="next date of the schedule"
            ),
        ),
        migrations.AddField(
            model_name="syncconfig",
            name="time_zone",
            field=models.CharField(default="UTC", max_length=64, verbose_name="time zone"),
        ),
    ]
