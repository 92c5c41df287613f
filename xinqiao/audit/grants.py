"""What the application role may not do to a table that is only added to."""

from __future__ import annotations

from django.conf import settings
from django.db import migrations


def append_only(table: str) -> migrations.RunSQL:
    """Migration operation: the app role may add rows to `table` and never change or delete one."""
    return migrations.RunSQL(
        sql=[f"revoke update, delete, truncate on {table} from {settings.XINQIAO_ROLES['app']}"],
        reverse_sql=[f"grant update, delete on {table} to {settings.XINQIAO_ROLES['app']}"],
    )
