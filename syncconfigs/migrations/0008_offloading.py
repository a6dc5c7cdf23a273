import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("syncconfigs", "0007_full_comparison"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offloading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=1000, verbose_name="name at the source")),
                ("server_name", models.CharField(max_length=200, verbose_name="server")),
                ("server_kind", models.CharField(max_length=20, verbose_name="kind of the server")),
                ("category", models.CharField(max_length=200, verbose_name="target category")),
                (
                    "resources",
                    models.JSONField(blank=True, default=list, verbose_name="Resource IDs"),
                ),
                ("created", models.DateTimeField(auto_now_add=True, verbose_name="begun")),
                ("created_by", models.CharField(max_length=200, verbose_name="begun by")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "config",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="offloadings",
                        to="syncconfigs.syncconfig",
                    ),
                ),
                (
                    "server",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="syncconfigs.remoteserver",
                    ),
                ),
            ],
            options={
                "verbose_name": "offloading",
                "verbose_name_plural": "offloadings",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="OffloadingStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        choices=[
                            ("synchronized", "Synchronize once"),
                            ("frozen", "Freeze the source"),
                            ("compared", "Compare in full"),
                            ("understood", "What this proves, and what not"),
                            ("cleared", "The source"),
                            ("removed", "Remove the configuration"),
                            ("editable", "Make editable"),
                            ("opens", "A copy that opens"),
                        ],
                        max_length=20,
                        verbose_name="step",
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("by", models.CharField(max_length=200, verbose_name="by")),
                ("note", models.TextField(blank=True, verbose_name="what was stated")),
                (
                    "voided_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="no longer counts since"
                    ),
                ),
                ("voided_why", models.TextField(blank=True, verbose_name="why not")),
                (
                    "offloading",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="syncconfigs.offloading",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="syncconfigs.syncrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of an offloading",
                "verbose_name_plural": "steps of offloadings",
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="offloading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("config",),
                name="one_offloading_per_configuration_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="offloadingstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("offloading", "name"),
                name="one_step_of_a_name_counts",
            ),
        ),
    ]
