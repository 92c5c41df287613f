"""Row-level security on every table of the registry; facts are voided or ended, never rewritten; the read log by function."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE, enable, never_deleted

VOID = ("voided_at", "voided_by", "voided_reason")
DATED = (*VOID, "valid_to")

READS_OF = f"""
create function registry_reads_of(wanted uuid)
returns table (at timestamptz, actor_id uuid, role text, actor_place text, kind text, purpose text)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.at, r.actor_id, r.role::text, r.actor_place::text, r.kind::text, r.purpose::text
    from audit_read r
    where r.person_ids @> array[wanted]
      and exists (select 1 from registry_person where id = wanted and {VISIBLE})
    order by r.at desc limit 200
$$
"""

APP = settings.XINQIAO_ROLES["app"]


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        *[
            enable(f"registry_{table}")
            for table in (
                "person",
                "identifier",
                "address",
                "guardian",
                "diagnosis",
                "consent",
                "lifeevent",
                "responsibility",
            )
        ],
        never_deleted("registry_person"),
        *[
            never_deleted(f"registry_{t}", DATED)
            for t in ("identifier", "address", "guardian", "responsibility")
        ],
        *[never_deleted(f"registry_{t}", VOID) for t in ("diagnosis", "consent", "lifeevent")],
        # Who read a record is shown to whoever may see the record: the function asks the same question as the policy.
        migrations.RunSQL(
            sql=[
                READS_OF,
                "revoke all on function registry_reads_of(uuid) from public",
                f"grant execute on function registry_reads_of(uuid) to {APP}",
            ],
            reverse_sql=["drop function registry_reads_of(uuid)"],
        ),
    ]
