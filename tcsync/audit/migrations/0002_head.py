"""Makes the single row that names the newest entry; its lock puts the writers in a row."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def make_head(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    head = apps.get_model("audit", "AuditHead")
    head.objects.using(schema_editor.connection.alias).get_or_create(id=1)


class Migration(migrations.Migration):
    """The head of the empty record."""

    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunPython(make_head, migrations.RunPython.noop)]
