import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("syncconfigs", "0006_comparisons"),
    ]

    operations = [
        migrations.CreateModel(
            name="FullReport",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="full_report",
                        serialize=False,
                        to="syncconfigs.syncrun",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="made at")),
                ("is_equal", models.BooleanField(verbose_name="equal")),
                ("resources", models.JSONField(default=list, verbose_name="Resource IDs")),
                ("signed", models.TextField(verbose_name="signed report")),
            ],
            options={
                "verbose_name": "report of a full comparison",
                "verbose_name_plural": "reports of full comparisons",
            },
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="kind",
            field=models.CharField(
                choices=[
                    ("sync", "Synchronization"),
                    ("verify", "Verification"),
                    ("prove", "Full comparison"),
                    ("compare", "Comparison"),
                ],
                default="sync",
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="ComparedRevision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("resource", models.CharField(max_length=200, verbose_name="Resource ID")),
                ("number", models.PositiveBigIntegerField(verbose_name="revision")),
                ("digest", models.CharField(max_length=64, verbose_name="revision digest")),
                (
                    "was_told",
                    models.BooleanField(default=True, verbose_name="the source could tell it"),
                ),
                ("elements", models.PositiveBigIntegerField(default=0, verbose_name="elements")),
                ("artifacts", models.PositiveIntegerField(default=0, verbose_name="artifacts")),
                (
                    "artifact_bytes",
                    models.PositiveBigIntegerField(default=0, verbose_name="bytes of artifacts"),
                ),
                ("differing", models.PositiveBigIntegerField(default=0, verbose_name="differing")),
                ("found", models.TextField(blank=True, verbose_name="what differs")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compared_revisions",
                        to="syncconfigs.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "compared revision",
                "verbose_name_plural": "compared revisions",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "resource", "number"),
                        name="one_comparison_per_run_and_revision",
                    )
                ],
            },
        ),
    ]
