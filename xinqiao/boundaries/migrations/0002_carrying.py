"""Carrying a division's rows to another code: functions of the owner, since the application may write no row out of its scope.

`boundaries_carry` does it for a planned change of a system administrator, whose rows name the codes; it takes no codes from
its caller. `boundaries_assign` lets a county say the village of a person of a village that was split.
"""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE, enable, never_deleted

APP = settings.XINQIAO_ROLES["app"]

# Who counts and who answers: what was stays as it was counted, and says which place that is now; from the day on there is a
# new row. `villages` with who counts, who answers (institution, account) stand side by side; `whom` is one person, or null.
ROWS = """
create function boundaries_rows(olds text[], news text[], villages text[], counting uuid[], answering uuid[], workers uuid[],
    day date, author uuid, moment timestamptz, whom uuid) returns setof uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $body$
declare
    due registry_responsibility[];
begin
    update registry_responsibility r set counted_code = m.n, counted_now = null
    from unnest(olds, news) m(o, n)
    where r.counted_code = m.o and r.valid_from >= day and (whom is null or r.person_id = whom);

    select coalesce(array_agg(r), '{}') into due from registry_responsibility r
    where r.counted_code = any (olds) and r.voided_at is null and r.valid_from < day and (whom is null or r.person_id = whom)
      and (r.valid_to is null or r.valid_to > day or (r.kind = 'counting' and not exists (
        select 1 from registry_responsibility n where n.person_id = r.person_id and n.kind = 'counting'
          and n.voided_at is null and (n.valid_from, n.id) > (r.valid_from, r.id))));

    update registry_responsibility r set counted_now = m.n
    from unnest(olds, news) m(o, n)
    where (r.counted_code = m.o and r.counted_now is null or r.counted_now = m.o) and (whom is null or r.person_id = whom);

    update registry_responsibility r set valid_to = least(coalesce(r.valid_to, day), day)
    from unnest(due) d where r.id = d.id;

    return query
    with made as (
    insert into registry_responsibility (id, managing_code, shared_codes, person_id, recorded_at, recorded_by, voided_reason,
        kind, institution_id, worker_id, worker_name, counted_code, reason, valid_from, valid_to)
    select gen_random_uuid(), p.managing_code, p.shared_codes, d.person_id, moment, author, '', d.kind,
        case when d.kind = 'counting' then coalesce(v.counting, d.institution_id)
             when k.stays then d.institution_id else coalesce(v.answering, d.institution_id) end,
        case when d.kind <> 'responsible' or k.stays then d.worker_id else v.worker end,
        d.worker_name, m.n, 'boundary', day, case when d.valid_to is null then null else greatest(d.valid_to, day) end
    from unnest(due) d
    join unnest(olds, news) m(o, n) on m.o = d.counted_code
    join registry_person p on p.id = d.person_id
    left join unnest(villages, counting, answering, workers) v(village, counting, answering, worker) on v.village = m.n
    cross join lateral (select d.worker_id is null or exists (
        select 1 from accounts_user u where u.id = d.worker_id and u.is_active and (
          u.place = m.n or u.place = left(m.n, 9) || '000' or u.place = left(m.n, 6) || '000000'
          or left(m.n, 9) || '000' = any (u.further_places) or m.n = any (u.further_places)
          or exists (select 1 from accounts_villageassignment a
                     where a.user_id = u.id and a.division_code = m.n and a.valid_to is null))) as stays) k
    returning person_id, kind, worker_id)
    select n.person_id from made n where n.kind = 'responsible' and not exists (select 1 from unnest(due) d
        where d.person_id = n.person_id and d.kind = 'responsible' and d.worker_id is not distinct from n.worker_id);
end
$body$
"""

CARRY = """
create function boundaries_carry(change uuid, villages text[], counting uuid[], answering uuid[], workers uuid[],
    carried text[], still_open text[], counties text[], keyed text[], moment timestamptz) returns jsonb
language plpgsql volatile security definer set search_path = public, pg_temp as $body$
declare
    plan record;
    olds text[];
    news text[];
    keys text[];
    one record;
    target text;
    moved bigint;
    people bigint := 0;
    changed bigint := 0;
    told uuid[];
begin
    select c.* into plan from places_divisionchange c join accounts_user u on u.id = c.made_by
    where c.id = change and c.state = 'planned' and u.role = 'system_admin' for update of c;
    if not found then
        raise exception 'no planned change of borders';
    end if;
    select coalesce(array_agg(old_code order by old_code), '{}'), coalesce(array_agg(new_code order by old_code), '{}')
    into olds, news from places_divisionchangerow r where r.change_id = change and r.old_code <> '' and r.old_code <> r.new_code;
    select coalesce(array_agg('at:' || o), '{}') into keys from unnest(olds) o;

    for one in select a.attrelid::regclass as child from pg_attribute a join pg_class c on c.oid = a.attrelid
        where a.attname = 'managing_code' and not a.attisdropped and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        order by 1
    loop
        execute format('update %s t set managing_code = m.n from unnest($1, $2) m(o, n) where t.managing_code = m.o', one.child)
        using olds, news;
        get diagnostics moved = row_count;
        changed := changed + moved;
        if one.child = 'registry_person'::regclass then
            people := moved;
        end if;
        execute format($sql$update %s t set shared_codes = array(
            select coalesce('at:' || m.n, k) from unnest(t.shared_codes) with ordinality s(k, i)
            left join unnest($1, $2) m(o, n) on k = 'at:' || m.o order by i) where t.shared_codes && $3$sql$, one.child)
        using olds, news, keys;
    end loop;

    foreach target in array carried loop
        select split_part(target, '.', 1)::regclass as child, split_part(target, '.', 2) as col, t.typcategory = 'A' as listed,
            exists (select 1 from pg_attribute s where s.attrelid = a.attrelid and s.attname = 'shared_codes') as shared
        into one from pg_attribute a join pg_type t on t.oid = a.atttypid
        where a.attrelid = split_part(target, '.', 1)::regclass and a.attname = split_part(target, '.', 2);
        if one.listed then
            execute format($sql$update %s t set %I = array(
                select coalesce(m.n, k) from unnest(t.%I) with ordinality s(k, i)
                left join unnest($1, $2) m(o, n) on k = m.o order by i) where t.%I && $1::varchar[]$sql$,
                one.child, one.col, one.col, one.col)
            using olds, news;
        else
            if one.shared then  -- who was told of it as the place's own township or county is told as that of now
                execute format($sql$update %s t set shared_codes = array(
                    select case when k = 'at:' || left(m.o, 9) || '000' then 'at:' || left(m.n, 9) || '000'
                                when k = 'at:' || left(m.o, 6) || '000000' then 'at:' || left(m.n, 6) || '000000' else k end
                    from unnest(t.shared_codes) with ordinality s(k, i) order by i)
                    from unnest($1, $2) m(o, n) where t.%I = m.o and t.shared_codes <> '{}'$sql$, one.child, one.col)
                using olds, news;
            end if;
            execute format('update %s t set %I = m.n from unnest($1, $2) m(o, n) where t.%I = m.o', one.child, one.col, one.col)
            using olds, news;
        end if;
    end loop;
    foreach target in array still_open loop
        execute format('update %s t set %I = m.n from unnest($1, $2) m(o, n) where t.%I = m.o and t.valid_to is null',
            split_part(target, '.', 1)::regclass, split_part(target, '.', 2), split_part(target, '.', 2))
        using olds, news;
    end loop;
    foreach target in array counties loop
        execute format($sql$update %s t set %I = left(t.managing_code, 6) || '000000'
            where t.managing_code = any ($1) and t.%I in (select left(o, 6) || '000000' from unnest($2) o)$sql$,
            split_part(target, '.', 1)::regclass, split_part(target, '.', 2), split_part(target, '.', 2))
        using news, olds;
    end loop;
    foreach target in array keyed loop
        execute format($sql$update %s t set %I = array(
            select coalesce('at:' || m.n, k) from unnest(t.%I) with ordinality s(k, i)
            left join unnest($1, $2) m(o, n) on k = 'at:' || m.o order by i) where t.%I::text[] && $3$sql$,
            split_part(target, '.', 1)::regclass, split_part(target, '.', 2), split_part(target, '.', 2), split_part(target, '.', 2))
        using olds, news, keys;
    end loop;

    select array_agg(distinct x) filter (where x is not null) into told from boundaries_rows(
        olds, news, villages, counting, answering, workers, plan.effective_on, plan.made_by, moment, null) x;

    if plan.kind = 'village_split' then
        insert into boundaries_assignment (id, managing_code, shared_codes, change_id, person_id)
        select gen_random_uuid(), p.managing_code, '{}', change, p.id
        from registry_person p join places_divisionchangerow r on r.change_id = change and r.old_code = r.new_code
        where p.managing_code = r.old_code;
    end if;
    return jsonb_build_object('people', people, 'rows', changed, 'told', coalesce(to_jsonb(told), '[]'::jsonb));
end
$body$
"""

ASSIGN = f"""
create function boundaries_assign(assignment uuid, village text, counting uuid, answering uuid, worker uuid, moment timestamptz)
returns boolean
language plpgsql volatile security definer set search_path = public, pg_temp as $body$
declare
    one record;
    before text;
begin
    select a.person_id, a.change_id, c.effective_on into one
    from boundaries_assignment a join places_divisionchange c on c.id = a.change_id
    where a.id = assignment and a.settled_at is null and {VISIBLE.replace("managing_code", "a.managing_code").replace("shared_codes", "a.shared_codes")}
    for update of a;
    if not found or not registry_holds(village)
        or not exists (select 1 from places_divisionchangerow r where r.change_id = one.change_id and r.new_code = village) then
        return false;
    end if;
    select managing_code into before from registry_person where id = one.person_id for update;
    if before <> village then
        perform registry_carry(array[one.person_id], village);
        perform boundaries_rows(array[before], array[village], array[village], array[counting], array[answering], array[worker],
            one.effective_on, nullif(current_setting('app.user', true), '')::uuid, moment, one.person_id);
        update registry_address set division_code = village
        where person_id = one.person_id and division_code = before and valid_to is null;
    end if;
    return true;
end
$body$
"""  # noqa: S608 -- made of constants

_ROWS = "boundaries_rows(text[], text[], text[], uuid[], uuid[], uuid[], date, uuid, timestamptz, uuid)"
_CARRY = "boundaries_carry(uuid, text[], uuid[], uuid[], uuid[], text[], text[], text[], text[], timestamptz)"
_ASSIGN = "boundaries_assign(uuid, text, uuid, uuid, uuid, timestamptz)"


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0001_assignments"),
        ("registry", "0014_moving"),
        ("accounts", "0005_further_places"),
    ]

    operations = [
        enable("boundaries_assignment"),
        never_deleted("boundaries_assignment", ("settled_at", "settled_by")),
        migrations.RunSQL(
            sql=[
                ROWS,
                CARRY,
                ASSIGN,
                f"revoke all on function {_ROWS}, {_CARRY}, {_ASSIGN} from public",
                f"grant execute on function {_CARRY}, {_ASSIGN} to {APP}",
            ],
            reverse_sql=[f"drop function {_ASSIGN}, {_CARRY}, {_ROWS}"],
        ),
    ]
