"""The keys by which names are found, for the people who are there already."""

from typing import Any

from django.db import migrations

from xinqiao.registry.naming.refill import TABLES, refill


def fill(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        for table in TABLES:
            refill(cursor, table)


class Migration(migrations.Migration):
    dependencies = [("registry", "0007_name_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
