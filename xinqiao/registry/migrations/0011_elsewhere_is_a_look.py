"""An import is told which of its numbers have a file elsewhere: a look at those people, and kept as one in their read log."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE

APP = settings.XINQIAO_ROLES["app"]
ELSEWHERE = f"""
create function registry_numbers_elsewhere(
    wanted bytea[], asker uuid, asker_role text, asker_place text, asked_at timestamptz)
returns setof bytea
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    people uuid[];
    numbers bytea[];
begin
    select array_agg(distinct i.person_id), array_agg(distinct i.number_hash) into people, numbers
    from registry_identifier i
    where i.number_hash = any (wanted) and i.voided_at is null
      and not coalesce({VISIBLE.replace("managing_code", "i.managing_code").replace("shared_codes", "i.shared_codes")}, false);
    if people is not null then
        insert into audit_read (id, at, actor_id, role, actor_place, kind, purpose, person_ids)
        values (gen_random_uuid(), asked_at, asker, asker_role, asker_place, 'lookup', 'import_check', people);
        return query select unnest(numbers);
    end if;
end
$$
"""  # noqa: S608 -- made of constants
_NAME = "registry_numbers_elsewhere(bytea[], uuid, text, text, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_look_ups_followed_up"), ("audit", "0002_append_only")]

    operations = [
        migrations.RunSQL(
            sql=[
                ELSEWHERE,
                f"revoke all on function {_NAME} from public",
                f"grant execute on function {_NAME} to {APP}",
            ],
            reverse_sql=[f"drop function {_NAME}"],
        ),
    ]
