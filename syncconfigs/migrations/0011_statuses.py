"""Configurations that ran once are closed: they were paused before."""

from typing import Any

from django.db import migrations, models


def close(apps: Any, _schema: Any) -> None:
    configs = apps.get_model("syncconfigs", "SyncConfig").objects
    done = configs.filter(trigger="once", paused=True, status="synchronized")
    done.update(status="closed", paused=False)


def pause(apps: Any, _schema: Any) -> None:
    configs = apps.get_model("syncconfigs", "SyncConfig").objects
    configs.filter(status="closed").update(status="synchronized", paused=True)


class Migration(migrations.Migration):
    dependencies = [
        ("syncconfigs", "0010_schedules"),
    ]

    operations = [
        migrations.AlterField(
            model_name="syncconfig",
            name="status",
            field=models.CharField(
                choices=[
                    ("in_queue", "In queue"),
                    ("synchronizing", "Synchronizing"),
                    ("not_synchronized", "Not synchronized"),
                    ("synchronized", "Synchronized"),
                    ("partially_synchronized", "Partially synchronized"),
                    ("no_longer_synchronized", "No longer synchronized"),
                    ("missing_at_source", "Missing at the source"),
                    ("conflict", "Conflict"),
                    ("error", "Error"),
                    ("closed", "Closed"),
                ],
                default="not_synchronized",
                max_length=30,
                verbose_name="status",
            ),
        ),
        migrations.RunPython(close, pause),
    ]
