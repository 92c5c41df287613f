"""Counts kept by village and day, and the marks that say when they no longer hold (docs/decisions/0016).

No row here is about a person. A mark carries the number of the transaction that wrote it, a tally the snapshot it was counted
under: a tally holds as long as its snapshot saw every mark of its village. The marks are written by triggers, so that no way of
changing a fact can forget them; the triggers run as the owner because a fact may change figures of a place its author does not
see.
"""

from django.conf import settings
from django.db import migrations

#: Table → the day from which a row says something, the person, and what in it the figures read.
WATCHED = {
    "registry_person": ("filed_on", "id", ("filed_on",)),
    "registry_lifeevent": ("happened_on", "person_id", ("kind", "happened_on", "voided_at")),
    "registry_consent": (
        "happened_on",
        "person_id",
        ("basis", "decision", "happened_on", "recorded_at", "voided_at"),
    ),
    "registry_diagnosis": (
        "happened_on",
        "person_id",
        ("category", "happened_on", "recorded_at", "voided_at"),
    ),
    "followup_visit": (
        "visit_date",
        "person_id",
        (
            "visit_date", "form", "targets", "lost_reason", "death_date", "risk", "counted_risk", "visit_class",
            "counted_class", "hospital", "adherence", "danger_acts", "review_status", "voided_at", "superseded", "rehab",
            "case_mgmt",
        ),
    ),
    "treatment_exam": ("happened_on", "person_id", ("happened_on", "voided_at")),
    "registry_support": ("valid_from", "person_id", ("kind", "answer", "valid_from", "valid_to", "voided_at")),
    "registry_certificate": ("valid_from", "person_id", ("valid_from", "valid_to", "voided_at")),
    "registry_careplacement": ("valid_from", "person_id", ("valid_from", "valid_to", "voided_at")),
    "followup_obligation": ("due_on", "person_id", ("due_on", "ON_TIME", "CANCELLED")),
}  # fmt: skip
EXPRESSIONS = {
    "ON_TIME": "({0}.outcome in ('done', 'late') and coalesce({0}.closed_on <= {0}.due_on, false))",
    "CANCELLED": "({0}.outcome = 'cancelled' and coalesce({0}.closed_on, {0}.due_on) <= {0}.due_on)",
}

TABLES = """
create table indicators_tally (
  day date not null,
  code varchar(12) collate "C" not null,
  shape varchar(16) not null,
  counts integer[] not null,
  seen pg_snapshot not null,
  counted_at timestamptz not null default clock_timestamp(),
  primary key (day, code)
);
create table indicators_tallied (
  day date not null,
  county varchar(12) collate "C" not null,
  shape varchar(16) not null,
  seen pg_snapshot not null,
  counted_at timestamptz not null default clock_timestamp(),
  primary key (day, county)
);
create table indicators_mark (
  id bigint generated always as identity primary key,
  code varchar(12) collate "C" not null,
  since date not null,
  xact xid8 not null default pg_current_xact_id(),
  marked_at timestamptz not null default clock_timestamp()
);
create index indicators_mark_code on indicators_mark (code);
create table indicators_run (
  id bigint generated always as identity primary key,
  kind varchar(12) not null,
  place varchar(12) collate "C" not null,
  day date,
  began_at timestamptz not null,
  ended_at timestamptz not null default clock_timestamp(),
  villages integer not null,
  differences integer not null default 0,
  note varchar(200) not null default ''
);
"""
UNDO = "drop table indicators_run; drop table indicators_mark; drop table indicators_tallied; drop table indicators_tally"


def _read(name: str, row: str) -> str:
    return EXPRESSIONS[name].format(row) if name in EXPRESSIONS else f"{row}.{name}"


def watch(table: str, since: str, person: str, columns: tuple[str, ...]) -> list[str]:
    """The trigger function and the three triggers of one table."""
    changed = " or ".join(
        f"{_read(c, 'o')} is distinct from {_read(c, 'n')}" for c in dict.fromkeys((person, *columns))
    )
    function = f"indicators_mark_{table}"
    return [
        f"""create function {function}() returns trigger language plpgsql security definer
set search_path = pg_catalog, public as $$
begin
  if tg_op = 'INSERT' then
    insert into indicators_mark (code, since)
    select r.counted_code, min(n.{since}) from added n
    join registry_responsibility r on r.person_id = n.{person} and r.kind = 'counting' group by 1;
  elsif tg_op = 'DELETE' then
    insert into indicators_mark (code, since)
    select r.counted_code, min(o.{since}) from gone o
    join registry_responsibility r on r.person_id = o.{person} and r.kind = 'counting' group by 1;
  else
    insert into indicators_mark (code, since)
    select r.counted_code, min(least(o.{since}, n.{since})) from gone o join added n using (id)
    join registry_responsibility r on r.person_id in (o.{person}, n.{person}) and r.kind = 'counting'
    where {changed} group by 1;
  end if;
  return null;
end $$""",
        *_triggers(table, function),
    ]


def _triggers(table: str, function: str) -> list[str]:
    return [
        f"create trigger {function}_insert after insert on {table} referencing new table as added"
        f" for each statement execute function {function}()",
        f"create trigger {function}_update after update on {table} referencing old table as gone new table as added"
        f" for each statement execute function {function}()",
        f"create trigger {function}_delete after delete on {table} referencing old table as gone"
        f" for each statement execute function {function}()",
    ]


#: Who counts where: the places a row names now and named before, and every other place the person ever counted at.
_PLACES = """create function indicators_mark_registry_responsibility() returns trigger language plpgsql security definer
set search_path = pg_catalog, public as $$
begin
  if tg_op = 'INSERT' then
    insert into indicators_mark (code, since)
    select r.counted_code, min(n.valid_from) from added n
    join registry_responsibility r on r.person_id = n.person_id and r.kind = 'counting'
    where n.kind = 'counting' group by 1;
  elsif tg_op = 'DELETE' then
    insert into indicators_mark (code, since)
    select code, min(since) from (
      select o.counted_code as code, o.valid_from as since from gone o where o.kind = 'counting'
      union all
      select r.counted_code, o.valid_from from gone o
      join registry_responsibility r on r.person_id = o.person_id and r.kind = 'counting' where o.kind = 'counting'
    ) x group by 1;
  else
    insert into indicators_mark (code, since)
    select code, min(since) from (
      select c.code, least(o.valid_from, n.valid_from) as since
      from gone o join added n using (id)
      cross join lateral (
        select o.counted_code as code union select n.counted_code union
        select r.counted_code from registry_responsibility r
        where r.person_id in (o.person_id, n.person_id) and r.kind = 'counting'
      ) c
      where 'counting' in (o.kind, n.kind)
        and (o.person_id is distinct from n.person_id or o.kind is distinct from n.kind
          or o.counted_code is distinct from n.counted_code
          or o.valid_from is distinct from n.valid_from or o.voided_at is distinct from n.voided_at)
    ) x group by 1;
  end if;
  return null;
end $$"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("registry", "0006_record_whole_rls"),
        ("followup", "0007_waiting"),
        ("treatment", "0001_exam"),
    ]

    operations = [
        migrations.RunSQL(TABLES, UNDO),
        migrations.RunSQL(
            [
                f"revoke insert, update, delete, truncate on indicators_mark from {settings.XINQIAO_ROLES['app']}",
                f"grant delete on indicators_mark to {settings.XINQIAO_ROLES['app']}",
                f"revoke update, delete, truncate on indicators_run from {settings.XINQIAO_ROLES['app']}",
            ],
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            [_PLACES, *_triggers("registry_responsibility", "indicators_mark_registry_responsibility")],
            "drop function indicators_mark_registry_responsibility() cascade",
        ),
        *[
            migrations.RunSQL(
                watch(table, *rest),
                f"drop function indicators_mark_{table}() cascade",
            )
            for table, rest in WATCHED.items()
        ],
    ]
