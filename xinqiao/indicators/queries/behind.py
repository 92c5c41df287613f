"""The people behind a figure, read under the actor's own row-level security, and why somebody is missing from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connections

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.periods import add_months
from xinqiao.places.queries import names_of

from ..declarations import Variant, catalogue
from ..engines import WHOLE, Area, sql, tallies
from ..reasons import Why, why_not
from ..state import Frame
from .declared import part_set
from .tables import place_for

#: People shown on one page behind a figure.
PAGE = 100
#: Villages looked through at a time for the people behind a figure of a large county.
AT_ONCE = 40


@dataclass(frozen=True, slots=True)
class Behind:
    """One person behind a figure and, when missing from the numerator, why."""

    id: UUID
    name: str
    code: str
    village: str
    filed_on: date
    visit_class: str
    risk: int | None
    reason: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """One page of the people behind a figure. `counted` is the figure's own number, `visible` how many the actor may see."""

    rows: list[Behind]
    counted: int
    visible: int
    next_key: tuple[str, str] | None

    @property
    def gone(self) -> int:
        """How many of those counted are no longer the actor's."""
        return max(self.counted - self.visible, 0)


def people(
    *,
    actor: Actor,
    code: str,
    on: date,
    variant: Variant,
    part: str,
    after: tuple[str, str] | None = None,
    limit: int = PAGE,
    borders: str = sql.THEN,
) -> People:
    """The people of a place who make up a figure's numerator, its base, or the base without the numerator."""
    require(actor, Permission.OPEN_FIGURE)
    place_for(actor, code)
    declared = catalogue()
    inside, without = part_set(variant, part)
    area = Area.below(code) if code else Area(codes=actor.villages)
    frame = Frame.at(on, passed_only=declared.passed_only(on))
    now = borders == sql.NOW
    if now:
        with reporting():
            cell = sql.count(area, frame, borders=borders)[WHOLE]
    else:
        cell = tallies.count(area, frame)[WHOLE]
    one = declared.sets[inside]
    condition = sql.set_sql(declared, inside)
    if one.column:
        condition = f"({condition}) and s.{one.column} > 0"
    if without:
        condition = f"({condition}) and not {sql.set_sql(declared, without)}"
    counted_there = _persons_counted(cell, inside, without, one.column, area, frame, condition, borders)
    with reporting():
        large = not now and sql.is_large(area, "report")
        all_here = large and not _anybody_gone(area)
    if large:
        part_of = without if without in _inside(inside) else ""
        codes = tallies.villages_with(area, frame, inside, part_of)
        found = _village_by_village(codes, frame, condition, after, limit + 1)
    else:
        found = sql.people(
            area, frame, condition, after=after, limit=limit + 1, using="default", borders=borders
        )
    total = counted_there if all_here else sql.total(area, frame, condition, using="default", borders=borders)
    shown = found[:limit]
    names = names_of({row.code for row in shown})
    visited = _complete_days([row.id for row in shown], frame) if part == "missing" else {}
    rows = [
        Behind(
            id=row.id,
            name=row.name,
            code=row.code,
            village=names.get(row.code, row.code),
            filed_on=row.filed_on,
            visit_class=row.state.last_class,
            risk=row.state.last_risk if row.state.last_risk >= 0 else None,
            reason=(why := _why(without, row, visited.get(row.id, []), frame)).text,
            act=why.act,
        )
        for row in shown
    ]
    last = shown[-1] if len(found) > limit else None
    return People(rows, counted_there, total, (last.code, str(last.id)) if last else None)


def _village_by_village(
    codes: Sequence[str], frame: Frame, condition: str, after: tuple[str, str] | None, limit: int
) -> list[sql.Found]:
    """The first people of a large county without looking at all of it: some villages at a time, in their order."""
    left = [code for code in codes if after is None or code >= after[0]]
    found: list[sql.Found] = []
    while left and len(found) < limit:
        some, left = left[:AT_ONCE], left[AT_ONCE:]
        wanted = limit - len(found)
        found += sql.people(
            Area(codes=tuple(some)), frame, condition, after=after, limit=wanted, using="default"
        )
    return found


def _anybody_gone(area: Area) -> bool:
    """Whether somebody who ever counted in the area has a file elsewhere now."""
    with connections["report"].cursor() as cursor:
        cursor.execute(
            """select exists (select 1 from registry_responsibility r join registry_person p on p.id = r.person_id
            where r.kind = 'counting' and r.counted_code >= %s and r.counted_code < %s
              and not (p.managing_code >= %s and p.managing_code < %s))""",
            [area.lo, area.hi, area.lo, area.hi],
        )
        return bool(cursor.fetchone()[0])


def _why(without: str, row: sql.Found, complete: Sequence[date], frame: Frame) -> Why:
    return why_not(without, row.state, row.filed_on, complete, frame) if without else Why("", "")


def _persons_counted(
    cell: dict[str, int],
    inside: str,
    without: str,
    column: str,
    area: Area,
    frame: Frame,
    condition: str,
    borders: str = sql.THEN,
) -> int:
    """How many persons the report role finds behind the figure (a sum of visits is not a number of persons)."""
    sets = catalogue().sets
    if not column and not without:
        return cell[inside]
    if not column and without in _inside(inside) and not sets[without].column:
        return cell[inside] - cell[without]
    with reporting():
        return sql.total(area, frame, condition, using="report", borders=borders)


def _inside(whole: str) -> set[str]:
    """Sets known to lie inside another one."""
    return {part for part, of in catalogue().subsets if of == whole}


def _complete_days(ids: Sequence[UUID], frame: Frame) -> dict[UUID, list[date]]:
    """Days of complete visits since the year before T's, up to T, oldest first. One statement."""
    rows = (
        Visit.objects.filter(
            person_id__in=ids,
            voided_at=None,
            superseded=False,
            lost_reason="",
            death_date=None,
            visit_date__lte=frame.on,
            visit_date__gte=add_months(frame.year_start, -12),
        )
        .exclude(review_status="2")
        .order_by("visit_date")
        .values_list("person_id", "visit_date", "risk", "hospital")
    )
    result: dict[UUID, list[date]] = {}
    for person_id, day, risk, hospital in rows:
        if risk is not None or hospital == "1":
            result.setdefault(person_id, []).append(day)
    return result
