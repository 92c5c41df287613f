"""Figures from counts kept by village and day, completed from the facts wherever a mark says that they changed since.

A tally was counted under a snapshot of the database; a mark carries the transaction that changed a fact. A tally holds when its
snapshot saw every mark of its village up to its day (`migrations/0001_tallies.py`). Whoever reads counts the other
villages anew and keeps what was counted, so a figure read here is never older than the facts. Nothing depends on a queue
being emptied: `keeping.py` only makes the first reader of a day wait less.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import connections

from xinqiao.accounts.scope import reporting
from xinqiao.kernel.codes import bounds, full_code, level_of
from xinqiao.kernel.terms import Level

from ..declarations import catalogue
from ..state import Frame
from . import WHOLE, Area, Cells, sql

#: Villages counted anew in one statement person by person; above, the whole county is counted at once.
ANEW = 400


@cache
def shape(passed_only: bool) -> str:
    """Changes with every definition: a tally of another shape counts for nothing."""
    return hashlib.sha256(f"{passed_only} {sql.count_sql_text()}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Asked:
    frame: Frame
    shape: str


@dataclass(frozen=True, slots=True)
class _Counted:
    """What was counted anew and is to be kept: villages of one day, and the county when it was counted whole."""

    one: _Asked
    numbers: Mapping[str, Mapping[str, int]]
    seen: str
    county: str = ""


def count(area: Area, frame: Frame, cuts: Sequence[int] = ()) -> Cells:
    """All counted sets for the area and the places below it, as `sql.count` gives them."""
    return series(area, [frame], cuts)[frame.on]


def series(
    area: Area,
    frames: Sequence[Frame],
    cuts: Sequence[int] = (),
    *,
    keys: Sequence[str] | None = None,
    wait: bool = True,
) -> dict[date, Cells]:
    """The same on several days at once; `keys` picks the sets (default all). Three statements when nothing changed.

    Reads as the report role, then keeps what it had to count as the app role. With `wait=False` a day that a large
    county (`sql.MANY`) does not keep yet is left out of the answer: the worker will have counted it by tomorrow.
    """
    asked = {f.on: _Asked(f, shape(f.passed_only)) for f in frames}
    picked = list(keys) if keys is not None else [one.key for one in catalogue().counted]
    result: dict[date, Cells] = {day: {WHOLE: dict.fromkeys(picked, 0)} for day in asked}
    anew: list[_Counted] = []
    with reporting():
        touched = counties(area)
        built = _built(touched, asked.values())
        kept = []
        for day, one in asked.items():
            missing = [county for county in touched if (day, county) not in built]
            if missing and not _whole_counties(area):
                # Part of a county that is not kept for the day: count the part, keep nothing.
                result[day] = _only(sql.count(area, one.frame, cuts), picked)
                continue
            if missing and not wait and any(sql.is_large(Area.below(county), "report") for county in missing):
                del result[day]
                continue
            kept.append(one)
            for county in missing:
                numbers, seen = sql.by_code(Area.below(county), one.frame)
                anew.append(_Counted(one, numbers, seen, county))
        if kept:
            stale = _stale(area, kept, touched)
            result |= _sums(area, kept, stale, cuts, picked)
            for one in kept:
                if codes := stale.get(one.frame.on):
                    numbers, seen = sql.by_code(Area(codes=tuple(codes)), one.frame, many=len(codes) > ANEW)
                    anew.append(_Counted(one, {code: numbers.get(code, {}) for code in codes}, seen))
    for some in anew:
        _add(result[some.one.frame.on], some.numbers, cuts, picked)
        _keep(some)
    return result


def keep_county(county: str, frame: Frame) -> int:
    """Count a whole county by village on a day and keep it; how many villages."""
    one = _Asked(frame, shape(frame.passed_only))
    with reporting():
        numbers, seen = sql.by_code(Area.below(county), frame)
    _keep(_Counted(one, numbers, seen, county))
    return len(numbers)


def bring_up_to_date(county: str, frame: Frame) -> int:
    """Keep a county that is not kept yet, or count its changed villages anew; how many villages were counted."""
    one, area = _Asked(frame, shape(frame.passed_only)), Area.below(county)
    with reporting():
        if not _built([county], [one]):
            numbers, seen = sql.by_code(area, frame)
            some = _Counted(one, numbers, seen, county)
        else:
            codes = _stale(area, [one], [county]).get(frame.on)
            if not codes:
                return 0
            numbers, seen = sql.by_code(Area(codes=tuple(codes)), frame, many=len(codes) > ANEW)
            some = _Counted(one, {code: numbers.get(code, {}) for code in codes}, seen)
    _keep(some)
    return len(some.numbers)


def kept_for(code: str, frame: Frame) -> dict[str, int] | None:
    """The kept counts of one village, or None when there are none that hold. Inside `reporting()`."""
    one, area, county = _Asked(frame, shape(frame.passed_only)), Area(codes=(code,)), full_code(code[:6])
    if not _built([county], [one]) or _stale(area, [one], [county]):
        return None
    keys = [s.key for s in catalogue().counted]
    return _sums(area, [one], {}, (), keys)[frame.on][WHOLE]


def villages_with(area: Area, frame: Frame, inside: str, without: str = "") -> list[str]:
    """The villages of an area where somebody is in the set `inside` (and, given a set lying within it, not in `without`), by
    what has just been counted or kept for the day; in order."""
    order = {one.key: number for number, one in enumerate(catalogue().counted, start=1)}
    condition, given = _where(area, "code")
    least = f"counts[{order[without]}]" if without else "0"
    with connections["default"].cursor() as cursor:  # where this very request has written what it counted
        cursor.execute(
            f"select code from indicators_tally where day = %s and shape = %s and {condition}"  # noqa: S608
            f" and counts[{order[inside]}] > {least} order by code",
            [frame.on, shape(frame.passed_only), *given],
        )
        return [row[0] for row in cursor.fetchall()]


def _only(cells: Cells, keys: Sequence[str]) -> Cells:
    return {cell: {key: numbers[key] for key in keys} for cell, numbers in cells.items()}


def _add(
    cells: Cells, by_code: Mapping[str, Mapping[str, int]], cuts: Sequence[int], keys: Sequence[str]
) -> None:
    for code, numbers in by_code.items():
        if not numbers:
            continue
        for cell in (WHOLE, *((cut, full_code(code[:cut])) for cut in cuts)):
            at = cells.setdefault(cell, dict.fromkeys(keys, 0))
            for key in keys:
                at[key] += numbers[key]


def _keep(some: _Counted) -> None:
    """Write tallies, in the order of their codes so that two readers cannot wait for each other."""
    day, order = some.one.frame.on, [s.key for s in catalogue().counted]
    codes = sorted(some.numbers)
    arrays = ["{" + ",".join(str(some.numbers[c].get(key, 0)) for key in order) + "}" for c in codes]
    with connections["default"].cursor() as cursor:
        if some.county:
            # Villages of another definition, or from where everybody has gone since.
            cursor.execute(
                "delete from indicators_tally where day = %s and code >= %s and code < %s and code <> all(%s)",
                [day, *bounds(some.county), codes],
            )
        if codes:
            cursor.execute(
                "insert into indicators_tally (day, code, shape, counts, seen)"
                " select %s, x.code, %s, x.counts::int[], %s::pg_snapshot"
                " from unnest(%s::text[], %s::text[]) x(code, counts)"
                " on conflict (day, code) do update set shape = excluded.shape, counts = excluded.counts,"
                " seen = excluded.seen, counted_at = clock_timestamp()",
                [day, some.one.shape, some.seen, codes, arrays],
            )
        if some.county:
            cursor.execute(
                "insert into indicators_tallied (day, county, shape, seen) values (%s, %s, %s, %s::pg_snapshot)"
                " on conflict (day, county) do update set shape = excluded.shape, seen = excluded.seen,"
                " counted_at = clock_timestamp()",
                [day, some.county, some.one.shape, some.seen],
            )


def _whole_counties(area: Area) -> bool:
    return not area.codes and level_of(area.lo) <= Level.COUNTY


def counties(area: Area) -> list[str]:
    """The counties (12 digits) an area touches; above the county those where somebody counts, by hops through the index."""
    if area.codes:
        return sorted({full_code(code[:6]) for code in area.codes})
    if level_of(area.lo) >= Level.COUNTY:
        return [full_code(area.lo[:6])]
    hop = """select min(counted_code) as code from registry_responsibility
      where kind = 'counting' and counted_code >= %s and counted_code < %s"""
    statement = f"""with recursive hops as (
      ({hop}) union all
      select (select min(counted_code) from registry_responsibility where kind = 'counting'
        and counted_code >= left(hops.code, 6) || ':' and counted_code < %s) from hops where hops.code is not null
    ) select left(code, 6) from hops where code is not null"""  # noqa: S608 — pieces of this function only
    with connections["report"].cursor() as cursor:
        cursor.execute(statement, [area.lo, area.hi, area.hi])
        return sorted(full_code(row[0]) for row in cursor.fetchall())


def _built(touched: Sequence[str], asked: Iterable[_Asked]) -> set[tuple[date, str]]:
    days = {one.frame.on: one.shape for one in asked}
    with connections["report"].cursor() as cursor:
        cursor.execute(
            "select day, county, shape from indicators_tallied where county = any(%s) and day = any(%s)",
            [list(touched), list(days)],
        )
        return {(row[0], row[1]) for row in cursor.fetchall() if row[2] == days[row[0]]}


def _where(area: Area, column: str) -> tuple[str, list[Any]]:
    if area.codes:
        return f"{column} = any(%s)", [list(area.codes)]
    return f"{column} >= %s and {column} < %s", [area.lo, area.hi]


def _stale(area: Area, asked: Sequence[_Asked], touched: Sequence[str]) -> dict[date, list[str]]:
    """Day → villages whose facts changed after they were counted, and villages that were not there yet."""
    condition, given = _where(area, "m.code")
    statement = f"""select distinct b.day, m.code
    from indicators_mark m
    join indicators_tallied b on b.county = left(m.code, 6) || '000000' and b.county = any(%s)
    join unnest(%s::date[], %s::text[]) a(day, shape) on a.day = b.day and a.shape = b.shape
    left join indicators_tally t on t.day = b.day and t.code = m.code and t.shape = b.shape
    where {condition} and m.since <= b.day and not pg_visible_in_snapshot(m.xact, coalesce(t.seen, b.seen))
    order by 1, 2"""  # noqa: S608 — pieces of this file only
    result: dict[date, list[str]] = {}
    with connections["report"].cursor() as cursor:
        cursor.execute(
            statement, [list(touched), [one.frame.on for one in asked], [one.shape for one in asked], *given]
        )
        for day, code in cursor.fetchall():
            result.setdefault(day, []).append(code)
    return result


def _sums(
    area: Area,
    asked: Sequence[_Asked],
    stale: Mapping[date, Sequence[str]],
    cuts: Sequence[int],
    keys: Sequence[str],
) -> dict[date, Cells]:
    """What is kept and still holds, added up. One statement."""
    order = {one.key: number for number, one in enumerate(catalogue().counted, start=1)}
    numbers = ", ".join(f"coalesce(sum(t.counts[{order[key]}]), 0)" for key in keys)
    places = [f"left(t.code, {cut})" for cut in cuts]
    sets = ", ".join(["(t.day)", *(f"(t.day, {place})" for place in places)])
    which = f"grouping({', '.join(places)})" if places else "0"
    condition, given = _where(area, "t.code")
    statement = f"""select t.day, {which}, {", ".join(places) or "null"}, {numbers}
    from indicators_tally t
    join unnest(%s::date[], %s::text[]) a(day, shape) on a.day = t.day and a.shape = t.shape
    join indicators_tallied b on b.day = t.day and b.county = left(t.code, 6) || '000000' and b.shape = t.shape
    where {condition} and not exists (
      select 1 from unnest(%s::date[], %s::text[]) s(day, code) where s.day = t.day and s.code = t.code)
    group by grouping sets ({sets})"""  # noqa: S608 — pieces of this file only
    pairs = [(day, code) for day, codes in stale.items() for code in codes]
    result: dict[date, Cells] = {one.frame.on: {WHOLE: dict.fromkeys(keys, 0)} for one in asked}
    if not keys:  # a figure from outside, such as the residents: nothing of ours is added up
        return result
    with connections["report"].cursor() as cursor:
        cursor.execute(
            statement,
            [
                [one.frame.on for one in asked],
                [one.shape for one in asked],
                *given,
                [day for day, _code in pairs],
                [code for _day, code in pairs],
            ],
        )
        width = max(len(cuts), 1)
        for row in cursor.fetchall():
            at = WHOLE
            for index, cut in enumerate(cuts):
                if not row[1] >> (len(cuts) - 1 - index) & 1:
                    at = (cut, full_code(row[2 + index]))
            values = [int(n) for n in row[2 + width :]]
            if at == WHOLE or any(values):
                result[row[0]][at] = dict(zip(keys, values, strict=True))
    return result
