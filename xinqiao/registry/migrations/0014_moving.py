"""Rows that move with a person: the tables by the catalogue, and the narrow functions that carry them to another village.

The application may not change whose a fact is. `registry_move_person` asks the same question as the policy before it does:
the caller sees the person, and holds the new village.
"""

from django.conf import settings
from django.db import migrations, models

from xinqiao.accounts.rls import VISIBLE

APP = settings.XINQIAO_ROLES["app"]

# A comment on the column says what does not simply follow (xinqiao/registry/moving.py).
REFERENCES = """
create function registry_references()
returns table (child regclass, col text, rule text, parent regclass, parent_col text)
language sql stable set search_path = public, pg_temp as $$
    with scoped as (
        select a.attrelid as rel from pg_attribute a join pg_class c on c.oid = a.attrelid
        where a.attname = 'managing_code' and not a.attisdropped and c.relkind = 'r'
          and c.relnamespace = 'public'::regnamespace
    ), keys as (
        select k.conrelid as rel, a.attname::text as col, k.confrelid as target,
            coalesce(substring(col_description(a.attrelid, a.attnum) from '^moving: ([a-z]+)$'), 'follow') as rule
        from pg_constraint k
        join scoped on scoped.rel = k.conrelid
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
        where k.contype = 'f' and cardinality(k.conkey) = 1
    ), direct as (
        select * from keys where target = 'registry_person'::regclass
    )
    select rel::regclass, col, rule, null::regclass, null::text from direct
    union all
    select k.rel::regclass, k.col, d.rule, d.rel::regclass, d.col
    from keys k join direct d on d.rel = k.target
    where k.rel <> 'registry_person'::regclass and k.rel not in (select rel from direct)
$$
"""

# Keys of places (`at:`) by which the row was reached from where it was go; those that hold the new village, and others, stay.
_KEPT = """case when t.shared_codes = '{}' then t.shared_codes else array(
            select k from unnest(t.shared_codes) with ordinality as s(k, n)
            where k <> all (array['at:' || t.managing_code, 'at:' || left(t.managing_code, 9) || '000',
                                  'at:' || left(t.managing_code, 6) || '000000'])
               or k = any (array['at:' || village, 'at:' || left(village, 9) || '000', 'at:' || left(village, 6) || '000000'])
            order by n) end"""

CARRY = f"""
create function registry_carry(people uuid[], village text) returns bigint
language plpgsql volatile security definer set search_path = public, pg_temp as $body$
declare
    one record;
    moved bigint;
begin
    for one in select * from registry_references() where parent is null and rule <> 'stay' order by child::text loop
        execute format(
            $sql$update %s t set managing_code = $2, shared_codes = {_KEPT.replace("village", "$2")}
                where t.%I = any ($1) and t.managing_code <> $2 %s$sql$,
            one.child, one.col, case when one.rule = 'county' then 'and left(t.managing_code, 6) = left($2, 6)' else '' end)
        using people, village;
    end loop;
    for one in select * from registry_references() where parent is not null and rule <> 'stay' order by child::text loop
        execute format(
            'update %s t set managing_code = p.managing_code from %s p'
            ' where p.id = t.%I and p.%I = any ($1) and t.managing_code <> p.managing_code',
            one.child, one.parent, one.col, one.parent_col)
        using people;
    end loop;
    update registry_person t set managing_code = village, shared_codes = {_KEPT}
    where t.id = any (people) and t.managing_code <> village;
    get diagnostics moved = row_count;
    return moved;
end
$body$
"""  # noqa: S608 -- made of constants

MOVE = f"""
create function registry_move_person(person uuid, village text) returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
    perform 1 from registry_person where id = person and {VISIBLE} for update;
    if not found or not registry_holds(village) then
        return false;
    end if;
    perform registry_carry(array[person], village);
    return true;
end
$$
"""  # noqa: S608 -- made of constants

HOLDS = """
create function registry_holds(village text) returns boolean
language sql stable set search_path = public, pg_temp as $$
    select coalesce(village ~ '^[0-9]{12}$' and (
        (village >= current_setting('app.lo', true) and village < current_setting('app.hi', true))
        or village = any (string_to_array(current_setting('app.codes', true), ','))), false)
$$
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_borders_of_now")]

    operations = [
        migrations.AlterField(
            model_name="responsibility",
            name="kind",
            field=models.CharField(
                choices=[
                    ("counting", "统计归属机构"),
                    ("responsible", "责任机构与人员"),
                    ("receiving", "流转接收方"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "receiving"), ("valid_to", None), ("voided_at", None)),
                fields=("person",),
                name="one_receiving_institution",
            ),
        ),
        migrations.RunSQL(
            sql=[
                REFERENCES,
                HOLDS,
                CARRY,
                MOVE,
                "revoke all on function registry_carry(uuid[], text), registry_move_person(uuid, text) from public",
                f"grant execute on function registry_move_person(uuid, text) to {APP}",
            ],
            reverse_sql=[
                "drop function registry_move_person(uuid, text), registry_carry(uuid[], text), registry_holds(text),"
                " registry_references()"
            ],
        ),
    ]
