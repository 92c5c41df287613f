"""How many clocks were ended in time, by clock and by place: counts only, by the report role, for the actor's own place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connections

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, full_code, level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places

from .inbox import label_of

#: How many digits name the places one rung below.
_BELOW = {Level.NATION: 2, Level.PROVINCE: 4, Level.CITY: 6, Level.COUNTY: 9, Level.TOWNSHIP: 12}


@dataclass(frozen=True, slots=True)
class Timely:
    """Clocks that ran out in the period: ended in time, ended late, overdue and open; the median of (working) days that the
    ended ones took; and of all that are open today: how many, how many of them overdue."""

    in_time: int = 0
    late: int = 0
    overdue: int = 0
    median: int | None = None
    unit: str = "workdays"

    @property
    def base(self) -> int:
        return self.in_time + self.late + self.overdue

    @property
    def rate(self) -> Decimal | None:
        """In per cent; None without a base."""
        return Decimal(self.in_time) * 100 / Decimal(self.base) if self.base else None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """By clock (code, label, figures); and for one clock or all together by place (code, name, figures), and the sum."""

    place: str
    by_code: list[tuple[str, str, Timely]]
    by_place: list[tuple[str, str, Timely]]
    whole: Timely


_SQL = """
  select c.code, {below} as place, grouping(c.code), grouping({below}),
    count(*) filter (where c.outcome = 'done'), count(*) filter (where c.outcome = 'late'),
    count(*) filter (where c.outcome = 'open'),
    percentile_disc(0.5) within group (order by c.took) filter (where c.took is not null), max(c.unit), min(c.unit)
  from clocks_clock c
  where c.managing_code >= %(lo)s and c.managing_code < %(hi)s and c.due_on >= %(first)s and c.due_on <= %(last)s
    and (c.outcome in ('done', 'late') or c.outcome = 'open' and c.paused_on is null and c.due_on < %(today)s)
    {only}
  group by grouping sets ((c.code), ({below}), ())
"""


def timeliness(
    *, actor: Actor, today: date, first: date, last: date, code: str = "", place: str = ""
) -> Timeliness:
    """Clocks whose last day lay from `first` to `last`. One statement of counts and one of names.

    `code` narrows what is told by place; `place` must be the actor's or lie below it, else NotFound. A clock is counted where its
    work lay; one still running in time is in no figure; a cancelled or paused one neither.
    """
    require(actor, Permission.SEE_FIGURES)
    where = place or actor.place
    if place and not _may(actor, place):
        raise NotFound()
    lo, hi = bounds(where)
    villages: Sequence[str] = actor.villages if actor.role is Role.VILLAGE_DOCTOR else ()
    below = f"left(c.managing_code, {_BELOW.get(level_of(where), 12)})"
    only = "and c.managing_code = any(%(villages)s)" if actor.role is Role.VILLAGE_DOCTOR else ""
    given = {"lo": lo, "hi": hi, "first": first, "last": last, "today": today, "villages": list(villages)}
    by_code: list[tuple[str, str, Timely]] = []
    by_place: list[tuple[str, str, Timely]] = []
    whole = Timely()
    with reporting(), connections["report"].cursor() as cursor:
        cursor.execute(_SQL.format(below=below, only=only), given)
        found = cursor.fetchall()
        if code:
            cursor.execute(
                _SQL.format(below=below, only=f"{only} and c.code = %(code)s"), {**given, "code": code}
            )
            found = [row for row in found if row[3]] + [row for row in cursor.fetchall() if not row[3]]
    for name, stem, no_code, no_place, in_time, late, overdue, median, unit, other in found:
        # Working days and days do not mix into one median.
        made = Timely(in_time, late, overdue, median if unit == other else None, unit or "workdays")
        if no_code and no_place:
            whole = made
        elif no_place:
            by_code.append((name, label_of(name, today), made))
        else:
            by_place.append((full_code(stem) if len(stem) < 12 else stem, "", made))
    names = places.names_of(one for one, _name, _made in by_place)
    return Timeliness(
        where,
        sorted(by_code, key=lambda row: (len(row[0]), row[0])),
        [(one, names.get(one, one), made) for one, _name, made in sorted(by_place, key=lambda row: row[0])],
        whole,
    )


def _may(actor: Actor, place: str) -> bool:
    return len(place) == 12 and place.isascii() and place.isdigit() and actor.serves(place)
