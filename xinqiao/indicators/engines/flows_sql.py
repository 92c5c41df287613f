"""The same steps in one PostgreSQL statement, however many people (`flows.py` says what they mean)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connections

from . import Area
from .flows import BOUNDARY, FlowKind, Step

_KINDS = "('died', 'excluded', 'moved_in', 'moved_out')"

_STEPS = """with once as materialized (
  select distinct r.person_id from registry_responsibility r
  where r.kind = 'counting' and r.voided_at is null and {area}
), people as materialized (
  select p.id as person_id, p.filed_on, p.recorded_at from once o join registry_person p on p.id = o.person_id
  where (p.filed_on > %(after)s and p.filed_on <= %(to)s)
    or exists (select 1 from registry_responsibility r where r.person_id = p.id and r.kind = 'counting'
      and r.voided_at is null and ((r.valid_from > %(after)s and r.valid_from <= %(to)s)
                                   or (r.valid_to > %(after)s and r.valid_to <= %(to)s)))
    or exists (select 1 from registry_lifeevent e where e.person_id = p.id and e.voided_at is null
      and e.happened_on > %(after)s and e.happened_on <= %(to)s and e.kind in {kinds})
), counted as (
  select r.person_id, r.id, r.counted_code as code, r.valid_from as since, r.valid_to as until, r.reason, r.recorded_at,
    lead(r.valid_from) over (partition by r.person_id order by r.valid_from, r.id) as later
  from people p join registry_responsibility r using (person_id) where r.kind = 'counting' and r.voided_at is null
), owned as materialized (
  select person_id, code, since, until, recorded_at, lead(since) over w as next_since, lead(code) over w as next_code,
    lead(reason) over w as next_reason, min(since) over (partition by person_id) as first
  from counted where later is null or later > since window w as (partition by person_id order by since)
), told as materialized (
  select e.person_id, e.kind, e.happened_on, e.recorded_at
  from people p join registry_lifeevent e using (person_id) where e.voided_at is null and e.kind in {kinds}
), fixed as (
  select p.person_id, greatest(p.filed_on, f.first) as entered,
    (select min(happened_on) from told t where t.person_id = p.person_id and t.kind = 'died') as died,
    (select min(happened_on) from told t where t.person_id = p.person_id and t.kind = 'excluded') as excluded
  from people p join (select distinct person_id, first from owned) f using (person_id)
), days as (
  select f.*, d.day from fixed f join (
    select person_id, entered as day from fixed
    union select person_id, since from owned union select person_id, until from owned
    union select person_id, happened_on from told
  ) d using (person_id) where d.day > %(after)s and d.day <= %(to)s
), stood as (
  select d.*,
    d.entered < d.day and coalesce(d.died >= d.day, true) and coalesce(d.excluded >= d.day, true)
      and not coalesce(m.out_before > coalesce(m.in_before, date '0001-01-01'), false) as was_on,
    d.entered <= d.day and coalesce(d.died > d.day, true) and coalesce(d.excluded > d.day, true)
      and not coalesce(m.out_now > coalesce(m.in_now, date '0001-01-01'), false) as is_on,
    m.in_now is not null as came
  from days d cross join lateral (
    select max(t.happened_on) filter (where t.kind = 'moved_out' and t.happened_on < d.day) as out_before,
      max(t.happened_on) filter (where t.kind = 'moved_in' and t.happened_on < d.day) as in_before,
      max(t.happened_on) filter (where t.kind = 'moved_out') as out_now,
      max(t.happened_on) filter (where t.kind = 'moved_in') as in_now
    from told t where t.person_id = d.person_id and t.happened_on <= d.day) m
), steps as (
  select s.person_id, s.day,
    case when s.day <> s.entered then 'back' when s.came then 'came' else 'new' end as kind,
    null as origin,
    (select o.code from owned o where o.person_id = s.person_id and o.since <= s.day order by o.since desc limit 1) as target
  from stood s where s.is_on and not s.was_on
  union all
  select s.person_id, s.day,
    case when s.excluded = s.day then 'excluded' when s.died = s.day then 'died' else 'left' end,
    (select o.code from owned o where o.person_id = s.person_id and o.since < s.day order by o.since desc limit 1), null
  from stood s where s.was_on and not s.is_on
  union all
  select s.person_id, s.day, case when o.next_reason = %(boundary)s then 'border' else 'moved' end,
    case when o.until = s.day then o.code end, case when o.next_since = s.day then o.next_code end
  from stood s join owned o on o.person_id = s.person_id and (o.until = s.day or o.next_since = s.day)
  where s.was_on and s.is_on and not coalesce(o.until = s.day and o.next_since = s.day and o.next_code = o.code, false)
)"""
_LATE = """coalesce((select max(x.at) from (
    select p.recorded_at as at from people p where p.person_id = s.person_id and p.filed_on = s.day
    union all select c.recorded_at from counted c where c.person_id = s.person_id and s.day in (c.since, c.until)
    union all select t.recorded_at from told t where t.person_id = s.person_id and t.happened_on = s.day
  ) x) >= (%(to)s::date + 1)::timestamp at time zone 'Asia/Shanghai', false)"""


@dataclass(frozen=True, slots=True)
class Flow:
    """How many steps of one kind led from one village to another; `late` of them were written down after the period."""

    kind: FlowKind
    origin: str | None
    target: str | None
    number: int
    late: int


def _with(area: Area) -> str:
    inside = (
        "r.counted_code = any (%(codes)s)"
        if area.codes
        else "r.counted_code >= %(lo)s and r.counted_code < %(hi)s"
    )
    return _STEPS.format(area=inside, kinds=_KINDS)


def _given(area: Area, after: date, to: date) -> dict[str, Any]:
    return {
        "after": after, "to": to, "lo": area.lo, "hi": area.hi, "codes": list(area.codes), "boundary": BOUNDARY,
    }  # fmt: skip


def flows(area: Area, after: date, to: date, *, using: str = "report") -> list[Flow]:
    """The steps that touch an area, added up by kind and villages. One statement."""
    statement = (
        f"{_with(area)} select kind, origin, target, count(*), count(*) filter (where late)"  # noqa: S608 — pieces of this file only
        f" from (select s.*, {_LATE} as late from steps s) s group by 1, 2, 3 order by 1, 2, 3"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(statement, _given(area, after, to))
        found = [Flow(FlowKind(row[0]), *row[1:]) for row in cursor.fetchall()]
    return [one for one in found if _touches(area, one.origin, one.target)]


def steps(area: Area, after: date, to: date, *, using: str = "report") -> list[Step]:
    """The steps that touch an area, person by person, by day. One statement."""
    statement = (
        f"{_with(area)} select person_id, day, kind, origin, target from steps"  # noqa: S608 — as above
        " order by day, person_id"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(statement, _given(area, after, to))
        found = [Step(row[0], row[1], FlowKind(row[2]), row[3], row[4]) for row in cursor.fetchall()]
    return [one for one in found if _touches(area, one.origin, one.target)]


def _touches(area: Area, *codes: str | None) -> bool:
    return any(code is not None and area.holds(code) for code in codes)


def names_of_people(ids: Sequence[UUID], *, using: str = "default") -> dict[UUID, tuple[str, str]]:
    """Person → (name, village) of those the connection may see. One statement."""
    with connections[using].cursor() as cursor:
        cursor.execute("select id, name, managing_code from registry_person where id = any(%s)", [list(ids)])
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
