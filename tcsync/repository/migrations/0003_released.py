from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("repository", "0002_walks"),
    ]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="released_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="made editable"),
        ),
    ]
