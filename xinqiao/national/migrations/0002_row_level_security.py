"""Row-level security on every table with personal data; ticks are voided, never deleted, and a step stays as written."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted


class Migration(migrations.Migration):
    dependencies = [("national", "0001_initial")]

    operations = [
        *[
            enable(f"national_{table}")
            for table in ("entry", "comparison", "exportrow", "difference", "differencestep")
        ],
        never_deleted("national_entry", ("voided_at", "voided_by", "voided_reason")),
        never_deleted("national_difference"),
        never_deleted("national_differencestep", ("managing_code",)),
    ]
