"""Row-level security on exams and refusals; a row, once written, can only be voided."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

VOID = ("voided_at", "voided_by", "voided_reason")


class Migration(migrations.Migration):
    dependencies = [("treatment", "0001_exam")]

    operations = [
        enable("treatment_exam"),
        enable("treatment_examrefusal"),
        never_deleted("treatment_exam", VOID),
        never_deleted("treatment_examrefusal", VOID),
    ]
