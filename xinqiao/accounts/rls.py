"""Row-level security: the one policy that every table with personal data carries.

Measured on a million rows: comparing the code with two settings costs about as much as a plain WHERE; sub-selects, LIKE
or joins to the person inside the policy cost tens to thousands of times more. So each table carries its own copy of the
code that counts, and the policy is these three comparisons.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations

VISIBLE = (
    "((managing_code >= current_setting('app.lo', true) and managing_code < current_setting('app.hi', true))"
    " or managing_code = any (string_to_array(current_setting('app.codes', true), ','))"
    " or shared_codes && string_to_array(current_setting('app.shared', true), ','))"
)


def enable(table: str) -> migrations.RunSQL:
    """Migration operation: switch row-level security on for `table` with the common policy.

    Not FORCE: the owner runs migrations, and under FORCE a data migration would change no row in silence.
    """
    return migrations.RunSQL(
        sql=[
            f"alter table {table} enable row level security",
            f"create policy scope on {table} using ({VISIBLE}) with check ({VISIBLE})",
        ],
        reverse_sql=[
            f"drop policy scope on {table}",
            f"alter table {table} disable row level security",
        ],
    )


def never_deleted(table: str, changeable: tuple[str, ...] | None = None) -> migrations.RunSQL:
    """Migration operation: the app role may not delete rows of `table` and may change only the columns named.

    None leaves all columns changeable. What is not changeable is corrected by a new row.
    """
    app = settings.XINQIAO_ROLES["app"]
    sql: list[str | tuple[str, Any]] = [f"revoke delete, truncate on {table} from {app}"]
    if changeable is not None:
        sql += [
            f"revoke update on {table} from {app}",
            f"grant update ({', '.join(changeable)}) on {table} to {app}",
        ]
    return migrations.RunSQL(sql=sql, reverse_sql=[f"grant update, delete on {table} to {app}"])
