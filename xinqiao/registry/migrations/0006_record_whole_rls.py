"""Row-level security on what 0005 added: rows are ended or voided, never rewritten."""

from django.db import migrations

from xinqiao.accounts.rls import enable, never_deleted

VOID = ("voided_at", "voided_by", "voided_reason")
DATED = (*VOID, "valid_to")
FACTS = (
    "background", "personname", "othernumber", "householdmember", "relative", "certificate", "support",
    "responsibleperson", "careplacement",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_record_whole")]

    operations = [
        *[enable(f"registry_{table}") for table in (*FACTS, "caregroup", "caremember")],
        *[never_deleted(f"registry_{table}", DATED) for table in FACTS],
        never_deleted("registry_caregroup", ("until",)),
        never_deleted("registry_caremember", ("valid_to",)),
    ]
