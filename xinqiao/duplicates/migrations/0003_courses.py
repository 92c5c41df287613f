"""One life out of two: merging may put away events of the life of either file, and write down who counted before the file that
stays was opened. Taking apart knows what has happened since: what was written about a row goes back with it, and borders that
changed meanwhile changed for the file that was put away too. The functions are those of 0002, with that."""

from importlib import import_module

from django.db import migrations

_ledger = import_module("xinqiao.duplicates.migrations.0002_ledger")

_PARKS = "('registry_identifier', 'registry_guardian') then\n            raise exception 'merge: cannot park"
_MADE = "('registry_othernumber', 'registry_personname', 'registry_personrevision')"


def _again(sql: str) -> str:
    return sql.replace("create function", "create or replace function", 1)


def _with(sql: str, was: str, now: str) -> str:
    assert sql.count(was) == 1, was  # noqa: S101 -- the text is this folder's own
    return sql.replace(was, now)


MERGE = _with(
    _with(_again(_ledger.MERGE), _PARKS, _PARKS.replace("'registry_guardian'", "'registry_guardian', 'registry_lifeevent'")),
    _MADE,
    _MADE.replace("'registry_personrevision'", "'registry_personrevision', 'registry_lifeevent', 'registry_responsibility'"),
)  # fmt: skip

_SINCE = """
    select * into l from registry_person p where p.id = m.loser_id;
    -- What was written since about a row that goes back goes with it: the amendment of a visit, its review.
    loop
        changed := 0;
        for one in select h.*, r.col as person_col, a.col as above from duplicates_hanging() h
            join duplicates_references() a on a.tab = h.parent and a.is_key
            left join duplicates_references() r on r.tab = h.tab and r.is_key
            where h.tab not in ('followup_obligation', 'followup_standing') loop  -- folded anew
            execute format(
                'update %I t set %s managing_code = case when t.managing_code = $3 then $4 else t.managing_code end,'
                ' shared_codes = case when t.shared_codes = $5 then $6 else t.shared_codes end'
                ' from %I p where p.id = t.%I and p.%I = $1 and %s and not exists (select 1 from duplicates_moved d'
                ' where d.merge_id = $7 and d.table_name = %L and d.row_id = t.id::text)',
                one.tab, case when one.person_col is not null then format('%I = $1,', one.person_col) end, one.parent, one.col, one.above,
                case when one.person_col is null then 't.managing_code = $3 and $3 <> $4' else format('t.%I = $2', one.person_col) end,
                one.tab)
            using l.id, w.id, w.managing_code, l.managing_code, w.shared_codes, l.shared_codes, merged;
            get diagnostics n = row_count;
            changed := changed + n;
        end loop;
        exit when changed = 0;
    end loop;
    -- Borders that changed while the file was put away: from that day on it counts at what its place became.
    loop
        select r.*, x.new_code, c.effective_on into one
        from registry_responsibility r
        join places_divisionchangerow x on x.old_code = r.counted_code and x.new_code <> x.old_code
        join places_divisionchange c on c.id = x.change_id and c.state = 'done' and c.effective_on > r.valid_from
        where r.person_id = l.id and r.voided_at is null and r.valid_to is null and r.counted_now is not null
        order by c.effective_on, r.id limit 1;
        exit when not found;
        update registry_responsibility set valid_to = one.effective_on where id = one.id;
        insert into registry_responsibility (id, managing_code, shared_codes, person_id, recorded_at, recorded_by, voided_reason,
            kind, institution_id, worker_id, worker_name, counted_code, counted_now, reason, valid_from)
        values (gen_random_uuid(), l.managing_code, l.shared_codes, l.id, now(), one.recorded_by, '', one.kind,
            one.institution_id, one.worker_id, one.worker_name, one.new_code, nullif(one.counted_now, one.new_code),
            'boundary', one.effective_on);
    end loop;
end
$body$
"""
_END = """    end loop;
end
$body$
"""
UNMERGE = _with(
    _again(_ledger.UNMERGE),
    "    held text;\n",
    "    held text;\n    l registry_person;\n    changed bigint;\n    n bigint;\n",
)
assert UNMERGE.endswith(_END)  # noqa: S101 -- the text is this folder's own
UNMERGE = UNMERGE.removesuffix(_END) + "    end loop;" + _SINCE


class Migration(migrations.Migration):
    dependencies = [("duplicates", "0002_ledger")]

    operations = [
        migrations.RunSQL(sql=[MERGE, UNMERGE], reverse_sql=[_again(_ledger.MERGE), _again(_ledger.UNMERGE)])
    ]
