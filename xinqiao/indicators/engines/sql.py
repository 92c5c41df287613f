"""The same figures in one PostgreSQL statement, however many people and places.

Visits are folded, never sorted: "the last visit" is the greatest array [day, moment, …], and month gaps are
read off a bitmap of the year's months. Callers choose the connection: the report role for counting, the app role (under
row-level security) for the people behind a figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.backends.utils import CursorWrapper

from xinqiao.followup import facts as followup
from xinqiao.kernel.codes import full_code, level_of
from xinqiao.kernel.terms import Level
from xinqiao.registry import facts as registry
from xinqiao.treatment import facts as treatment

from ..declarations import Catalogue, catalogue
from ..language import to_sql
from ..state import COLUMNS, Frame, State
from . import WHOLE, Area, Cells

#: Where each column of State comes from. Month numbers count from January of T's year = 1; the anchor may lie before.
_STATE: Mapping[str, str] = {
    "excluded": "coalesce(life.excluded, false)",
    "died": "life.died_on is not null",
    "died_this_year": "coalesce(life.died_on >= %(year_start)s, false)",
    "moved_away": "life.out_on is not null and (life.in_on is null or life.in_on < life.out_on)",
    "lost_now": """life.lost_on is not null
        and coalesce(greatest(life.found_on, life.in_on) < life.lost_on, true)
        and coalesce(visits.last_contact <= life.lost_on, true)""",
    "in_hospital": """case
        when coalesce(life.admitted_on, life.discharged_on) is not null
         and (visits.last_stay is null
              or greatest(life.admitted_on, life.discharged_on) - date '2000-01-01' >= visits.last_stay[1])
        then coalesce(life.discharged_on < life.admitted_on, life.admitted_on is not null)
        else coalesce(visits.last_stay[3] = 1, false) end""",
    "filed_this_year": "p.filed_on >= %(year_start)s",
    "legal": """case when consent.statutory then 'statutory' when consent.answer is null then 'unasked'
        when consent.answer[3] = 1 then 'refused' else 'agreed' end""",
    "disorder": "coalesce(diagnosis.newest[3]::text, '')",
    "visits_year": "coalesce(visits.visits_year, 0)",
    "visits_month": "coalesce(visits.visits_month, 0)",
    "complete_year": "coalesce(visits.complete_year, 0)",
    "complete_12m": "coalesce(visits.complete_12m, 0)",
    "gaps_kept": """coalesce(
        date_part('month', visits.first_day)::int
          - ((date_part('year', coalesce(visits.before_year, p.filed_on))::int - date_part('year', %(on)s::date)::int) * 12
             + date_part('month', coalesce(visits.before_year, p.filed_on))::int) <= 3
        and date_part('month', %(on)s::date)::int - date_part('month', visits.last_day)::int <= 3
        and ((~(visits.months | (visits.months << 1) | (visits.months << 2)))
             & ((1 << date_part('month', visits.last_day)::int) - (1 << date_part('month', visits.first_day)::int))) = 0, false)""",
    "seen_in_window": "coalesce(visits.last[1] >= %(window_start)s::date - date '2000-01-01', false)",
    "last_visit_class": "case visits.last[4] when 3 then '1' when 2 then '2' when 1 then '3' else '' end",
    "last_class": "case visits.last_class[3] when 3 then '1' when 2 then '2' when 1 then '3' else '' end",
    "last_risk": "coalesce(visits.last_risk[3], -1)",
    "year_risk_assessed": "visits.complete_year > 0 and visits.last[3] >= 0",
    "year_adherence": "case when visits.complete_year > 0 and visits.last[6] > 0 then visits.last[6]::text else '' end",
    "year_in_hospital": "visits.complete_year > 0 and visits.last[5] = 1",
    "year_taken_any": "visits.taken_any",
    "year_taken_every": "visits.taken_every",
    "year_regular_every": "visits.regular_every",
    "face_in_year": "visits.face >= %(year_start)s",
    "face_in_half": "visits.face >= %(half_start)s",
    "face_in_half_strict": "visits.face_strict >= %(half_start)s",
    "face_in_quarter": "visits.face >= %(quarter_start)s",
    "face_in_quarter_strict": "visits.face_strict >= %(quarter_start)s",
    "incident_this_year": "visits.incidents",
    "minor_this_year": "visits.minor",
    "rehab_this_year": "visits.rehab",
    "case_this_year": "visits.case_managed",
    "examined_this_year": "exams.exams_year > 0",
    "in_rehab": "holdings.in_rehab",
    "with_doctor": "holdings.with_doctor",
    "with_subsidy": "holdings.with_subsidy",
    "in_care_group": "holdings.in_care_group",
    "with_certificate": "holdings.with_certificate",
    "due_month": "coalesce(owed.due_month, 0)",
    "on_time_month": "coalesce(owed.on_time_month, 0)",
    "due_year": "coalesce(owed.due_year, 0)",
    "on_time_year": "coalesce(owed.on_time_year, 0)",
    "not_on_time_year": "coalesce(owed.due_year - owed.on_time_year, 0)",
}


_FOLDS = (
    registry.LIFE,
    registry.CONSENT,
    registry.DIAGNOSIS,
    registry.HOLDINGS,
    followup.VISITS,
    followup.OWED,
    treatment.EXAMS,
)
#: Under which borders a past date is counted (docs/decisions/0021).
THEN, NOW = "then", "now"
#: Above so many people the statement reads whole tables and hashes; below it asks person by person.
MANY = 20_000


def _area_sql(by_codes: bool, now: bool) -> str:
    """Who is inside. Under the borders of now a row that names its place of now counts there, any other where it stood: two
    conditions, so that each has its index."""
    column = "{0} = any (%(codes)s)" if by_codes else "{0} >= %(lo)s and {0} < %(hi)s"
    if not now:
        return column.format("r.counted_code")
    stood, stands = column.format("r.counted_code"), column.format("r.counted_now")
    return f"(({stood} and r.counted_now is null) or ({stands}))"


@cache
def _state_sql(by_codes: bool, many: bool, now: bool = False) -> str:
    area = _area_sql(by_codes, now)
    columns = []
    for name, kind in COLUMNS.items():
        columns.append(
            f"coalesce({_STATE[name]}, false) as {name}" if kind is bool else f"{_STATE[name]} as {name}"
        )
    code = "coalesce(r.counted_now, r.counted_code)" if now else "r.counted_code"
    parts = [registry.people_sql(area, many=many, code=code)]
    if many:
        parts += [fold.at_once() for fold in _FOLDS]
        joins = " ".join(f"left join {fold.name} using (person_id)" for fold in _FOLDS)
    else:
        joins = "\n  ".join(fold.one_by_one() for fold in _FOLDS)
    listed = ",\n    ".join(columns)
    # Column names and pieces of SQL from this package only; what somebody typed is always a parameter.
    parts.append(f"state as (select p.person_id, p.code, p.filed_on, {listed}\n  from people p\n  {joins})")  # noqa: S608
    return "with " + ",\n".join(parts)


def is_large(area: Area, using: str) -> bool:
    """Whether more people than MANY ever counted there (a look at the index). Villages and townships are never large."""
    if area.codes or level_of(area.lo) > Level.COUNTY:
        return False
    with connections[using].cursor() as cursor:
        cursor.execute(
            "select count(*) from (select 1 from registry_responsibility where kind = 'counting'"
            " and counted_code >= %s and counted_code < %s limit %s) x",
            [area.lo, area.hi, MANY + 1],
        )
        return bool(cursor.fetchone()[0] > MANY)


#: For many people: room to hash, and none of the plans that walk an index or sort. Measured on 200,000 people.
_FOR_MANY = {
    "work_mem": "256MB",
    "enable_nestloop": "off",
    "enable_mergejoin": "off",
    "enable_sort": "off",
    "jit": "off",
}


@contextmanager
def _for_many(cursor: CursorWrapper, many: bool) -> Iterator[None]:
    """Planner settings for one statement over many people; given back afterwards."""
    if not many:
        yield
        return
    cursor.execute("select " + ", ".join(f"current_setting('{name}')" for name in _FOR_MANY))
    before = cursor.fetchone()
    settings = "select " + ", ".join(f"set_config('{name}', %s, true)" for name in _FOR_MANY)
    cursor.execute(settings, list(_FOR_MANY.values()))
    yield
    cursor.execute(settings, before)


def set_sql(declared: Catalogue, key: str) -> str:
    """The condition of a set over the columns of `state`, other sets written out."""
    who = declared.sets[key].who
    if who is None:
        raise ValueError(f"{key} does not count persons")

    def column(name: str) -> str:
        inner = declared.sets.get(name)
        return name if inner is None or inner.column else set_sql(declared, name)

    return to_sql(who, column)


@cache
def _numbers_sql() -> str:
    """One column per counted set, over the rows of `state`."""
    declared = catalogue()
    numbers = []
    for one in declared.counted:
        what = (
            f"coalesce(sum({one.column}) filter (where {{}}), 0)"
            if one.column
            else "count(*) filter (where {})"
        )
        numbers.append(what.format(set_sql(declared, one.key)))
    return ",\n  ".join(numbers)


@cache
def _count_sql(by_codes: bool, many: bool, cuts: tuple[int, ...], now: bool = False) -> str:
    places = ", ".join(f"left(code, {cut})" for cut in cuts)
    sets = ", ".join(["()", *(f"(left(code, {cut}))" for cut in cuts)])
    which = f"grouping({places})" if cuts else "0"
    return (
        f"{_state_sql(by_codes, many, now)}\nselect {which}, {places or 'null'}, "
        f"{_numbers_sql()}\nfrom state group by grouping sets ({sets})"
    )


def count_sql_text() -> str:
    """The whole statement: what a kept count depends on besides the facts."""
    return _count_sql(False, False, ())


#: The snapshot of now, in which whatever this transaction itself writes is not seen yet: PostgreSQL leaves one's own number
#: out of the list of those under way, so a later write of the same transaction would pass for seen.
_SNAPSHOT = """select case when own is null then snap::text else
    least(pg_snapshot_xmin(snap), own)::text || ':' || own::text || ':'
    || coalesce((select string_agg(x::text, ',' order by x) from pg_snapshot_xip(snap) x where x < own), '') end
  from (select pg_current_snapshot() as snap, pg_current_xact_id_if_assigned() as own) n"""


def by_code(area: Area, frame: Frame, *, many: bool | None = None) -> tuple[dict[str, dict[str, int]], str]:
    """Counts by the place people count at (a village as a rule), and a snapshot from before they were counted."""
    many = is_large(area, "report") if many is None else many
    keys = [one.key for one in catalogue().counted]
    statement = (
        f"{_state_sql(bool(area.codes), many)}\nselect code, {_numbers_sql()}\nfrom state group by code"
    )
    with connections["report"].cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        seen: str = cursor.fetchone()[0]
        with _for_many(cursor, many):
            cursor.execute(statement, parameters(area, frame))
            rows = cursor.fetchall()
    return {row[0]: dict(zip(keys, map(int, row[1:]), strict=True)) for row in rows}, seen


def count(
    area: Area,
    frame: Frame,
    cuts: Sequence[int] = (),
    *,
    using: str = "report",
    many: bool | None = None,
    borders: str = THEN,
) -> Cells:
    """All counted sets for the area and for the places below it named by the first `cuts` digits, under the borders of the day
    (`THEN`) or of today (`NOW`).

    One statement below the county; from the county up one more that looks how large the area is, unless `many` says so.
    """
    many = is_large(area, using) if many is None else many
    declared = catalogue()
    cuts = tuple(cuts)
    keys = [s.key for s in declared.counted]
    cells: Cells = {WHOLE: dict.fromkeys(keys, 0)}
    with connections[using].cursor() as cursor:
        with _for_many(cursor, many):
            cursor.execute(_count_sql(bool(area.codes), many, cuts, borders == NOW), parameters(area, frame))
            rows = cursor.fetchall()
        for row in rows:
            codes = row[1 : 1 + max(len(cuts), 1)]
            numbers = [int(n) for n in row[1 + max(len(cuts), 1) :]]
            at = WHOLE
            # grouping() has a zero bit for the place this row is about, the first cut in the highest bit.
            for index, cut in enumerate(cuts):
                if not row[0] >> (len(cuts) - 1 - index) & 1:
                    at = (cut, full_code(codes[index]))
            cells[at] = dict(zip(keys, numbers, strict=True))
    return cells


def parameters(area: Area, frame: Frame) -> dict[str, Any]:
    """What the statements ask for by name."""
    return asdict(frame) | {"lo": area.lo, "hi": area.hi, "codes": list(area.codes)}


@dataclass(frozen=True, slots=True)
class Found:
    """One person with the state that was counted."""

    id: UUID
    name: str
    code: str
    filed_on: date
    state: State


def people(
    area: Area,
    frame: Frame,
    condition: str = "true",
    *,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
    using: str = "default",
    borders: str = THEN,
) -> list[Found]:
    """The people of an area for whom `condition` (from `set_sql`) holds, by place and id, after a key. One statement."""
    given = parameters(area, frame) | {"limit": limit}
    if after:
        condition += " and (s.code, s.person_id) > (%(at_code)s, %(at_id)s::uuid)"
        given |= dict(zip(("at_code", "at_id"), after, strict=True))
    statement = (
        f"{_state_sql(bool(area.codes), False, borders == NOW)}\nselect s.person_id, n.name, s.code, s.filed_on, "
        + ", ".join(f"s.{name}" for name in COLUMNS)
        + f"\nfrom state s join registry_person n on n.id = s.person_id where {condition}"
        + " order by s.code, s.person_id limit %(limit)s"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(statement, given)
        return [Found(row[0], row[1], row[2], row[3], State(*row[4:])) for row in cursor.fetchall()]


def total(area: Area, frame: Frame, condition: str, *, using: str = "default", borders: str = THEN) -> int:
    """How many people of an area satisfy `condition`, seen through a connection's own rights."""
    statement = f"{_state_sql(bool(area.codes), False, borders == NOW)}\nselect count(*) from state s where {condition}"
    with connections[using].cursor() as cursor:
        cursor.execute(statement, parameters(area, frame))
        return int(cursor.fetchone()[0])
