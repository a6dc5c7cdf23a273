from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_second_factor"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="scope",
            field=models.CharField(
                choices=[
                    ("read", "read"),
                    ("synchronize", "read, and start and stop runs"),
                    ("all", "do everything that the account may"),
                ],
                default="all",
                max_length=20,
                verbose_name="may",
            ),
        ),
    ]
