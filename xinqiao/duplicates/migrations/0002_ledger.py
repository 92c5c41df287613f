"""Row-level security, and the functions of the owner that merge two files and take them apart again.

What refers to a person is read from the catalogue. The caller says for each column what becomes of it; a column that the
caller leaves out stops the whole, so that a table that came later cannot be forgotten in silence.
"""

from django.conf import settings
from django.db import migrations

from xinqiao.accounts.rls import VISIBLE, enable, never_deleted

APP = settings.XINQIAO_ROLES["app"]
NATION = "000000000000"


def _of(alias: str) -> str:
    return VISIBLE.replace("managing_code", f"{alias}.managing_code").replace(
        "shared_codes", f"{alias}.shared_codes"
    )


# Every column that names a person: by a foreign key, or by its name.
REFERENCES = """
create function duplicates_references()
returns table (tab text, col text, is_key boolean, scoped boolean, many boolean)
language sql stable set search_path = public, pg_temp as $$
    with columns as (
        select c.oid as rel, c.relname::text as tab, a.attname::text as col, a.attnum, t.typname,
            exists (select 1 from pg_attribute m where m.attrelid = c.oid and m.attname = 'managing_code'
                    and not m.attisdropped) as scoped,
            exists (select 1 from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and k.conkey = array[a.attnum]
                    and k.confrelid = 'registry_person'::regclass) as is_key
        from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    )
    select tab, col, is_key, scoped, typname = '_uuid' from columns
    where is_key or (typname = 'uuid' and (col = 'person_id' or col like '%\\_person\\_id'))
        or (typname = '_uuid' and (col = 'person_ids' or col like '%\\_person\\_ids'))
$$
"""

# Columns that name a row about a person without a foreign key.
HANGING = """
create function duplicates_hanging() returns table (tab text, col text, parent text)
language sql stable set search_path = public, pg_temp as $$
    with own as (
        select distinct tab from duplicates_references() where is_key and scoped
    ), scoped as (
        select c.oid, c.relname::text as tab from pg_class c join pg_attribute m on m.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and m.attname = 'managing_code' and not m.attisdropped
    )
    select s.tab, a.attname::text, p.relname::text
    from pg_constraint k join scoped s on s.oid = k.conrelid join pg_class p on p.oid = k.confrelid
    join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
    where k.contype = 'f' and cardinality(k.conkey) = 1 and p.relname::text in (select tab from own)
        and p.relname <> 'registry_person'
    union
    select s.tab, 'visit_id', 'followup_visit' from scoped s
    join pg_attribute a on a.attrelid = s.oid and a.attname = 'visit_id' and not a.attisdropped
$$
"""

MERGE = f"""
create function duplicates_merge_people(merged uuid, plan jsonb, parks jsonb, ends jsonb, made jsonb, today date)
returns void language plpgsql volatile security definer set search_path = public, pg_temp as $body$
declare
    m duplicates_merge;
    w registry_person;
    l registry_person;
    one record;
    line record;
    missing text;
    held text;
    conflict boolean;
begin
    select * into m from duplicates_merge where id = merged and undone_at is null and {VISIBLE} for update;
    if not found then
        raise exception 'merge: not there' using errcode = 'no_data_found';
    end if;
    perform 1 from registry_person p where p.id in (m.winner_id, m.loser_id) order by p.id for update;
    select * into w from registry_person p where p.id = m.winner_id and {_of("p")};
    if not found then
        raise exception 'merge: not yours' using errcode = 'no_data_found';
    end if;
    select * into l from registry_person p where p.id = m.loser_id and {_of("p")};
    if not found or left(w.managing_code, 6) <> left(l.managing_code, 6) or w.managing_code = '{NATION}'
       or l.managing_code = '{NATION}' or exists (select 1 from duplicates_moved d where d.merge_id = merged) then
        raise exception 'merge: not two files of one county' using errcode = 'no_data_found';
    end if;
    select string_agg(r.tab || '.' || r.col, ', ') into missing from duplicates_references() r
    where not exists (select 1 from jsonb_array_elements(plan) s where s ->> 'table' = r.tab and s ->> 'column' = r.col);
    if missing is not null then
        raise exception 'merge: not covered: %', missing using errcode = 'feature_not_supported';
    end if;

    -- Rows that are ended before others come beside them, on either side.
    for one in select e ->> 'table' as tab, (e ->> 'id')::uuid as id from jsonb_array_elements(ends) e loop
        if one.tab not in ('registry_address', 'registry_guardian') then
            raise exception 'merge: cannot end %', one.tab;
        end if;
        execute format(
            'insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)'
            ' select $1, %L, t.id::text, ''person_id'', ''ended'', t.person_id, null, null,'
            ' jsonb_build_object(''valid_to'', null), jsonb_build_object(''valid_to'', greatest($2, t.valid_from))'
            ' from %I t where t.id = $3 and t.person_id in ($4, $5) and t.valid_to is null', one.tab, one.tab)
        using merged, today, one.id, w.id, l.id;
        execute format('update %I set valid_to = greatest($1, valid_from) where id = $2 and person_id in ($3, $4) and valid_to is null', one.tab)
        using today, one.id, w.id, l.id;
    end loop;
    -- Rows that are put away by choice: a number that no longer names the file.
    for one in select e ->> 'table' as tab, (e ->> 'id')::uuid as id from jsonb_array_elements(parks) e loop
        if one.tab not in ('registry_identifier', 'registry_guardian') then
            raise exception 'merge: cannot park %', one.tab;
        end if;
        execute format(
            'insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)'
            ' select $1, %L, t.id::text, ''person_id'', ''parked'', t.person_id, t.managing_code, t.shared_codes, ''{{}}'', ''{{}}'''
            ' from %I t where t.id = $2 and t.person_id in ($3, $4)', one.tab, one.tab)
        using merged, one.id, w.id, l.id;
        execute format('update %I set managing_code = ''{NATION}'', shared_codes = ''{{}}'' where id = $1 and person_id in ($2, $3)', one.tab)
        using one.id, w.id, l.id;
    end loop;
    for one in select e ->> 'table' as tab, (e ->> 'id')::uuid as id from jsonb_array_elements(made) e loop
        if one.tab not in ('registry_othernumber', 'registry_personname', 'registry_personrevision') then
            raise exception 'merge: cannot make %', one.tab;
        end if;
        execute format(
            'insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was, now)'
            ' select $1, %L, t.id::text, ''person_id'', ''made'', t.person_id, ''{{}}'', ''{{}}'' from %I t where t.id = $2 and t.person_id = $3',
            one.tab, one.tab)
        using merged, one.id, w.id;
    end loop;

    for one in
        select r.*, coalesce(s ->> 'strategy', 'move') as strategy, s ->> 'when_column' as when_column, s ->> 'when_value' as when_value
        from jsonb_array_elements(plan) with ordinality as p(s, n)
        join duplicates_references() r on r.tab = s ->> 'table' and r.col = s ->> 'column'
        where s ->> 'strategy' <> 'keep' and r.tab <> 'registry_person'
        order by n
    loop
        held := case when one.scoped then 't.managing_code as code, t.shared_codes as shared'
            else 'null::text as code, null::text[] as shared' end;
        if one.strategy in ('park', 'derived', 'void') and not one.scoped then
            raise exception 'merge: % cannot be parked', one.tab;
        end if;
        if one.many then
            raise exception 'merge: % names many', one.tab;
        end if;
        if one.strategy in ('park', 'derived', 'void') then
            execute format(
                'insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)'
                ' select $1, %L, t.id::text, %L, %L, $2, %s, %s, %s from %I t where t.%I = $2 and t.managing_code <> ''{NATION}''',
                one.tab, one.col, case one.strategy when 'void' then 'voided' else 'parked' end, held,
                case one.strategy when 'void'
                    then 'jsonb_build_object(''voided_at'', t.voided_at, ''voided_by'', t.voided_by, ''voided_reason'', t.voided_reason)'
                    else '''{{}}''::jsonb' end,
                case one.strategy when 'void' then 'jsonb_build_object(''voided_at'', coalesce(t.voided_at, $3), ''voided_by'','
                    ' case when t.voided_at is null then $4 else t.voided_by end, ''voided_reason'','
                    ' case when t.voided_at is null then ''合并档案'' else t.voided_reason end)' else '''{{}}''::jsonb' end,
                one.tab, one.col)
            using merged, l.id, m.merged_at, m.merged_by;
            execute format(
                'update %I t set managing_code = ''{NATION}'', shared_codes = ''{{}}''%s where t.%I = $1 and t.managing_code <> ''{NATION}''',
                one.tab, case one.strategy when 'void' then ', voided_at = coalesce(t.voided_at, $2),'
                    ' voided_by = case when t.voided_at is null then $3 else t.voided_by end,'
                    ' voided_reason = case when t.voided_at is null then ''合并档案'' else t.voided_reason end' else '' end, one.col)
            using l.id, m.merged_at, m.merged_by;
            continue;
        end if;
        if one.when_column is not null then
            execute format(
                'insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)'
                ' select $1, %L, t.id::text, %L, ''parked'', $2, %s, ''{{}}'', ''{{}}'' from %I t where t.%I = $2 and t.%I::text = $3'
                ' and t.managing_code <> ''{NATION}''', one.tab, one.col, held, one.tab, one.col, one.when_column)
            using merged, l.id, one.when_value;
            execute format('update %I t set managing_code = ''{NATION}'', shared_codes = ''{{}}'' where t.%I = $1 and t.%I::text = $2',
                one.tab, one.col, one.when_column)
            using l.id, one.when_value;
        end if;
        for line in execute format(
            'select t.id::text as id, %s from %I t where t.%I = $1%s order by t.id',
            held, one.tab, one.col, case when one.scoped then ' and t.managing_code <> ''{NATION}''' else '' end)
        using l.id loop
            conflict := false;
            begin
                execute format('update %I t set %I = $1%s where t.id = %L', one.tab, one.col,
                    case when one.scoped then ', managing_code = case when t.managing_code = $3 then $2 else t.managing_code end,'
                        ' shared_codes = case when t.shared_codes = $5 then $4 else t.shared_codes end' else '' end, line.id)
                using w.id, w.managing_code, l.managing_code, w.shared_codes, l.shared_codes;
            exception when unique_violation or exclusion_violation then
                conflict := true;
            end;
            if conflict and not one.scoped then
                raise exception 'merge: % cannot move', one.tab;
            end if;
            if conflict then
                execute format('update %I t set managing_code = ''{NATION}'', shared_codes = ''{{}}'' where t.id = %L', one.tab, line.id);
            end if;
            insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)
            values (merged, one.tab, line.id, one.col, case when conflict then 'parked' else 'moved' end, l.id,
                    line.code, line.shared, '{{}}', '{{}}');
        end loop;
    end loop;

    -- What hangs on a row that was parked stays with it; what hangs on a row that moved, and names nobody itself, goes along.
    for conflict in select unnest(array[false, true]) loop
        for one in select h.*, r.col as person_col from duplicates_hanging() h
            left join duplicates_references() r on r.tab = h.tab and r.is_key loop
            if one.person_col is not null then
                for line in execute format(
                    'select t.id::text as id, d.id as ledger, d.was_code as code from %I t join duplicates_moved p on p.merge_id = $1'
                    ' and p.table_name = %L and p.action in (''parked'', ''voided'') and p.row_id = t.%I::text and p.was_person = $2'
                    ' join duplicates_moved d on d.merge_id = $1 and d.table_name = %L and d.row_id = t.id::text and d.action = ''moved'''
                    ' and d.column_name = %L', one.tab, one.parent, one.col, one.tab, one.person_col)
                using merged, l.id loop
                    execute format('update %I t set %I = $1, managing_code = ''{NATION}'', shared_codes = ''{{}}'' where t.id = %L',
                        one.tab, one.person_col, line.id) using l.id;
                    update duplicates_moved set action = 'parked' where id = line.ledger;
                end loop;
            else
                for line in execute format(
                    'select t.id::text as id, t.managing_code as code, t.shared_codes as shared, p.action as action from %I t'
                    ' join duplicates_moved p on p.merge_id = $1 and p.table_name = %L and p.row_id = t.%I::text and p.was_person = $2'
                    ' and p.action in (''moved'', ''parked'', ''voided'')'
                    ' where not exists (select 1 from duplicates_moved d where d.merge_id = $1 and d.table_name = %L and d.row_id = t.id::text)'
                    ' and t.managing_code <> ''{NATION}''', one.tab, one.parent, one.col, one.tab)
                using merged, l.id loop
                    if line.action = 'moved' then
                        execute format('update %I t set managing_code = case when t.managing_code = $1 then $2 else t.managing_code end,'
                            ' shared_codes = case when t.shared_codes = $3 then $4 else t.shared_codes end where t.id = %L', one.tab, line.id)
                        using l.managing_code, w.managing_code, l.shared_codes, w.shared_codes;
                    else
                        execute format('update %I t set managing_code = ''{NATION}'', shared_codes = ''{{}}'' where t.id = %L', one.tab, line.id);
                    end if;
                    insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)
                    values (merged, one.tab, line.id, '', case line.action when 'moved' then 'moved' else 'parked' end, null,
                            line.code, line.shared, '{{}}', '{{}}');
                end loop;
            end if;
        end loop;
    end loop;

    insert into duplicates_moved (merge_id, table_name, row_id, column_name, action, was_person, was_code, was_shared, was, now)
    values (merged, 'registry_person', l.id::text, 'id', 'parked', l.id, l.managing_code, l.shared_codes, '{{}}', '{{}}');
    update registry_person set managing_code = '{NATION}', shared_codes = '{{}}' where id = l.id;
end
$body$
"""  # noqa: S608 -- made of constants

UNMERGE = f"""
create function duplicates_unmerge_people(merged uuid, derived jsonb) returns void
language plpgsql volatile security definer set search_path = public, pg_temp as $body$
declare
    m duplicates_merge;
    w registry_person;
    line duplicates_moved;
    one record;
    held text;
begin
    select * into m from duplicates_merge where id = merged and undone_at is null and {VISIBLE} for update;
    if not found then
        raise exception 'unmerge: not there' using errcode = 'no_data_found';
    end if;
    perform 1 from registry_person p where p.id in (m.winner_id, m.loser_id) order by p.id for update;
    select * into w from registry_person p where p.id = m.winner_id and {_of("p")};
    if not found then
        raise exception 'unmerge: not yours' using errcode = 'no_data_found';
    end if;
    perform 1 from registry_person p where p.id = m.loser_id and p.managing_code = '{NATION}';
    if not found then
        raise exception 'unmerge: not merged' using errcode = 'no_data_found';
    end if;
    -- What was folded while the two were one is folded anew; only what exists since is thrown away.
    for one in select e ->> 'table' as tab, e ->> 'column' as col from jsonb_array_elements(derived) e
        join duplicates_references() r on r.tab = e ->> 'table' and r.col = e ->> 'column' loop
        if one.tab not in ('followup_obligation') then
            raise exception 'unmerge: % is not derived', one.tab;
        end if;
        execute format('delete from %I where %I = $1 and id > $2 and planned_reason = ''''', one.tab, one.col) using m.winner_id, m.id;
    end loop;
    for line in select * from duplicates_moved where merge_id = merged order by id desc loop
        if line.action = 'made' then
            execute format('delete from %I where id = %L and person_id = $1', line.table_name, line.row_id) using m.winner_id;
            continue;
        end if;
        for held in select jsonb_object_keys(line.now) loop
            -- What somebody changed since stays changed.
            execute format(
                'update %I t set %I = (jsonb_populate_record(null::%I, $1)).%I'
                ' where t.id = %L and to_jsonb(t) -> %L is not distinct from to_jsonb(jsonb_populate_record(null::%I, $2)) -> %L',
                line.table_name, held, line.table_name, held, line.row_id, held, line.table_name, held)
            using line.was, line.now;
        end loop;
        execute format('update %I t set %s where t.id = %L', line.table_name,
            concat_ws(', ',
                case when line.column_name not in ('', 'id') and line.was_person is not null then format('%I = $1', line.column_name) end,
                case when line.was_code is not null then 'managing_code = $2, shared_codes = $3' end),
            line.row_id)
        using line.was_person,
            case when line.was_person = m.winner_id then w.managing_code else line.was_code end,
            case when line.was_person = m.winner_id then w.shared_codes else line.was_shared end;
    end loop;
end
$body$
"""  # noqa: S608 -- made of constants

MOVED_OF = f"""
create function duplicates_moved_of(merged uuid) returns table (tab text, row_id text, what text, person uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select d.table_name::text, d.row_id, d.action::text, d.was_person from duplicates_moved d
    where d.merge_id = merged and exists (select 1 from duplicates_merge m where m.id = merged and {_of("m")})
    order by d.id
$$
"""  # noqa: S608 -- made of constants

# Where a file went, for whoever may see where it is now.
NOW_AT = f"""
create function duplicates_now_at(merged_away uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive chain (id, step) as (
        select m.winner_id, 1 from duplicates_merge m where m.loser_id = merged_away and m.undone_at is null
        union all
        select m.winner_id, c.step + 1 from chain c join duplicates_merge m on m.loser_id = c.id and m.undone_at is null
        where c.step < 20
    )
    select p.id from chain c join registry_person p on p.id = c.id where {_of("p")} order by c.step desc limit 1
$$
"""  # noqa: S608 -- made of constants

# The read log of a file tells also who read what was merged into it.
READS_OF = f"""
create or replace function registry_reads_of(wanted uuid, before uuid, most int)
returns table (id uuid, at timestamptz, actor_id uuid, role text, actor_place text, kind text, purpose text, people int)
language sql stable security definer set search_path = public, pg_temp as $$
    with recursive files (id) as (
        select wanted
        union
        select m.loser_id from files f join duplicates_merge m on m.winner_id = f.id and m.undone_at is null
    ), ids as (select array_agg(id) as all_of from files)
    select r.id, r.at, r.actor_id, r.role::text, r.actor_place::text, r.kind::text, r.purpose::text,
           cardinality(r.person_ids)
    from audit_read r
    where r.person_ids && (select all_of from ids)
      and (before is null or (r.at, r.id) < (select b.at, b.id from audit_read b
                                              where b.id = before and b.person_ids && (select all_of from ids)))
      and exists (select 1 from registry_person p where p.id = wanted and {_of("p")})
    order by r.at desc, r.id desc limit least(most, 500)
$$
"""  # noqa: S608 -- made of constants

_GIVEN = (
    "duplicates_merge_people(uuid, jsonb, jsonb, jsonb, jsonb, date)",
    "duplicates_unmerge_people(uuid, jsonb)",
    "duplicates_moved_of(uuid)",
    "duplicates_now_at(uuid)",
)


class Migration(migrations.Migration):
    dependencies = [
        ("duplicates", "0001_pairs_and_merges"),
        ("registry", "0014_moving"),
        ("followup", "0009_drafts_and_reviews_rls"),
    ]

    operations = [
        enable("duplicates_hunt"),
        enable("duplicates_pair"),
        enable("duplicates_merge"),
        never_deleted("duplicates_pair"),
        never_deleted("duplicates_merge", ("undone_at", "undone_by", "undone_reason")),
        migrations.RunSQL(
            sql=[
                f"revoke all on duplicates_moved from {APP}",
                # Why one number names two people is also said when two files are told apart.
                f"grant update (different_because) on registry_identifier to {APP}",
                REFERENCES,
                HANGING,
                MERGE,
                UNMERGE,
                MOVED_OF,
                NOW_AT,
                READS_OF,
                f"revoke all on function {', '.join(_GIVEN)} from public",
                f"grant execute on function {', '.join(_GIVEN)} to {APP}",
            ],
            reverse_sql=[f"drop function {', '.join(_GIVEN)}, duplicates_hanging(), duplicates_references()"],
        ),
    ]
