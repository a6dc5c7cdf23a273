import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("syncconfigs", "0004_servers_news"),
    ]

    operations = [
        migrations.AddField(
            model_name="runstep",
            name="facts",
            field=models.JSONField(blank=True, default=dict, verbose_name="facts of the refusal"),
        ),
        migrations.AddField(
            model_name="syncconfig",
            name="maker",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="account whose role it works with"
            ),
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("change", "much is changed at once, and meant"),
                            ("history", "the source's history takes the place of ours"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "resource",
                    models.CharField(blank=True, max_length=200, verbose_name="Resource ID"),
                ),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("details", models.JSONField(blank=True, default=list, verbose_name="details")),
                ("reason", models.TextField(verbose_name="reason")),
                ("by", models.CharField(blank=True, max_length=200, verbose_name="by")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "config",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="decisions",
                        to="syncconfigs.syncconfig",
                    ),
                ),
            ],
            options={
                "verbose_name": "decision",
                "verbose_name_plural": "decisions",
                "indexes": [models.Index(fields=["config", "kind"], name="decisions_of_config")],
            },
        ),
    ]
