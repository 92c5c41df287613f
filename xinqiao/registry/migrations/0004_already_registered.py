"""Two narrow questions across all scopes, each answered by a function of the owner: is this person registered, and which of
these document numbers belong to a file the asker cannot see. Neither says more than its answer."""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE, enable, never_deleted

APP = settings.XINQIAO_ROLES["app"]

# One look-up, written into the read log of everybody it finds before the answer is given.
LOOK_UP = f"""
create function registry_look_up(
    wanted_number bytea, wanted_name text, wanted_sex text, wanted_birth date, wanted_phone bytea,
    asker uuid, asker_role text, asker_place text, asked_at timestamptz)
returns table (institution text, institution_phone text, visible boolean)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
    hits uuid[];
begin
    if wanted_number is not null then
        select array_agg(distinct i.person_id) into hits
        from registry_identifier i where i.number_hash = wanted_number and i.voided_at is null;
    elsif wanted_name <> '' and wanted_sex <> '' and wanted_birth is not null and wanted_phone is not null then
        select array_agg(distinct p.id) into hits
        from registry_person p join registry_guardian g on g.person_id = p.id and g.voided_at is null
        where p.name = wanted_name and p.sex = wanted_sex and p.birth_on = wanted_birth
          and g.phone_hash = wanted_phone;
    end if;
    if hits is null then
        return;
    end if;
    insert into audit_read (id, at, actor_id, role, actor_place, kind, purpose, person_ids)
    values (gen_random_uuid(), asked_at, asker, asker_role, asker_place, 'lookup', 'already_registered', hits);
    return query
        select n.name::text, n.phone::text, coalesce({VISIBLE.replace("managing_code", "p.managing_code").replace("shared_codes", "p.shared_codes")}, false)
        from registry_person p
        left join registry_responsibility r
            on r.person_id = p.id and r.kind = 'counting' and r.valid_to is null and r.voided_at is null
        left join places_institution n on n.id = r.institution_id
        where p.id = any (hits)
        order by 3 desc limit 3;
end
$$
"""  # noqa: S608 -- made of constants

ELSEWHERE = f"""
create function registry_numbers_elsewhere(wanted bytea[])
returns setof bytea
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct number_hash from registry_identifier
    where number_hash = any (wanted) and voided_at is null and not coalesce({VISIBLE}, false)
$$
"""  # noqa: S608 -- made of constants

_LOOK_UP = "registry_look_up(bytea, text, text, date, bytea, uuid, text, text, timestamptz)"
_ELSEWHERE = "registry_numbers_elsewhere(bytea[])"


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_revisions_and_serials"), ("audit", "0002_append_only")]

    operations = [
        enable("registry_personrevision"),
        never_deleted("registry_personrevision", ("voided_at", "voided_by", "voided_reason")),
        never_deleted("registry_fileserial", ("last",)),
        never_deleted("registry_lookup", ("found",)),
        migrations.RunSQL(
            sql=[
                LOOK_UP,
                ELSEWHERE,
                f"revoke all on function {_LOOK_UP}, {_ELSEWHERE} from public",
                f"grant execute on function {_LOOK_UP}, {_ELSEWHERE} to {APP}",
            ],
            reverse_sql=[f"drop function {_LOOK_UP}, {_ELSEWHERE}"],
        ),
    ]
