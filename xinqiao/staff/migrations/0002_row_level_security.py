"""Row-level security on what names patients; what was handed over or frozen is never changed or deleted."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_staff"), ("followup", "0003_row_level_security")]

    operations = [
        enable("staff_handedperson"),
        enable("staff_workline"),
        never_deleted("staff_handedperson", ("managing_code", "shared_codes")),
        never_deleted("staff_workline", ("managing_code", "shared_codes")),
        never_deleted("staff_handover"),
        never_deleted("staff_portion"),
        never_deleted("staff_leave"),
        never_deleted("staff_workappeal"),
        # Figures are frozen: only where the version stands may change.
        never_deleted("staff_workrecord", ("state", "signed_at", "agreed_by", "agreed_at")),
    ]
