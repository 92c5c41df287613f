"""Row-level security; nothing is deleted; what was asked and who was told is only ever voided."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

_VOID = ("managing_code", "shared_codes", "voided_at", "voided_by", "voided_reason")


class Migration(migrations.Migration):
    dependencies = [("tracing", "0001_tracing")]

    operations = [
        enable("tracing_search"),
        enable("tracing_asked"),
        enable("tracing_told"),
        never_deleted("tracing_search"),
        never_deleted("tracing_asked", _VOID),
        never_deleted("tracing_told", _VOID),
    ]
