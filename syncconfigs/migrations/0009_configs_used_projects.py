"""Whether the used projects of a configuration come along."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("syncconfigs", "0008_offloading")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="syncconfig",
            name="include_used_projects",
            field=models.BooleanField(default=False, verbose_name="include used projects"),
        ),
    ]
