"""Where two places become one, what each had once meets: a village in a quarter's sweep, a township's sweep, a village in a special
action or a hand-over. Before, the change as a whole failed. The function is that of 0002; of the places it carries, the row that was
there already speaks and the other stays where it was, as what happened then. Only a sweep that still runs goes on as one."""

from importlib import import_module

from django.db import migrations

_carrying = import_module("xinqiao.boundaries.migrations.0002_carrying")


def _with(sql: str, was: str, now: str) -> str:
    assert sql.count(was) == 1, was  # noqa: S101 -- the text is this folder's own
    return sql.replace(was, now)


def _one_by_one(
    indent: int, act: str, table: str, column: str, value: str, rows: str, count: bool = False
) -> str:
    """`act` for all rows at once, or, where some meet others, for each that can."""
    lines = [
        "begin",
        *(f"    {line}" for line in act.strip().splitlines()),
        "exception when unique_violation then",
        *(["    moved := 0;"] if count else []),
        f"    for line in {rows} loop",
        "        begin",
        f"            execute format('update %s set %I = $1 where ctid = $2', {table}, {column}) using {value}, line.at;",
        *(["            moved := moved + 1;"] if count else []),
        "        exception when unique_violation then",
        "            null;  -- the row of the place that goes on is there already",
        "        end;",
        "    end loop;",
        "end;",
    ]
    return "\n".join(" " * indent + line for line in lines)


_ALL = """execute format('update %s t set managing_code = m.n from unnest($1, $2) m(o, n) where t.managing_code = m.o', one.child)
        using olds, news;
        get diagnostics moved = row_count;"""
_CARRIED = """execute format('update %s t set %I = m.n from unnest($1, $2) m(o, n) where t.%I = m.o', one.child, one.col, one.col)
            using olds, news;"""
_SWEEPS = """
    -- A sweep that still runs: one township has one, one village stands in it once, done when all of it is.
    for line in select g.id as gone, k.id as kept
        from unnest(olds, news) m(o, n) join screening_sweep g on g.place = m.o
        join screening_sweep k on k.place = m.n and k.year = g.year and k.quarter = g.quarter
        where g.closed_on is null and k.closed_on is null
          and make_date(g.year, g.quarter * 3, 1) + interval '1 month' > plan.effective_on
    loop
        update screening_sweepvillage v set sweep_id = line.kept where v.sweep_id = line.gone and not exists (
            select 1 from screening_sweepvillage x where x.sweep_id = line.kept and x.managing_code = v.managing_code);
        update screening_clue set sweep_id = line.kept where sweep_id = line.gone;
        update screening_sweep set closed_on = greatest(plan.effective_on, opened_on) where id = line.gone;
    end loop;
    for line in select g.id as gone, k.id as kept
        from unnest(olds, news) m(o, n) join screening_sweepvillage g on g.managing_code = m.o
        join screening_sweepvillage k on k.sweep_id = g.sweep_id and k.managing_code = m.n
        join screening_sweep s on s.id = g.sweep_id
        where s.closed_on is null and make_date(s.year, s.quarter * 3, 1) + interval '1 month' > plan.effective_on
    loop
        update screening_sweepvillage k set done_on = case when g.done_on is not null and k.done_on is not null
                then greatest(g.done_on, k.done_on) end, households = g.households + k.households, people = g.people + k.people
        from screening_sweepvillage g where g.id = line.gone and k.id = line.kept;
        update screening_sweepcheck set village_id = line.kept where village_id = line.gone;
        update clocks_clock set outcome = 'cancelled', took = null, paused_on = null where subject = line.gone;
        delete from screening_sweepvillage where id = line.gone;
    end loop;

    for one in select a.attrelid::regclass as child from"""

CARRY = _carrying.CARRY.replace("create function", "create or replace function", 1)
CARRY = _with(CARRY, "    one record;\n", "    one record;\n    line record;\n")
CARRY = _with(CARRY, "\n    for one in select a.attrelid::regclass as child from", _SWEEPS)
CARRY = _with(
    CARRY, f"        {_ALL}",
    _one_by_one(
        8, _ALL.replace("\n        ", "\n"), "one.child", "'managing_code'", "line.n",
        "execute format('select t.ctid as at, m.n from %s t join unnest($1, $2) m(o, n) on t.managing_code = m.o', one.child)"
        " using olds, news", count=True,
    ),
)  # fmt: skip
CARRY = _with(
    CARRY, f"            {_CARRIED}",
    _one_by_one(
        12, _CARRIED.replace("\n            ", "\n"), "one.child", "one.col", "line.n",
        "execute format('select t.ctid as at, m.n from %s t join unnest($1, $2) m(o, n) on t.%I = m.o', one.child, one.col)"
        " using olds, news",
    ),
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("boundaries", "0002_carrying"),
        ("screening", "0001_screening"),
        ("clocks", "0001_clocks"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[CARRY],
            reverse_sql=[_carrying.CARRY.replace("create function", "create or replace function", 1)],
        )
    ]
