"""Row-level security on every table of follow-up; a visit, once written, changes only in its review and its undo."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

VOID = ("voided_at", "voided_by", "voided_reason")
REVIEW = ("review_status", "review_reason", "reviewed_by", "reviewed_at")
DECISION = ("state", "decided_by", "decided_at", "decided_reason")


class Migration(migrations.Migration):
    dependencies = [("followup", "0002_initial"), ("registry", "0002_row_level_security")]

    operations = [
        *[
            enable(f"followup_{t}")
            for t in ("visit", "visitattempt", "confirmation", "obligation", "standing")
        ],
        never_deleted("followup_visit", (*VOID, *REVIEW, "superseded", "counted_class")),
        never_deleted("followup_visitattempt", VOID),
        never_deleted("followup_confirmation", (*VOID, *DECISION)),
        never_deleted("followup_obligation"),
        never_deleted("followup_standing"),
    ]
